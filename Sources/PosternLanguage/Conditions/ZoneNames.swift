// The time zones that conditions name, found in their trees, so that a compiler reads each zone's file once and can say
// which it has read. Refuses nothing: a zone that nobody knows is named all the same.

internal import PosternCEL

extension CELExpression {
  /// The zones that it names, but for fixed offsets; those that are not constant have no name.
  func zoneNames(_ constants: CELConstants) -> Set<String> {
    var names: Set<String> = []
    forEachNode { node in
      guard let zone = node.timeZone, case .string(let name)? = constants.value(of: zone),
        FixedOffset.seconds(name) == nil
      else { return }
      names.insert(name)
    }
    return names
  }
}

extension Policy {
  /// The time zones that its conditions name where they decide anything, but for fixed offsets.
  package var zoneNames: Set<String> {
    let conditions = nodes.flatMap { $0.bindings.compactMap(\.condition) } + denyRules.compactMap(\.condition)
    return conditions.reduce(into: []) { names, condition in names.formUnion(condition.reading?.zoneNames ?? []) }
  }
}
