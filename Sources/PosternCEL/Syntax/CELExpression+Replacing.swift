// Trees with other nodes in the place of some. Refuses nothing; whoever replaces answers for what the tree then says.

extension CELExpression {
  /// The tree with nodes replaced, outermost first: of what stands below a replaced one nothing is asked.
  public func replacing(_ replacement: (CELExpression) -> CELExpression?) -> CELExpression {
    replacement(self) ?? CELExpression(id: id, range: range, kind: kind.replacing(replacement))
  }
}

extension CELExpression.Kind {
  fileprivate func replacing(_ replacement: (CELExpression) -> CELExpression?) -> CELExpression.Kind {
    switch self {
    case .constant, .identifier, .message: self
    case .select(let operand, let field, let isOptional):
      .select(operand: operand.replacing(replacement), field: field, isOptional: isOptional)
    case .has(let operand, let field): .has(operand: operand.replacing(replacement), field: field)
    case .call(let function, let target, let arguments):
      .call(
        function: function, target: target?.replacing(replacement),
        arguments: arguments.map { $0.replacing(replacement) })
    case .list(let elements):
      .list(elements.map { .init(value: $0.value.replacing(replacement), isOptional: $0.isOptional) })
    case .map(let entries):
      .map(
        entries.map {
          .init(
            key: $0.key.replacing(replacement), value: $0.value.replacing(replacement), isOptional: $0.isOptional)
        })
    case .comprehension(let comprehension): .comprehension(comprehension.replacing(replacement))
    case .bind(let name, let value, let body):
      .bind(name: name, value: value.replacing(replacement), body: body.replacing(replacement))
    }
  }
}

extension CELExpression.Comprehension {
  fileprivate func replacing(_ replacement: (CELExpression) -> CELExpression?) -> CELExpression.Comprehension {
    CELExpression.Comprehension(
      kind: kind, range: range.replacing(replacement), variables: variables,
      predicate: predicate?.replacing(replacement), transform: transform?.replacing(replacement))
  }
}
