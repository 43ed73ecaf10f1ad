// The facts that a bundle's conditions ask for, taken from the readable ones by their path (docs/bundle-format.md, "attributes").
// Refuses nothing: what is not known becomes an absent cell, or an unknown one where the fact is there and cannot be a value.

internal import CPostern
internal import PosternBundle
internal import PosternCEL
internal import PosternKernel
internal import PosternLanguage

/// An attribute of a bundle.
struct AttributePath {
  /// `request`, `auth`, `claims`, then keys.
  private let steps: [[UInt8]]
  private let wantsAddress: Bool

  init(path: [UInt8], tag: UInt8) {
    wantsAddress = tag == UInt8(truncatingIfNeeded: POSTERN_ADDRESS)
    steps = AttributeSteps.split(path)
  }

  /// Whether the first steps are these.
  private func begins(_ names: String...) -> Bool { steps.starts(with: names.map { Array($0.utf8) }) }

  /// Puts the attribute's value into its slot.
  func pack(_ request: Request, _ credential: Credential, slot: Int, into facts: inout FactBuffer) {
    switch fact(request, credential) {
    case .absent: return
    case .unknown: facts.setUnknown(slot: slot)
    // It is there, and an error to whoever asks what it is: as a text that is none.
    case .value(let value) where !value.isWhole: facts.set(.text([0xFF]), slot: slot)
    case .value(let value) where !wantsAddress: facts.set(value, slot: slot)
    case .value(let value):
      if case .text(let bytes) = value, let address = CELAddress(text: String(decoding: bytes, as: UTF8.self)) {
        facts.set(address: address.bytes, slot: slot)
      }
    }
  }

  /// What is known of a fact.
  private enum Fact {
    case absent
    /// Not even whether it is there: what should hold it is no map.
    case unknown
    case value(FactValue)

    init(_ value: FactValue?) { self = value.map(Fact.value) ?? .absent }
  }

  private func fact(_ request: Request, _ credential: Credential) -> Fact {
    if begins("request", "headers") {
      return steps.count == 2 ? .value(.map(request.headers)) : Self.fact(steps.dropFirst(2), in: request.headers)
    }
    if begins("origin", "ip") { return Fact(Self.address(request.clientAddress)) }
    if begins("origin", "region_code") { return Fact(request.regionCode.map(FactValue.text)) }
    if begins("destination", "ip") { return Fact(Self.address(request.destinationAddress)) }
    if begins("destination", "port") { return Fact(request.destinationPort.map(FactValue.int)) }
    return credential.kind == .none ? .absent : fact(of: credential)
  }

  private func fact(of credential: Credential) -> Fact {
    if begins("request", "auth", "principal") {
      let email = credential.emailVerified ? credential.email : nil
      return Fact((email ?? credential.subject).map(FactValue.text))
    }
    if begins("request", "auth", "claims") {
      return steps.count == 3 ? .value(.map(credential.claims)) : Self.fact(steps.dropFirst(3), in: credential.claims)
    }
    return begins("device") ? Self.fact(steps.dropFirst(1), in: credential.device) : .absent
  }

  private static func fact(_ steps: ArraySlice<[UInt8]>, in map: [[UInt8]: FactValue]) -> Fact {
    guard let first = steps.first else { return .absent }
    if steps.count == 1 { return Fact(map[first]) }
    guard case .map(let inner)? = map[first] else { return .unknown }
    return fact(steps.dropFirst(), in: inner)
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
    case .text(let bytes): bytes.count <= ConditionLimit.textBytes && String(validating: bytes, as: UTF8.self) != nil
    case .bytes(let bytes): bytes.count <= ConditionLimit.textBytes
    case .list(let values): values.count <= ConditionLimit.items && values.allSatisfy(\.isWhole)
    case .map(let entries):
      2 * entries.count <= ConditionLimit.items
        && entries.allSatisfy { FactValue.text($0.key).isWhole && $0.value.isWhole }
    case .timestamp(let milliseconds): ConditionLimit.timestamps.contains(milliseconds)
    case .duration(let milliseconds): ConditionLimit.durations.contains(milliseconds)
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

  private var namedHeaders: [(name: String, value: [UInt8]?)] {
    [
      ("host", host), ("x-requested-with", xRequestedWith), ("sec-fetch-mode", secFetchMode),
      ("sec-fetch-dest", secFetchDest), ("sec-fetch-site", secFetchSite), ("sec-purpose", secPurpose),
      ("accept", accept), ("upgrade", upgrade), ("origin", origin),
      ("access-control-request-method", accessControlRequestMethod),
    ]
  }
}
