// One expression by itself, compiled and decided as a condition is: its variables are claims of a caller who is made up. What
// test cases of the expression language are run with. Refuses what has no bounded form, and values that no fact can be.

public import PosternCEL
internal import PosternLanguage

/// An expression compiled as the condition of a binding and of a deny rule, which together tell what it comes to.
public struct ConditionTrial {
  /// What a condition comes to.
  public enum Outcome: String, Sendable {
    case yes = "true"
    case no = "false"
    case error = "an error"
  }

  /// Why an expression has no trial, in lower case.
  public struct Refusal: Error {
    /// In lower case, without a full stop.
    public let message: String
  }

  private let bundle: OpenBundle

  /// Compiles an expression that was checked without issues.
  ///
  /// - Throws: `Refusal` where it has no bounded form; the verifier's fault where the compiler has a bug.
  public init(_ tree: CELExpression, _ checking: CELChecking, zoneinfo: String = ZoneFolder.systemPath) throws {
    let reading = ConditionExpression(tree: tree, checking: checking.withClaims)
    let policy = Self.policy(reading)
    if let refusal = Compiler.check(policy, zoneFolder: ZoneFolder(path: zoneinfo)).first {
      throw Refusal(message: refusal.message)
    }
    let options = Compiler.Options(includesProvenance: false, zoneinfo: zoneinfo)
    bundle = try OpenBundle(Compiler.compile(policy, revision: 0, options: options))
  }

  /// What the expression comes to with these values of its variables; a variable without one is an absent fact.
  public func outcome(_ values: [String: CELValue]) throws(Refusal) -> Outcome {
    var credential = Self.credential
    for (name, value) in values {
      guard let fact = FactValue(value) else { throw Refusal(message: "no fact can be \(value.sourceText)") }
      credential.claims[Array(name.utf8)] = fact
    }
    if isAllowed(Self.grantedHost, credential) { return .yes }
    return isAllowed(Self.deniedHost, credential) ? .no : .error
  }

  private func isAllowed(_ host: String, _ credential: Credential) -> Bool {
    var request = Request()
    request.method = Array("GET".utf8)
    request.scheme = Array("https".utf8)
    request.host = Array(host.utf8)
    request.path = Array("/".utf8)
    return bundle.decide(request, credential, at: Self.now).verdict == .allow
  }

  // MARK: the tree around it

  private static let grantedHost = "granted.example.com"
  private static let deniedHost = "denied.example.com"
  private static let now: Int64 = 1_700_000_000_000

  /// True grants at one host, true and error deny at the other.
  private static let files = [
    """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://a.example", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: none, idleTimeout: none, revalidate: none}
    """,
    """
    kind: App
    name: granted
    routes: [\(grantedHost)/]
    iam:
      bindings:
        - role: roles/iap.httpsResourceAccessor
          members: ["user:ann@example.com"]
          condition: {title: trial, expression: "true"}
    """,
    """
    kind: App
    name: denied
    routes: [\(deniedHost)/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
    deny:
      - denyRule:
          deniedPrincipals: ["user:ann@example.com"]
          deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
          denialCondition: {title: trial, expression: "true"}
    """,
  ]

  private static let surroundings = Policy.read(
    files: files.enumerated().map { SourceFile(path: "\($0.offset).yaml", bytes: Array(($0.element + "\n").utf8)) }
  ).policy

  private static func policy(_ reading: ConditionExpression) -> Policy {
    guard var policy = surroundings else { preconditionFailure("the tree around a trial is read without mistakes") }
    for node in policy.nodes.indices {
      for binding in policy.nodes[node].bindings.indices {
        policy.nodes[node].bindings[binding].condition?.reading = reading
      }
    }
    for rule in policy.denyRules.indices { policy.denyRules[rule].condition?.reading = reading }
    return policy
  }

  private static var credential: Credential {
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = .user
    credential.accountState = .active
    credential.emailVerified = true
    credential.groupsComplete = true
    credential.provider = Array("workspace".utf8)
    credential.subject = Array("ann".utf8)
    credential.email = Array("ann@example.com".utf8)
    credential.createdAt = now
    credential.lastSeenAt = now
    credential.stateCheckedAt = now
    credential.issuedAt = now
    credential.expiresAt = now + 1
    credential.loginAt = now
    return credential
  }
}

extension CELChecking {
  /// The same with every variable a claim of its name.
  fileprivate var withClaims: CELChecking {
    CELChecking(
      type: type, types: types, variables: variables.mapValues { ConditionLowering.path("request.auth.claims", $0) },
      overloads: overloads, issues: issues)
  }
}

extension FactValue {
  /// The fact that is this value; nil where none can be: keys that are no texts, instants finer than a millisecond,
  /// types, addresses.
  fileprivate init?(_ value: CELValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .uint(let value): self = .uint(value)
    case .double(let value): self = .double(value)
    case .string(let text): self = .text(Array(text.utf8))
    case .bytes(let bytes): self = .bytes(bytes)
    case .timestamp(let instant) where instant.nanoseconds % 1_000_000 == 0:
      self = .timestamp(milliseconds: instant.seconds * 1_000 + Int64(instant.nanoseconds / 1_000_000))
    case .duration(let span) where span.nanoseconds % 1_000_000 == 0:
      self = .duration(milliseconds: span.seconds * 1_000 + Int64(span.nanoseconds / 1_000_000))
    case .list(let values):
      let items = values.compactMap { FactValue($0) }
      if items.count < values.count { return nil }
      self = .list(items)
    case .map(let map):
      var entries: [[UInt8]: FactValue] = [:]
      for (key, value) in map.entries {
        guard case .string(let name) = key, let fact = FactValue(value) else { return nil }
        entries[Array(name.utf8)] = fact
      }
      self = .map(entries)
    default: return nil
    }
  }
}
