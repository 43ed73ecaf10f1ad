// The variables that macros bind, innermost first. Refuses nothing.

/// One variable of a macro and the scope around it.
final class CELScope {
  /// The value, or how to come by it: what `cel.bind` names is computed once, when it is first asked for.
  enum Content {
    case value(CELValue)
    case failure(CELError)
    case pending(CELExpression, in: CELScope?)
  }

  let name: String
  let parent: CELScope?
  var content: Content
  /// A bound on how deep the value nests. Values that macros nest into each other could otherwise grow deeper than the
  /// stack on which they are compared and released.
  var nesting: Int

  init(_ name: String, _ content: Content, nesting: Int, parent: CELScope?) {
    self.name = name
    self.content = content
    self.nesting = nesting
    self.parent = parent
  }
}

extension CELScope? {
  /// The innermost variable of a name.
  func variable(_ name: String) -> CELScope? {
    var scope = self
    while let current = scope {
      if current.name.utf8.elementsEqual(name.utf8) { return current }
      scope = current.parent
    }
    return nil
  }

  /// The deepest nesting of all variables in reach.
  var nesting: Int {
    var deepest = 0
    var scope = self
    while let current = scope {
      deepest = Swift.max(deepest, current.nesting)
      scope = current.parent
    }
    return deepest
  }
}
