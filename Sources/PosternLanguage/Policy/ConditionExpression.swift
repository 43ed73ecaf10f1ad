// A condition's expression once it is read: its tree with its types, and what it asks of the request. Refuses nothing:
// the one who makes it has checked it (`ConditionReading`).

public import PosternCEL

/// An expression of type bool over the declared attributes.
public struct ConditionExpression: Sendable {
  /// The tree.
  public let tree: CELExpression
  /// Its types, variables and overloads.
  public let checking: CELChecking
  /// Its parts that ask for nothing.
  public let constants: CELConstants
  /// How it depends on the time, itself or by an access level.
  public internal(set) var timeUses: [TimeUse]
  /// The time zones that it names, itself or by an access level, but for fixed offsets.
  public internal(set) var zoneNames: Set<String>
  /// The access levels that it asks for itself, as ascending indices into `Policy.accessLevels`.
  public let levelIndices: [Int]
  /// Whether it asks for more of `request.auth.access_levels` than whether it holds a name; then `levelIndices` are all.
  public let asksForAllLevels: Bool

  /// An expression that asks for no access level.
  package init(tree: CELExpression, checking: CELChecking) {
    self.init(tree: tree, checking: checking, levels: LevelReferences(tree, checking, LevelNames([])))
  }

  init(tree: CELExpression, checking: CELChecking, levels: LevelReferences) {
    self.tree = tree
    self.checking = checking
    levelIndices = levels.indices
    asksForAllLevels = levels.areAll
    constants = CELConstants(tree, checking)
    timeUses = TimeUseReading(tree, checking, constants).uses
    zoneNames = tree.zoneNames(constants)
  }

  /// Counts what an access level that it asks for asks of the time.
  mutating func add(_ level: ConditionExpression) {
    timeUses += level.timeUses.filter { !timeUses.contains($0) }
    zoneNames.formUnion(level.zoneNames)
  }
}
