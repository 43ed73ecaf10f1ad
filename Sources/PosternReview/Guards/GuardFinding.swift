// What comes of asking a guard about an app that does not keep it, and how it is said. Refuses to say that somebody comes in
// whom no kernel has let in.

internal import PosternCompiler
public import PosternLanguage

/// A guard that an app breaks, or that could not be proved of it.
public struct GuardFinding: Sendable {
  /// The guard.
  public let policyGuard: PolicyGuard
  /// The app's name.
  public let appName: Sourced<String>
  /// What was found.
  public let outcome: Outcome
  /// Where the timeout is written, or the binding that lets somebody in; where there is none, the app.
  public let span: Span

  /// What can be found.
  public enum Outcome: Sendable {
    /// The guard does not hold; with a request that the kernel lets in against it, where anybody comes in.
    case broken(Breach, RequestFacts?)
    /// Neither proved nor refuted.
    case notProven(why: String)
  }

  /// How a guard can be broken.
  public enum Breach: Sendable {
    /// Somebody comes in who is not the guard's member.
    case outsider
    /// The app's timeout, by its name, is longer.
    case timeout(String, Limit)
  }
}

extension GuardFinding {
  /// The finding in words: what the guard says, and what is so.
  public func sentence(in policy: Policy) -> String {
    switch outcome {
    case .broken(.outsider, _): "somebody outside `\(policyGuard.bound(in: policy))` comes in"
    case .broken(.timeout(let name, let limit), _):
      "the \(name) is `\(limit.text)`, above `\(policyGuard.bound(in: policy))`"
    case .notProven(let why): why
    }
  }

  /// A request that proves it.
  public var witness: RequestFacts? { if case .broken(_, let facts) = outcome { facts } else { nil } }

  /// Whether it was neither proved nor refuted.
  public var isUnproven: Bool { if case .notProven = outcome { true } else { false } }
}

extension PolicyGuard {
  /// What the guard holds apps to: a member, or the longest that a timeout may be.
  func bound(in policy: Policy) -> String {
    switch kind {
    case .principalOutside(let member): policy.members[Int(member.memberIndex)].canonicalText
    case .absoluteTimeoutAbove(let seconds), .idleTimeoutAbove(let seconds): Wording.duration(seconds: seconds)
    }
  }
}
