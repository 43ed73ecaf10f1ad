// The store in a real Redis: what it refuses to keep sessions in, how it is reached, and what stays there.

import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import PosternService

@Suite("Redis store", .timeLimit(.minutes(2)))
struct RedisStoreIntegrationTests {
  private func refusal(
    _ server: RedisServer, _ change: (inout RedisSettings) -> Void = { _ in }
  ) async throws -> String {
    do {
      _ = try await server.store(change)
      return "taken"
    } catch {
      return error.description.replacing(server.socket, with: "SOCKET")
    }
  }

  // MARK: durability

  @Test(
    "a Redis that may lose what it has acknowledged is refused, with what is set how and the way out",
    arguments: [
      (
        ["--appendonly", "no"],
        "the Redis at unix:SOCKET is volatile (appendonly is not `yes`): set appendonly yes and appendfsync always"
      ),
      (
        ["--appendonly", "yes", "--appendfsync", "everysec"],
        "the Redis at unix:SOCKET may lose what it has acknowledged (appendfsync is `everysec`): set appendfsync always"
      ),
      (
        RedisServer.durable + ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"],
        "the Redis at unix:SOCKET forgets what it has acknowledged when its memory is full (maxmemory-policy is "
          + "`allkeys-lru`): set maxmemory-policy noeviction"
      ),
    ])
  func volatile(_ arguments: [String], _ sentence: String) async throws {
    let server = try await RedisServer(arguments)
    let wayOut = ", or set store.allowVolatile where sessions and revocations may be lost"
    #expect(try await refusal(server) == sentence + wayOut)
    #expect(try await refusal(server) { $0.allowsVolatile = true } == "taken")
  }

  @Test("a Redis that does not let itself be asked is refused, with the setting that allows it")
  func silent() async throws {
    let server = try await RedisServer(
      RedisServer.durable(user: "gate on >secret ~* &* +@all -config"))
    let sentence = try await refusal(server) {
      $0.user = "gate"
      $0.password = "secret"
    }
    #expect(sentence.hasPrefix("the Redis at unix:SOCKET does not let this user ask whether it is durable (NOPERM"))
    #expect(sentence.hasSuffix("allow +config|get, or set store.allowVolatile"))
  }

  // MARK: who asks, and how

  @Test(
    "a wrong password, and a user that is not there, are refused", arguments: [("gate", "wrong"), ("nobody", "secret")])
  func wrongPassword(_ user: String, _ password: String) async throws {
    let server = try await RedisServer(RedisServer.durable(user: "gate on >secret ~* &* +@all"))
    let sentence = try await refusal(server) {
      $0.user = user
      $0.password = password
    }
    #expect(sentence.hasPrefix("the Redis at unix:SOCKET refuses user and password: WRONGPASS"))
  }

  @Test("a user who may do no more than the help says keeps, revokes and follows")
  func leastPrivilege() async throws {
    let server = try await RedisServer(RedisServer.durable(user: "gate on >secret \(RedisSettings.leastPrivilege)"))
    let store = try await server.store {
      $0.user = "gate"
      $0.password = "secret"
    }
    let stream = try await store.revocations()
    try await store.keep("a")
    try await store.touch([Touch(session: Kept.key("a/session"), app: "wiki", at: 1)])
    try await store.put([1], under: "code", until: Kept.start)
    #expect(try await store.take("code", at: 0) == [1])
    try await store.revoke(.tenant(provider: "people", tenant: "north"), at: Kept.start)
    var pushed = stream.makeAsyncIterator()
    #expect(await pushed.next() == .tenant(provider: "people", tenant: "north"))
    #expect(try await store.good(["a"]) == ["a", "a/session"])
  }

  @Test("a password for the default user is enough where the Redis knows no users")
  func passwordAlone() async throws {
    let server = try await RedisServer(RedisServer.durable)
    try await server.ask("CONFIG", "SET", "requirepass", "secret")
    #expect(try await refusal(server) { $0.password = "secret" } == "taken")
    #expect(try await refusal(server).contains("NOAUTH"))
  }

  @Test("databases and prefixes are worlds of their own, whatever letters a prefix has")
  func worlds() async throws {
    let server = try await RedisServer()
    let stores = [
      try await server.store(), try await server.store { $0.database = 3 },
      try await server.store { $0.prefix = "post[e]rn*?\\:" }, try await server.store { $0.prefix = "poste:" },
    ]
    for store in stores { try await store.keep("a") }
    try await stores[2].insert(Kept.login(), Kept.account(), for: Kept.key("never read again"))
    try await stores[2].revoke(.everyone, at: Kept.start)
    var good: [Int] = []
    for store in stores { good.append(try await store.good(["a"]).count) }
    #expect(good == [2, 2, 0, 2])
    _ = try await eventually("a sweep of one of them") {
      try await server.keys().filter { $0.contains(":login:") }.count == 2 ? () : nil
    }
  }

  @Test("an encrypted connection is made to a server that is trusted, and to no other")
  func encrypted() async throws {
    let folder = try TestFolder()
    let program = try ServerProcess(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder.path("key.pem"),
        "-out", folder.path("certificate.pem"),
      ], in: folder)
    _ = try await eventually("a certificate") {
      let text = try String(contentsOfFile: folder.path("certificate.pem"), encoding: .utf8)
      return text.contains("-----END CERTIFICATE-----") ? program : nil
    }
    let port = RedisServer.port()
    let server = try await RedisServer(
      RedisServer.durable + [
        "--tls-port", String(port), "--tls-cert-file", folder.path("certificate.pem"), "--tls-key-file",
        folder.path("key.pem"), "--tls-auth-clients", "no",
      ], in: folder)
    for host in ["127.0.0.1", "localhost"] {
      let store = try await server.store {
        $0.address = .server(.tcp(host: host, port: port))
        $0.isEncrypted = true
        $0.trustedRootsFile = folder.path("certificate.pem")
      }
      try await store.keep(host)
      #expect(try await store.good([host]) == [host, "\(host)/session"])
    }
    let distrusted = try await refusal(server) {
      $0.address = .server(.tcp(host: "127.0.0.1", port: port))
      $0.isEncrypted = true
    }
    #expect(distrusted.contains("CERTIFICATE_VERIFY_FAILED"))
  }

  @Test("where nobody listens, and where somebody else does, is refused at the start")
  func nobody() async throws {
    // One that is free may be another test's a moment later.
    var settings = RedisSettings(address: .server(.tcp(host: "127.0.0.1", port: 1)))
    await #expect { _ = try await RedisServer.store(settings) } throws: {
      "\($0)".hasPrefix("the Redis at 127.0.0.1:1 cannot be reached: ")
    }
    let group = MultiThreadedEventLoopGroup.singleton
    let other = try await HTTPServer.bind(.tcp(host: "127.0.0.1", port: 0), group: group, EchoResponder())
    defer { other.close(promise: nil) }
    settings.address = .server(.tcp(host: "127.0.0.1", port: try #require(other.localAddress?.port)))
    await #expect { _ = try await RedisServer.store(settings) } throws: { $0 is StoreFault }
  }

  // MARK: what stays

  @Test("what a revocation of a session, login, browser or person ends is deleted with it, tokens and all")
  func deleted() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    let login = Kept.login(providerSession: "sid")
    let revocations: [Revocation] = [
      .login(Kept.key("a")), .browser("browser"), .person(provider: "people", subject: "ann", tenant: nil),
      .providerSession(provider: "people", session: "sid"),
    ]
    for revocation in revocations {
      try await store.keep("a", login, at: Kept.start)
      try await store.touch([Touch(session: Kept.key("a/session"), app: "wiki", at: 1)])
      #expect(try await server.keys().contains { $0.hasPrefix("postern:seen:") })
      try await store.revoke(revocation, at: Kept.start)
      #expect(try await server.keys().filter { !$0.hasPrefix("postern:ended:") } == ["postern:turn"])
    }
    try await store.keep("a", login, at: Kept.start)
    try await store.revoke(.session(Kept.key("a/session")), at: Kept.start)
    #expect(
      try await server.keys().filter { $0.contains(Kept.key("a/session").text) } == [
        "postern:ended:session:\(Kept.key("a/session").text)"
      ])
  }

  @Test("what a revocation of a tenant or of everyone ends is swept, and the rest is left", arguments: [false, true])
  func swept(everyone: Bool) async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    for number in 0..<1_500 {
      try await store.insert(Kept.login(tenant: "north"), Kept.account(), for: Kept.key("\(number)"))
    }
    try await store.keep("stays", Kept.login(subject: "dan", tenant: "south"))
    try await store.revoke(everyone ? .everyone : .tenant(provider: "people", tenant: "north"), at: Kept.start)
    let left = everyone ? [] : ["postern:login:\(Kept.key("stays").text)"]
    _ = try await eventually("a sweep") {
      try await server.keys().filter { $0.hasPrefix("postern:login:") } == left ? () : nil
    }
  }

  @Test("every key but the count of revocations has an end, and none is without the prefix")
  func expiry() async throws {
    let server = try await RedisServer()
    let store = try await server.store { $0.retentionMilliseconds = 1_000_000 }
    try await store.keep("a", Kept.login(tenant: "north", providerSession: "sid"))
    try await store.touch([Touch(session: Kept.key("a/session"), app: "wiki", at: 1)])
    try await store.put([1], under: "code", until: Kept.start)
    try await store.revoke(.browser("other"), at: Kept.start)
    let keys = try await server.keys()
    #expect(keys.count == 11)
    for key in keys where key != "postern:turn" {
      #expect(key.hasPrefix("postern:"))
      guard case .integer(let left) = try await server.ask("PTTL", key) else { throw FixtureFault(description: key) }
      #expect((900_000...(key.hasPrefix("postern:once:") ? 86_400_000 : 1_000_000)).contains(left), "\(key)")
    }
  }

  @Test("no identifier, code or name of a person is in the name of a key")
  func names() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    try await store.keep("a", Kept.login(tenant: "north", browser: "firefox", providerSession: "sid-1"))
    try await store.put([1], under: "code:secret", until: Kept.start)
    try await store.revoke(.person(provider: "people", subject: "ann", tenant: "north"), at: Kept.start - 1)
    let names = try await server.keys().joined(separator: "\n")
    for text in ["ann", "north", "firefox", "sid-1", "secret", "people"] { #expect(!names.contains(":\(text)")) }
  }

  @Test("what another version wrote and this one cannot read is a fault, and nobody's session")
  func unreadable() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    try await store.keep("a")
    try await server.ask("HSET", "postern:login:\(Kept.key("a").text)", "login", "{}")
    await #expect(throws: StoreFault.self) { try await store.session(for: Kept.key("a/session")) }
  }
}
