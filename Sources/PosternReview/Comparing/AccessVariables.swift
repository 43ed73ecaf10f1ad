// What the access to one app may depend on, in two policies at once: which members somebody is, told apart only where a rule
// does; whether all groups are known; and the facts of conditions, each as the few kinds of value that any test of it tells
// apart. Refuses nothing; a test of which nothing is known is a variable of its own, with three values.

internal import PosternLanguage

/// A class of members: those that the same rules of both policies name.
struct MemberClass {
  /// Their numbers, ascending.
  var members: [Int]
}

/// A kind of value of a fact: values that make all its tests come to the same.
struct FactKind {
  /// What each test comes to.
  let outcomes: [ConditionOutcome]
  /// Values of the kind.
  var examples: [ConditionExample]
}

/// One variable of the diagrams.
enum AccessVariable {
  /// Whether somebody is a member of the class: 0 no, 1 yes.
  case isMember(MemberClass)
  /// Whether all groups are known: 0 no, 1 yes.
  case groupsAreKnown
  /// The kind of value that a fact has.
  case fact(ConditionFact, [FactKind])
  /// What a test comes to of which no more is known, by `ConditionOutcome`, with values to try.
  case test(ConditionTest, [ConditionExample])
}

/// The variables of an app in two policies.
struct AccessVariables {
  private(set) var all: [AccessVariable] = []
  /// The variable of each class, by the rules that name its members.
  private(set) var memberVariables: [(sets: [Bool], variable: Int)] = []
  private(set) var groupsVariable = 0
  private var factVariables: [ConditionFact: (variable: Int, tests: [String: Int])] = [:]
  private var testVariables: [String: Int] = [:]

  /// - Parameters:
  ///   - sets: what the rules of both policies name, in one order.
  ///   - outlines: the conditions of both policies.
  ///   - routes: what leads to the app in either policy, which bounds the path and the host.
  init(sets: [Principals], outlines: [ConditionOutline], routes: [Route]) {
    addClasses(sets)
    groupsVariable = all.count
    all.append(.groupsAreKnown)
    addFacts(outlines, routes)
  }

  // MARK: members

  private mutating func addClasses(_ sets: [Principals]) {
    var classes: [[Bool]: [Int]] = [:]
    var order: [[Bool]] = []
    for member in sets.reduce(into: Set<Int>(), { $0.formUnion($1.members) }).sorted() {
      let signature = sets.map { $0.members.contains(member) }
      if classes[signature] == nil { order.append(signature) }
      classes[signature, default: []].append(member)
    }
    for signature in order {
      memberVariables.append((signature, all.count))
      all.append(.isMember(MemberClass(members: classes[signature] ?? [])))
    }
  }

  // MARK: facts

  private mutating func addFacts(_ outlines: [ConditionOutline], _ routes: [Route]) {
    var tests: [ConditionFact: [ConditionTest]] = [:]
    var order: [ConditionFact] = []
    var seen: Set<String> = []
    for test in outlines.flatMap(\.tests) where seen.insert(test.text).inserted {
      guard let fact = test.fact, test.isExhaustive, !Self.isUnbounded(fact, routes) else {
        testVariables[test.text] = all.count
        all.append(.test(test, test.fact.map { RouteReach($0, routes).values(for: test) } ?? []))
        continue
      }
      if tests[fact] == nil { order.append(fact) }
      tests[fact, default: []].append(test)
    }
    for fact in order { addFact(fact, tests[fact] ?? [], routes) }
  }

  private mutating func addFact(_ fact: ConditionFact, _ tests: [ConditionTest], _ routes: [Route]) {
    let reach = RouteReach(fact, routes)
    var kinds: [FactKind] = []
    var indices: [[ConditionOutcome]: Int] = [:]
    var seen: Set<ConditionExample> = []
    for example in reach.examples + tests.flatMap(\.examples) where seen.insert(example).inserted {
      guard reach.admits(example) else { continue }
      let outcomes = tests.map { $0.outcome(example) ?? .error }
      if let index = indices[outcomes] {
        kinds[index].examples.append(example)
      } else {
        indices[outcomes] = kinds.count
        kinds.append(FactKind(outcomes: outcomes, examples: [example]))
      }
    }
    let names = Dictionary(tests.enumerated().map { ($0.element.text, $0.offset) }) { first, _ in first }
    factVariables[fact] = (all.count, names)
    all.append(.fact(fact, kinds))
  }

  /// Whether the values of a fact that can come depend on more than is known of it here: hosts of a wildcard.
  private static func isUnbounded(_ fact: ConditionFact, _ routes: [Route]) -> Bool {
    fact == .attribute("request.host") && routes.contains(where: \.isWildcard)
  }

  // MARK: diagrams

  /// The diagram of a test: what it comes to.
  func diagram(of test: ConditionTest, in diagrams: inout Diagrams) throws -> Diagrams.Reference {
    if let fact = test.fact, let known = factVariables[fact], let index = known.tests[test.text],
      case .fact(_, let kinds) = all[known.variable]
    {
      let branches = try kinds.map { try diagrams.outcome(Int($0.outcomes[index].rawValue)) }
      return branches.isEmpty
        ? try diagrams.outcome(Int(ConditionOutcome.error.rawValue)) : try diagrams.choice(known.variable, branches)
    }
    guard let variable = testVariables[test.text] else { return try diagrams.outcome(2) }
    // Of a fact that every request has no search is an error.
    let isNeverError = test.isTotal && test.fact.map(RouteReach.isAlwaysThere) ?? false
    return try diagrams.choice(variable, (0..<(isNeverError ? 2 : 3)).map { try diagrams.outcome($0) })
  }

  /// The diagram of whether somebody is of the set at `index` of those that the variables were made of: 0 no, 1 yes.
  func diagram(
    ofSet index: Int, _ principals: Principals, in diagrams: inout Diagrams
  ) throws -> Diagrams.Reference {
    if principals.isEveryone || principals.isAuthenticated { return try diagrams.outcome(1) }
    // From the last variable to the first, so that each choice stands on those after it.
    var result = try diagrams.outcome(0)
    for (sets, variable) in memberVariables.reversed() where sets[index] {
      result = try diagrams.choice(variable, [result, diagrams.outcome(1)])
    }
    return result
  }
}

extension ConditionOutline {
  /// The tests in it, in their order.
  var tests: [ConditionTest] {
    switch self {
    case .constant: []
    case .test(let test): [test]
    case .not(let inner), .holds(let inner): inner.tests
    case .all(let parts), .any(let parts): parts.flatMap(\.tests)
    case .choice(let condition, let first, let second): condition.tests + first.tests + second.tests
    }
  }
}

extension ConditionOutline {
  /// The condition as it is for the anonymous: a test of who asks, or from what device, is an error.
  var ofAnonymous: ConditionOutline {
    switch self {
    case .constant: self
    case .test(let test): test.fact.map(\.isOfCaller) == true ? .constant(.error) : self
    case .not(let inner): .not(inner.ofAnonymous)
    case .holds(let inner): .holds(inner.ofAnonymous)
    case .all(let parts): .all(parts.map(\.ofAnonymous))
    case .any(let parts): .any(parts.map(\.ofAnonymous))
    case .choice(let condition, let first, let second):
      .choice(condition.ofAnonymous, first.ofAnonymous, second.ofAnonymous)
    }
  }
}

extension ConditionFact {
  /// Whether it is about who asks, or about their device.
  fileprivate var isOfCaller: Bool {
    switch self {
    case .claim: true
    case .attribute(let name): name.hasPrefix("device.") || name.hasPrefix("request.auth.")
    case .header, .timePart: false
    }
  }
}

/// What an app's routes let a fact be.
private struct RouteReach {
  private let fact: ConditionFact
  private let routes: [Route]
  private let hosts: [FactValue]

  init(_ fact: ConditionFact, _ routes: [Route]) {
    self.fact = fact
    self.routes = routes
    hosts = routes.filter { !$0.isWildcard }.map { .text(Array($0.host.utf8)) }
  }

  /// Values that the routes bring in.
  var examples: [ConditionExample] {
    switch fact {
    case .attribute("request.host"): hosts.map { .value($0) }
    case .attribute("request.path"):
      routes.flatMap { route in
        [route.path, route.path + "/", route.path + "/~"].filter { !$0.isEmpty }.map { .value(.text(Array($0.utf8))) }
      }
    default: []
    }
  }

  /// Values to try a test with: its own, and below each route those with a text of its own in them.
  func values(for test: ConditionTest) -> [ConditionExample] {
    guard fact == .attribute("request.path") else { return test.examples.filter(admits) }
    let texts = test.examples.compactMap { example -> [UInt8]? in
      if case .value(.text(let text)) = example { text } else { nil }
    }
    let slash = Array("/".utf8)
    let below = routes.flatMap { route in
      texts.map { Array(route.path.utf8) + ($0.first == slash[0] ? [] : slash) + $0 }
    }
    return (examples + test.examples + below.map { .value(.text($0)) }).filter(admits)
  }

  /// Whether every request has the fact; instants are those of the years 1 to 9999, which conditions can tell.
  static func isAlwaysThere(_ fact: ConditionFact) -> Bool {
    switch fact {
    case .attribute(let name): ["request.path", "request.host", "request.method", "request.time"].contains(name)
    case .timePart: true
    default: false
    }
  }

  /// Whether a request to the app may have the value. A path below no route leads elsewhere.
  func admits(_ example: ConditionExample) -> Bool {
    if example == .absent { return !Self.isAlwaysThere(fact) }
    guard case .attribute(let name) = fact else { return true }
    switch (name, example) {
    case ("request.host", .value(let host)): return hosts.contains(host)
    case ("request.path", .value(.text(let path))): return routes.contains { Self.isBelow($0, path) }
    case ("request.host", _), ("request.path", _): return false
    default: return true
    }
  }

  private static func isBelow(_ route: Route, _ path: [UInt8]) -> Bool {
    let prefix = Array(route.path.utf8)
    if !path.starts(with: prefix) { return false }
    return path.count == prefix.count ? !prefix.isEmpty : path[prefix.count] == UInt8(ascii: "/")
  }
}
