// The gate as one more engine: what it packs of a request and a person comes to the decision that the tools come to. The facts of a
// device, the region and the destination are taken away first: nothing tells the gate them yet.

import CPostern
import Foundation
import PosternCompiler
import PosternLanguage
import Testing

@testable import PosternService

@Suite("The gate as an engine")
struct ServiceEngineTests {
  /// The repository's own tree.
  private static let reading = Policy.read(
    folder: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("policies").path)

  @Test("every case of the policy tree is decided as the tools decide it")
  func policyTree() throws {
    let policy = try #require(Self.reading.policy)
    let bytes = Compiler.compile(policy, revision: 3)
    let (bundle, service) = (try OpenBundle(bytes), try GatePolicy(bytes))
    let cases = policy.tests.flatMap(\.cases)
    #expect(cases.count > 60)
    var buffers = PosternService.DecisionBuffers()
    for item in cases {
      let (request, credential) = (item.request.knownToTheGate, item.credential.knownToTheGate)
      let expected = bundle.decide(request, credential, at: item.nowMilliseconds)
      let found = service.decide(
        ClientRequest(request), Caller(credential, service), at: item.nowMilliseconds, using: &buffers)
      #expect(found.verdict == expected.verdict.rawValue, "\(item.name.value)")
      #expect(found.reason == expected.reason.rawValue, "\(item.name.value)")
      #expect(found.app == expected.appIndex.map(UInt32.init) ?? .max, "\(item.name.value)")
      #expect(found.valid_until == expected.validUntil, "\(item.name.value)")
      #expect((found.touch == 1) == expected.touch, "\(item.name.value)")
      #expect(found.clock == expected.clock.rawValue, "\(item.name.value)")
    }
  }

  @Test(
    "an address is written as the language writes it, or is none to both",
    arguments: [
      "192.0.2.7", "192.0.2.07", "192.0.2.256", "2001:DB8::1", "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.7", "::1", "::",
      "1.2.3",
      "", "localhost", "fe80::1%eth0", "2001:db8::1::2", " 192.0.2.7", "0x7f.1",
    ])
  func addresses(_ text: String) throws {
    let files = [
      "organization.yaml": TestPolicy.organization,
      "a.yaml": """
      kind: App
      name: a
      routes: [a.example.com/]
      iam:
        bindings:
          - role: roles/iap.httpsResourceAccessor
            members: ["user:ann@example.com"]
            condition: {title: address, expression: "inIpRange(origin.ip, ['192.0.2.0/24', '2001:db8::/32'])"}
      """,
    ]
    let bytes = try TestPolicy.bundle(files)
    let (bundle, service) = (try OpenBundle(bytes), try GatePolicy(bytes))
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = .user
    credential.accountState = .active
    credential.emailVerified = true
    credential.groupsComplete = true
    (credential.provider, credential.subject) = (Array("people".utf8), Array("ann".utf8))
    credential.email = Array("ann@example.com".utf8)
    let now = TestClock.start
    (credential.createdAt, credential.lastSeenAt, credential.stateCheckedAt, credential.loginAt) = (now, now, now, now)
    var request = Request()
    (request.method, request.scheme) = (Array("GET".utf8), Array("https".utf8))
    (request.host, request.path, request.clientAddress) = (
      Array("a.example.com".utf8), Array("/".utf8), Array(text.utf8)
    )
    var buffers = PosternService.DecisionBuffers()
    let found = service.decide(ClientRequest(request), Caller(credential, service), at: now, using: &buffers)
    #expect(found.reason == bundle.decide(request, credential, at: now).reason.rawValue)
  }
}

extension Request {
  fileprivate var knownToTheGate: Request {
    var request = self
    (request.regionCode, request.destinationAddress, request.destinationPort) = (nil, nil, nil)
    return request
  }
}

extension Credential {
  fileprivate var knownToTheGate: Credential {
    var credential = self
    (credential.device, credential.deviceCheckedAt) = ([:], 0)
    return credential
  }
}

extension ClientRequest {
  /// The same request, as a proxy would say it.
  fileprivate init(_ request: Request) {
    func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    var headers = Headers()
    let steering: [(String, [UInt8]?)] = [
      ("x-requested-with", request.xRequestedWith), ("sec-fetch-mode", request.secFetchMode),
      ("sec-fetch-dest", request.secFetchDest), ("sec-fetch-site", request.secFetchSite),
      ("sec-purpose", request.secPurpose),
      ("accept", request.accept), ("upgrade", request.upgrade), ("origin", request.origin),
      ("access-control-request-method", request.accessControlRequestMethod),
    ]
    for (name, value) in steering { if let value = text(value) { headers.add(name, value) } }
    for header in request.otherHeaders { headers.add(text(header.name) ?? "", text(header.value) ?? "") }
    self.init(
      method: text(request.method) ?? "", scheme: text(request.scheme) ?? "", host: text(request.host) ?? "",
      path: text(request.path) ?? "", query: text(request.query), clientAddress: text(request.clientAddress),
      headers: headers)
  }
}

extension Caller {
  /// The same caller, as the gate knows people.
  fileprivate init(_ credential: Credential, _ policy: GatePolicy) {
    self.init()
    if credential.kind == .none { return }
    func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    var person = Person(provider: text(credential.provider) ?? "", subject: text(credential.subject) ?? "")
    person.principalKind = credential.principalKind.rawValue
    person.email = text(credential.email)
    person.isEmailVerified = credential.emailVerified
    person.hostedDomain = text(credential.hostedDomain)
    person.tenant = text(credential.tenant)
    person.groups = credential.groups.compactMap(text)
    person.areGroupsComplete = credential.groupsComplete
    person.claims = Dictionary(
      credential.claims.map { (text($0.key) ?? "", JSON($0.value)) }, uniquingKeysWith: { first, _ in first })
    var packed = postern_credential()
    packed.kind = credential.kind.rawValue
    packed.principal_kind = credential.principalKind.rawValue
    packed.account_state = credential.accountState.rawValue
    packed.state_source_down = credential.stateSourceDown ? 1 : 0
    packed.store_down = credential.storeDown ? 1 : 0
    (packed.created_at, packed.last_seen_at) = (credential.createdAt, credential.lastSeenAt)
    (packed.state_checked_at, packed.issued_at) = (credential.stateCheckedAt, credential.issuedAt)
    (packed.not_before, packed.expires_at) = (credential.notBefore, credential.expiresAt)
    (packed.login_at, packed.second_factor_at) = (credential.loginAt, credential.secondFactorAt)
    packed.security_key_at = credential.securityKeyAt
    self.credential = packed
    identity = policy.resolve(
      person, credential: packed, audience: text(credential.audience), authorizedParty: text(credential.authorizedParty)
    )
    self.person = person
  }
}

extension JSON {
  fileprivate init(_ value: FactValue) {
    switch value {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .uint(let value): self = .int(Int64(clamping: value))
    case .double(let value): self = .double(value)
    case .text(let bytes), .bytes(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
    case .timestamp(let value), .duration(let value): self = .int(value)
    case .list(let values): self = .list(values.map { JSON($0) })
    case .map(let entries):
      self = .object(
        Dictionary(
          entries.map { (String(decoding: $0.key, as: UTF8.self), JSON($0.value)) },
          uniquingKeysWith: { first, _ in first }))
    case .null: self = .null
    }
  }
}
