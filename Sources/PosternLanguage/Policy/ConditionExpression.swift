// A condition's expression once it is read: its tree with its types, and what it asks of the request. Refuses nothing:
// the one who makes it has checked it (`ConditionReading`).

public import PosternCEL

/// An expression of type bool over the declared attributes.
public struct ConditionExpression: Sendable {
  /// The tree.
  public let tree: CELExpression
  /// Its types, variables and overloads.
  public let checking: CELChecking
  /// Whether it asks for `request.time`, in whatever part, or by an access level that does.
  public internal(set) var mentionsTime: Bool
  /// The access levels that it asks for itself, as ascending indices into `Policy.accessLevels`.
  public let levelIndices: [Int]
  /// Whether it asks for more of `request.auth.access_levels` than whether it holds a name; then `levelIndices` are all.
  public let asksForAllLevels: Bool

  init(tree: CELExpression, checking: CELChecking, levels: LevelReferences) {
    self.tree = tree
    self.checking = checking
    levelIndices = levels.indices
    asksForAllLevels = levels.areAll
    mentionsTime = checking.variables.values.contains(ConditionEnvironment.time)
  }
}
