// A condition's expression once it is read: its tree with its types, and what it asks of the request. Refuses nothing: the one
// who makes it has checked it (`ConditionReading`).

public import PosternCEL

/// An expression of type bool over the declared attributes.
public struct ConditionExpression: Sendable {
  /// The tree.
  public let tree: CELExpression
  /// Its types, variables and overloads.
  public let checking: CELChecking
  /// Whether it asks for `request.time`, in whatever part.
  public let mentionsTime: Bool

  init(tree: CELExpression, checking: CELChecking) {
    self.tree = tree
    self.checking = checking
    mentionsTime = checking.variables.values.contains("request.time")
  }
}
