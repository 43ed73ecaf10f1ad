// What the attributes of conditions are at one request, in one form of its path. Refuses, as an error of the condition
// that asks, each fact that is absent or not what its attribute is; what nobody asks for fails nothing.

internal import PosternCEL

/// The facts that conditions ask for.
struct ReferenceFacts {
  let target: ReferenceTarget
  /// The form at hand.
  let path: Bytes
  let appName: String
  /// nil where the caller is anonymous: then there are no facts about who asks and from what device.
  let credential: Credential?
  /// nil where the caller is anonymous.
  let device: ReferenceDevice?
  let now: Int64

  /// The value of an attribute that is asked for as a whole; nil where there is no such attribute.
  func value(of name: String) throws(CELError) -> CELValue? {
    switch name {
    case _ where name.hasPrefix(ConditionEnvironment.devicePrefix): return try deviceValue(name)
    case "request.path": return try textValue(path)
    case "request.host": return try textValue(target.host)
    case "request.method": return try textValue(target.request.method)
    case "request.scheme": return try textValue(target.request.scheme)
    case "request.query": return try textValue(target.request.query)
    case ConditionEnvironment.time: return try timeValue(now)
    case ConditionEnvironment.headers: return .map(try FactValue.map(headers.mapValues { .text($0) }))
    case "request.auth.principal": return try principal()
    case ConditionEnvironment.claims: return .map(try FactValue.map(try claims()))
    case "origin.ip": return try address(target.request.clientAddress)
    case "origin.region_code": return try textValue(target.request.regionCode)
    case "destination.ip": return try address(target.request.destinationAddress)
    case "destination.port": return .int(try port())
    case "resource.name": return .string(appName)
    case "resource.type": return .string("iap.googleapis.com/WebService")
    case "resource.service": return .string("iap.googleapis.com")
    default: return nil
    }
  }

  // MARK: parts of maps

  /// A header, or a claim or what is inside it, asked for by its name; nil where there is none.
  func value(of attribute: ReferenceAttribute) throws(CELError) -> CELValue? {
    try fact(of: attribute).map { fact throws(CELError) in try fact.value() }
  }

  /// Whether there is such a header or claim; whatever it holds.
  func isPresent(_ attribute: ReferenceAttribute) throws(CELError) -> Bool { try fact(of: attribute) != nil }

  private func fact(of attribute: ReferenceAttribute) throws(CELError) -> FactValue? {
    var entries =
      attribute.root == ConditionEnvironment.claims ? try claims() : headers.mapValues { FactValue.text($0) }
    for key in attribute.keys.dropLast() {
      guard case .map(let inner)? = entries[Bytes(key.utf8)] else { throw .unknownFact("there is no map of this name") }
      entries = inner
    }
    return attribute.keys.last.flatMap { entries[Bytes($0.utf8)] }
  }

  // MARK: the request

  /// By names in lower case; several lines of one header are joined.
  private var headers: [Bytes: Bytes] {
    let request = target.request
    let named: [(String, Bytes?)] = [
      ("host", request.host), ("x-requested-with", request.xRequestedWith), ("sec-fetch-mode", request.secFetchMode),
      ("sec-fetch-dest", request.secFetchDest), ("sec-fetch-site", request.secFetchSite),
      ("sec-purpose", request.secPurpose), ("accept", request.accept), ("upgrade", request.upgrade),
      ("origin", request.origin), ("access-control-request-method", request.accessControlRequestMethod),
    ]
    var headers: [Bytes: Bytes] = [:]
    for (name, value) in named { headers[Bytes(name.utf8)] = value }
    for header in request.otherHeaders {
      let joined = headers[folded(header.name)].map { $0 + Bytes(",".utf8) + header.value }
      headers[folded(header.name)] = joined ?? header.value
    }
    return headers
  }

  private func address(_ bytes: Bytes?) throws(CELError) -> CELValue {
    guard let bytes, let text = String(validating: bytes, as: UTF8.self), let address = CELAddress(unmapping: text)
    else { throw .unknownFact("the address is not known") }
    return .string(address.text)
  }

  private func port() throws(CELError) -> Int64 {
    guard let port = target.request.destinationPort else { throw .unknownFact("the port is not known") }
    return port
  }

  // MARK: who asks

  private func caller() throws(CELError) -> Credential {
    guard let credential else { throw .unknownFact("the caller is anonymous") }
    return credential
  }

  private func claims() throws(CELError) -> [Bytes: FactValue] { try caller().claims }

  private func principal() throws(CELError) -> CELValue {
    let caller = try caller()
    return try textValue(caller.emailVerified && caller.email != nil ? caller.email : caller.subject)
  }

  private func deviceValue(_ name: String) throws(CELError) -> CELValue {
    guard let device else { throw .unknownFact("the caller is anonymous") }
    return try device.value(of: name)
  }
}
