// What can decide: the reference, and whatever is compared with it.

import PosternCEL
import PosternCompiler
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

  /// The zones that generated conditions name, read once.
  private static let timeZones = ConditionGenerator.zones.reduce(into: [String: TimeZoneTable]()) { tables, name in
    tables[name] = ZoneFolder().table(named: name)
  }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    policy.decide(request, credential, at: now, timeZones: Self.timeZones)
  }
}
