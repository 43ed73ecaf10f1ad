// The facts that a bundle's conditions ask for, taken from a request and a person by their path (docs/bundle-format.md,
// "attributes"). Refuses nothing: what is not known becomes an absent cell, or an unknown one where the fact is there and
// cannot be a value.

internal import CPostern
internal import PosternBundle
internal import PosternKernel

/// An attribute of a bundle.
struct AttributePath: Sendable {
  /// `request`, `auth`, `claims`, then keys.
  private let steps: [String]
  private let wantsAddress: Bool

  init(path: [UInt8], tag: UInt8) {
    wantsAddress = tag == UInt8(truncatingIfNeeded: POSTERN_ADDRESS)
    steps = AttributeSteps.split(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What is known of a fact.
  private enum Fact {
    case absent
    /// Not even whether it is there: what should hold it is no map.
    case unknown
    case value(JSON)

    init(_ value: JSON?) { self = value.map(Fact.value) ?? .absent }
  }

  /// Puts the attribute's value into its slot.
  func pack(_ request: ClientRequest, _ caller: Caller, slot: Int, into facts: inout FactBuffer) {
    switch fact(request, caller) {
    case .absent: return
    case .unknown: facts.setUnknown(slot: slot)
    case .value(let value) where !value.isWhole: facts.set(facts.brokenText, slot: slot)
    case .value(let value) where !wantsAddress: facts.set(facts.cell(value), slot: slot)
    case .value(let value):
      if let bytes = value.text.flatMap(ClientAddress.init)?.bytes { facts.set(address: bytes, slot: slot) }
    }
  }

  private func begins(_ names: String...) -> Bool { steps.starts(with: names) }

  private func fact(_ request: ClientRequest, _ caller: Caller) -> Fact {
    if begins("request", "headers") { return header(request) }
    if begins("origin", "ip") {
      return Fact(request.clientAddress.flatMap(ClientAddress.init).map { .text($0.text) })
    }
    guard let person = caller.person else { return .absent }
    if begins("request", "auth", "principal") { return .value(.text(person.principal)) }
    if begins("request", "auth", "claims") {
      return steps.count == 3
        ? .value(.object(person.claims)) : Self.fact(steps.dropFirst(3), in: person.claims)
    }
    return .absent
  }

  private func header(_ request: ClientRequest) -> Fact {
    guard steps.count > 2 else {
      let names = Set(request.headers.fields.map(\.name))
      var headers = Dictionary(
        uniqueKeysWithValues: names.map { ($0, JSON.text(request.headers.joined($0) ?? "")) })
      headers["host"] = .text(request.host)
      return .value(.object(headers))
    }
    if steps.count > 3 { return .unknown }
    return Fact(steps[2] == "host" ? .text(request.host) : request.headers.joined(steps[2]).map(JSON.text))
  }

  private static func fact(_ steps: ArraySlice<String>, in map: [String: JSON]) -> Fact {
    guard let first = steps.first else { return .absent }
    if steps.count == 1 { return Fact(map[first]) }
    guard case .object(let inner)? = map[first] else { return .unknown }
    return fact(steps.dropFirst(), in: inner)
  }
}

extension JSON {
  /// Whether it is a value to a condition: texts no longer than one looks at, lists and maps no larger.
  var isWhole: Bool {
    switch self {
    case .text(let text): text.utf8.count <= ConditionLimit.textBytes
    case .list(let values): values.count <= ConditionLimit.items && values.allSatisfy(\.isWhole)
    case .object(let members):
      2 * members.count <= ConditionLimit.items
        && members.allSatisfy { JSON.text($0.key).isWhole && $0.value.isWhole }
    default: true
    }
  }
}

extension FactBuffer {
  /// A text that is none: it is there, and an error to whoever asks what it is.
  var brokenText: postern_cell {
    mutating get { cell([0xFF] as [UInt8]) }
  }

  /// The cell of a JSON value.
  mutating func cell(_ value: JSON) -> postern_cell {
    switch value {
    case .null: Self.cell(POSTERN_NULL, value: 0)
    case .bool(let value): Self.cell(POSTERN_BOOL, value: value ? 1 : 0)
    case .int(let value): Self.cell(POSTERN_INT, value: UInt64(bitPattern: value))
    case .double(let value): Self.cell(POSTERN_DOUBLE, value: value.bitPattern)
    case .text(let text): cell(text.utf8)
    case .list(let values): list(POSTERN_LIST, values) { $0.cell($1) }
    case .object(let members):
      list(
        POSTERN_MAP,
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { [JSON.text($0.key), $0.value] }
      ) { $0.cell($1) }
    }
  }
}
