// Nothing is dropped in silence, checked from outside: every leaf of every input, as YAML has it, stands in the tree that is
// written or at a place that the report names. Knows nothing of how import keeps count.

import PosternImport
import PosternLanguage

/// The leaves of one import that have no fate, or two that contradict each other.
struct FateCheck {
  private(set) var leafCount = 0
  private(set) var violations: [String] = []
  private var written: Set<String> = []
  private var fields: [String: [Field]] = [:]
  private let reportTexts: [String]

  struct Field {
    var start: (Int64, Int64)
    var end: (Int64, Int64)
    var fate: String
  }

  init(_ inputs: [ImportInput], _ made: PolicyImport) {
    reportTexts = [made.report.text, made.report.json.prettyText]
    for file in made.files {
      let parsed = YAMLParser.parse(file.bytes, fileIndex: 0)
      if !parsed.diagnostics.isEmpty { violations.append("\(file.path) is no YAML") }
      for node in parsed.nodes { Self.leaves(node, key: "") { node, _ in written.insert(Self.text(node)) } }
      if file.path.wholeMatch(of: /([A-Za-z0-9][A-Za-z0-9_.-]*\/)*[A-Za-z0-9][A-Za-z0-9_.-]*\.yaml/) == nil {
        violations.append("\(file.path) may lead out of the folder")
      }
    }
    takeFields(made.report.json)
    for input in inputs {
      guard case .bytes(let bytes) = input.content else { continue }
      for node in YAMLParser.parse(bytes, fileIndex: 0).nodes { check(node, in: input.path) }
    }
  }

  private mutating func takeFields(_ json: JSONValue) {
    for resource in json["resources"].items {
      for field in resource["fields"].items {
        let place = field["place"]
        fields[place["file"].text, default: []].append(
          Field(
            start: (place["startLine"].number, place["startColumn"].number),
            end: (place["endLine"].number, place["endColumn"].number), fate: field["fate"].text))
      }
    }
  }

  private mutating func check(_ document: YAMLNode, in path: String) {
    var found: [(YAMLNode, String)] = []
    Self.leaves(document, key: "") { node, key in found.append((node, key)) }
    for (node, key) in found { check(node, key, in: path) }
  }

  private mutating func check(_ node: YAMLNode, _ key: String, in path: String) {
    leafCount += 1
    let text = Self.text(node)
    let place = (Int64(node.span.startLine), Int64(node.span.startColumn))
    let covering = (fields[path] ?? []).filter { $0.start <= place && place < $0.end || $0.start == place }
    let isSecret = key.lowercased().contains("secret") && !key.lowercased().contains("sha256") && text.count > 5
    if isSecret && (written.contains { $0.contains(text) } || reportTexts.contains { $0.contains(text) }) {
      violations.append("\(path):\(place.0):\(place.1): the secret \(key) is written")
    }
    if key == "policy_data", covering.isEmpty { return checkInner(text, in: path) }
    if covering.isEmpty && !written.contains(text) {
      violations.append("\(path):\(place.0):\(place.1): \(key) \(text) is neither in the tree nor in the report")
    }
    let isUnique = text.contains("unique-")
    if isUnique && written.contains(text) && covering.contains(where: { $0.fate == "lost" }) {
      violations.append("\(path):\(place.0):\(place.1): \(key) \(text) is in the tree and reported as lost")
    }
  }

  /// JSON in a text, of which the report names no part: all of it is in the tree.
  private mutating func checkInner(_ text: String, in path: String) {
    for node in YAMLParser.parse(Array(text.utf8), fileIndex: 0).nodes {
      Self.leaves(node, key: "") { node, key in
        if !written.contains(Self.text(node)) { violations.append("\(path): \(key) of policy_data is dropped") }
      }
    }
  }

  private static func text(_ node: YAMLNode) -> String {
    if case .scalar(let scalar) = node.content { scalar.text } else { "" }
  }

  private static func leaves(_ node: YAMLNode, key: String, _ visit: (YAMLNode, String) -> Void) {
    switch node.content {
    case .scalar: visit(node, key)
    case .sequence(let items):
      if items.isEmpty { visit(node, key) }
      for item in items { leaves(item, key: key, visit) }
    case .mapping(let entries):
      if entries.isEmpty { visit(node, key) }
      for entry in entries { leaves(entry.value, key: text(entry.key), visit) }
    }
  }
}

extension JSONValue {
  subscript(_ name: String) -> JSONValue {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.name == name }?.value ?? .null
  }

  var items: [JSONValue] {
    if case .array(let items) = self { items } else { [] }
  }

  var text: String {
    if case .string(let text) = self { text } else { "" }
  }

  var number: Int64 {
    if case .integer(let number) = self { number } else { -1 }
  }
}
