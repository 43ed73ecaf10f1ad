// What values hold under a key: entries of maps, elements of lists, and both inside optionals. Refuses, as error
// values, keys that are not there and values that hold nothing.

extension CELValue {
  /// `self.field`; on an optional, an optional.
  func member(_ field: String) throws(CELError) -> CELValue {
    if case .optional = self { return try optionalMember(field) }
    guard let value = try entry(of: field) else { throw CELError(.noSuchKey, "there is no key `\(field)`") }
    return value
  }

  /// `self.?field`, on a map as on an optional map.
  func optionalMember(_ field: String) throws(CELError) -> CELValue {
    guard case .optional(let boxed) = self else { return .optional(try entry(of: field).map { Boxed($0) }) }
    return .optional(try boxed?.value.entry(of: field).map { Boxed($0) })
  }

  /// `self[key]`; on an optional, an optional.
  func element(at key: CELValue) throws(CELError) -> CELValue {
    if case .optional = self { return try optionalElement(at: key) }
    if let value = try lookUp(key) { return value }
    guard case .list = self else { throw CELError(.noSuchKey, "there is no such key") }
    throw CELError(.indexOutOfRange, "the index is out of range")
  }

  /// `self[?key]`, on a list or map as on an optional one.
  func optionalElement(at key: CELValue) throws(CELError) -> CELValue {
    guard case .optional(let boxed) = self else { return .optional(try lookUp(key).map { Boxed($0) }) }
    return .optional(try boxed?.value.lookUp(key).map { Boxed($0) })
  }

  private func entry(of field: String) throws(CELError) -> CELValue? {
    guard case .map(let map) = self else { throw CELError(.noSuchField, "`\(typeName)` has no fields") }
    return map[.string(field)]
  }

  /// nil where nothing stands under the key.
  private func lookUp(_ key: CELValue) throws(CELError) -> CELValue? {
    switch self {
    case .map(let map): return map[key]
    case .list(let elements):
      guard let index = key.wholeNumber else {
        throw CELError(.invalidArgument, "an index must be a whole number")
      }
      return elements.indices.contains(index) ? elements[index] : nil
    default: throw CELError(.noSuchOverload, "`\(typeName)` has no elements")
    }
  }

  /// -1, no element's index, where the number is whole and beyond any list.
  private var wholeNumber: Int? {
    switch self {
    case .int(let value): Int(exactly: value) ?? -1
    case .uint(let value): Int(exactly: value) ?? -1
    case .double(let value) where value.isFinite && value.rounded(.towardZero) == value: Int(exactly: value) ?? -1
    default: nil
    }
  }
}
