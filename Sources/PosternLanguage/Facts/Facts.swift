// The facts of one decision in readable form: what tests, request files and the reference evaluator use. The kernel's form
// is cells (postern.h); `PosternCompiler` packs this one into that one. Refuses nothing: any fact may be absent, any text is bytes.

/// What is known of a request. Texts are bytes as they came; nil is absent.
public struct Request: Hashable, Sendable {
  public var method: [UInt8]?
  public var scheme: [UInt8]?
  public var host: [UInt8]?
  /// The raw path, without the query.
  public var path: [UInt8]?
  /// The raw query, without the `?`.
  public var query: [UInt8]?
  public var clientAddress: [UInt8]?
  public var xRequestedWith: [UInt8]?
  public var secFetchMode: [UInt8]?
  public var secFetchDest: [UInt8]?
  public var secFetchSite: [UInt8]?
  public var secPurpose: [UInt8]?
  public var accept: [UInt8]?
  public var upgrade: [UInt8]?
  public var origin: [UInt8]?
  public var accessControlRequestMethod: [UInt8]?
  /// Headers that steer no decision by themselves, in their order.
  public var otherHeaders: [Header] = []

  /// A header that only conditions may ask for; the name in lower case.
  public struct Header: Hashable, Sendable {
    public var name: [UInt8]
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  public init() {}
}

/// A value inside a claim.
public indirect enum FactValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case text([UInt8])
  case bytes([UInt8])
  case timestamp(milliseconds: Int64)
  case duration(milliseconds: Int64)
  case list([FactValue])
  /// Keys in byte order of their texts.
  case map([[UInt8]: FactValue])
}

/// Who asks, and since when. Times are milliseconds since 1970; 0 is absent.
public struct Credential: Hashable, Sendable {
  public enum Kind: UInt8, CaseIterable, Sendable { case none = 0, session = 1, bearer = 2 }
  public enum PrincipalKind: UInt8, CaseIterable, Sendable { case unknown = 0, user = 1, serviceAccount = 2, workforce = 3 }
  public enum AccountState: UInt8, CaseIterable, Sendable {
    case unknown = 0, active = 1, signedOut = 2, suspended = 3, passwordResetRequired = 4, credentialChanged = 5
  }

  public var kind: Kind = .none
  public var principalKind: PrincipalKind = .unknown
  public var accountState: AccountState = .unknown
  public var emailVerified = false
  public var groupsComplete = false
  public var stateSourceDown = false
  public var storeDown = false
  public var provider: [UInt8]?
  public var subject: [UInt8]?
  public var email: [UInt8]?
  public var hostedDomain: [UInt8]?
  public var tenant: [UInt8]?
  public var groups: [[UInt8]] = []
  public var claims: [[UInt8]: FactValue] = [:]
  public var audience: [UInt8]?
  public var authorizedParty: [UInt8]?
  public var createdAt: Int64 = 0
  public var lastSeenAt: Int64 = 0
  public var stateCheckedAt: Int64 = 0
  public var issuedAt: Int64 = 0
  public var notBefore: Int64 = 0
  public var expiresAt: Int64 = 0
  public var loginAt: Int64 = 0
  public var secondFactorAt: Int64 = 0
  public var securityKeyAt: Int64 = 0

  public init() {}

  /// More groups than this make `groupsComplete` false; `decision.md`, "Facts".
  public static let groupLimit = 1_024
}
