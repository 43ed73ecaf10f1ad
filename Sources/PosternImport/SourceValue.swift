// A value of an input with its place and its leaves. Every scalar, and every list or mapping without one, is a leaf and has a
// number in the ledger; those of one value follow each other, so that what is said of a value is said of a range.

internal import PosternLanguage

/// One value of a document.
struct SourceValue: Sendable {
  enum Content: Sendable {
    case scalar(YAMLNode.Scalar)
    case list([SourceValue])
    case object([Entry])
  }

  struct Entry: Sendable {
    var key: String
    var value: SourceValue
  }

  let content: Content
  let span: Span
  /// Numbers of the ledger.
  let leaves: Range<Int>

  var entries: [Entry]? {
    if case .object(let entries) = content { entries } else { nil }
  }

  var items: [SourceValue]? {
    if case .list(let items) = content { items } else { nil }
  }

  var scalar: YAMLNode.Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// Whether nothing is written: `null` and its spellings in YAML 1.1.
  var isNull: Bool {
    guard let scalar, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  /// The text of a scalar that says something.
  var text: String? { isNull ? nil : scalar?.text }

  /// The first value of a key, unless nothing is written there.
  subscript(_ key: String) -> SourceValue? {
    guard let value = entries?.first(where: { $0.key == key })?.value, !value.isNull else { return nil }
    return value
  }

  /// The same under the first of several spellings.
  func value(_ keys: String...) -> SourceValue? {
    keys.lazy.compactMap { self[$0] }.first
  }

  /// Whether nothing is said as Terraform has it: null, an empty text, an empty list.
  var isEmpty: Bool { isNull || scalar?.text == "" || items?.isEmpty == true }
}

extension SourceValue {
  /// Numbers the leaves of a document from where the ledger ends. Recursion is bounded by the parser's depth.
  init(_ node: YAMLNode, in ledger: inout Ledger) {
    let start = ledger.leafCount
    span = node.span
    switch node.content {
    case .scalar(let scalar):
      content = .scalar(scalar)
      ledger.addLeaf()
      leaves = start..<ledger.leafCount
      if isNull { ledger.explain(leaves, .empty) }
      return
    case .sequence(let nodes):
      content = .list(nodes.map { SourceValue($0, in: &ledger) })
      if nodes.isEmpty { ledger.addLeaf() }
    case .mapping(let pairs):
      content = .object(
        pairs.map { pair in
          guard case .scalar(let key) = pair.key.content else {
            preconditionFailure("the parser refuses keys that are no texts")
          }
          return Entry(key: key.text, value: SourceValue(pair.value, in: &ledger))
        })
      if pairs.isEmpty { ledger.addLeaf() }
    }
    leaves = start..<ledger.leafCount
  }
}
