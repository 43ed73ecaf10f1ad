// The gate: what turns a client's request into an answer. It holds the policy that decides, the sessions of this node, and what
// logins need; each endpoint only says which proxy asked. Refuses nothing itself: the kernel decides.

internal import CPostern
internal import Logging
internal import NIOPosix
internal import Synchronization

/// What the gate is set up with, beside the policy.
struct GateSettings: Sendable {
  /// The gate's own host: the one place where people log in.
  var loginHost: String
  /// The port that browsers see; 443 but for trials on one machine.
  var publicPort = 443
  /// Keys that seal what goes through browsers; the first seals.
  var sealingKeys: [[UInt8]]
  /// Keys that sign assertions; the first signs.
  var assertionKeys: [AssertionKey]
  /// Keys that sign access tokens, which no app takes for an assertion; the first signs. Nodes share them.
  var accessTokenKeys: [AssertionKey] = [AssertionKey()]
  /// By the provider's name.
  var providers: [String: ProviderSettings] = [:]
  /// The secret of the OAuth client of an id; nil where it is a public one.
  var clientSecret: @Sendable (String) throws(ConfigurationFault) -> String? = { _ in nil }
  /// Where apps are whose WebSockets and event streams the gate carries, by their names.
  var apps: [String: ListenAddress] = [:]

  /// What every address of ours on that host begins with.
  func origin(_ host: String) -> String { publicPort == 443 ? "https://\(host)" : "https://\(host):\(publicPort)" }
}

/// Answers requests.
final class Gate: Sendable {
  let settings: GateSettings
  let clock: GateClock
  let store: any SessionStore
  let cache = SessionCache()
  let flights = AccountFlights()
  let counters = GateCounters()
  let decisionLog: DecisionLog?
  let sealer: Sealer
  let signer: AssertionSigner
  let tokenSigner: AssertionSigner
  let directory: ProviderDirectory
  let verifier: TokenVerifier
  let transport: any ProviderTransport
  let log: Logger
  private let held: Mutex<GatePolicy>
  private let flushedAt = Mutex<Int64?>(nil)
  private let buffers = ThreadSpecificVariable<BufferBox>()

  init(
    _ settings: GateSettings, policy: GatePolicy, store: any SessionStore, transport: any ProviderTransport,
    clock: GateClock,
    log: Logger, decisionLog: DecisionLog? = nil
  ) {
    self.settings = settings
    self.clock = clock
    self.store = store
    self.log = log
    self.decisionLog = decisionLog
    held = Mutex(policy)
    sealer = Sealer(keys: settings.sealingKeys)
    signer = AssertionSigner(keys: settings.assertionKeys)
    tokenSigner = AssertionSigner(keys: settings.accessTokenKeys)
    self.transport = transport
    directory = ProviderDirectory(transport: transport, clock: clock)
    verifier = TokenVerifier(directory: directory, clock: clock)
  }

  /// The bundle that decides now.
  var policy: GatePolicy { held.withLock { $0 } }

  /// Lets another bundle decide from the next request on.
  func swap(_ policy: GatePolicy) { held.withLock { $0 = policy } }

  func settings(of provider: LoginProvider) -> ProviderSettings {
    settings.providers[provider.name] ?? ProviderSettings()
  }

  /// Where the person goes in the end: the gate's own scheme and the routed host, whatever the target looks like.
  func returnURL(_ login: LoginRequest) -> String { "\(settings.origin(login.host))\(login.target)" }

  /// Storage for decisions, one for each thread.
  ///
  /// Sendable because only the thread that it is kept for ever reaches it.
  final class BufferBox: @unchecked Sendable {
    var buffers = DecisionBuffers()
  }

  var threadBuffers: BufferBox {
    if let box = buffers.currentValue { return box }
    let box = BufferBox()
    buffers.currentValue = box
    return box
  }

  /// Ends what any node revokes, until the store's stream ends; then nothing that is kept is believed until it is called again, nor what
  /// was kept before the stream began.
  func followRevocations() async {
    do throws(StoreFault) {
      let revocations = try await store.revocations()
      cache.beginFollowing()
      for await revocation in revocations { cache.forget(revocation) }
      if !Task.isCancelled { log.warning("the push of revocations is lost") }
    } catch {
      log.debug("revocations cannot be followed", metadata: ["error": "\(error)"])
    }
    cache.loseFollowing()
  }

  /// Ends what `revocation` names: for good when it returns, and on this node at once.
  func revoke(_ revocation: Revocation) async throws(StoreFault) {
    try await store.revoke(revocation, at: clock.now)
    cache.forget(revocation)
  }

  /// Writes down what has been gathered since the last time.
  func flush() async {
    noteClock()
    decisionLog?.flush()
    await flushTouches()
  }

  /// Facts of before lie ahead of a clock that was stepped back: further than the organization's clock skew, they are refused.
  private func noteClock() {
    let now = clock.now
    let before = flushedAt.withLock { flushedAt in
      defer { flushedAt = now }
      return flushedAt
    }
    guard let before, now < before else { return }
    log.warning("the clock was stepped back", metadata: ["milliseconds": "\(before - now)"])
  }

  /// Tells the store what sessions did, twice a second: no more than that of it can be lost.
  func flushTouches() async {
    let touches = cache.takeTouches()
    if touches.isEmpty { return }
    do {
      try await store.touch(touches)
    } catch {
      cache.giveBack(touches)
      log.warning("the store was not told of activity", metadata: ["error": "\(error)"])
    }
  }
}
