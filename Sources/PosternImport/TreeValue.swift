// A value of the tree that is written, with the leaves of the inputs that it stands for: what the ledger takes as carried.

internal import PosternLanguage

/// A value of a policy file.
struct TreeValue: Sendable {
  indirect enum Content: Sendable {
    /// `isTyped`: a flag or a number, which quotes would make a text of.
    case scalar(String, isTyped: Bool)
    case list([TreeValue])
    case object([Entry])
    /// What only people can say; `postern check` refuses it where it stands.
    case hole(String)
  }

  struct Entry: Sendable {
    var key: String
    var value: TreeValue
  }

  var content: Content
  /// Of scalars and of what is empty.
  var leaves: [Int] = []

  static func text(_ text: String) -> TreeValue { TreeValue(content: .scalar(text, isTyped: false)) }
  static func list(_ items: [TreeValue]) -> TreeValue { TreeValue(content: .list(items)) }
  static func hole(_ what: String) -> TreeValue { TreeValue(content: .hole(what)) }

  static func object(_ entries: [(key: String, value: TreeValue)]) -> TreeValue {
    TreeValue(content: .object(entries.map { Entry(key: $0.key, value: $0.value) }))
  }

  /// A scalar as it is written.
  init(_ scalar: YAMLNode.Scalar, _ leaves: Range<Int>) {
    let isDigits = !scalar.text.isEmpty && scalar.text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let isTyped = scalar.style == .plain && (isDigits || scalar.text == "true" || scalar.text == "false")
    content = .scalar(scalar.text, isTyped: isTyped)
    self.leaves = Array(leaves)
  }

  init(content: Content, leaves: [Int] = []) {
    self.content = content
    self.leaves = leaves
  }

  var isEmptyObject: Bool {
    if case .object(let entries) = content { entries.isEmpty } else { false }
  }

  /// The leaves of this value and all inside it.
  var allLeaves: [Int] {
    switch content {
    case .scalar, .hole: leaves
    case .list(let items): leaves + items.flatMap(\.allLeaves)
    case .object(let entries): leaves + entries.flatMap(\.value.allLeaves)
    }
  }
}
