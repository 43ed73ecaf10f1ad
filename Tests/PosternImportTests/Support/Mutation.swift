// Documents that are a little wrong, from a seed: keys renamed, written twice and taken away, values replaced by those of other
// kinds. Leaves get texts of their own, so that each can be found again.

import PosternLanguage

struct Mutation {
  var random: SeededGenerator
  private var count = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// A document as JSON would have it; what is plain and a flag or a number stays one.
  static func json(_ node: YAMLNode) -> JSONValue {
    switch node.content {
    case .scalar(let scalar):
      guard scalar.style == .plain else { return .string(scalar.text) }
      switch scalar.text {
      case "true": return true
      case "false": return false
      case "null", "~", "": return .null
      default: return Int64(scalar.text).map { .integer($0) } ?? .string(scalar.text)
      }
    case .sequence(let items): return .array(items.map(json))
    case .mapping(let entries):
      return .object(
        entries.map { entry in
          guard case .scalar(let key) = entry.key.content else { return JSONValue.Member("", .null) }
          return JSONValue.Member(key.text, json(entry.value))
        })
    }
  }

  /// Words by which documents are told apart, or which make names.
  private static let keptKeys: Set<String> = [
    "apiVersion", "kind", "type", "mode", "role", "format_version", "name", "external", "project", "policy_data",
    "region", "location", "web_backend_service", "parent", "address", "deniedPermissions", "denied_permissions",
    "service", "app_id", "version_id", "web_region_backend_service",
  ]

  /// The same document with texts that stand nowhere else.
  mutating func unique(_ value: JSONValue, key: String = "") -> JSONValue {
    switch value {
    case .string(let text) where !Self.keptKeys.contains(key):
      count += 1
      return .string("\(text)unique-\(count)")
    case .array(let items): return .array(items.map { unique($0, key: key) })
    case .object(let members):
      return .object(members.map { JSONValue.Member($0.name, unique($0.value, key: $0.name)) })
    default: return value
    }
  }

  /// The same with every value changed with one chance in `rarity`.
  mutating func mutated(_ value: JSONValue, rarity: Int) -> JSONValue {
    if Int.random(in: 0..<rarity, using: &random) == 0 { return replacement(of: value) }
    switch value {
    case .array(let items): return .array(items.map { mutated($0, rarity: rarity) })
    case .object(let members):
      var result = members.map { JSONValue.Member($0.name, mutated($0.value, rarity: rarity)) }
      if !result.isEmpty, Int.random(in: 0..<rarity, using: &random) < 2 { change(&result) }
      return .object(result)
    default: return value
    }
  }

  private mutating func change(_ members: inout [JSONValue.Member]) {
    let index = Int.random(in: members.indices, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: members[index].name += "X"
    case 1: members.append(JSONValue.Member(members[index].name, token()))
    case 2: members.append(JSONValue.Member("unknownKey", .object(["inside": token(), "list": [token(), nil, []]])))
    default: members.remove(at: index)
    }
  }

  private mutating func replacement(of value: JSONValue) -> JSONValue {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: .null
    case 1: token()
    case 2: .array([token()])
    case 3: .object(["inside": token()])
    case 4: []
    case 5: .array([value, unique(value)])
    default: true
    }
  }

  private mutating func token() -> JSONValue {
    count += 1
    return .string("unique-\(count)")
  }
}
