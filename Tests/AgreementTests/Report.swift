// A violation in readable form: the pieces of the policy, the request, the credential, and both answers.

import PosternLanguage

struct Report: CustomStringConvertible {
  var seed: UInt64
  var index: Int
  var scenario: Scenario
  var violation: Violation

  var description: String {
    let lines =
      ["BROKEN: \(violation.rule)", "POSTERN_AGREEMENT_SEED=\(seed), decision \(index) of its first policy, cut down:"]
      + draftLines + requestLines + credentialLines + ["now: \(scenario.now)"] + answerLines
    return lines.joined(separator: "\n")
  }

  private var draftLines: [String] {
    let draft = scenario.draft
    return ["skew: \(draft.clockSkewSeconds) s"] + draft.providers.map { "provider \(brief($0))" }
      + draft.groups.map { "directory group \($0.group): \(list($0.members))" }
      + draft.levels.map { "level \($0.name): \($0.condition)" } + draft.nodes.indices.flatMap(nodeLines)
  }

  private func condition(_ text: String?) -> String { text.map { " if \($0)" } ?? "" }

  private func nodeLines(_ index: Int) -> [String] {
    let node = scenario.draft.nodes[index]
    return ["node \(index) '\(node.name)'" + (node.parent.map { " below \($0)" } ?? "")]
      + node.bindings.map {
        "  binding\($0.grantsAccess ? "" : " without access"): \(list($0.members))\(condition($0.condition))"
      }
      + node.denyRules.map { "  deny: \(list($0.denied)) except \(list($0.exceptions))\(condition($0.condition))" }
      + (node.app.map { appLines($0) } ?? [])
  }

  private func appLines(_ app: PolicyDraft.App) -> [String] {
    let routes = app.routes.map { route in
      "  route \(route.isWildcard ? "*." : "")\(route.host)\(route.path)\(route.allowEscapes ? " with escapes" : "")"
    }
    var rest = app
    rest.routes = []
    let defaults = PolicyDraft.App(routes: [], audience: "", providers: [])
    return routes
      + zip(Mirror(reflecting: rest).children, Mirror(reflecting: defaults).children)
      .filter { "\($0.value)" != "\($1.value)" }.map { "  \($0.0.label ?? ""): \($0.0.value)" }
  }

  private func list(_ members: [Member]) -> String { members.map { "\($0)" }.joined(separator: ", ") }

  private func brief(_ provider: PolicyDraft.Provider) -> String {
    "\(provider.name) \(provider.source), domains \(provider.domains), tenants \(provider.tenants), "
      + "pool \(provider.pool ?? "-"), \(provider.sessionDurationSeconds) s"
  }

  // MARK: Facts

  private var requestLines: [String] { ["request:"] + difference(scenario.request, Request()) }

  private var credentialLines: [String] { ["credential:"] + difference(scenario.credential, Credential()) }

  /// The fields that are not as in `plain`, with texts as texts and times relative to now.
  private func difference<Facts>(_ facts: Facts, _ plain: Facts) -> [String] {
    zip(Mirror(reflecting: facts).children, Mirror(reflecting: plain).children)
      .filter { "\($0.value)" != "\($1.value)" }.map { "  \($0.0.label ?? ""): \(readable($0.0.value))" }
  }

  private func readable(_ value: Any) -> String {
    switch value {
    case let text as [UInt8]: return quoted(text)
    case let text as [UInt8]?: return text.map(quoted) ?? "absent"
    case let texts as [[UInt8]]: return texts.prefix(20).map(quoted).joined(separator: " ") + " (\(texts.count))"
    case let time as Int64: return "now + \(Int128(time) - Int128(scenario.now)) ms = \(time)"
    default: return "\(value)"
    }
  }

  private func quoted(_ text: [UInt8]) -> String {
    let readable = String(decoding: text.prefix(200), as: UTF8.self).debugDescription
    return text.count > 200 ? "\(readable)... (\(text.count) bytes)" : readable
  }

  // MARK: Answers

  private var answerLines: [String] {
    guard !violation.answers.isEmpty else { return [] }
    let mirrors = violation.answers.map { Array(Mirror(reflecting: $0.decision).children) }
    let differing = mirrors[0].indices.filter { index in
      mirrors.contains { "\($0[index].value)" != "\(mirrors[0][index].value)" }
    }
    return violation.answers.map { "\($0.name) at \($0.now): \($0.decision.verdict), \($0.decision.reason)" }
      + differing.map { field in
        let values = zip(violation.answers, mirrors).map { "\($0.name) \($1[field].value)" }
        return "  \(mirrors[0][field].label ?? ""): " + values.joined(separator: ", ")
      }
  }
}
