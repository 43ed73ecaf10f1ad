// A server of bundles on loopback, whose every answer a test can change.

import AsyncHTTPClient
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import PosternService

/// What a bundle's server says, and what it was asked.
final class BundleServer: RequestResponder {
  struct State {
    var bytes: [UInt8] = []
    /// nil: it knows nothing of tags.
    var tag: String?
    var status = 200
    var location: String?
    var isSilent = false
    /// What it wants to be told.
    var token: String?
    /// What each request said that the client has already.
    var tags: [String?] = []
    /// How many were answered with 304.
    var unchangedCount = 0
  }

  private let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)

  /// Listens on a free port.
  static func start() async throws -> BundleServer {
    let server = BundleServer()
    try await server.listen(port: 0)
    return server
  }

  func listen(port: Int) async throws {
    let channel = try await HTTPServer.bind(
      .tcp(host: "127.0.0.1", port: port), group: MultiThreadedEventLoopGroup.singleton, self)
    self.channel.withLock { $0 = channel }
  }

  /// As when it is gone.
  func stop() async throws { try await channel.withLock { $0 }?.close() }

  var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
  var url: String { "http://127.0.0.1:\(port)/policy.ptb" }
  var tags: [String?] { state.withLock { $0.tags } }
  var unchangedCount: Int { state.withLock { $0.unchangedCount } }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  func serve(_ bytes: [UInt8], tag: String?) { change { ($0.bytes, $0.tag) = (bytes, tag) } }

  func respond(_ request: ListenerRequest) -> Outcome {
    let known = request.headers["if-none-match"]
    let state = state.withLock { state in
      state.tags.append(known)
      if known != nil && known == state.tag { state.unchangedCount += 1 }
      return state
    }
    if let token = state.token, request.headers.values("authorization") != ["Bearer \(token)"] {
      return .now(Answer(generated: 401))
    }
    if state.isSilent { return .later { await Self.never() } }
    let isUnchanged = known != nil && known == state.tag
    var answer = Answer(generated: isUnchanged ? 304 : state.status)
    if let tag = state.tag { answer.headers.set("etag", tag) }
    if let location = state.location { answer.headers.set("location", location) }
    if !isUnchanged { answer.body = state.bytes }
    return .now(answer)
  }

  /// Until the client goes away: its connection's end cancels nothing here, so the test's end does.
  private static func never() async -> Answer {
    try? await Task.sleep(for: .seconds(30))
    return Answer(generated: 200)
  }
}

/// Loaders on a server, as a node has them.
enum TestLoader {
  /// No connection is kept, so that a server that stops is gone.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.maximumUsesPerConnection = 1
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  static var log: Logger {
    var log = Logger(label: "test")
    log.logLevel = .critical
    return log
  }

  static func server(
    _ url: String, key: TestKey?, in folder: TestFolder, byteLimit: Int = 1 << 20, timeoutSeconds: Int64 = 5,
    tokenFile: String? = nil
  ) throws -> BundleLoader {
    let address = try #require(BundleAddress(url))
    var download = BundleDownload(address: address, client: client, tokenFile: tokenFile)
    download.byteLimit = byteLimit
    download.timeoutSeconds = timeoutSeconds
    return try BundleLoader(.server(download), keyPEM: key?.publicPEM, stateFolder: folder.root, log: log)
  }

  static func file(_ path: String, key: TestKey?, in folder: TestFolder) throws -> BundleLoader {
    try BundleLoader(.file(path), keyPEM: key?.publicPEM, stateFolder: folder.root, log: log)
  }
}

extension BundleLoader {
  /// The revision that a reload came to; nil where nothing was taken.
  func reloadedRevision(isForced: Bool = false) async throws(LoadFault) -> UInt64? {
    let revision = Mutex<UInt64?>(nil)
    try await reload(isForced: isForced) { policy in revision.withLock { $0 = policy.revision } }
    return revision.withLock { $0 }
  }

  /// Why nothing was taken; nil where nothing was wrong.
  func fault(isForced: Bool = false) async -> String? {
    do throws(LoadFault) {
      _ = try await reloadedRevision(isForced: isForced)
      return nil
    } catch { return error.description }
  }
}
