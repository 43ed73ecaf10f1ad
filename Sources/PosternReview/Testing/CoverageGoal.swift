// What tests should reach of an app: its bindings, its deny rules, its clocks, each in every way that it can come out. Of an app
// that is open to everyone only what can decide there: the binding that opens it, and deny rules.

internal import PosternLanguage

/// One thing that a test can reach, one way in which it comes out.
struct CoverageGoal: Hashable {
  /// What is reached.
  enum Subject: Hashable {
    case rule(Rule)
    case clock(Clock)
  }

  /// How it comes out.
  enum Way: String {
    case granted, denied
    case yes = "true"
    case no = "false"
    case error = "in error"
    case passing, firing
  }

  var subject: Subject
  var way: Way

  init(_ subject: Subject, _ way: Way) {
    self.subject = subject
    self.way = way
  }

  init(_ rule: Rule, _ way: Way) { self.init(.rule(rule), way) }

  init(_ clock: Clock, _ way: Way) { self.init(.clock(clock), way) }

  init(_ answer: ConditionAnswer) {
    switch answer.outcome {
    case .yes: self.init(answer.rule, .yes)
    case .no: self.init(answer.rule, .no)
    case .error: self.init(answer.rule, .error)
    }
  }
}

/// A subject with where it stands and all ways in which it can come out.
struct CoverageSubject {
  var subject: CoverageGoal.Subject
  /// `binding`, `deny rule`, `clock idle`.
  var name: String
  var span: Span
  var ways: [CoverageGoal.Way]

  static func all(of app: App, in policy: Policy) -> [CoverageSubject] {
    let nodes = policy.nodesInwardsOut(app)
    let denyRules = nodes.reversed().flatMap { Array($0.denyRuleRange) }.map { denyRule($0, in: policy) }
    let bindings = nodes.flatMap(accessBindings)
    let opening = bindings.first { _, binding in
      binding.members.contains { policy.members[Int($0.memberIndex)] == .allUsers }
    }
    if let opening { return denyRules + [binding(opening)] }
    return denyRules + bindings.map(binding) + clocks(of: app)
  }

  private static func accessBindings(of node: Node) -> [(id: UInt32, binding: Binding)] {
    node.bindings.enumerated().map { (node.firstBindingID + UInt32($0.offset), $0.element) }
      .filter(\.binding.grantsAccess)
  }

  private static func binding(_ item: (id: UInt32, binding: Binding)) -> CoverageSubject {
    CoverageSubject(
      subject: .rule(.binding(id: item.id)), name: name("binding", item.binding.condition), span: item.binding.span,
      ways: item.binding.condition == nil ? [.granted] : [.yes, .no, .error])
  }

  private static func denyRule(_ index: Int, in policy: Policy) -> CoverageSubject {
    let rule = policy.denyRules[index]
    return CoverageSubject(
      subject: .rule(.deny(id: UInt32(index))), name: name("deny rule", rule.condition), span: rule.span,
      ways: rule.condition == nil ? [.denied] : [.yes, .no, .error])
  }

  private static func name(_ noun: String, _ condition: Condition?) -> String {
    guard let condition else { return noun }
    return condition.title.isEmpty ? "\(noun) with a condition" : "\(noun) '\(condition.title)'"
  }

  private static func clocks(of app: App) -> [CoverageSubject] {
    app.limitedClocks.map { clock, span in
      CoverageSubject(subject: .clock(clock), name: "clock \(clock)", span: span, ways: [.passing, .firing])
    }
  }
}

extension Policy {
  /// The app's node, then its folders inwards out, then the organization.
  func nodesInwardsOut(_ app: App) -> [Node] {
    var result = [nodes[app.nodeIndex]]
    while let parent = result.last?.parentIndex { result.append(nodes[parent]) }
    return result
  }
}

extension App {
  /// The clocks that a limit is written for, in the order of row 8, with where it is.
  fileprivate var limitedClocks: [(clock: Clock, span: Span)] {
    var clocks: [(Clock, Span)] = []
    if session.revalidate.value != .none {
      clocks.append((.revalidate, session.revalidate.span))
      if session.onStateUnavailable.value != .deny { clocks.append((.stateGrace, session.onStateUnavailable.span)) }
      if session.onStoreUnavailable.value != .deny { clocks.append((.storeGrace, session.onStoreUnavailable.span)) }
    }
    if let age = session.programmaticMaxAge, age.value != .none, !access.programmaticClients.isEmpty {
      clocks.append((.tokenAge, age.span))
    }
    if session.absoluteTimeout.value != .none { clocks.append((.absolute, session.absoluteTimeout.span)) }
    if session.idleTimeout.value != .none { clocks.append((.idle, session.idleTimeout.span)) }
    if let reauthentication = access.reauthentication, reauthentication.value.method != nil {
      clocks.append((.reauthentication, reauthentication.span))
    }
    return clocks
  }
}
