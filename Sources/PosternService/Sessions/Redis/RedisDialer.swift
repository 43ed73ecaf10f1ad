// How a connection to a Redis comes about: address, encryption, password, database, each step bounded in time. Refuses a server that may lose what
// it has acknowledged, unless it is allowed, and one that sentinels name but that is no master.

internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Opens connections.
struct RedisDialer: Sendable {
  let settings: RedisSettings
  private let group: any EventLoopGroup
  private let encryption: NIOSSLContext?

  init(_ settings: RedisSettings, group: any EventLoopGroup) throws(StoreFault) {
    self.settings = settings
    self.group = group
    guard settings.isEncrypted else {
      encryption = nil
      return
    }
    var configuration = TLSConfiguration.makeClientConfiguration()
    if let file = settings.trustedRootsFile { configuration.trustRoots = .file(file) }
    do {
      encryption = try NIOSSLContext(configuration: configuration)
    } catch {
      throw StoreFault(description: "\(settings.trustedRootsFile ?? "TLS") cannot be used: \(error)")
    }
  }

  /// A connection that commands can be sent on.
  ///
  /// - Parameter onMessage: told what is published where the connection subscribes.
  func dial(onMessage: (@Sendable (String) -> Void)? = nil) async throws(StoreFault) -> RedisConnection {
    guard case .sentinels(let name, let sentinels) = settings.address else {
      guard case .server(let address) = settings.address else { preconditionFailure("there are two kinds") }
      let connection = try await connect(to: address, onMessage)
      try await introduce(connection)
      return connection
    }
    let connection = try await connect(to: try await master(name, of: sentinels), onMessage)
    try await introduce(connection)
    guard try await connection.call(RedisCommand("ROLE")).list?.first?.text == "master" else {
      throw StoreFault(description: "\(settings.address): whom the sentinels name is no master")
    }
    return connection
  }

  /// Says who we are, and where our keys are.
  private func introduce(_ connection: RedisConnection) async throws(StoreFault) {
    if let password = settings.password {
      let words = ["AUTH"] + (settings.user.map { [$0] } ?? []) + [password]
      if case .refusal(let sentence) = try await connection.send(RedisCommand(words: words)) {
        throw StoreFault(description: "the Redis at \(settings.address) refuses user and password: \(sentence)")
      }
    }
    if case .refusal(let sentence) = try await connection.send(RedisCommand("SELECT", String(settings.database))) {
      throw StoreFault(
        description: "the Redis at \(settings.address) refuses database \(settings.database): \(sentence)")
    }
  }

  // MARK: sentinels

  /// The first sentinel that answers knows.
  private func master(_ name: String, of sentinels: [ListenAddress]) async throws(StoreFault) -> ListenAddress {
    var last = StoreFault(description: "there are no sentinels")
    for sentinel in sentinels {
      do throws(StoreFault) {
        let connection = try await connect(to: sentinel, nil)
        let reply = try await connection.call(RedisCommand("SENTINEL", "get-master-addr-by-name", name))
        if let parts = reply.list, parts.count == 2, let host = parts[0].text,
          let port = parts[1].text.flatMap({ Int($0) })
        {
          return .tcp(host: host, port: port)
        }
        last = StoreFault(description: "the sentinel at \(sentinel) knows no master `\(name)`")
      } catch {
        last = error
      }
    }
    throw last
  }

  // MARK: connecting

  private func connect(
    to address: ListenAddress, _ onMessage: (@Sendable (String) -> Void)?
  ) async throws(StoreFault) -> RedisConnection {
    let initialize: @Sendable (any Channel) -> EventLoopFuture<RedisConnection> = { [encryption] channel in
      channel.eventLoop.makeCompletedFuture {
        if let encryption { try channel.pipeline.syncOperations.addHandler(Self.encrypt(encryption, address)) }
        let exchange = RedisExchange(with: "the Redis at \(address)", onMessage: onMessage)
        try channel.pipeline.syncOperations.addHandler(exchange)
        return RedisConnection(channel, NIOLoopBound(exchange, eventLoop: channel.eventLoop))
      }
    }
    let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(1))
    do {
      switch address {
      case .unix(let path):
        return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
      case .tcp(let host, let port):
        let bootstrap = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
        return try await bootstrap.connect(host: host, port: port, channelInitializer: initialize)
      }
    } catch {
      let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
      throw StoreFault(description: "the Redis at \(address) cannot be reached: \(cause)")
    }
  }

  /// The server is who the address says: by its name, or by its number.
  private static func encrypt(_ context: NIOSSLContext, _ address: ListenAddress) throws -> NIOSSLClientHandler {
    guard case .tcp(let host, _) = address, ClientAddress(host) == nil else {
      return try NIOSSLClientHandler(context: context, serverHostname: nil)
    }
    return try NIOSSLClientHandler(context: context, serverHostname: host)
  }
}
