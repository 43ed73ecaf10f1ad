// The settings below `store.`: which store they choose, and every mistake that can be made in them.

import Testing

@testable import PosternService

@Suite("Settings of the store")
struct StoreSettingTests {
  private static let needed = [
    "POSTERND_BUNDLE_FILE": "/b.ptb", "POSTERND_BUNDLE_ALLOW_UNSIGNED": "true",
    "POSTERND_LOGIN_HOST": "login.example.com", "POSTERND_LISTENERS": "caddy=127.0.0.1:0",
  ]

  private func read(
    _ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil
  ) async throws(ConfigurationFault) -> GateConfiguration {
    try await GateConfiguration.read(
      arguments: arguments, environment: Self.needed.merging(environment) { $1 }, file: file)
  }

  private func mistakes(
    _ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil
  ) async -> [String] {
    do {
      _ = try await read(arguments, environment, file: file)
      return []
    } catch {
      return error.mistakes
    }
  }

  @Test("nothing said: sessions are kept in memory, and what is revoked is remembered for 400 days")
  func standard() async throws {
    let configuration = try await read()
    #expect(configuration.store == .memory)
    #expect(configuration.storeRetentionDays == 400)
  }

  @Test("sqlite keeps them in a file of the state folder, or where it is told to")
  func sqlite() async throws {
    #expect(
      try await read(["--store-kind", "sqlite", "--state-folder", "/s"]).store == .sqlite(file: "/s/sessions.sqlite"))
    #expect(
      try await read(["--store-kind", "sqlite", "--store-file", "/d/x.sqlite"]).store == .sqlite(file: "/d/x.sqlite"))
  }

  @Test("redis is told all that it needs, by flags, environment and file")
  func redis() async throws {
    let folder = try TestFolder()
    try folder.write("password", "se cret\n")
    try folder.write(
      "gate.json",
      #"{"store": {"user": "gate", "database": 2, "tls": true, "allowVolatile": false, "retentionDays": 30}}"#)
    let configuration = try await read(
      ["--store-kind", "redis", "--store-prefix", "p:", "--tls-trusted-roots-file", "/roots.pem"],
      ["POSTERND_STORE_ADDRESS": "10.0.0.5:6379", "POSTERND_STORE_PASSWORD_FILE": folder.path("password")],
      file: folder.path("gate.json"))
    var expected = RedisSettings(address: .server(.tcp(host: "10.0.0.5", port: 6_379)))
    expected.user = "gate"
    expected.password = "se cret"
    expected.database = 2
    expected.isEncrypted = true
    expected.trustedRootsFile = "/roots.pem"
    expected.prefix = "p:"
    #expect(configuration.store == .redis(expected))
    #expect(configuration.storeRetentionDays == 30)
  }

  @Test("the password itself comes from the environment or the file")
  func password() async throws {
    let folder = try TestFolder()
    try folder.write("gate.json", #"{"store": {"password": "from the file"}}"#)
    let flags = ["--store-kind", "redis", "--store-address", "unix:/r.sock"]
    for (environment, password) in [
      (["POSTERND_STORE_PASSWORD": "from outside"], "from outside"), ([:], "from the file"),
    ] {
      let store = try await read(flags, environment, file: folder.path("gate.json")).store
      guard case .redis(let settings) = store else { throw FixtureFault(description: "\(store)") }
      #expect(settings.password == password)
    }
  }

  @Test("a password is no flag", arguments: [["--store-password", "x"], ["--store-password=x"]])
  func passwordFlag(_ arguments: [String]) async {
    let mistakes = await mistakes(["--store-kind", "redis", "--store-address", "r:1"] + arguments)
    #expect(
      mistakes == [
        "--store-password: everybody on the machine can read flags; write POSTERND_STORE_PASSWORD, or name a file"
      ])
    #expect(!Help.text.contains("--store-password\n"))
    #expect(Help.text.contains("POSTERND_STORE_PASSWORD\n"))
  }

  @Test(
    "a mistake is told with its setting",
    arguments: [
      (["--store-kind", "mongo"], "store.kind: there is no kind `mongo`; there are memory, sqlite and redis"),
      (["--store-kind", "redis"], "store.address: must be set (--store-address, POSTERND_STORE_ADDRESS)"),
      (
        ["--store-kind", "redis", "--store-address", "redis"],
        "store.address: `redis` is no address; write 10.0.0.5:6379, unix:/a/path or sentinel:NAME@10.0.0.5:26379,..."
      ),
      (
        ["--store-kind", "redis", "--store-address", "sentinel:@a:1"],
        "store.address: `sentinel:@a:1` is no address; write 10.0.0.5:6379, unix:/a/path or "
          + "sentinel:NAME@10.0.0.5:26379,..."
      ),
      (["--store-address", "r:6379"], "store.address: is for store.kind redis, and the kind is memory"),
      (
        ["--store-kind", "redis", "--store-address", "r:1", "--store-file", "/x"],
        "store.file: is for store.kind sqlite, and the kind is redis"
      ),
      (
        ["--store-kind", "redis", "--store-address", "r:1", "--store-password-file", "/nowhere"],
        "store.passwordFile: /nowhere cannot be read"
      ),
      (
        ["--store-kind", "redis", "--store-address", "r:1", "--store-user", "gate"],
        "store.user: has no password; name a file in store.passwordFile"
      ),
      (
        ["--store-kind", "redis", "--store-address", "unix:/r", "--store-tls"],
        "store.tls: a Unix socket is not encrypted; leave it out"
      ),
      (["--store-kind", "redis", "--store-address", "r:1", "--store-tls", "yes"], "store.tls: true or false"),
      (
        ["--store-kind", "redis", "--store-address", "r:1", "--store-database", "-1"],
        "store.database: a number from 0 on"
      ),
      (
        ["--store-kind", "redis", "--store-address", "r:1", "--store-database", "one"], "store.database: a whole number"
      ),
      (["--store-retention-days", "0"], "store.retentionDays: a number of days, from 1 to 36500"),
    ])
  func mistake(_ arguments: [String], _ sentence: String) async {
    #expect(await mistakes(arguments) == [sentence])
  }

  @Test("sentinels are addresses behind the name of their master")
  func sentinels() {
    let address = RedisAddress("sentinel:sessions@10.0.0.5:26379,[::1]:26380")
    #expect(
      address
        == .sentinels(name: "sessions", [.tcp(host: "10.0.0.5", port: 26_379), .tcp(host: "::1", port: 26_380)]))
    #expect(address?.description == "sentinel:sessions@10.0.0.5:26379,[::1]:26380")
    for text in ["sentinel:a@", "sentinel:a@b", "sentinel:a@b:1,", "sentinel:a:b:1", "sentinel:a@b:1@c:1"] {
      #expect(RedisAddress(text) == nil, "\(text)")
    }
  }

  // MARK: the daemon

  private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> (Int32, String) {
    let folder = try TestFolder()
    let bundle = try TestPolicy.bundle()
    guard FileAccess.write(bundle, to: folder.path("policy.ptb")) else { throw FixtureFault(description: "no bundle") }
    var printed: [String] = []
    let given = [
      "--bundle-file", folder.path("policy.ptb"), "--bundle-allow-unsigned", "--login-host", "login.example.com",
      "--listeners", "caddy=127.0.0.1:0", "--state-folder", folder.path("state"), "--check-config",
    ]
    let code = await Daemon.run(arguments: given + arguments, environment: environment) { printed.append($0) }
    return (code, printed.joined(separator: "\n").replacing(folder.root, with: "FOLDER"))
  }

  @Test("a store that cannot be opened at the start is exit code 1, and a sentence")
  func cannotBeOpened() async throws {
    let redis = try await run(["--store-kind", "redis", "--store-address", "127.0.0.1:1"])
    #expect(redis.0 == 1)
    #expect(redis.1.hasPrefix("error: the Redis at 127.0.0.1:1 cannot be reached: "))
    let sqlite = try await run(["--store-kind", "sqlite", "--store-file", "/nowhere/s.sqlite"])
    #expect(sqlite == (1, "error: /nowhere/s.sqlite cannot be made, or not be written"))
  }

  @Test("a store that can be opened is good", arguments: ["memory", "sqlite"])
  func canBeOpened(_ kind: String) async throws {
    #expect(
      try await run(["--store-kind", kind])
        == (0, "the configuration, the bundle and the store are good: revision 1"))
  }
}
