// What can decide: the reference, and whatever is compared with it.

import PosternLanguage

/// A decider of one policy's requests.
protocol Engine: SendableMetatype {
  static var name: String { get }

  /// Throws where the policy cannot be prepared, which is a disagreement like any other.
  init(_ policy: Policy) throws

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision
}

struct ReferenceEngine: Engine {
  static let name = "reference"

  let policy: Policy

  init(_ policy: Policy) { self.policy = policy }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    policy.decide(request, credential, at: now)
  }
}
