// Headers as they came, with names in lower case. Refuses nothing: whether one may stand twice is asked by whoever reads it.

/// The headers of a request or an answer, in their order.
struct Headers: Sendable, Equatable {
  struct Field: Sendable, Equatable {
    let name: String
    var value: String

    /// Looks at the length first, in which most names differ: a request asks it some hundred times.
    @inline(__always) func isNamed(_ other: String) -> Bool {
      name.utf8.count == other.utf8.count && name == other
    }
  }

  private(set) var fields: [Field] = []

  init() {}

  init(_ fields: [(name: String, value: String)]) {
    for field in fields { add(field.name, field.value) }
  }

  mutating func reserve(_ count: Int) { fields.reserveCapacity(count) }

  /// Adds a header behind those that are there.
  mutating func add(_ name: String, _ value: String) { fields.append(Field(name: Self.lowercased(name), value: value)) }

  /// Puts one header in place of all of its name.
  mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  mutating func remove(_ name: String) {
    if contains(name) { fields.removeAll { $0.isNamed(name) } }
  }

  mutating func removeAll(where isUnwanted: (Field) -> Bool) { fields.removeAll(where: isUnwanted) }

  func contains(_ name: String) -> Bool { fields.contains { $0.isNamed(name) } }

  /// The first value of a name in lower case.
  subscript(name: String) -> String? { fields.first { $0.isNamed(name) }?.value }

  /// All values of a name in lower case.
  func values(_ name: String) -> [String] {
    var values: [String] = []
    for field in fields where field.isNamed(name) { values.append(field.value) }
    return values
  }

  /// The lines of one name as the one line that they stand for (RFC 9110, 5.3).
  func joined(_ name: String) -> String? {
    var text: String?
    for field in fields where field.isNamed(name) { text = text.map { "\($0),\(field.value)" } ?? field.value }
    return text
  }

  /// The headers that steer a decision, each once, with its lines joined.
  var steering: [(name: SteeringHeader, value: String)] {
    var found: [(name: SteeringHeader, value: String)] = []
    for field in fields {
      guard let name = SteeringHeader(rawValue: field.name) else { continue }
      if let index = found.firstIndex(where: { $0.name == name }) {
        found[index].value += ",\(field.value)"
      } else {
        found.append((name, field.value))
      }
    }
    return found
  }

  /// Folds ASCII letters only: names are tokens.
  private static func lowercased(_ name: String) -> String {
    let letters = name.utf8Span.span
    for index in letters.indices where letters[index].isCapital { return name.lowercased() }
    return name
  }
}

/// A header that the kernel reads itself (docs/decision.md, "Facts").
enum SteeringHeader: Equatable, Sendable {
  case requestedWith, fetchMode, fetchDestination, fetchSite, purpose, accept, upgrade, origin, requestMethod

  /// The header of a name in lower case; nil where it steers nothing. By length first: most headers are none of these.
  init?(rawValue name: String) {
    switch (name.utf8.count, name) {
    case (16, "x-requested-with"): self = .requestedWith
    case (14, "sec-fetch-mode"): self = .fetchMode
    case (14, "sec-fetch-dest"): self = .fetchDestination
    case (14, "sec-fetch-site"): self = .fetchSite
    case (11, "sec-purpose"): self = .purpose
    case (6, "accept"): self = .accept
    case (7, "upgrade"): self = .upgrade
    case (6, "origin"): self = .origin
    case (29, "access-control-request-method"): self = .requestMethod
    default: return nil
    }
  }
}
