// Which access levels an expression asks for. Refuses, as an issue, the name of a level that no file declares.

internal import PosternCEL

/// The access levels that an expression refers to.
struct LevelReferences {
  /// Ascending.
  private(set) var indices: [Int] = []
  /// Whether it asks for the list otherwise than whether it holds a name.
  private(set) var areAll = false
  private(set) var issues: [CELIssue] = []

  init(_ tree: CELExpression, _ checking: CELChecking, _ levels: LevelNames) {
    var found: Set<Int> = []
    var membershipLists: Set<Int> = []
    tree.forEachNode { node in
      if let variable = checking.variables[node.id] {
        if let level = variable.after(ConditionEnvironment.levelPrefix) {
          levels.variables[String(level)].map { _ = found.insert($0) }
        } else if variable == ConditionEnvironment.accessLevels && !membershipLists.contains(node.id) {
          areAll = true
        }
      }
      guard let membership = Membership(node, checking) else { return }
      membershipLists.insert(membership.listID)
      if let index = levels.indices[membership.name] {
        found.insert(index)
      } else {
        issues.append(Self.undeclared(membership, levels))
      }
    }
    indices = areAll ? levels.indices.values.sorted() : found.sorted()
  }

  private static func undeclared(_ membership: Membership, _ levels: LevelNames) -> CELIssue {
    CELIssue(
      .undeclared, "no file declares the access level \(Diagnostic.quoted(membership.name))", at: membership.nameRange,
      help: levels.nearest(to: membership.name).map { "did you mean \(Diagnostic.quoted($0))?" }
        ?? "declare it in a document of kind `AccessLevels`")
  }

  /// `"NAME" in request.auth.access_levels`.
  private struct Membership {
    let name: String
    let nameRange: Range<Int>
    let listID: Int

    init?(_ node: CELExpression, _ checking: CELChecking) {
      guard case .call(CELOperator.in, nil, let operands) = node.kind, operands.count == 2,
        case .constant(.string(let name)) = operands[0].kind,
        checking.variables[operands[1].id] == ConditionEnvironment.accessLevels
      else { return nil }
      self.name = name
      nameRange = operands[0].range
      listID = operands[1].id
    }
  }
}
