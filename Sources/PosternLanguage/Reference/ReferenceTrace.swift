// Which conditions one decision asks, and what they come to: what the coverage of tests counts. The reference tells it, for the
// kernel has no place to write it down; the agreement of the two makes it true of both. Refuses nothing.

public import PosternCEL

/// A condition that a decision asked.
public struct ConditionAnswer: Hashable, Sendable {
  /// What a condition comes to.
  public enum Outcome: String, CaseIterable, Sendable { case yes, no, error }

  /// The binding or deny rule that the condition stands on.
  public let rule: Rule
  /// What it came to.
  public let outcome: Outcome
}

extension Policy {
  /// The conditions that the decision of a request asks, in the order of asking; `docs/decision.md` row 10.
  public func conditionAnswers(
    _ request: Request, _ credential: Credential, at now: Int64, timeZones: any CELTimeZones
  ) -> [ConditionAnswer] {
    let trace = ReferenceTrace()
    _ = Reference(policy: self, credential: credential, now: now, timeZones: timeZones, trace: trace).decide(request)
    return trace.answers
  }
}

/// What one decision has asked so far.
final class ReferenceTrace {
  private(set) var answers: [ConditionAnswer] = []

  func note(_ rule: Rule, _ truth: ReferenceTruth) {
    let outcome: ConditionAnswer.Outcome =
      switch truth {
      case .yes: .yes
      case .no: .no
      case .error: .error
      }
    answers.append(ConditionAnswer(rule: rule, outcome: outcome))
  }
}
