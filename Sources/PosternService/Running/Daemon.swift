// posternd: reads its configuration, loads the bundle, listens, and stops without dropping what it has begun. Exit codes are those of every
// command: 0 ok, 1 could not run, 3 the configuration or the bundle has errors.

internal import AsyncHTTPClient
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// The daemon, as its `main` calls it.
public enum Daemon {
  /// Runs until it is told to stop; returns the exit code.
  ///
  /// - Parameters:
  ///   - arguments: flags, without the program's name.
  ///   - environment: variables by their names.
  ///   - print: where help, version and mistakes go.
  public static func run(
    arguments: [String], environment: [String: String], print: (String) -> Void
  ) async -> Int32 {
    if arguments.contains("--help") {
      print(Help.text)
      return 0
    }
    do {
      let (flags, file, checksOnly) = try Flags.split(arguments)
      let configuration = try await GateConfiguration.read(arguments: flags, environment: environment, file: file)
      let node = try await Node(configuration)
      if checksOnly {
        print("the configuration, the bundle and the store are good: revision \(node.gate.policy.revision)")
        try await node.close()
        return 0
      }
      try await node.run()
      return 0
    } catch let fault as ConfigurationFault {
      for mistake in fault.mistakes { print("error: \(mistake)") }
      return 3
    } catch let fault as LoadFault {
      print("error: \(fault)")
      return 3
    } catch {
      print("error: \(error)")
      return 1
    }
  }
}

/// The flags that are not settings.
private enum Flags {
  static func split(
    _ arguments: [String]
  ) throws(ConfigurationFault) -> (settings: [String], file: String?, checksOnly: Bool) {
    var settings: [String] = []
    var file: String?
    var checksOnly = false
    var mistakes: [String] = []
    var rest = arguments[...]
    let known = Set(Setting.all.map(\.flag))
    while let argument = rest.popFirst() {
      let name = String(argument.prefix { $0 != "=" })
      if argument == "--check-config" {
        checksOnly = true
      } else if argument == "--config" {
        file = rest.popFirst()
        if file == nil { mistakes.append("--config: names a file") }
      } else if known.contains(name) {
        settings.append(argument)
        while rest.first?.hasPrefix("--") == false { settings.append(rest.removeFirst()) }
      } else {
        mistakes.append("`\(argument)` is no flag of posternd; see posternd --help")
      }
    }
    if !mistakes.isEmpty { throw ConfigurationFault(mistakes: mistakes) }
    return (settings, file, checksOnly)
  }
}

/// What `posternd --help` prints.
enum Help {
  static var text: String {
    let rows = Setting.all.map { setting in
      "  \(setting.isSecret ? setting.environmentName : setting.flag)\n      \(setting.help)\n      default: \(setting.defaultText ?? "none, must be set")"
    }
    let providers = Setting.ofProvider.map { setting in
      "  providers.NAME.\(setting.key)\n      \(setting.help)\n      default: \(setting.defaultText ?? "")"
    }
    return """
      posternd: the gate. It answers the proxies that ask whether a request may pass, and runs the login.

      USAGE: posternd [--config FILE] [--check-config] [SETTING ...]

        --config FILE     settings in JSON: {"bundle": {"file": "/etc/postern/policy.ptb"}}
        --check-config    checks configuration, bundle and store, and ends

      Settings: flags win over the environment (POSTERND_BUNDLE_FILE), and that over the file (bundle.file).

      \(rows.joined(separator: "\n"))

      Of each login provider, in the file or the environment (POSTERND_PROVIDERS_NAME_CLIENT_SECRET):

      \(providers.joined(separator: "\n"))

      Of each OAuth client that has a secret, in the file:

        oauthClients.ID.clientSecretFile
            a file with nothing but the secret; without one the client is a public one

      Exit codes: 0 ok, 1 could not run, 3 the configuration or the bundle has errors.
      """
  }
}

/// One running gate.
final class Node: Sendable {
  let gate: Gate
  private let configuration: GateConfiguration
  private let loader: BundleLoader
  private let group: MultiThreadedEventLoopGroup
  private let client: HTTPClient
  /// For bundles from a server.
  private let bundleClient: HTTPClient?
  private let isReady = Mutex(false)
  private let pending = PendingAnswers()
  /// What a stop waits for at most: longer than a provider is waited for, shorter than what stops services waits itself.
  private static let drainSeconds = 15

  init(_ configuration: GateConfiguration) async throws {
    self.configuration = configuration
    LoggingLevel.bootstrap(configuration.logLevel)
    ProcessLimit.raiseOpenFiles()
    let log = Logger(label: "posternd")
    if !FileAccess.makeFolder(configuration.stateFolder) {
      throw LoadFault(description: "\(configuration.stateFolder) cannot be made")
    }
    let key = try configuration.verificationKeyFile.map { path throws(LoadFault) in
      guard let bytes = FileAccess.read(path) else { throw LoadFault(description: "\(path) cannot be read") }
      return bytes
    }
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threadCount ?? System.coreCount)
    let source: BundleLoader.Source
    (source, bundleClient) = Self.bundleSource(configuration, group)
    let prepared: Prepared
    do {
      loader = try BundleLoader(source, keyPEM: key, stateFolder: configuration.stateFolder, log: log)
      prepared = try await Self.prepare(configuration, loader, group, log)
    } catch {
      try? await bundleClient?.shutdown()
      throw error
    }
    let hosts = prepared.policy.providers.compactMap(\.issuerHost)
    client = HTTPClient(
      eventLoopGroupProvider: .shared(group), configuration: Self.clientConfiguration(configuration, hosts: hosts))
    gate = Gate(
      prepared.settings, policy: prepared.policy, store: prepared.store, transport: ProviderHTTP(client: client),
      clock: .system, log: log, decisionLog: configuration.decisionsFile.map(DecisionLog.init))
    // Until `run` follows them.
    gate.cache.loseFollowing()
  }

  /// What a gate is made of.
  private struct Prepared {
    let policy: GatePolicy
    let settings: GateSettings
    let store: any SessionStore
  }

  private static func prepare(
    _ configuration: GateConfiguration, _ loader: BundleLoader, _ group: any EventLoopGroup, _ log: Logger
  ) async throws -> Prepared {
    let policy = try await loader.first()
    var settings = GateSettings(
      loginHost: configuration.loginHost, publicPort: configuration.publicPort,
      sealingKeys: try GateKeys.sealing(configuration.stateFolder),
      assertionKeys: try GateKeys.assertion(configuration.stateFolder))
    settings.accessTokenKeys = try GateKeys.accessToken(configuration.stateFolder)
    settings.apps = configuration.apps
    for provider in policy.providers {
      settings.providers[provider.name] = try configuration.settings(ofProvider: provider.name)
    }
    settings.clientSecret = { id throws(ConfigurationFault) in try configuration.secret(ofClient: id) }
    for client in policy.oauthClients { _ = try configuration.secret(ofClient: client.id) }
    let store = try await configuration.store.open(
      retentionDays: configuration.storeRetentionDays, group: group, log: log)
    return Prepared(policy: policy, settings: settings, store: store)
  }

  /// Follows no redirect, and trusts the roots that it is told.
  private static func clientConfiguration(
    _ configuration: GateConfiguration, hosts: [String]
  ) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let file = configuration.trustedRootsFile { tls.trustRoots = .file(file) }
    var client = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
    client.timeout.connect = .seconds(2)
    // Names below `localhost` are this machine (RFC 6761, 6.3); the C library does not know it.
    for host in hosts where host.hasSuffix(".localhost") { client.dnsOverride[host] = "127.0.0.1" }
    return client
  }

  /// A file, or a server with what it is asked by.
  private static func bundleSource(
    _ configuration: GateConfiguration, _ group: any EventLoopGroup
  ) -> (BundleLoader.Source, HTTPClient?) {
    switch configuration.bundle {
    case .file(let path): return (.file(path), nil)
    case .server(let address):
      var settings = clientConfiguration(configuration, hosts: [address.host])
      // A server that stops in the middle is not waited for to the end.
      settings.timeout.read = .seconds(10)
      let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: settings)
      let download = BundleDownload(address: address, client: client, tokenFile: configuration.bundleTokenFile)
      return (.server(download), client)
    }
  }

  /// A file is looked at every second.
  private var reloadMilliseconds: Int64 {
    if case .file = configuration.bundle { return 1_000 }
    return Int64(configuration.bundlePollSeconds) * 1_000
  }

  /// Listens until a signal ends it; what has been begun is answered.
  func run() async throws {
    var channels: [any Channel] = []
    var services: [any Service] = []
    for listener in configuration.listeners {
      switch listener.kind {
      case .envoyGRPC: services.append(EnvoyServer(listener.address, gate, peers: configuration.trustedPeers))
      case .proxy(let dialect):
        let responder = ProxyResponder(gate: gate, dialect: dialect, trustedHops: configuration.trustedHops)
        channels.append(
          try await HTTPServer.bind(
            listener.address, group: group, responder, pending, peers: configuration.trustedPeers))
      }
    }
    if let address = configuration.operations {
      let responder = OperationsResponder(gate: gate) { self.isReady.withLock { $0 } }
      channels.append(try await HTTPServer.bind(address, group: group, responder))
    }
    if let path = configuration.adminSocket {
      channels.append(try await HTTPServer.bindPrivately(path, group: group, AdministrationResponder(gate: gate)))
    }
    isReady.withLock { $0 = true }
    gate.log.notice(
      "listening", metadata: ["revision": "\(gate.policy.revision)", "listeners": "\(configuration.listeners.count)"])
    services += [
      Repeating(milliseconds: 500) { await self.gate.flush() },
      Repeating(milliseconds: reloadMilliseconds) { await self.reload(isForced: false) },
      Following { await self.gate.followRevocations() },
      Reloading { await self.reload(isForced: true) },
    ]
    let group = ServiceGroup(
      configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: gate.log))
    try await group.run()
    isReady.withLock { $0 = false }
    for channel in channels { try? await channel.close() }
    await pending.drain(upTo: .seconds(Self.drainSeconds))
    await gate.flush()
    try await close()
  }

  /// Ends what `init` has begun.
  func close() async throws {
    try await bundleClient?.shutdown()
    try await client.shutdown()
  }

  /// Takes a bundle that has changed; one that is refused changes nothing.
  private func reload(isForced: Bool) async {
    do throws(LoadFault) {
      try await loader.reload(isForced: isForced) { [gate] policy in
        gate.swap(policy)
        gate.log.notice("another bundle decides", metadata: ["revision": "\(policy.revision)"])
      }
    } catch {
      // What is told to stop asks nobody any more.
      if Task.isCancelled { return }
      gate.log.error("a bundle was refused, the one before goes on deciding", metadata: ["error": "\(error)"])
    }
  }
}

/// The log of the whole process; set up once.
private enum LoggingLevel {
  static func bootstrap(_ level: Logger.Level) {
    let isFirst = isDone.withLock { done in
      defer { done = true }
      return !done
    }
    if !isFirst { return }
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }

  private static let isDone = Mutex(false)
}

/// Does something again and again until it is told to stop.
private struct Repeating: Service {
  let milliseconds: Int64
  let work: @Sendable () async -> Void

  func run() async throws {
    while !Task.isShuttingDownGracefully {
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(milliseconds)) }
      if Task.isShuttingDownGracefully { return }
      await cancelWhenGracefulShutdown { await work() }
    }
  }
}

/// Follows the store's revocations until the gate stops; where the push is lost, it is begun again.
private struct Following: Service {
  private static let pauseMilliseconds = 250

  let work: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await work()
        try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
      }
    }
  }
}

/// Reads the bundle again on SIGHUP.
private struct Reloading: Service {
  let work: @Sendable () async -> Void

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await cancelWhenGracefulShutdown { for await _ in signals { await work() } }
  }
}
