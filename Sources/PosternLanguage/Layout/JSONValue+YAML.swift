// Values as policy files: what a tool writes looks like what `postern fmt` leaves alone. Refuses nothing: what JSON can hold, YAML can.

extension JSONValue {
  /// A document in the canonical layout, in blocks, with a line break at the end. Texts are texts to every reader of YAML; what is
  /// empty stays in brackets.
  ///
  /// - `comments`: lines above the document, without their `#`; an empty one is `#` alone.
  package func yamlText(comments: [String] = []) -> String { Self.yamlText(of: [(comments, self)]) }

  /// Several documents of one file, set off by `---`.
  package static func yamlText(of documents: [(comments: [String], value: JSONValue)]) -> String {
    let documents = documents.map { document in
      var root = LayoutItem(value: document.value.layoutNode)
      root.before = document.comments.map { .comment($0.isEmpty ? "#" : "# " + $0) }
      return LayoutDocument(root: root)
    }
    return LayoutWriter.text(of: documents)
  }

  private var layoutNode: LayoutNode {
    switch self {
    case .null: Self.plain("null")
    case .bool(let value): Self.plain(value ? "true" : "false")
    case .integer(let value): Self.plain(String(value))
    case .number(let value): Self.plain(value.isFinite ? value.description : "null")
    case .string(let text): LayoutNode(content: .scalar(LayoutScalar(text: text, isPlain: false)))
    case .array(let items):
      LayoutNode(content: .collection(isMapping: false, items.map { LayoutItem(value: $0.layoutNode) }))
    case .object(let members):
      LayoutNode(content: .collection(isMapping: true, members.map(Self.layoutItem)))
    }
  }

  private static func layoutItem(_ member: Member) -> LayoutItem {
    let key = LayoutKey(content: .scalar(LayoutScalar(text: member.name, isPlain: false)))
    return LayoutItem(key: key, value: member.value.layoutNode)
  }

  private static func plain(_ text: String) -> LayoutNode {
    LayoutNode(content: .scalar(LayoutScalar(text: text, isPlain: true)))
  }
}
