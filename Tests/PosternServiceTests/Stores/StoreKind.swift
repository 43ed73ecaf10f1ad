// The stores that the tests of their common behaviour run over, and what is kept in them.

import CPostern
import Testing

@testable import PosternService

/// A kind of store.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case memory, sqlite, redis

  var testDescription: String { rawValue }

  func open() async throws -> OpenStore {
    switch self {
    case .memory:
      let store = MemorySessionStore()
      return OpenStore(store: store, peer: store, holding: nil)
    case .sqlite:
      let folder = try TestFolder()
      let store = try SQLiteSessionStore(file: folder.path("sessions.sqlite"))
      return OpenStore(store: store, peer: store, holding: folder)
    case .redis:
      let server = try await RedisServer()
      return OpenStore(store: try await server.store(), peer: try await server.store(), holding: server)
    }
  }
}

/// A store as two nodes have it, or the one node that can have it.
struct OpenStore {
  let store: any SessionStore
  let peer: any SessionStore
  /// What lasts as long as the store.
  let holding: AnyObject?
}

/// People, logins and sessions.
enum Kept {
  /// 2026-03-02T10:00:00Z.
  static let start: Int64 = 1_772_445_600_000

  static func key(_ name: String) -> SessionKey { SessionKey(hashing: name) }

  static func login(
    subject: String = "ann", provider: String = "people", tenant: String? = nil, browser: String = "browser",
    providerSession: String? = nil, client: String? = nil, at: Int64 = start
  ) -> Login {
    var person = Person(provider: provider, subject: subject)
    person.email = "\(subject)@example.com"
    person.isEmailVerified = true
    person.tenant = tenant
    person.groups = ["everyone@example.com", "büro\u{0}\n\" 'x'"]
    person.claims = ["amr": .list([.text("pwd")]), "n": .int(.max), "deep": .object(["a": .null])]
    return Login(
      person: person, browser: browser, authenticatedAt: at, secondFactorAt: at - 1, issuedAt: at, expiresAt: at + 1,
      providerSession: providerSession, client: client)
  }

  static func account(at: Int64 = start, tokens: String? = "sealed") -> AccountState {
    AccountState(state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: at, sealedTokens: tokens)
  }

  static func session(of login: String, host: String = "payroll.example.com", at: Int64 = start) -> Session {
    Session(host: host, login: key(login), startedAt: at)
  }
}

extension SessionStore {
  /// Keeps a login of that name, begun at `at`, with a session of the same name.
  func keep(_ name: String, _ login: Login = Kept.login(), at: Int64 = Kept.start) async throws(StoreFault) {
    try await insert(login, Kept.account(at: at), for: Kept.key(name))
    try await insert(Kept.session(of: name, at: at), for: Kept.key("\(name)/session"))
  }

  /// The names among `names` whose logins and sessions are good.
  func good(_ names: [String]) async throws(StoreFault) -> [String] {
    var good: [String] = []
    for name in names {
      if try await login(for: Kept.key(name)) != nil { good.append(name) }
      if try await session(for: Kept.key("\(name)/session")) != nil { good.append("\(name)/session") }
    }
    return good
  }
}
