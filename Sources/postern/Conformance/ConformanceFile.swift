// Test files in the format of the CEL project's conformance suite, as JSON (`cel.expr.conformance.test.SimpleTest` in camelCase).
// Refuses what it does not know, rather than take it for passed.

internal import Foundation
internal import PosternCEL

/// A file of cases.
struct ConformanceFile: Decodable {
  let name: String
  let tests: [Entry]

  /// A case, or why there is none: one that cannot be read is no reason to leave out the others.
  struct Entry: Decodable {
    let section: String?
    let name: String
    let test: Result<Case, any Error>

    private enum CodingKeys: String, CodingKey { case section, name }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      section = try fields.decodeIfPresent(String.self, forKey: .section)
      name = try fields.decode(String.self, forKey: .name)
      test = Result { try Case(from: decoder) }
    }
  }

  /// One expression with what is expected of it; without an expectation, `true`.
  struct Case: Decodable {
    let expr: String
    let container: String?
    let disableCheck: Bool?
    let checkOnly: Bool?
    let disableMacros: Bool?
    let bindings: [String: Binding]?
    let typeEnv: [Declaration]?
    let value: ConformanceValue?
    let evalError: EvaluationError?
    let typedResult: TypedResult?
  }

  struct Binding: Decodable { let value: ConformanceValue }

  /// The texts of expected errors are not compared.
  struct EvaluationError: Decodable {}

  struct TypedResult: Decodable {
    let result: ConformanceValue?
    let deducedType: ConformanceType?
  }

  struct Declaration: Decodable {
    let name: String
    let ident: Variable?
    let function: Function?

    struct Variable: Decodable { let type: ConformanceType }

    struct Function: Decodable { let overloads: [Overload] }

    struct Overload: Decodable {
      let overloadId: String
      let params: [ConformanceType]?
      let resultType: ConformanceType
      let isInstanceFunction: Bool?
    }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    name = try fields.decode(String.self, forKey: .name)
    tests = try fields.decode([Entry].self, forKey: .tests)
  }

  private enum CodingKeys: String, CodingKey { case name, tests }

  /// Reads a file.
  static func read(_ path: String) throws -> ConformanceFile {
    guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure("\(path): cannot be read") }
    do {
      return try JSONDecoder().decode(ConformanceFile.self, from: data)
    } catch {
      throw CommandFailure("\(path): not a conformance file: \(error)")
    }
  }
}

/// A key of any name.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// The one key of an object, and the object.
  fileprivate func single() throws -> (key: AnyKey, fields: KeyedDecodingContainer<AnyKey>) {
    let fields = try container(keyedBy: AnyKey.self)
    guard let key = fields.allKeys.first, fields.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: "one key is expected"))
    }
    return (key, fields)
  }

  fileprivate func refuse(_ what: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: codingPath, debugDescription: what))
  }
}

/// `cel.expr.Value`.
struct ConformanceValue: Decodable {
  let value: CELValue

  private struct Items: Decodable { let values: [ConformanceValue]? }
  private struct Entries: Decodable { let entries: [Entry]? }
  private struct Entry: Decodable {
    let key: ConformanceValue
    let value: ConformanceValue
  }

  init(from decoder: any Decoder) throws {
    let (key, fields) = try decoder.single()
    switch key.stringValue {
    case "nullValue": value = .null
    case "boolValue": value = .bool(try fields.decode(Bool.self, forKey: key))
    case "int64Value": value = .int(try Self.number(fields, key, decoder))
    case "uint64Value": value = .uint(try Self.number(fields, key, decoder))
    case "doubleValue": value = .double(try Self.double(fields, key, decoder))
    case "stringValue": value = .string(try fields.decode(String.self, forKey: key))
    case "bytesValue": value = .bytes([UInt8](try fields.decode(Data.self, forKey: key)))
    case "typeValue": value = .type(try fields.decode(String.self, forKey: key))
    case "listValue": value = .list((try fields.decode(Items.self, forKey: key).values ?? []).map(\.value))
    case "mapValue": value = try Self.map(fields.decode(Entries.self, forKey: key).entries ?? [], decoder)
    case "objectValue": value = try Self.object(fields.decode([String: String].self, forKey: key), decoder)
    default: throw decoder.refuse("a value of kind \(key.stringValue)")
    }
  }

  private static func number<Number: FixedWidthInteger>(
    _ fields: KeyedDecodingContainer<AnyKey>, _ key: AnyKey, _ decoder: any Decoder
  ) throws -> Number {
    guard let number = Number(try fields.decode(String.self, forKey: key)) else { throw decoder.refuse("an integer") }
    return number
  }

  private static func double(
    _ fields: KeyedDecodingContainer<AnyKey>, _ key: AnyKey, _ decoder: any Decoder
  ) throws -> Double {
    if let number = try? fields.decode(Double.self, forKey: key) { return number }
    switch try fields.decode(String.self, forKey: key) {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: throw decoder.refuse("a double")
    }
  }

  private static func map(_ entries: [Entry], _ decoder: any Decoder) throws -> CELValue {
    var map = CELMap()
    for entry in entries where !map.insert(entry.key.value, entry.value.value) { throw decoder.refuse("a key") }
    return .map(map)
  }

  private static func object(_ object: [String: String], _ decoder: any Decoder) throws -> CELValue {
    let text = object["value"] ?? ""
    if object["@type"]?.hasSuffix("google.protobuf.Timestamp") == true, let instant = CELTimestamp(rfc3339: text) {
      return .timestamp(instant)
    }
    if object["@type"]?.hasSuffix("google.protobuf.Duration") == true, let duration = CELDuration(text: text) {
      return .duration(duration)
    }
    throw decoder.refuse("a message")
  }
}

/// `cel.expr.Type`.
struct ConformanceType: Decodable {
  let type: CELType

  private struct List: Decodable { let elemType: ConformanceType? }
  private struct Map: Decodable { let keyType: ConformanceType?, valueType: ConformanceType? }
  private struct Abstract: Decodable { let name: String, parameterTypes: [ConformanceType]? }

  private static let primitives: [String: CELType] = [
    "BOOL": .bool, "INT64": .int, "UINT64": .uint, "DOUBLE": .double, "STRING": .string, "BYTES": .bytes,
  ]
  private static let wellKnown: [String: CELType] = ["TIMESTAMP": .timestamp, "DURATION": .duration, "ANY": .dyn]
  /// Messages that are values of their own in expressions; all others are out of scope.
  private static let messages: [String: CELType] = [
    "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration, "google.protobuf.Any": .dyn,
    "google.protobuf.Value": .dyn, "google.protobuf.Struct": .map(key: .string, value: .dyn),
    "google.protobuf.ListValue": .list(.dyn), "google.protobuf.BoolValue": .nullable(.bool),
    "google.protobuf.Int32Value": .nullable(.int), "google.protobuf.Int64Value": .nullable(.int),
    "google.protobuf.UInt32Value": .nullable(.uint), "google.protobuf.UInt64Value": .nullable(.uint),
    "google.protobuf.FloatValue": .nullable(.double), "google.protobuf.DoubleValue": .nullable(.double),
    "google.protobuf.StringValue": .nullable(.string), "google.protobuf.BytesValue": .nullable(.bytes),
  ]

  init(from decoder: any Decoder) throws {
    let (key, fields) = try decoder.single()
    switch key.stringValue {
    case "dyn": type = .dyn
    case "null": type = .null
    case "primitive": type = try Self.named(fields, key, Self.primitives, decoder)
    case "wrapper": type = .nullable(try Self.named(fields, key, Self.primitives, decoder))
    case "wellKnown": type = try Self.named(fields, key, Self.wellKnown, decoder)
    case "messageType": type = try Self.named(fields, key, Self.messages, decoder)
    case "typeParam": type = .parameter(try fields.decode(String.self, forKey: key))
    case "listType": type = .list(try fields.decode(List.self, forKey: key).elemType?.type ?? .dyn)
    case "mapType":
      let map = try fields.decode(Map.self, forKey: key)
      type = .map(key: map.keyType?.type ?? .dyn, value: map.valueType?.type ?? .dyn)
    case "abstractType":
      let abstract = try fields.decode(Abstract.self, forKey: key)
      type = .opaque(abstract.name, (abstract.parameterTypes ?? []).map(\.type))
    case "type":
      type = .type((try? fields.decode(ConformanceType.self, forKey: key))?.type ?? .dyn)
    default: throw decoder.refuse("a type of kind \(key.stringValue)")
    }
  }

  private static func named(
    _ fields: KeyedDecodingContainer<AnyKey>, _ key: AnyKey, _ types: [String: CELType], _ decoder: any Decoder
  ) throws -> CELType {
    guard let type = types[try fields.decode(String.self, forKey: key)] else { throw decoder.refuse("a known type") }
    return type
  }
}
