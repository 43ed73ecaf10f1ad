// The facts that a bundle's conditions ask for, taken from the readable ones by their path (docs/bundle-format.md, "attributes").
// Refuses nothing: what is not known becomes an absent cell, or an unknown one where the fact is there and cannot be a value.

internal import CPostern
internal import PosternCEL
internal import PosternLanguage

/// An attribute of a bundle.
struct AttributePath {
  private let steps: [[UInt8]]
  private let path: [UInt8]
  private let wantsAddress: Bool

  init(path: [UInt8], tag: UInt8) {
    self.path = path
    wantsAddress = tag == UInt8(truncatingIfNeeded: POSTERN_ADDRESS)
    steps = path.split(separator: UInt8(ascii: ".")).map(Array.init)
  }

  /// Puts the attribute's value into its slot.
  func pack(_ request: Request, _ credential: Credential, slot: Int, into facts: inout FactBuffer) {
    guard let value = value(request, credential) else { return }
    if wantsAddress {
      if case .text(let bytes) = value, let address = CELAddress(text: String(decoding: bytes, as: UTF8.self)) {
        facts.set(address: address.bytes, slot: slot)
      }
    } else {
      facts.set(value, slot: slot)
    }
  }

  private func value(_ request: Request, _ credential: Credential) -> FactValue? {
    if let name = header { return request.header(name).map(FactValue.text) }
    switch String(decoding: path, as: UTF8.self) {
    case "request.headers": return .map(request.headers)
    case "request.auth.principal":
      return (credential.emailVerified ? credential.email : nil).map(FactValue.text) ?? credential.subject.map(FactValue.text)
    case "origin.ip": return Self.address(request.clientAddress)
    case "origin.region_code": return request.regionCode.map(FactValue.text)
    case "destination.ip": return Self.address(request.destinationAddress)
    case "destination.port": return request.destinationPort.map(FactValue.int)
    case "request.auth.claims": return credential.kind == .none ? nil : .map(credential.claims)
    default: return inner(credential)
    }
  }

  /// A value inside the claims or of the device.
  private func inner(_ credential: Credential) -> FactValue? {
    if path.starts(with: Array("request.auth.claims.".utf8)) {
      return credential.kind == .none ? nil : Self.value(steps.dropFirst(3), in: credential.claims)
    }
    if steps.first == Array("device".utf8) { return Self.value(steps.dropFirst(1), in: credential.device) }
    return nil
  }

  private static func value(_ steps: ArraySlice<[UInt8]>, in map: [[UInt8]: FactValue]) -> FactValue? {
    guard let first = steps.first, let value = map[first] else { return nil }
    if steps.count == 1 { return value }
    guard case .map(let inner) = value else { return nil }
    return self.value(steps.dropFirst(), in: inner)
  }

  /// The name in `request.headers["name"]`.
  private var header: [UInt8]? {
    let prefix = Array("request.headers[\"".utf8)
    guard path.starts(with: prefix), path.count >= prefix.count + 2 else { return nil }
    return Array(path[prefix.count..<path.count - 2])
  }

  /// An address as it is written canonically, an IPv4 address that is mapped into IPv6 as itself.
  private static func address(_ text: [UInt8]?) -> FactValue? {
    guard let text, let address = CELAddress(text: String(decoding: text, as: UTF8.self)) else { return nil }
    return .text(Array(address.text.utf8))
  }
}

extension Request {
  /// Every header by its name in lower case; several of one name joined with commas.
  var headers: [[UInt8]: FactValue] {
    var headers: [[UInt8]: FactValue] = [:]
    for (name, value) in namedHeaders { if let value { headers[Array(name.utf8)] = .text(value) } }
    for header in otherHeaders {
      if case .text(let first)? = headers[header.name] {
        headers[header.name] = .text(first + [UInt8(ascii: ",")] + header.value)
      } else {
        headers[header.name] = .text(header.value)
      }
    }
    return headers
  }

  func header(_ name: [UInt8]) -> [UInt8]? {
    guard case .text(let value)? = headers[name] else { return nil }
    return value
  }

  private var namedHeaders: [(name: String, value: [UInt8]?)] {
    [
      ("host", host), ("x-requested-with", xRequestedWith), ("sec-fetch-mode", secFetchMode), ("sec-fetch-dest", secFetchDest),
      ("sec-fetch-site", secFetchSite), ("sec-purpose", secPurpose), ("accept", accept), ("upgrade", upgrade),
      ("origin", origin), ("access-control-request-method", accessControlRequestMethod),
    ]
  }
}
