// What posternd says on its administration socket, as it is read. Refuses what is not as posternd writes it.

internal import PosternCompiler
internal import PosternLanguage

/// A page of logins.
struct LoginPage: Decodable {
  let logins: [SignedInLogin]
  let next: String?

  init(_ bytes: [UInt8]) throws { self = try Self.read(bytes) }
}

/// Why posternd does not do what it is asked.
struct GateRefusal: Decodable {
  let error: String

  init(_ bytes: [UInt8]) throws { self = try Self.read(bytes) }
}

extension Decodable {
  fileprivate static func read(_ bytes: [UInt8]) throws -> Self {
    guard let value = Self.read(json: bytes) else {
      throw CommandFailure("posternd's answer cannot be read: is it another version's?")
    }
    return value
  }
}

/// Somebody's login, with its sessions.
struct SignedInLogin: Decodable {
  let key: String
  let provider: String
  let subject: String
  let email: String?
  let emailVerified: Bool
  let tenant: String?
  /// The OAuth client that holds it; nil: a browser.
  let client: String?
  let authenticatedAt: Int64
  let account: String
  let accountCheckedAt: Int64
  let sessions: [SignedInSession]

  /// As revocations name somebody.
  var person: String { "\(provider):\(subject)" }

  var json: JSONValue {
    .object([
      "key": .string(key), "provider": .string(provider), "subject": .string(subject),
      "email": email.map { .string($0) },
      "emailVerified": .bool(emailVerified), "tenant": tenant.map { .string($0) },
      "client": client.map { .string($0) },
      "authenticatedAt": .string(Wording.instant(milliseconds: authenticatedAt)), "account": .string(account),
      "accountCheckedAt": .string(Wording.instant(milliseconds: accountCheckedAt)),
      "sessions": .array(sessions.map(\.json)),
    ])
  }

  /// Rows of a table: one for each session, or one for a login that has none.
  var rows: [[String]] {
    let who = email.map { "\(person) \($0)" } ?? person
    let tail = [Wording.instant(milliseconds: authenticatedAt)]
    if sessions.isEmpty { return [[String(key.prefix(12)), who, tenant ?? "-", "-"] + tail + ["-", account]] }
    return sessions.map { session in
      [String(session.key.prefix(12)), who, tenant ?? "-", client ?? session.host] + tail + [session.activity, account]
    }
  }
}

/// One host's session.
struct SignedInSession: Decodable {
  let key: String
  let host: String
  let startedAt: Int64
  let lastSeen: [String: Int64]

  private var inOrder: [(app: String, at: Int64)] {
    lastSeen.map { ($0.key, $0.value) }.sorted { ($0.1, $1.0) > ($1.1, $0.0) }
  }

  fileprivate var json: JSONValue {
    .object([
      "key": .string(key), "host": .string(host), "startedAt": .string(Wording.instant(milliseconds: startedAt)),
      "lastSeen": .object(
        inOrder.map { JSONValue.Member($0.app, .string(Wording.instant(milliseconds: $0.at))) }),
    ])
  }

  /// The apps that it was used in, the last one first.
  fileprivate var activity: String {
    let texts = inOrder.map { "\($0.app) \(Wording.instant(milliseconds: $0.at))" }
    return texts.isEmpty ? "-" : texts.joined(separator: ", ")
  }
}
