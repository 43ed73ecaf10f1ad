// An expression without the macros that can be written out: `cel.bind` with its value in the place of its name, `all` and
// `exists` over constants as `&&` and `||`. Refuses to grow past a bound, and to put a name where another macro binds it: such
// a macro stays as it is.

extension CELExpression {
  /// The most nodes that a macro may become.
  private static let writtenNodeLimit = 2_000

  /// Whether any macro stands in it.
  public var hasMacros: Bool {
    var hasMacros = false
    forEachNode { node in
      switch node.kind {
      case .bind, .comprehension: hasMacros = true
      default: break
      }
    }
    return hasMacros
  }

  /// The expression with macros written out, inner ones first; it comes to the same, and its nodes keep their ids.
  ///
  /// - Parameter constants: the constant parts of the tree that this is of.
  public func writtenOut(_ constants: CELConstants) -> CELExpression {
    let inner = replacing { $0.id == id ? nil : $0.writtenOut(constants) }
    let written: CELExpression? =
      switch inner.kind {
      case .bind(let name, let value, let body): body.naming(name, value)
      case .comprehension(let macro): inner.fold(macro, over: constants.value(of: macro.range))
      default: nil
      }
    return written ?? inner
  }

  /// The tests of `all` and `exists`, one for each element; nil where the range is no constant list, or they are too many.
  private func fold(_ macro: Comprehension, over range: CELValue?) -> CELExpression? {
    let functions: [Comprehension.Kind: String] = [.all: CELOperator.and, .exists: CELOperator.or]
    guard case .list(let elements)? = range, macro.variables.count == 1, let predicate = macro.predicate,
      let function = functions[macro.kind], elements.count * predicate.nodeCount <= Self.writtenNodeLimit
    else { return nil }
    var tests: [CELExpression] = []
    for element in elements {
      let constant = CELExpression(id: id, range: self.range, kind: .constant(element))
      guard let test = predicate.naming(macro.variables[0], constant) else { return nil }
      tests.append(test)
    }
    guard let first = tests.first else { return nil }
    return tests.dropFirst().reduce(first) { left, right in
      CELExpression(id: id, range: self.range, kind: .call(function: function, target: nil, arguments: [left, right]))
    }
  }

  /// The expression with `value` in the place of `name`; nil where a macro inside binds that name, or one that the value has.
  private func naming(_ name: String, _ value: CELExpression) -> CELExpression? {
    var taken: Set<String> = [name]
    value.forEachNode { if case .identifier(let name, isAbsolute: false) = $0.kind { taken.insert(name) } }
    var useCount = 0
    var isFree = true
    forEachNode { node in
      switch node.kind {
      case .identifier(name, isAbsolute: false): useCount += 1
      case .bind(let bound, _, _): isFree = isFree && !taken.contains(bound)
      case .comprehension(let macro): isFree = isFree && taken.isDisjoint(with: macro.variables)
      default: break
      }
    }
    guard isFree, nodeCount + useCount * value.nodeCount <= Self.writtenNodeLimit else { return nil }
    return replacing { node in
      if case .identifier(name, isAbsolute: false) = node.kind { value } else { nil }
    }
  }
}
