// Setting a fact of a condition in a request and a credential. What cannot be set (an attribute that follows from others)
// stays as it is: the kernels say what comes of it.

internal import PosternLanguage

extension RequestFacts {
  /// Gives a fact a value, or takes it away.
  mutating func set(_ fact: ConditionFact, to example: ConditionExample) {
    var value: FactValue?
    if case .value(let given) = example { value = given }
    switch fact {
    case .attribute(let name): setAttribute(name, value)
    case .header(let name): setHeader(name, value?.bytes)
    case .claim(let names): credential.claims = Self.setting(names, to: value, in: credential.claims)
    case .timePart: break
    }
  }

  private mutating func setAttribute(_ name: String, _ value: FactValue?) {
    let texts: [String: WritableKeyPath<Request, [UInt8]?>] = [
      "request.path": \.path, "request.host": \.host, "request.method": \.method, "request.scheme": \.scheme,
      "request.query": \.query, "origin.ip": \.clientAddress, "origin.region_code": \.regionCode,
      "destination.ip": \.destinationAddress,
    ]
    if let path = texts[name] { request[keyPath: path] = value?.bytes }
    if name == "destination.port" {
      request.destinationPort = if case .int(let port)? = value { port } else { nil }
    }
    if name == "request.auth.principal" && credential.email == nil { credential.subject = value?.bytes }
    if name.hasPrefix("device.") { credential.device[Array(name.dropFirst("device.".count).utf8)] = value }
  }

  private mutating func setHeader(_ name: String, _ value: [UInt8]?) {
    let steering = [("host", \Request.host)] + Request.steeringHeaders
    if let path = steering.first(where: { $0.0 == name })?.1 {
      request[keyPath: path] = value
    } else {
      request.otherHeaders.removeAll { $0.name == Array(name.utf8) }
      if let value { request.otherHeaders.append(Request.Header(name: Array(name.utf8), value: value)) }
    }
  }

  private static func setting(
    _ names: [String], to value: FactValue?, in claims: [[UInt8]: FactValue]
  ) -> [[UInt8]: FactValue] {
    guard let name = names.first.map({ Array($0.utf8) }) else { return claims }
    var claims = claims
    if names.count == 1 {
      claims[name] = value
    } else {
      var inner: [[UInt8]: FactValue] = [:]
      if case .map(let map)? = claims[name] { inner = map }
      claims[name] = .map(setting(Array(names.dropFirst()), to: value, in: inner))
    }
    return claims
  }
}

extension FactValue {
  fileprivate var bytes: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }
}
