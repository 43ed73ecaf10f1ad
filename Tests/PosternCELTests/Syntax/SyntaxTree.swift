// A tree as text that shows all that distinguishes one from another but ids and ranges, for tests to compare.
// Written without recursion: tests build trees as high as the limit.

import PosternCEL

enum SyntaxTree {
  /// `(label child child)`, or the label alone of a node without children.
  static func text(_ expression: CELExpression) -> String {
    enum Piece {
      case text(String)
      case tree(CELExpression)
    }
    var text = ""
    var pending = [Piece.tree(expression)]
    while let piece = pending.popLast() {
      switch piece {
      case .text(let part): text += part
      case .tree(let node):
        let children = node.children
        text += (children.isEmpty ? "" : "(") + label(node)
        if !children.isEmpty { pending.append(.text(")")) }
        for child in children.reversed() { pending += [.tree(child), .text(" ")] }
      }
    }
    return text
  }

  /// The tree of a text, or its first issue.
  static func text(of source: String, macrosEnabled: Bool = true) -> String {
    let parsing = CELParser.parse(source, macrosEnabled: macrosEnabled)
    return parsing.expression.map(text) ?? parsing.issues.first.map { "\($0.kind): \($0.message)" } ?? "nothing"
  }

  private static func label(_ node: CELExpression) -> String {
    switch node.kind {
    case .constant(let value): literal(value)
    case .identifier(let name, let isAbsolute): (isAbsolute ? "." : "") + name
    case .select(_, let field, let isOptional): (isOptional ? ".?" : ".") + field
    case .has(_, let field): "has." + field
    case .call(let function, let target, _): (target == nil ? "" : "on:") + function
    case .list(let elements): "list" + elements.map { $0.isOptional ? "?" : "" }.joined(separator: ",")
    case .map(let entries): "map" + entries.map { $0.isOptional ? "?" : "" }.joined(separator: ",")
    case .message(let name, let fields): "message:\(name){\(fields.map(\.name).joined(separator: ","))}"
    case .comprehension(let comprehension):
      "\(comprehension.kind)[\(comprehension.variables.joined(separator: ","))]"
        + (comprehension.predicate == nil ? "" : "p") + (comprehension.transform == nil ? "" : "t")
    case .bind(let name, _, _): "bind:" + name
    }
  }

  private static func literal(_ value: CELValue) -> String {
    switch value {
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)u"
    case .double(let value): "\(value)d"
    case .string(let value): "'" + value.unicodeScalars.map(shown).joined() + "'"
    case .bytes(let value): "b" + value.map { String($0, radix: 16) }.joined(separator: ".")
    case .bool(let value): "\(value)"
    case .null: "null"
    default: "another"
    }
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    (0x20...0x7E).contains(scalar.value) ? String(scalar) : "<\(String(scalar.value, radix: 16))>"
  }
}
