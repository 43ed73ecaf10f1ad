// What the people who run the gate ask it: whether it lives, whether it is ready, what it counts. On a listener of its own, so that no
// client's request ever reaches it. Refuses everything else with 404.

internal import Synchronization

/// What the gate counts; the names are those of the metrics.
final class GateCounters: Sendable {
  private struct Key: Hashable {
    let status: Int
    let reason: String
  }

  private let counts = Mutex<[Key: Int]>([:])

  /// Counts an answer by its status and reason.
  func count(_ answer: Answer) {
    let key = Key(status: answer.status, reason: answer.reason)
    counts.withLock { $0[key, default: 0] += 1 }
  }

  /// In Prometheus' text format.
  var text: String {
    let lines = counts.withLock { $0 }.map { key, count in
      "postern_answers_total{status=\"\(key.status)\",reason=\"\(key.reason)\"} \(count)\n"
    }.sorted()
    return
      "# HELP postern_answers_total Answers to proxies, by status and reason.\n# TYPE postern_answers_total counter\n"
      + lines.joined()
  }
}

/// Answers on the operations listener.
struct OperationsResponder: RequestResponder {
  let gate: Gate
  let isReady: @Sendable () -> Bool

  func respond(_ request: consuming ListenerRequest) -> Outcome {
    switch request.target {
    case "/healthz": return .now(text(200, "ok\n"))
    case "/readyz": return .now(isReady() ? text(200, "ready\n") : text(503, "not ready\n"))
    case "/metrics":
      let revision = "# TYPE postern_bundle_revision gauge\npostern_bundle_revision \(gate.policy.revision)\n"
      let lost = gate.decisionLog.map {
        "# TYPE postern_decisions_lost_total counter\npostern_decisions_lost_total \($0.lostCount)\n"
      }
      return .now(text(200, gate.counters.text + revision + (lost ?? "")))
    default: return .now(text(404, "there are /healthz, /readyz and /metrics\n"))
    }
  }

  private func text(_ status: Int, _ text: String) -> Answer {
    var answer = Answer(generated: status)
    answer.setBody(text, type: "text/plain; charset=utf-8")
    return answer
  }
}
