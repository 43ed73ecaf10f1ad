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
    guard value.isWhole else { return facts.setUnknown(slot: slot) }
    if !wantsAddress { return facts.set(value, slot: slot) }
    if case .text(let bytes) = value, let address = CELAddress(text: String(decoding: bytes, as: UTF8.self)) {
      facts.set(address: address.bytes, slot: slot)
    }
  }

  private func value(_ request: Request, _ credential: Credential) -> FactValue? {
    if let name = header { return request.header(name).map(FactValue.text) }
    switch String(decoding: path, as: UTF8.self) {
    case "request.headers": return .map(request.headers)
    case "origin.ip": return Self.address(request.clientAddress)
    case "origin.region_code": return request.regionCode.map(FactValue.text)
    case "destination.ip": return Self.address(request.destinationAddress)
    case "destination.port": return request.destinationPort.map(FactValue.int)
    default: return credential.kind == .none ? nil : value(of: credential)
    }
  }

  private func value(of credential: Credential) -> FactValue? {
    let name = String(decoding: path, as: UTF8.self)
    if name == "request.auth.claims" { return .map(credential.claims) }
    if name == "request.auth.principal" {
      let email = credential.emailVerified ? credential.email : nil
      return (email ?? credential.subject).map(FactValue.text)
    }
    if name.hasPrefix("request.auth.claims.") { return Self.value(steps.dropFirst(3), in: credential.claims) }
    return name.hasPrefix("device.") ? Self.value(steps.dropFirst(1), in: credential.device) : nil
  }

  /// A value that is not whole stands for what lies in no map.
  private static func value(_ steps: ArraySlice<[UInt8]>, in map: [[UInt8]: FactValue]) -> FactValue? {
    guard let first = steps.first else { return nil }
    if steps.count == 1 { return map[first] }
    guard case .map(let inner)? = map[first] else { return .text([0xFF]) }
    return value(steps.dropFirst(), in: inner)
  }

  /// The name in `request.headers["name"]`.
  private var header: [UInt8]? {
    let prefix = Array("request.headers[\"".utf8)
    guard path.starts(with: prefix), path.count >= prefix.count + 2 else { return nil }
    return Array(path[prefix.count..<path.count - 2])
  }

  /// An address as it is written canonically, an IPv4 address that is mapped into IPv6 as itself.
  private static func address(_ text: [UInt8]?) -> FactValue? {
    guard let text, let valid = String(validating: text, as: UTF8.self) else { return nil }
    return CELAddress(unmapping: valid).map { .text(Array($0.text.utf8)) }
  }
}

extension FactValue {
  /// Whether it is a value to a condition: texts in UTF-8 and no longer than one looks at, lists and maps no larger, instants
  /// and durations in CEL's range.
  fileprivate var isWhole: Bool {
    switch self {
    case .text(let bytes): bytes.count <= 16_384 && String(validating: bytes, as: UTF8.self) != nil
    case .bytes(let bytes): bytes.count <= 16_384
    case .list(let values): values.count <= 64 && values.allSatisfy(\.isWhole)
    case .map(let entries):
      entries.count <= 64 && entries.allSatisfy { FactValue.text($0.key).isWhole && $0.value.isWhole }
    default: true
    }
  }
}

extension Request {
  /// Every header by its name in lower case; several of one name joined with commas.
  var headers: [[UInt8]: FactValue] {
    var headers: [[UInt8]: FactValue] = [:]
    for (name, value) in namedHeaders { if let value { headers[Array(name.utf8)] = .text(value) } }
    for header in otherHeaders {
      let name = header.name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
      if case .text(let first)? = headers[name] {
        headers[name] = .text(first + [UInt8(ascii: ",")] + header.value)
      } else {
        headers[name] = .text(header.value)
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
      ("x-requested-with", xRequestedWith), ("sec-fetch-mode", secFetchMode), ("sec-fetch-dest", secFetchDest),
      ("sec-fetch-site", secFetchSite), ("sec-purpose", secPurpose), ("accept", accept), ("upgrade", upgrade),
      ("origin", origin), ("access-control-request-method", accessControlRequestMethod),
    ]
  }
}
