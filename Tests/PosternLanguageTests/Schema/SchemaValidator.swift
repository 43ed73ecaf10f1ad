// A JSON Schema validator for the keywords that our schemas use, written for the tests alone: it knows nothing of the
// tables that the schemas are made from.

import Foundation

@testable import PosternLanguage

/// Validates values against one schema. A keyword that it does not know is a fault.
struct SchemaValidator {
  let root: JSONValue

  /// Where a value does not fit, as pointers; empty where it fits.
  func faults(_ value: JSONValue) -> [String] { faults(value, root, at: "") }

  private func faults(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
    if schema == .bool(true) { return [] }
    guard case .object(let keywords) = schema else { return [path + ": refused"] }
    return keywords.flatMap { faults(value, keyword: $0.name, $0.value, of: schema, at: path) }
  }

  private func faults(
    _ value: JSONValue, keyword: String, _ argument: JSONValue, of schema: JSONValue, at path: String
  ) -> [String] {
    switch keyword {
    case "$schema", "title", "description", "$defs", "then": []
    case "$ref": faults(value, target(argument), at: path)
    case "if": faults(value, argument, at: path).isEmpty ? faults(value, schema["then"] ?? true, at: path) : []
    case "allOf": argument.elements.flatMap { faults(value, $0, at: path) }
    case "anyOf": argument.elements.contains { faults(value, $0, at: path).isEmpty } ? [] : [path + ": anyOf"]
    case "not": faults(value, argument, at: path).isEmpty ? [path + ": not"] : []
    case "properties", "additionalProperties", "items":
      faultsInside(value, keyword: keyword, argument, of: schema, at: path)
    default: fits(value, keyword: keyword, argument) ? [] : [path + ": " + keyword]
    }
  }

  private func faultsInside(
    _ value: JSONValue, keyword: String, _ argument: JSONValue, of schema: JSONValue, at path: String
  ) -> [String] {
    switch keyword {
    case "items": return value.elements.enumerated().flatMap { faults($1, argument, at: "\(path)/\($0)") }
    case "properties":
      return value.members.flatMap { member in
        argument[member.name].map { faults(member.value, $0, at: path + "/" + member.name) } ?? []
      }
    default:
      let named = schema["properties"] ?? nil
      return value.members.filter { named[$0.name] == nil }
        .flatMap { faults($0.value, argument, at: path + "/" + $0.name) }
    }
  }

  private func fits(_ value: JSONValue, keyword: String, _ argument: JSONValue) -> Bool {
    switch (keyword, value, argument) {
    case ("type", _, .string(let type)): value.typeNames.contains(type)
    case ("type", _, _): argument.elements.contains { fits(value, keyword: "type", $0) }
    case ("enum", _, _): argument.elements.contains(value)
    case ("const", _, _): value == argument
    case ("required", .object, _): argument.elements.allSatisfy { value[$0.text ?? ""] != nil }
    case ("pattern", .string(let text), .string(let pattern)):
      text.range(of: pattern, options: .regularExpression) != nil
    case ("minLength", .string(let text), .integer(let count)): text.unicodeScalars.count >= count
    case ("minimum", .integer(let number), .integer(let bound)): number >= bound
    case ("maximum", .integer(let number), .integer(let bound)): number <= bound
    case ("required", _, _), ("pattern", _, _), ("minLength", _, _), ("minimum", _, _), ("maximum", _, _): true
    default: false
    }
  }

  private func target(_ reference: JSONValue) -> JSONValue {
    let parts = (reference.text ?? "").split(separator: "/").dropFirst()
    return parts.reduce(root) { value, name in value[String(name)] ?? false }
  }
}

extension JSONValue {
  subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  var members: [Member] { if case .object(let members) = self { members } else { [] } }
  var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
  var text: String? { if case .string(let text) = self { text } else { nil } }

  var typeNames: [String] {
    switch self {
    case .null: ["null"]
    case .bool: ["boolean"]
    case .integer: ["integer", "number"]
    case .number: ["number"]
    case .string: ["string"]
    case .array: ["array"]
    case .object: ["object"]
    }
  }

  /// A node as an editor sees it: plain scalars by YAML's core schema.
  init(_ node: YAMLNode) {
    switch node.content {
    case .sequence(let items): self = .array(items.map(JSONValue.init))
    case .mapping(let entries):
      self = .object(entries.map { Member(JSONValue($0.key).keyText, JSONValue($0.value)) })
    case .scalar(let scalar) where scalar.style != .plain: self = .string(scalar.text)
    case .scalar(let scalar):
      switch scalar.text {
      case "", "null", "~": self = .null
      case "true", "false": self = .bool(scalar.text == "true")
      default:
        let number = Int64(scalar.text).map { JSONValue.integer($0) } ?? Double(scalar.text).map { .number($0) }
        self = number ?? .string(scalar.text)
      }
    }
  }

  private var keyText: String { text ?? compactText }
}
