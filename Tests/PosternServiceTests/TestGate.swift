// A gate in this process, with a policy from text, a clock that the test moves, and people who are signed in without a provider. What it
// is asked goes the whole way: a proxy's request in, the answer to the proxy out.

import CPostern
import Logging
import NIOPosix
import PosternCompiler
import PosternLanguage
import Synchronization
import Testing

@testable import PosternService

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
  /// 2026-03-02T10:00:00Z, a Monday.
  static let start: Int64 = 1_772_445_600_000
  private let milliseconds = Mutex(TestClock.start)
  private let reads = Atomic(0)

  var now: Int64 { milliseconds.withLock { $0 } }
  /// How often the gate has looked at it.
  var readCount: Int { reads.load(ordering: .relaxed) }
  var gateClock: GateClock {
    GateClock {
      self.reads.add(1, ordering: .relaxed)
      return self.now
    }
  }

  func set(_ now: Int64) { milliseconds.withLock { $0 = now } }
  func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1_000 } }
}

/// The policy that most tests stand on: what is not said here is the same for all apps.
enum TestPolicy {
  static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: people, source: oidc, issuer: "https://id.example.com", clientID: postern, domains: [example.com]}
    session:
      absoluteTimeout: 8h
      idleTimeout: 15m
      revalidate: 2m
      onStateUnavailable: {allowFor: 10m}
      onStoreUnavailable: deny
      activity: {exclude: [/poll]}
    """

  static func app(_ name: String, _ rest: String = "", members: String = "\"user:ann@example.com\"") -> String {
    """
    kind: App
    name: \(name)
    routes: [\(name).example.com/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [\(members)]}]}
    \(rest)
    """
  }

  static let files: [String: String] = [
    "organization.yaml": organization,
    "payroll.yaml": app("payroll", "cors: {origins: [\"https://portal.example.com\"]}"),
    "wiki.yaml": app("wiki"),
    "public.yaml": app("public", members: "allUsers"),
    "options.yaml": app("options", "settings: {accessSettings: {corsSettings: {allowHttpOptions: true}}}"),
    "vault.yaml": app(
      "vault",
      "settings: {accessSettings: {reauthSettings: {method: ENROLLED_SECOND_FACTORS, maxAge: 3600s, policyType: MINIMUM}}}"
    ),
    "api.yaml": app(
      "api", "settings: {accessSettings: {oauthSettings: {programmaticClients: [robot]}}}",
      members: "\"user:ann@example.com\", \"user:robot@example.com\""),
    "patient.yaml": app("patient", "session: {onStoreUnavailable: {allowFor: 5m}}"),
  ]

  /// The bundle of some files.
  static func bundle(_ files: [String: String] = files, revision: UInt64 = 1) throws -> [UInt8] {
    let reading = Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
    let errors = reading.diagnostics.filter { $0.severity == .error }
    let policy = try #require(reading.policy, "\(errors)")
    return Compiler.compile(policy, revision: revision)
  }
}

/// A gate and what surrounds it.
final class TestGate {
  let clock: TestClock
  let gate: Gate
  let store: any SessionStore
  static let loginHost = "login.example.com"

  init(
    _ files: [String: String] = TestPolicy.files, store: any SessionStore = MemorySessionStore(),
    sealingKeys: [[UInt8]] = [Sealer.newKey()], assertionKeys: [AssertionKey] = [AssertionKey()],
    transport: (any ProviderTransport)? = nil,
    clock: TestClock = TestClock(), providers: [String: ProviderSettings] = [:], apps: [String: ListenAddress] = [:],
    secrets: [String: String] = [:], log: Logger = TestGate.silent, decisionLog: DecisionLog? = nil
  ) throws {
    self.store = store
    self.clock = clock
    var settings = GateSettings(loginHost: Self.loginHost, sealingKeys: sealingKeys, assertionKeys: assertionKeys)
    settings.accessTokenKeys = assertionKeys
    settings.providers = providers
    settings.apps = apps
    settings.clientSecret = { secrets[$0] }
    gate = Gate(
      settings,
      policy: try GatePolicy(TestPolicy.bundle(files)), store: store,
      transport: transport ?? StandInProvider(clock: clock), clock: clock.gateClock, log: log, decisionLog: decisionLog)
  }

  /// A log that nobody reads.
  static var silent: Logger {
    var log = Logger(label: "test")
    log.logLevel = .critical
    return log
  }

  // MARK: people

  static func person(_ email: String = "ann@example.com", provider: String = "people") -> Person {
    var person = Person(provider: provider, subject: String(email.prefix { $0 != "@" }))
    person.email = email
    person.isEmailVerified = true
    person.areGroupsComplete = true
    return person
  }

  /// Somebody who has just logged in, on one host; the cookie that the browser has then.
  func signIn(
    _ person: Person = person(), host: String = "payroll.example.com",
    as identifier: SessionIdentifier = SessionIdentifier(), tokens: ProviderTokens? = nil,
    change: (inout Login) -> Void = { _ in }
  ) async throws -> String {
    var login = Login(person: person, browser: "browser", authenticatedAt: clock.now, issuedAt: clock.now)
    change(&login)
    let loginKey = SessionIdentifier().key
    let account = AccountState(
      state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: clock.now,
      sealedTokens: tokens.map { gate.sealer.seal($0, for: .tokens) })
    try await store.insert(login, account, for: loginKey)
    try await store.insert(Session(host: host, login: loginKey, startedAt: clock.now), for: identifier.key)
    return "\(GateCookie.session)=\(identifier.text)"
  }

  /// The provider has just said that the account of a session is good.
  func keepAccountFresh(_ cookie: String) async throws {
    let identifier = try #require(SessionIdentifier(String(cookie.dropFirst(GateCookie.session.count + 1))))
    let facts = try #require(try await store.session(for: identifier.key))
    let account = AccountState(state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: clock.now)
    try await store.note(account, for: facts.session.login)
    gate.cache.session(identifier.key)?.note(account, at: clock.now)
  }

  // MARK: asking

  /// Asks through a proxy.
  func ask(
    _ method: String = "GET", _ url: String = "https://payroll.example.com/runs",
    headers: [(String, String)] = [], through dialect: ProxyDialect = .caddy, endpoint: String = "/check",
    body: [UInt8] = []
  ) async -> Answer {
    let request = Self.listenerRequest(method, url, headers: headers, dialect, endpoint: endpoint, body: body)
    return await send(request, dialect)
  }

  func send(_ request: ListenerRequest, _ dialect: ProxyDialect) async -> Answer {
    switch ProxyResponder(gate: gate, dialect: dialect).respond(request) {
    case .now(let answer): answer
    case .later(let work): await work()
    }
  }

  /// The statuses that fifty requests at once, spread over some gates, come to.
  static func askAtOnce(_ gates: [Gate], _ request: ListenerRequest) async -> [Int] {
    await withTaskGroup(of: Int.self) { group in
      for number in 0..<50 {
        let responder = ProxyResponder(gate: gates[number % gates.count], dialect: .caddy)
        group.addTask {
          switch responder.respond(request) {
          case .now(let answer): answer.status
          case .later(let work): await work().status
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// What a proxy's recipe makes of a client's request.
  static func listenerRequest(
    _ method: String, _ url: String, headers: [(String, String)], _ dialect: ProxyDialect, endpoint: String = "/check",
    body: [UInt8] = []
  ) -> ListenerRequest {
    let rest = url.dropFirst("https://".count)
    let host = String(rest.prefix { $0 != "/" })
    let target = String(rest.dropFirst(host.count))
    var own: [(String, String)]
    switch dialect {
    case .nginx:
      own = [
        ("X-Postern-Method", method), ("X-Postern-Scheme", "https"), ("X-Postern-Host", host),
        ("X-Postern-URI", target),
        ("X-Postern-Client", "192.0.2.7"),
      ]
    case .traefik, .caddy:
      own = [
        ("X-Forwarded-Method", method), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", host),
        ("X-Forwarded-Uri", target), ("X-Forwarded-For", "192.0.2.7"),
      ]
    case .envoy: own = [("Host", host), ("X-Forwarded-Proto", "https"), ("X-Postern-Client", "192.0.2.7")]
    }
    let isEnvoy = dialect == .envoy
    return ListenerRequest(
      method: isEnvoy ? method : "GET", target: isEnvoy ? endpoint + target : endpoint, headers: Headers(own + headers),
      body: body)
  }
}

extension Headers {
  /// As HTTP/1.1 writes them (RFC 9112, 5).
  var lines: String { fields.map { "\($0.name): \($0.value)\r\n" }.joined() }
}

/// What clients send.
enum TestClient {
  static let navigation = [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Accept", "text/html")]
  static let script = [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"), ("Accept", "application/json")]
}
