// Every condition of a tree read against what the tree declares. Equal texts are read once, for a thousand apps may
// have the same condition. Refuses access levels that ask for themselves.

internal import PosternCEL

extension Policy {
  /// Reads every condition that decides anything, in place; what is wrong is reported where it is written.
  public mutating func readConditions() -> [Diagnostic] {
    var pass = ConditionPass(self)
    for index in accessLevels.indices { pass.read(&accessLevels[index].condition) }
    pass.diagnostics += AccessLevelRings(&accessLevels).diagnostics
    pass.levels = accessLevels
    let routes = Dictionary(apps.map { ($0.nodeIndex, $0.routes) }) { first, _ in first }
    for node in nodes.indices {
      for binding in nodes[node].bindings.indices
      where nodes[node].bindings[binding].grantsAccess && nodes[node].bindings[binding].condition != nil {
        pass.read(&nodes[node].bindings[binding].condition, on: routes[node] ?? [])
      }
    }
    for rule in denyRules.indices {
      pass.read(&denyRules[rule].condition, on: routes[denyRules[rule].nodeIndex] ?? [])
    }
    return pass.diagnostics
  }
}

/// One pass over the conditions of a tree.
private struct ConditionPass {
  var diagnostics: [Diagnostic] = []
  /// The levels once they are read: what asks for one that asks for the time asks for the time.
  var levels: [AccessLevel] = []
  private let files: [SourceFile]
  private let names: LevelNames
  private let environment: CELEnvironment
  private var readings: [String: ConditionReading] = [:]

  init(_ policy: Policy) {
    files = policy.files
    names = LevelNames(policy.accessLevels)
    environment = ConditionEnvironment.environment(levels: names)
  }

  /// Reads a condition that stands at an app with these routes, or above apps.
  mutating func read(_ condition: inout Condition?, on routes: [Route]) {
    guard var read = condition else { return }
    self.read(&read, on: routes)
    condition = read
  }

  mutating func read(_ condition: inout Condition, on routes: [Route] = []) {
    let text = condition.expression.value
    let reading = readings[text] ?? ConditionReading(text, in: environment, names)
    readings[text] = reading
    condition.file = files.file(of: condition.expression.span)
    condition.reading = reading.expression
    for index in reading.expression?.levelIndices ?? [] where levels.indices.contains(index) {
      if let level = levels[index].condition.reading { condition.reading?.add(level) }
    }
    let remarksOnRoutes = reading.expression.map { ConditionLints.remarks(on: $0, routes: routes) } ?? []
    for remark in reading.remarks + remarksOnRoutes {
      diagnostics.append(.conditionRemark(remark.kind, at: condition.span(of: remark.range)))
    }
    for issue in reading.issues { diagnostics.append(.conditionIssue(issue, at: condition.span(of: issue.range))) }
  }
}
