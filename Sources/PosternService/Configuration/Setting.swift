// Every setting of posternd, once: what reads the configuration, what prints the help, and what docs/service.md lists. Facts only.

/// A setting that can be written as a flag, in the environment, or in the file.
struct Setting: Sendable {
  enum Kind: Sendable {
    case text, number, flag, list
  }

  /// With dots, as in the file: `bundle.file`.
  let key: String
  let kind: Kind
  /// As the help writes it; nil: none, and the setting must be written.
  let defaultText: String?
  let help: String
  /// Whether it may not be written as a flag.
  var isSecret = false

  /// `--bundle-file`.
  var flag: String { "--" + words.map { $0.lowercased() }.joined(separator: "-") }

  /// Whether an argument is its flag, with a value behind it or without.
  func isFlag(_ argument: String) -> Bool { argument.prefix { $0 != "=" } == flag }

  /// `POSTERND_BUNDLE_FILE`.
  var environmentName: String { "POSTERND_" + words.map { $0.uppercased() }.joined(separator: "_") }

  /// `bundle.verificationKeyFile` is `bundle`, `verification`, `Key`, `File`.
  private var words: [String] {
    var words = [""]
    for character in key {
      if character == "." {
        words.append("")
      } else if character.isUppercase {
        words.append(String(character))
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words
  }

  static let all: [Setting] = [
    Setting(
      key: "bundle.file", kind: .text, defaultText: "none, must be set where bundle.url is not",
      help: "the compiled bundle; watched, and read again when it changes or on SIGHUP"),
    Setting(
      key: "bundle.url", kind: .text, defaultText: "none",
      help:
        "where the bundle is served instead: https://..., or http://... of this machine; the last good one is kept in state.folder"
    ),
    Setting(
      key: "bundle.tokenFile", kind: .text, defaultText: "none",
      help: "a file with the bearer token that bundle.url wants; read each time"),
    Setting(
      key: "bundle.pollSeconds", kind: .number, defaultText: "30", help: "how often bundle.url is asked for another one"
    ),
    Setting(
      key: "bundle.verificationKeyFile", kind: .text, defaultText: "none",
      help: "the public key (PEM, Ed25519) that bundles are signed with"),
    Setting(
      key: "bundle.allowUnsigned", kind: .flag, defaultText: "false",
      help: "take a bundle that nobody has signed: for trying things out"),
    Setting(
      key: "login.host", kind: .text, defaultText: nil,
      help: "the gate's own host, where people log in: login.example.com"),
    Setting(
      key: "public.port", kind: .number, defaultText: "443", help: "the port that browsers see, of all hosts"),
    Setting(
      key: "listeners", kind: .list, defaultText: nil,
      help:
        "who asks where: nginx=unix:/run/postern/nginx.sock, traefik=ADDRESS:PORT, caddy=..., envoy=..., envoy-grpc=..."
    ),
    Setting(
      key: "trustedHops", kind: .number, defaultText: "0",
      help: "how many of the last addresses that a proxy says are proxies of ours; Envoy counts them itself"),
    Setting(
      key: "trustedPeers", kind: .list, defaultText: "127.0.0.0/8,::1",
      help:
        "where proxies come from that speak to a listener at an address: 10.0.0.7,10.1.0.0/16,...; others are refused"
    ),
    Setting(
      key: "apps", kind: .list, defaultText: "none",
      help:
        "where apps are whose WebSockets and event streams the gate carries, and ends with their sessions: APP=127.0.0.1:8080,..."
    ),
    Setting(
      key: "decisions.file", kind: .text, defaultText: "none", help: "where each decision is logged, a line of JSON"),
    Setting(
      key: "operations.listener", kind: .text, defaultText: "none",
      help: "where /healthz, /readyz and /metrics are: an address of its own, never a proxy's"),
    Setting(
      key: "admin.socket", kind: .text, defaultText: "admin.sock in state.folder",
      help: "the Unix socket for postern sessions, which only its owner may open; none: there is none"),
    Setting(
      key: "state.folder", kind: .text, defaultText: "/var/lib/postern",
      help: "where keys and the last accepted revision are kept; only its owner may read it"),
    Setting(
      key: "store.kind", kind: .text, defaultText: "memory",
      help: "where sessions are kept: memory (gone when posternd ends), sqlite (one node), redis (any number of nodes)"),
    Setting(
      key: "store.file", kind: .text, defaultText: "sessions.sqlite in state.folder", help: "sqlite: the file"),
    Setting(
      key: "store.address", kind: .text, defaultText: "none",
      help: "redis: ADDRESS:PORT, unix:/run/redis.sock, or sentinel:NAME@ADDRESS:PORT,ADDRESS:PORT"),
    Setting(
      key: "store.user", kind: .text, defaultText: "the default user",
      help: "redis: whom posternd signs in as; needs \(RedisSettings.leastPrivilege)"),
    Setting(
      key: "store.passwordFile", kind: .text, defaultText: "none", help: "redis: a file with nothing but the password"),
    Setting(
      key: "store.password", kind: .text, defaultText: "none",
      help: "redis: the password itself, where a file will not do", isSecret: true),
    Setting(key: "store.database", kind: .number, defaultText: "0", help: "redis: the number of the database"),
    Setting(
      key: "store.tls", kind: .flag, defaultText: "false",
      help: "redis: encrypt the connection; the server is trusted by tls.trustedRootsFile"),
    Setting(
      key: "store.prefix", kind: .text, defaultText: "postern:",
      help: "redis: what the names of all keys and of the channel begin with"),
    Setting(
      key: "store.allowVolatile", kind: .flag, defaultText: "false",
      help: "redis: take one that may lose sessions and revocations it has acknowledged"),
    Setting(
      key: "store.retentionDays", kind: .number, defaultText: "\(SessionRetention.days)",
      help: "how long logins are kept and revocations remembered: no absolute timeout may be longer"),
    Setting(
      key: "tls.trustedRootsFile", kind: .text, defaultText: "the system's",
      help: "certificates (PEM) that login providers and the store are trusted by"),
    Setting(
      key: "threads", kind: .number, defaultText: "one a processor", help: "how many threads answer requests"),
    Setting(
      key: "log.level", kind: .text, defaultText: "info", help: "trace, debug, info, notice, warning, error or critical"
    ),
  ]

  /// Settings of one login provider, below `providers.NAME.`
  static let ofProvider: [Setting] = [
    Setting(
      key: "clientSecret", kind: .text, defaultText: "none", help: "the secret of the gate's client at the provider"),
    Setting(key: "clientSecretFile", kind: .text, defaultText: "none", help: "a file with nothing but the secret"),
    Setting(
      key: "scopes", kind: .list, defaultText: "openid,email,profile", help: "what is asked of the provider"),
    Setting(
      key: "groupsClaim", kind: .text, defaultText: "groups",
      help: "the claim that lists groups; `none`: the policy's own directory is all there is"),
    Setting(
      key: "vouchesForEmails", kind: .flag, defaultText: "false",
      help: "addresses count as verified where the provider does not say whether they are"),
    Setting(
      key: "secondFactorMethods", kind: .list, defaultText: "none",
      help: "values of `amr` that stand for enrolled second factors"),
    Setting(
      key: "securityKeyMethods", kind: .list, defaultText: "none", help: "values of `amr` that stand for a security key"
    ),
  ]
}
