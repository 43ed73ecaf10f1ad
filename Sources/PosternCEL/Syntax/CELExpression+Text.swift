// A tree as an expression's text again, macros as macros: what reads it makes the same tree.
// Refuses nothing; constants that no literal is written for appear as a call of their type.

extension CELExpression {
  /// The expression in the language's own syntax, on one line, with no parentheses that change nothing.
  public var unparsed: String {
    var text = ""
    // Pieces still to write, the next one last: a stack of our own, for chains are longer than recursion is safe.
    var pending = [CELTextPiece.tree(self, minimum: .conditional)]
    while let piece = pending.popLast() {
      switch piece {
      case .text(let part): text += part
      case .tree(let expression, let minimum):
        let written = CELWrittenExpression(expression)
        let needsParentheses = written.precedence < minimum
        if needsParentheses { pending.append(.text(")")) }
        pending.append(contentsOf: written.pieces.reversed())
        if needsParentheses { text += "(" }
      }
    }
    return text
  }
}

/// How tightly what is written holds together.
enum CELPrecedence: Int, Comparable {
  case conditional, or, and, relation, sum, product, prefix, member

  static func < (left: CELPrecedence, right: CELPrecedence) -> Bool { left.rawValue < right.rawValue }

  /// The next tighter one.
  var tighter: CELPrecedence { CELPrecedence(rawValue: rawValue + 1) ?? .member }
}

/// A part of what is written: words, or a tree, in parentheses where it holds together less tightly than `minimum`.
enum CELTextPiece {
  case text(String)
  case tree(CELExpression, minimum: CELPrecedence)

  /// An expression that nothing around it can take apart.
  static func whole(_ expression: CELExpression) -> CELTextPiece { .tree(expression, minimum: .conditional) }
}

/// One node taken apart into what is written for it.
struct CELWrittenExpression {
  let precedence: CELPrecedence
  let pieces: [CELTextPiece]

  init(_ precedence: CELPrecedence, _ pieces: [CELTextPiece]) {
    self.precedence = precedence
    self.pieces = pieces
  }

  init(_ expression: CELExpression) {
    switch expression.kind {
    case .constant(let value): self = Self.constant(value)
    case .identifier(let name, let isAbsolute): self = Self.member([.text(Self.name(name, isAbsolute: isAbsolute))])
    case .select(let operand, let field, let isOptional):
      self = Self.selection(operand, isOptional ? ".?" : ".", field)
    case .has(let operand, let field):
      self = Self.member([.text("has(")] + Self.selection(operand, ".", field).pieces + [.text(")")])
    case .call(let function, let target, let arguments): self = Self.call(function, target, arguments)
    case .list(let elements): self = Self.list(elements)
    case .map(let entries): self = Self.map(entries)
    case .message(let name, let fields): self = Self.message(name, fields)
    case .comprehension(let comprehension): self = Self.comprehension(comprehension)
    case .bind(let name, let value, let body): self = Self.binding(expression, name, value, body)
    }
  }

  static func member(_ pieces: [CELTextPiece]) -> CELWrittenExpression { CELWrittenExpression(.member, pieces) }

  /// Pieces with commas between them.
  static func separated(_ items: [[CELTextPiece]]) -> [CELTextPiece] {
    Array(items.joined(separator: [.text(", ")]))
  }

  static func arguments(_ arguments: [CELExpression]) -> [CELTextPiece] {
    [.text("(")] + separated(arguments.map { [.whole($0)] }) + [.text(")")]
  }
}

// Members, lists, maps and messages.
extension CELWrittenExpression {
  private static func selection(_ operand: CELExpression, _ dot: String, _ field: String) -> CELWrittenExpression {
    member([.tree(operand, minimum: .member), .text(dot + quotedIfNeeded(field))])
  }

  /// A field, in backticks where it is no word.
  private static func quotedIfNeeded(_ field: String) -> String {
    CELLexer.isName(field) && !CELReservedWords.keywords.contains(field) ? field : "`\(field)`"
  }

  private static func list(_ elements: [CELExpression.Element]) -> CELWrittenExpression {
    let items = elements.map { [.text($0.isOptional ? "?" : ""), CELTextPiece.whole($0.value)] }
    return member([.text("[")] + separated(items) + [.text("]")])
  }

  private static func map(_ entries: [CELExpression.Entry]) -> CELWrittenExpression {
    let items = entries.map { entry in
      [.text(entry.isOptional ? "?" : ""), CELTextPiece.whole(entry.key), .text(": "), .whole(entry.value)]
    }
    return member([.text("{")] + separated(items) + [.text("}")])
  }

  private static func message(
    _ name: String, _ fields: [(name: String, value: CELExpression)]
  ) -> CELWrittenExpression {
    let items = fields.map { field -> [CELTextPiece] in
      let isOptional = field.name.utf8.first == UInt8(ascii: "?")
      let written = (isOptional ? "?" : "") + quotedIfNeeded(String(field.name.dropFirst(isOptional ? 1 : 0)))
      return [.text(written + ": "), .whole(field.value)]
    }
    return member([.text(name + "{")] + separated(items) + [.text("}")])
  }
}

// Calls and operators.
extension CELWrittenExpression {
  private static let binaryOperators: [String: (precedence: CELPrecedence, symbol: String)] = [
    CELOperator.or: (.or, "||"), CELOperator.and: (.and, "&&"), CELOperator.equals: (.relation, "=="),
    CELOperator.notEquals: (.relation, "!="), CELOperator.less: (.relation, "<"),
    CELOperator.lessOrEqual: (.relation, "<="), CELOperator.greater: (.relation, ">"),
    CELOperator.greaterOrEqual: (.relation, ">="), CELOperator.in: (.relation, "in"),
    CELOperator.add: (.sum, "+"), CELOperator.subtract: (.sum, "-"), CELOperator.multiply: (.product, "*"),
    CELOperator.divide: (.product, "/"), CELOperator.remainder: (.product, "%"),
  ]

  private static func call(
    _ function: String, _ target: CELExpression?, _ arguments: [CELExpression]
  ) -> CELWrittenExpression {
    if let target {
      return member([.tree(target, minimum: .member), .text("." + function)] + Self.arguments(arguments))
    }
    switch (function, arguments.count) {
    case (CELOperator.conditional, 3): return conditional(arguments)
    case (CELOperator.not, 1), (CELOperator.negate, 1): return prefixed(function, arguments[0])
    case (CELOperator.index, 2): return index("[", arguments)
    case (CELOperator.optionalIndex, 2): return index("[?", arguments)
    case (_, 2):
      guard let (precedence, symbol) = binaryOperators[function] else { break }
      if precedence <= .and { return logical(function, precedence, symbol, arguments) }
      return CELWrittenExpression(
        precedence,
        [
          .tree(arguments[0], minimum: precedence), .text(" \(symbol) "),
          .tree(arguments[1], minimum: precedence.tighter),
        ])
    default: break
    }
    return member([.text(function)] + Self.arguments(arguments))
  }

  private static func conditional(_ arguments: [CELExpression]) -> CELWrittenExpression {
    CELWrittenExpression(
      .conditional,
      [
        .tree(arguments[0], minimum: .or), .text(" ? "), .tree(arguments[1], minimum: .or), .text(" : "),
        .tree(arguments[2], minimum: .conditional),
      ])
  }

  /// A minus sign before a number would become the number's own.
  private static func prefixed(_ function: String, _ operand: CELExpression) -> CELWrittenExpression {
    let isNumber = if case .constant = operand.kind { true } else { false }
    let minimum = function == CELOperator.negate && isNumber ? CELPrecedence.member : .prefix
    return CELWrittenExpression(
      .prefix, [.text(function == CELOperator.negate ? "-" : "!"), .tree(operand, minimum: minimum)])
  }

  private static func index(_ opening: String, _ arguments: [CELExpression]) -> CELWrittenExpression {
    member([.tree(arguments[0], minimum: .member), .text(opening), .whole(arguments[1]), .text("]")])
  }

  /// A chain where the tree is balanced as the parser balances one, and in parentheses where it is not.
  private static func logical(
    _ function: String, _ precedence: CELPrecedence, _ symbol: String, _ arguments: [CELExpression]
  ) -> CELWrittenExpression {
    let operands = balancedOperands(of: arguments, function) ?? arguments
    let items = operands.map { [CELTextPiece.tree($0, minimum: precedence.tighter)] }
    return CELWrittenExpression(precedence, Array(items.joined(separator: [.text(" \(symbol) ")])))
  }

  /// The operands of a chain that makes this tree; nil where none of more than two operands does.
  private static func balancedOperands(of arguments: [CELExpression], _ function: String) -> [CELExpression]? {
    let left = operands(arguments[0], function)
    let right = operands(arguments[1], function)
    guard left.count == CELBinaryOperators.split(left.count + right.count) else { return nil }
    return left + right
  }

  /// The operands under a node of the function, or the node itself.
  private static func operands(_ expression: CELExpression, _ function: String) -> [CELExpression] {
    guard case .call(function, nil, let arguments) = expression.kind, arguments.count == 2 else { return [expression] }
    return balancedOperands(of: arguments, function) ?? [expression]
  }
}
