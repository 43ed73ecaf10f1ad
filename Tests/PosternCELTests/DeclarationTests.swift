// The checker's declarations held against the evaluator's functions: what is declared is there, and comes to what it
// says.

import Testing

@testable import PosternCEL

@Suite("Declarations")
struct DeclarationTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let overload: CELEnvironment.Overload
    var testDescription: String { overload.id }
  }

  /// All but the operators that the evaluator knows by themselves, because they do not evaluate all they are given.
  private static let rows: [Row] = CELDeclarations.functions
    .filter { ![CELOperator.and, CELOperator.or, CELOperator.conditional].contains($0.key) }
    .sorted { $0.key < $1.key }
    .flatMap { name, overloads in overloads.map { Row(name: name, overload: $0) } }

  @Test("a declared overload takes values of its types and comes to one of its result", arguments: rows)
  func implemented(row: Row) {
    let functions = (CELLibrary.all[row.name] ?? []).filter {
      $0.isMethod == row.overload.isMethod && $0.argumentCounts.contains(row.overload.parameters.count)
    }
    let results = Self.arguments(row.overload.parameters).compactMap { Self.result(of: functions, $0) }
    let typeNames = Set(results.map(\.typeName)).sorted()
    #expect(!typeNames.isEmpty && typeNames == (row.overload.result.runtimeName.map { [$0] } ?? typeNames))
  }

  @Test("an overload's id is given once")
  func identifiers() {
    let ids = CELDeclarations.functions.values.joined().map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test("a function of the evaluator is declared with each count of its arguments")
  func declared() {
    for (name, functions) in CELLibrary.all where !CELDeclarations.variadicNames.contains(name) {
      for function in functions {
        for count in function.argumentCounts {
          let overloads = CELDeclarations.functions[name] ?? []
          #expect(
            overloads.contains { $0.isMethod == function.isMethod && $0.parameters.count == count },
            "\(name) of \(count)")
        }
      }
    }
  }

  /// What the first function that takes the values comes to; nil where none does, or all fail.
  private static func result(of functions: [CELFunction], _ arguments: [CELValue]) -> CELValue? {
    let call = CELCall(arguments: arguments, timeZones: CELNoTimeZones(), regexes: CELRegexMemory())
    for function in functions {
      if let result = try? function.call(call) { return result }
    }
    return nil
  }

  /// Every combination of the samples of each type.
  private static func arguments(_ types: [CELType]) -> [[CELValue]] {
    types.reduce([[]]) { lists, type in lists.flatMap { list in samples(type).map { list + [$0] } } }
  }

  private static func samples(_ type: CELType) -> [CELValue] {
    switch type {
    case .bool: [.bool(true)]
    case .int: [.int(0), .int(1)]
    case .uint: [.uint(1)]
    case .double: [.double(1)]
    case .string:
      ["1", "true", "1h", "UTC", "10.0.0.1", "10.0.0.0/8", "{x}", "2026-01-01T00:00:00Z"].map { .string($0) }
    case .bytes: [.bytes([1])]
    case .timestamp: CELTimestamp(seconds: 1, nanoseconds: 0).map { [.timestamp($0)] } ?? []
    case .duration: CELDuration(seconds: 1, nanoseconds: 0).map { [.duration($0)] } ?? []
    case .list(let element): samples(element).map { .list([$0]) }
    case .map(let key, let value): [.map(map(key, value))]
    case .address: [.address(CELAddress(bytes: [10, 0, 0, 1]))]
    case .network: [.network(CELNetwork(address: CELAddress(bytes: [10, 0, 0, 0]), prefixLength: 8))]
    case .opaque("optional_type", let inner): samples(inner.first ?? .dyn).map { .optional(CELValue.Boxed($0)) }
    default: [.int(1)]
    }
  }

  private static func map(_ key: CELType, _ value: CELType) -> CELMap {
    var map = CELMap()
    for key in samples(key) { for value in samples(value) { _ = map.insert(key, value) } }
    return map
  }
}

extension CELType {
  /// The name of a value's type where the declaration says it.
  fileprivate var runtimeName: String? {
    switch self {
    case .dyn, .parameter: nil
    default: name
    }
  }
}
