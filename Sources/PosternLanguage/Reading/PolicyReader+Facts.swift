// The facts of one decision as Test documents and request files write them. Texts are taken as they stand, for a test
// must be able to ask what a malformed request gets; only what no request could be (a number for a host) is refused.

extension PolicyReader {
  // MARK: the request

  mutating func request(_ node: YAMLNode) -> Request? {
    guard let fields = fields(node, .request) else { return nil }
    var request = Request()
    request.method = bytes(fields["method"]) ?? Array("GET".utf8)
    request.scheme = bytes(fields["scheme"]) ?? Array("https".utf8)
    request.host = bytes(fields["host"])
    request.path = bytes(fields["path"])
    request.query = bytes(fields["query"])
    request.clientAddress = bytes(fields["clientAddress"])
    request.regionCode = bytes(fields["regionCode"])
    request.destinationAddress = bytes(fields["destinationAddress"])
    request.destinationPort = fields["destinationPort"].flatMap { count($0) }.map { Int64($0.value) }
    if let node = fields["url"] { takeURL(node, fields, &request) }
    if let node = fields["headers"] { takeHeaders(node, &request) }
    return request
  }

  private mutating func bytes(_ node: YAMLNode?) -> [UInt8]? {
    node.flatMap { text($0) }.map { Array($0.value.utf8) }
  }

  /// The parts of a URL, raw: what a client would send for it, no more.
  private mutating func takeURL(_ node: YAMLNode, _ fields: Fields, _ request: inout Request) {
    for part in ["scheme", "host", "path", "query"] {
      guard let entry = fields.entries.first(where: { $0.key.name == part }) else { continue }
      diagnostics.append(.factWrittenTwice(part, at: entry.keySpan, first: node.span))
    }
    guard let url = text(node) else { return }
    let bytes = Array(url.value.utf8)
    guard let colon = url.value.range(ofBytes: "://") else {
      diagnostics.append(.malformedAddress(url.value, .scheme("https"), at: url.span))
      return
    }
    let rest = bytes[(colon + 3)...]
    let hostEnd = rest.firstIndex { "/?".utf8.contains($0) } ?? rest.endIndex
    let queryStart = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
    request.scheme = Array(bytes[..<colon])
    request.host = Array(rest[..<hostEnd])
    request.path = hostEnd < queryStart ? Array(rest[hostEnd..<queryStart]) : Array("/".utf8)
    request.query = queryStart < rest.endIndex ? Array(rest[(queryStart + 1)...]) : nil
  }

  private mutating func takeHeaders(_ node: YAMLNode, _ request: inout Request) {
    guard let fields = fields(node, .headers) else { return }
    for (name, path) in Request.steeringHeaders { request[keyPath: path] = bytes(fields[name]) }
    for other in fields.others {
      guard let value = bytes(other.value) else { continue }
      request.otherHeaders.append(Request.Header(name: Array(other.name.value.utf8), value: value))
    }
  }

  // MARK: the credential

  mutating func credential(_ node: YAMLNode, now: Int64) -> Credential? {
    guard let fields = fields(node, .credential) else { return nil }
    var credential = Credential()
    if let node = fields["as"] { credential = self.credential(as: node, now: now) }
    takeWords(fields, &credential)
    takeTexts(fields, &credential)
    takeTimes(fields, now: now, &credential)
    return credential
  }

  /// Somebody who has just logged in and of whom everything is known; what stands beside `as` replaces it.
  private mutating func credential(as node: YAMLNode, now: Int64) -> Credential {
    var credential = Credential()
    guard let use = memberUse(node, in: .guard) else { return credential }
    credential.accountState = .active
    credential.groupsComplete = true
    credential.createdAt = now
    credential.lastSeenAt = now
    credential.stateCheckedAt = now
    credential.issuedAt = now
    credential.loginAt = now
    credential.deviceCheckedAt = now
    credential.expiresAt = now + 3_600_000
    switch members.members[Int(use.memberIndex)] {
    case .user(let email):
      credential.principalKind = .user
      credential.email = Array(email.utf8)
    case .serviceAccount(let email):
      credential.principalKind = .serviceAccount
      credential.email = Array(email.utf8)
    case .poolSubject(_, let subject):
      credential.principalKind = .workforce
      credential.subject = Array(subject.utf8)
    default:
      diagnostics.append(
        .memberNotAllowed("as", "only a user, a service account or a pool's subject asks", at: node.span))
    }
    credential.emailVerified = credential.email != nil
    credential.subject = credential.subject ?? credential.email
    return credential
  }

  private mutating func takeWords(_ fields: Fields, _ credential: inout Credential) {
    credential.kind = value(fields, "kind", Credential.Kind.allCases) ?? .session
    if let kind = value(fields, "principalKind", Credential.PrincipalKind.allCases) { credential.principalKind = kind }
    if let state = value(fields, "accountState", Credential.AccountState.allCases) { credential.accountState = state }
    let paths: [(String, WritableKeyPath<Credential, Bool>)] = [
      ("emailVerified", \.emailVerified), ("groupsComplete", \.groupsComplete), ("stateSourceDown", \.stateSourceDown),
      ("storeDown", \.storeDown),
    ]
    for (name, path) in paths {
      if let flag = fields[name].flatMap({ self.flag($0) }) { credential[keyPath: path] = flag.value }
    }
  }

  /// A case of an enumeration by its name.
  mutating func value<Value>(_ fields: Fields, _ name: String, _ cases: [Value]) -> Value? {
    guard let node = fields[name], let word = word(node, cases.map { "\($0)" }) else { return nil }
    return cases.first { "\($0)" == word.value }
  }

  private mutating func takeTexts(_ fields: Fields, _ credential: inout Credential) {
    for (name, path) in Credential.textFacts {
      if let bytes = bytes(fields[name]) { credential[keyPath: path] = bytes }
    }
    if let groups = fields["groups"].flatMap({ list($0) }) {
      credential.groups = groups.compactMap { bytes($0) }
    }
    if let claims = fields["claims"], case .map(let map)? = factValue(claims, expected: .mapping) {
      credential.claims = map
    }
    if let device = fields["device"], case .map(let map)? = factValue(device, expected: .mapping) {
      credential.device = map
    }
  }

  private mutating func takeTimes(_ fields: Fields, now: Int64, _ credential: inout Credential) {
    for (name, path) in Credential.timeFacts {
      guard let node = fields[name] else { continue }
      if case .scalar(let scalar) = node.content, scalar.text == "none" {
        credential[keyPath: path] = 0
      } else if let time = time(node, now: now) {
        credential[keyPath: path] = time
      }
    }
  }

  mutating func time(_ node: YAMLNode, now: Int64) -> Int64? {
    guard let text = text(node, expected: Instant.expected) else { return nil }
    guard let milliseconds = Instant.milliseconds(text.value, now: now) else {
      diagnostics.append(.badTime(text.value, expected: Instant.expected, at: text.span))
      return nil
    }
    return milliseconds
  }

  // MARK: claims

  enum Expected { case anything, mapping }

  /// A claim as JSON would read it: quoted texts are texts, whatever they look like.
  private mutating func factValue(_ node: YAMLNode, expected: Expected = .anything) -> FactValue? {
    switch node.content {
    case .mapping(let entries):
      var map: [[UInt8]: FactValue] = [:]
      for entry in entries {
        guard let key = text(entry.key), let value = factValue(entry.value) else { continue }
        if map.updateValue(value, forKey: Array(key.value.utf8)) != nil {
          diagnostics.append(.duplicateKey(key.value, at: key.span, first: node.head))
        }
      }
      return .map(map)
    case _ where expected == .mapping:
      diagnostics.append(.wrongType(of: node, expected: "a mapping"))
      return nil
    case .sequence(let items):
      var list: [FactValue] = []
      for item in items { if let value = factValue(item) { list.append(value) } }
      return .list(list)
    case .scalar(let scalar):
      return scalar.style == .plain ? FactValue(json: scalar.text) : .text(Array(scalar.text.utf8))
    }
  }
}

extension FactValue {
  /// A plain scalar by the grammar of JSON; what is none of its literals is a text.
  init(json text: String) {
    switch text {
    case "true": self = .bool(true)
    case "false": self = .bool(false)
    case "null", "": self = .null
    default:
      let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
      let isInteger =
        !digits.isEmpty && digits.allSatisfy(ScalarReader.isDigit) && (digits.count == 1 || digits.first != 0x30)
      let isNumber =
        digits.first.map(ScalarReader.isDigit) ?? false && digits.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
      if isInteger, let value = Int64(text) {
        self = .int(value)
      } else if isNumber, let value = Double(text) {
        self = .double(value)
      } else {
        self = .text(Array(text.utf8))
      }
    }
  }
}

extension String {
  /// The offset in bytes of the first occurrence of a text.
  func range(ofBytes text: String) -> Int? {
    let own = Array(utf8)
    let other = Array(text.utf8)
    guard own.count >= other.count else { return nil }
    return (0...(own.count - other.count)).first { own[$0..<$0 + other.count].elementsEqual(other) }
  }
}
