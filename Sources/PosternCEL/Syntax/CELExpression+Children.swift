// Walking a tree without asking what its nodes are, and without recursion: chains are as long as `CELLimits.height`.
// Refuses nothing.

extension CELExpression {
  /// The nodes right below this one, in the order in which they are written.
  public var children: [CELExpression] {
    switch kind {
    case .constant, .identifier: []
    case .select(let operand, _, _), .has(let operand, _): [operand]
    case .call(_, let target, let arguments): target.map { [$0] + arguments } ?? arguments
    case .list(let elements): elements.map(\.value)
    case .map(let entries): entries.flatMap { [$0.key, $0.value] }
    case .message(_, let fields): fields.map(\.value)
    case .comprehension(let comprehension): comprehension.children
    case .bind(_, let value, let body): [value, body]
    }
  }

  /// The child that chains such as `a + b + c`, `a.b.c` and `a[0][1]` are long by; nil of a node that is no link of one.
  ///
  /// Nothing else makes a tree deeper than a small multiple of `CELLimits.depth`: whoever takes these links in a loop
  /// may recurse for the rest.
  public var chainOperand: CELExpression? {
    switch kind {
    case .select(let operand, _, _), .has(let operand, _): operand
    case .call(_, .some(let target), _): target
    case .call(let function, nil, let arguments): Self.chainOperators.contains(function) ? arguments.first : nil
    case .comprehension(let comprehension): comprehension.range
    default: nil
    }
  }

  /// This node and those that `chainOperand` leads to, outermost first.
  public var chain: [CELExpression] {
    var links = [self]
    var link = self
    while let operand = link.chainOperand {
      links.append(operand)
      link = operand
    }
    return links
  }

  /// Visits this node and all below it, each before its children and in the order in which they are written.
  public func forEachNode<Failure: Error>(_ visit: (CELExpression) throws(Failure) -> Void) throws(Failure) {
    var pending = [self]
    while let node = pending.popLast() {
      try visit(node)
      pending.append(contentsOf: node.children.reversed())
    }
  }

  /// The nodes of the tree.
  public var nodeCount: Int {
    var count = 0
    forEachNode { _ in count += 1 }
    return count
  }

  /// Operators that group from the left and are not balanced by the parser.
  private static let chainOperators: Set<String> = [
    CELOperator.equals, CELOperator.notEquals, CELOperator.less, CELOperator.lessOrEqual, CELOperator.greater,
    CELOperator.greaterOrEqual, CELOperator.in, CELOperator.add, CELOperator.subtract, CELOperator.multiply,
    CELOperator.divide, CELOperator.remainder, CELOperator.index, CELOperator.optionalIndex,
  ]
}

extension CELExpression.Comprehension {
  /// The range, then the predicate and the transform where there are any.
  public var children: [CELExpression] {
    [range] + [predicate, transform].compactMap(\.self)
  }
}
