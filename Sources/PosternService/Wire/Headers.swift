// Headers as they came, with names in lower case. Refuses nothing: whether one may stand twice is asked by whoever reads it.

/// The headers of a request or an answer, in their order.
struct Headers: Sendable, Equatable {
  struct Field: Sendable, Equatable {
    let name: String
    var value: String
  }

  private(set) var fields: [Field] = []

  init() {}

  init(_ fields: [(name: String, value: String)]) {
    for field in fields { add(field.name, field.value) }
  }

  /// Adds a header behind those that are there.
  mutating func add(_ name: String, _ value: String) { fields.append(Field(name: Self.lowercased(name), value: value)) }

  /// Puts one header in place of all of its name.
  mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  mutating func remove(_ name: String) { fields.removeAll { $0.name == name } }

  /// The first value of a name in lower case.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// All values of a name in lower case.
  func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// The lines of one name as the one line that they stand for (RFC 9110, 5.3).
  func joined(_ name: String) -> String? {
    var text: String?
    for field in fields where field.name == name { text = text.map { "\($0),\(field.value)" } ?? field.value }
    return text
  }

  /// Folds ASCII letters only: names are tokens.
  private static func lowercased(_ name: String) -> String {
    name.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ? name.lowercased() : name
  }
}
