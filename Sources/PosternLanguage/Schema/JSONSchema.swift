// JSON Schemas (draft 2020-12) of policy and request files, made from the tables of keys that the reader walks, so that
// an editor completes and refuses the same keys. What a schema cannot say (names that must be unique, timers that
// contradict each other) only `postern check` says.

/// The schemas of what people write.
package enum JSONSchema {
  /// Of a document of a policy tree: `kind` chooses what else may stand in it.
  package static var policy: JSONValue {
    let kinds = KeySet.kinds.map { JSONValue.string($0.name) }
    return .object([
      "$schema": dialect,
      "title": "A document of a Postern policy tree",
      "type": "object",
      "properties": .object([
        "kind": .object(["description": "What this document is.", "enum": .array(kinds)])
      ]),
      "required": ["kind"],
      "allOf": .array(KeySet.kinds.map(choice)),
      "$defs": .object(
        KeySet.all.map { set in
          JSONValue.Member(set.name, definition(set, takesPlaceholders: setsOfTestCases.contains(set.name)))
        }),
    ])
  }

  /// Of a request file, as `postern eval --request` takes it.
  package static var request: JSONValue {
    let members: [JSONValue.Member] = [
      .init("$schema", dialect),
      .init("title", "A request to a Postern policy with who asks and when, or a refresh of an OAuth client"),
      .init("anyOf", .array([KeySet.requestFile, .refreshFile].map { .object(["$ref": reference($0)]) })),
      .init("$defs", definitions(KeySet.reachable(from: [.requestFile, .refreshFile]))),
    ]
    return .object(members)
  }

  private static let dialect: JSONValue = "https://json-schema.org/draft/2020-12/schema"

  private static func reference(_ set: KeySet) -> JSONValue { .string("#/$defs/" + set.name) }

  /// Documents of one kind are held to its keys.
  private static func choice(_ set: KeySet) -> JSONValue {
    let kind = JSONValue.object(["kind": .object(["const": .string(set.name)])])
    return .object([
      "if": .object(["properties": kind, "required": ["kind"]]), "then": .object(["$ref": reference(set)]),
    ])
  }

  private static func definitions(_ sets: [KeySet]) -> JSONValue {
    .object(sets.map { JSONValue.Member($0.name, definition($0, takesPlaceholders: false)) })
  }

  /// What a case is made of: in a table, any of its values may be a placeholder.
  private static let setsOfTestCases = Set(KeySet.reachable(from: [.testCase, .refreshTestCase]).map(\.name))

  private static func definition(_ set: KeySet, takesPlaceholders: Bool) -> JSONValue {
    let required = set.keys.filter { $0.isRequired && spellings($0, of: set).count == 1 }
    let eitherRequired = set.keys.filter { $0.isRequired && spellings($0, of: set).count > 1 }
    return .object([
      "type": "object",
      "properties": .object(set.keys.flatMap { properties($0, of: set, takesPlaceholders: takesPlaceholders) }),
      "required": required.isEmpty ? nil : .array(required.map { .string($0.name) }),
      "allOf": eitherRequired.isEmpty ? nil : .array(eitherRequired.map { requirement($0, of: set) }),
      "additionalProperties": set.isOpen ? schema(.text) : false,
    ])
  }

  /// One of the spellings of a key.
  private static func requirement(_ key: Key, of set: KeySet) -> JSONValue {
    .object(["anyOf": .array(spellings(key, of: set).map { .object(["required": .array([.string($0)])]) })])
  }

  private static func spellings(_ key: Key, of set: KeySet) -> [String] {
    set.acceptsSnakeCase && key.snakeName != key.name ? [key.name, key.snakeName] : [key.name]
  }

  private static func properties(_ key: Key, of set: KeySet, takesPlaceholders: Bool) -> [JSONValue.Member] {
    spellings(key, of: set).map { name in
      let summary = name == key.name ? key.summary : "The spelling of `\(key.name)` in API files."
      return JSONValue.Member(name, property(key, of: set, summary: summary, takesPlaceholders))
    }
  }

  private static func property(
    _ key: Key, of set: KeySet, summary: String, _ takesPlaceholders: Bool
  ) -> JSONValue {
    let description = [JSONValue.Member("description", .string(summary))]
    if case .secret = key.handling { return .object(description + [.init("not", .object([]))]) }
    if key.name == "kind" && KeySet.kinds.contains(where: { $0.name == set.name }) {
      return .object(description + [.init("const", .string(set.name))])
    }
    let shape = takesPlaceholders && key.shape.isNarrowScalar ? placeholder(or: schema(key.shape)) : schema(key.shape)
    guard case .object(let members) = shape else { return .object(description) }
    return .object(description + members)
  }

  // MARK: shapes

  private static func placeholder(or schema: JSONValue) -> JSONValue {
    .object(["anyOf": [schema, .object(["type": "string", "pattern": #"\$\{[^}]+\}"#])]])
  }

  /// A text field takes any scalar as the text that it is; to an editor `no` and `1e3` are not strings.
  private static func schema(_ shape: Key.Shape) -> JSONValue {
    switch shape {
    case .text: .object(["type": ["string", "number", "boolean"]])
    case .flag: .object(["type": "boolean"])
    case .count: .object(["type": "integer", "minimum": 0, "maximum": .integer(Int64(UInt32.max))])
    case .duration: .object(["type": "string", "minLength": 2, "pattern": durationPattern])
    case .time: .object(["anyOf": [.object(["type": "string", "pattern": timePattern]), millisecondsSchema]])
    case .oneOf(let words): .object(["enum": .array(words.map { .string($0) })])
    case .list(let element): .object(["type": "array", "items": schema(element)])
    case .object(let set): .object(["$ref": reference(set)])
    case .anything: .object([])
    case .either(let shapes): .object(["anyOf": .array(shapes.map(schema))])
    }
  }

  private static let durationPattern: JSONValue = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"

  private static let timePattern: JSONValue =
    #"^(now|in [0-9dhms]+|[0-9dhms]+ ago|[0-9]{13}|[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,3})?(Z|[+-][0-9:]{5}))$"#

  /// Thirteen digits.
  private static let millisecondsSchema: JSONValue = .object([
    "type": "integer", "minimum": .integer(1_000_000_000_000), "maximum": .integer(9_999_999_999_999),
  ])
}

extension Key.Shape {
  /// Whether a value is a scalar, but not any text.
  fileprivate var isNarrowScalar: Bool {
    switch self {
    case .flag, .count, .duration, .time, .oneOf: true
    case .either(let shapes): shapes.allSatisfy(\.isNarrowScalar)
    case .text, .list, .object, .anything: false
    }
  }
}
