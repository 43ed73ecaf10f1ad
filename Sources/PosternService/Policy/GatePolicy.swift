// A bundle that decides: verified, with what the gate asks of it beside decisions. Refuses nothing that the kernel's verifier lets
// through; signatures and revisions are the loader's.

internal import CPostern
internal import PosternBundle
internal import PosternKernel
internal import Synchronization

/// What the gate knows of an app; one object for each, for every request has it in hand.
final class GateApp: Sendable {
  let name: String
  /// Of the assertion.
  let audience: String
  let loginHint: String?
  let tenants: [String]
  /// Whose bearer tokens the app takes, beside those for its own audience.
  let programmaticClients: [String]
  /// Who may read this app's 401.
  let corsOrigins: [String]
  /// How old what is known of an account may be; nil: as old as it is.
  let revalidateMilliseconds: Int64?
  /// Indices of providers.
  let providers: [Int]
  /// Where people go who are refused, and where they log in instead of at an identity platform; nil: nowhere else.
  let deniedPage: PageAddress?
  let loginPage: PageAddress?
  /// What the app is told of a person, beside who it is.
  let propagation: [PropagatedAttribute]

  fileprivate init(_ contents: BundleContents, _ gate: GateContents, _ index: Int, providerCount: Int) {
    let line = contents.appLine(index)
    let record = contents.appRecord(index)
    let profile = contents.record(.profiles, Int(contents.u32(line + 52)), byteCount: RecordSize.profile)
    let hint = contents.text(profile + 52)
    let mask = contents.u64(line + 8)
    name = contents.text(record)
    audience = contents.name(Int(contents.u32(record + 8)))
    loginHint = hint.isEmpty ? nil : hint
    tenants = contents.listedNames(profile)
    programmaticClients = contents.listedNames(profile + 8)
    let revalidate = contents.u32(profile + 48)
    revalidateMilliseconds = revalidate == BundleFormat.none ? nil : Int64(revalidate) * 1_000
    corsOrigins = contents.listedTexts(profile + 32)
    providers = (0..<providerCount).filter { mask >> UInt64($0) & 1 == 1 }
    let firstAttribute = Int(contents.u32(profile + 40))
    propagation = (0..<Int(contents.u32(profile + 44))).compactMap {
      PropagatedAttribute(
        contents, contents.record(.propagation, firstAttribute + $0, byteCount: RecordSize.propagation))
    }
    let pages = gate.pages(ofApp: index)
    deniedPage = pages.flatMap { PageAddress($0.denied) }
    loginPage = pages.flatMap { PageAddress($0.login) }
  }
}

/// An opened bundle.
final class GatePolicy: Sendable {
  let verified: VerifiedBundle
  /// SHA-256 of the manifest: what marks whatever was worked out from this bundle.
  let digest: [UInt8]
  let providers: [LoginProvider]
  let oauthClients: [OAuthClient]
  private let contents: BundleContents
  private let gate: GateContents
  private let apps = Mutex<[UInt32: GateApp]>([:])
  private let clientApps = Mutex<[String: UInt32]?>(nil)
  private let requestAttributes: [AttributePath]
  /// The claims of the identity slots, in their order; nil for a path that is no claim.
  private let claimNames: [String?]

  /// Verifies `bytes` and reads what the gate asks of them.
  ///
  /// - Throws: the first rule of docs/bundle-format.md that the bytes break.
  init(_ bytes: [UInt8]) throws(BundleFault) {
    verified = try VerifiedBundle(bytes)
    guard let contents = BundleContents(verified: bytes) else { throw .notABundle }
    guard let gate = contents.gate else { throw .partialRecord }
    self.contents = contents
    self.gate = gate
    digest = contents.table.manifestDigest
    providers = Self.providers(contents, gate)
    oauthClients = contents.oauthClients.enumerated().map { OAuthClient($1, index: $0) }
    requestAttributes = contents.attributes(scope: 1).map { AttributePath(path: $0.path, tag: $0.tag) }
    let prefix = Array("request.auth.claims.".utf8)
    claimNames = contents.attributes(scope: 0).map(\.path).map { path in
      path.starts(with: prefix) ? String(decoding: path.dropFirst(prefix.count), as: UTF8.self) : nil
    }
  }

  var revision: UInt64 { verified.bundle.revision }

  private static func providers(_ contents: BundleContents, _ gate: GateContents) -> [LoginProvider] {
    (0..<contents.count(.providers, recordByteCount: RecordSize.provider)).map { index in
      let record = contents.record(.providers, index, byteCount: RecordSize.provider)
      return LoginProvider(
        name: contents.text(record), source: LoginProvider.Source(rawValue: contents.byte(record + 24)),
        issuer: contents.text(record + 8), clientID: contents.text(record + 16),
        sessionDurationSeconds: contents.u32(record + 28), tenants: contents.listedNames(record + 32),
        domains: contents.listedTexts(record + 40), endsSession: gate.endingProviders >> UInt64(index) & 1 == 1,
        index: index)
    }
  }

  func provider(named name: String) -> LoginProvider? { providers.first { $0.name == name } }

  /// The app of a decision; nil where it names none. Read when it is first asked for, and kept.
  func app(_ index: UInt32) -> GateApp? {
    guard index != BundleFormat.none, Int(index) < contents.appCount else { return nil }
    return apps.withLock { apps in
      if let app = apps[index] { return app }
      let app = GateApp(contents, gate, Int(index), providerCount: providers.count)
      apps[index] = app
      return app
    }
  }

  // MARK: OAuth clients

  func oauthClient(_ id: String) -> OAuthClient? { oauthClients.first { $0.id == id } }

  /// The apps that a client may reach.
  func apps(of client: OAuthClient) -> [GateApp] {
    let indices = clientApps.withLock { known in
      if known == nil { known = indicesOfClientApps() }
      return client.apps.compactMap { known?[$0] }
    }
    return indices.compactMap(app)
  }

  /// Where the apps stand that any client names: looked for once, for there may be a million.
  private func indicesOfClientApps() -> [String: UInt32] {
    let names = Set(oauthClients.flatMap(\.apps))
    var indices: [String: UInt32] = [:]
    for index in 0..<contents.appCount {
      let name = contents.text(contents.appRecord(index))
      if names.contains(name) { indices[name] = UInt32(index) }
    }
    return indices
  }

  /// Whether an OAuth client may refresh.
  func decide(_ refresh: postern_refresh, at now: Int64) -> RefreshAnswer {
    var decision = postern_refresh_decision()
    verified.bundle.decideRefresh(refresh, at: now, into: &decision)
    return RefreshAnswer(
      outcome: decision.outcome, reason: decision.reason, method: decision.method, validUntil: decision.valid_until)
  }

  // MARK: decisions

  /// Resolves who a person is into what this bundle knows of them.
  ///
  /// - Parameters:
  ///   - audience: of a bearer token.
  ///   - authorizedParty: of a bearer token.
  func resolve(
    _ person: Person, credential: postern_credential, audience: String? = nil, authorizedParty: String? = nil
  ) -> [UInt32] {
    var facts = FactBuffer()
    facts.reset(slotCount: claimNames.count)
    for (slot, name) in claimNames.enumerated() {
      if let name, let value = person.claims[name] {
        facts.set(value.isWhole ? facts.cell(value) : facts.brokenText, slot: slot)
      }
    }
    var packed = credential
    person.pack(into: &packed, facts: &facts)
    packed.audience = facts.cell(audience?.utf8)
    packed.authorized_party = facts.cell(authorizedParty?.utf8)
    var words = [UInt32](repeating: 0, count: Int(POSTERN_IDENTITY_WORDS))
    var span = words.mutableSpan
    verified.bundle.resolve(packed, text: facts.text.span, cells: facts.cells.span, into: &span)
    return words
  }

  /// Decides one request at `now`.
  func decide(
    _ request: ClientRequest, _ caller: Caller, at now: Int64, using buffers: inout DecisionBuffers
  ) -> postern_decision {
    buffers.facts.reset(slotCount: requestAttributes.count)
    for (slot, attribute) in requestAttributes.enumerated() {
      attribute.pack(request, caller, slot: slot, into: &buffers.facts)
    }
    let packed = buffers.facts.pack(request)
    let facts = buffers.facts
    var scratch = buffers.scratch.mutableSpan
    var decision = postern_decision()
    verified.bundle.decide(
      packed, text: facts.text.span, cells: facts.cells.span, credential: caller.credential,
      identity: caller.identity.span, at: now, scratch: &scratch, into: &decision)
    return decision
  }
}

/// Storage for the facts and the scratch of decisions; one for each thread that decides.
struct DecisionBuffers {
  var facts = FactBuffer()
  var scratch = [UInt8](repeating: 0, count: Int(POSTERN_SCRATCH_BYTES))
}

/// Who asks, as the kernel wants it: the times and states of a credential, and what the bundle knows of the person.
struct Caller: Sendable {
  var credential = postern_credential()
  /// `GatePolicy.resolve`'s answer; empty where nobody asks.
  var identity: [UInt32] = []
  /// Looked at by conditions.
  var person: Person?
  /// Of a session: which of its facts these are.
  var factsCount = 0
  /// Of an access token of the gate's own: what it stands for, and the session that ends with it.
  var accessToken: AccessToken?
  var grantSession: LiveSession?

  /// Nobody.
  static let anonymous = Caller()
}

extension FactBuffer {
  /// Packs a request; what is repeated is joined, as conditions see it.
  fileprivate mutating func pack(_ request: ClientRequest) -> postern_request {
    var packed = postern_request()
    packed.method = cell(request.method.utf8)
    packed.scheme = cell(request.scheme.utf8)
    packed.host = cell(request.host.utf8)
    packed.path = cell(request.path.utf8)
    packed.query = cell(request.query?.utf8)
    packed.client_address = cell(request.clientAddress?.utf8)
    for (name, value) in request.headers.steering {
      let value = cell(value.utf8)
      switch name {
      case .requestedWith: packed.x_requested_with = value
      case .fetchMode: packed.sec_fetch_mode = value
      case .fetchDestination: packed.sec_fetch_dest = value
      case .fetchSite: packed.sec_fetch_site = value
      case .purpose: packed.sec_purpose = value
      case .accept: packed.accept = value
      case .upgrade: packed.upgrade = value
      case .origin: packed.origin = value
      case .requestMethod: packed.access_control_request_method = value
      }
    }
    return packed
  }
}
