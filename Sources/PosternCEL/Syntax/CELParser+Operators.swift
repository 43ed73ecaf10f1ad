// Operators: the conditional, the binary ones by their precedence, and the prefix ones.
// Chains are read in loops; `&&` and `||`, whose grouping makes no difference, become balanced trees.

/// The binary operators.
enum CELBinaryOperators {
  /// How tightly an operator binds, 1 the loosest, and its name as a function.
  typealias Binding = (precedence: Int, function: String)

  static let or = 1
  static let and = 2

  static let bindings: [CELToken.Symbol: Binding] = [
    .or: (or, CELOperator.or),
    .and: (and, CELOperator.and),
    .equals: (3, CELOperator.equals), .notEquals: (3, CELOperator.notEquals),
    .less: (3, CELOperator.less), .lessOrEqual: (3, CELOperator.lessOrEqual),
    .greater: (3, CELOperator.greater), .greaterOrEqual: (3, CELOperator.greaterOrEqual),
    .plus: (4, CELOperator.add), .minus: (4, CELOperator.subtract),
    .star: (5, CELOperator.multiply), .slash: (5, CELOperator.divide), .percent: (5, CELOperator.remainder),
  ]

  /// The binding of `in`, the one operator that is a word.
  static let membership: Binding = (3, CELOperator.in)

  /// Where a chain of `count` operands is split in two, at every level of its balanced tree.
  static func split(_ count: Int) -> Int { (count + 1) / 2 }
}

extension CELParser {
  /// `condition ? consequence : alternative`; the alternative may be a conditional again, the consequence may not.
  mutating func conditional() throws(CELIssue) -> CELExpression {
    var last = try binary(precedence: 1)
    guard token.symbol == .question else { return last }
    var arms: [(condition: CELExpression, consequence: CELExpression)] = []
    while try accept(.question) {
      try enter()
      let consequence = try binary(precedence: 1)
      try expect(.colon, help: token.symbol == .question ? "put the inner conditional in parentheses" : nil)
      arms.append((last, consequence))
      last = try binary(precedence: 1)
    }
    depth -= arms.count
    for (condition, consequence) in arms.reversed() {
      let range = condition.range.lowerBound..<last.range.upperBound
      last = try call(CELOperator.conditional, [condition, consequence, last], range)
    }
    return last
  }

  /// Operators that bind at least as tightly as `precedence`; recursion goes to tighter ones only, so five deep at most.
  private mutating func binary(precedence: Int) throws(CELIssue) -> CELExpression {
    var left = try prefixed()
    while let (found, function) = binding, found >= precedence {
      if found <= CELBinaryOperators.and {
        left = try logicalChain(from: left, precedence: found, function)
      } else {
        try advance()
        let right = try binary(precedence: found + 1)
        left = try call(function, [left, right], left.range.lowerBound..<right.range.upperBound)
      }
    }
    return left
  }

  private var binding: CELBinaryOperators.Binding? {
    if token.identifier == "in" { return CELBinaryOperators.membership }
    return token.symbol.flatMap { CELBinaryOperators.bindings[$0] }
  }

  private mutating func logicalChain(
    from first: CELExpression, precedence: Int, _ function: String
  ) throws(CELIssue) -> CELExpression {
    var operands = [first]
    while let next = binding, next.function == function {
      try advance()
      operands.append(try binary(precedence: precedence + 1))
    }
    return try balanced(operands[...], function)
  }

  private mutating func balanced(
    _ operands: ArraySlice<CELExpression>, _ function: String
  ) throws(CELIssue) -> CELExpression {
    if operands.count == 1, let only = operands.first { return only }
    let middle = operands.startIndex + CELBinaryOperators.split(operands.count)
    let left = try balanced(operands[..<middle], function)
    let right = try balanced(operands[middle...], function)
    return try call(function, [left, right], left.range.lowerBound..<right.range.upperBound)
  }

  /// `!` and `-`, any number of them. A minus sign just before a number is the number's own.
  private mutating func prefixed() throws(CELIssue) -> CELExpression {
    var operators: [(function: String, start: Int)] = []
    var sign: Int?
    while sign == nil, let symbol = token.symbol, symbol == .not || symbol == .minus {
      let start = token.range.lowerBound
      try advance()
      if symbol == .minus, token.isSignable {
        sign = start
      } else {
        operators.append((symbol == .not ? CELOperator.not : CELOperator.negate, start))
        try enter()
      }
    }
    var operand = try member(sign: sign)
    depth -= operators.count
    for (function, start) in operators.reversed() {
      operand = try call(function, [operand], start..<operand.range.upperBound)
    }
    return operand
  }
}
