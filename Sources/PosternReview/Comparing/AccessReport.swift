// Who gains and who loses access to one app: the ways on which the diagrams differ, gathered by whom they are about, each with a
// request that both kernels were asked. A way that nobody can go is no difference; one that no request was found for is said.

internal import PosternCompiler
internal import PosternLanguage

/// The differences of access to one app.
struct AccessReport {
  private(set) var differences: [Difference] = []
  private let pair: AppPair
  private let stand: WitnessStand
  private let numbers: MemberNumbers
  private let before: (access: AccessRules, directory: Directory)
  private let after: (access: AccessRules, directory: Directory)

  /// More ways than these are not gone through.
  static let wayLimit = 20_000
  /// Of one group of ways so many are tried.
  static let triedWays = 16

  init(
    _ pair: AppPair, _ stand: WitnessStand, _ numbers: MemberNumbers, before: (AccessRules, Directory),
    after: (AccessRules, Directory)
  ) {
    self.pair = pair
    self.stand = stand
    self.numbers = numbers
    self.before = before
    self.after = after
    if self.before.access.isPublic != self.after.access.isPublic {
      reportPublic()
      return
    }
    do {
      try reportWays()
    } catch {
      differences.append(unproven("more than \(Diagrams.nodeLimit) nodes would be needed to compare the rules"))
    }
  }

  // MARK: the public

  private mutating func reportPublic() {
    let isGained = after.access.isPublic
    let requests = pair.routes.map { route in
      RequestFacts(ofStranger: route.request)
    }
    differences.append(
      Difference(
        appName: pair.after.name.value, kind: .access, effect: isGained ? .widens : .narrows,
        subject: "everyone, signed in or not", before: isGained ? "only whom a binding holds" : "let in",
        after: isGained ? "let in" : "only whom a binding holds",
        place: place(ofMember: { $0 == .allUsers }, isGained: isGained),
        proof: .of(stand.bestWitness(requests))))
  }

  /// Of the anonymous at an app that both policies open: each way that they go, once for each change.
  private mutating func reportAnonymous(_ comparison: AccessComparison, _ search: WitnessSearch) {
    var ways: [Bool: [AccessWay]] = [:]
    comparison.forEachDifference(ofAnonymous: true) { way in
      ways[way.after.isAccess, default: []].append(way)
      return ways.values.reduce(0) { $0 + $1.count } < Self.wayLimit
    }
    for (isGained, ways) in ways.sorted(by: { $0.key && !$1.key }) {
      var found: (way: AccessWay, witness: Witness)?
      for way in ways.prefix(Self.triedWays) where found == nil {
        found = stand.bestWitness(search.anonymousCandidates(way)).map { (way, $0) }
      }
      differences.append(
        Difference(
          appName: pair.after.name.value, kind: .access, effect: isGained ? .widens : .narrows,
          subject: "anyone who is not signed in", before: ways[0].before.text, after: ways[0].after.text,
          condition: text(of: found?.way ?? ways[0], search),
          place: Difference.Place(pair.after.span, in: pair.afterPolicy, isOld: false),
          proof: found.map { .witness($0.witness) }
            ?? .missing(why: "the rules differ, but no request was found on which the kernels do")))
    }
  }

  // MARK: ways

  /// Ways that are about the same people and go the same way.
  private struct Group: Hashable {
    let classes: [Int]
    let before: AccessOutcome
    let after: AccessOutcome
  }

  private mutating func reportWays() throws {
    let comparison = try AccessComparison(
      (before.access, pair.beforePolicy), (after.access, pair.afterPolicy),
      routes: pair.before.routes + pair.after.routes)
    if comparison.isSame { return }
    let search = WitnessSearch(pair: pair, variables: comparison.variables, numbers: numbers)
    reportAnonymous(comparison, search)
    var groups: [Group: [AccessWay]] = [:]
    var order: [Group] = []
    var wayCount = 0
    comparison.forEachDifference { way in
      wayCount += 1
      let classes = comparison.variables.memberVariables.map(\.variable).filter { way.values[$0] == 1 }
      let group = Group(classes: classes, before: way.before, after: way.after)
      if groups[group] == nil { order.append(group) }
      groups[group, default: []].append(way)
      return wayCount < Self.wayLimit
    }
    if wayCount >= Self.wayLimit {
      differences.append(unproven("the rules differ in more than \(Self.wayLimit) ways"))
    }
    var reported: Set<Int> = []
    // Whoever is of one class first: what those of several meet mostly follows from it.
    for group in order.sorted(by: { $0.classes.count < $1.classes.count }) {
      if group.classes.count > 1 && !reported.isDisjoint(with: group.classes) { continue }
      if report(group, groups[group] ?? [], search) { reported.formUnion(group.classes) }
    }
  }

  /// Reports a group; whether it is a difference.
  private mutating func report(_ group: Group, _ ways: [AccessWay], _ search: WitnessSearch) -> Bool {
    let ways = ways.filter { !search.isImpossible($0) }
    guard let first = ways.first else { return false }
    let classes = search.classes(first)
    for way in ways.prefix(Self.triedWays) {
      guard let witness = stand.bestWitness(search.candidates(way)) else { continue }
      differences.append(difference(group, classes, condition: text(of: way, search), .witness(witness)))
      return true
    }
    differences.append(
      difference(
        group, classes, condition: text(of: first, search),
        .missing(why: "the rules differ, but no request was found on which the kernels do")))
    return true
  }

  private func difference(
    _ group: Group, _ classes: [MemberClass], condition: String?, _ proof: Difference.Proof
  ) -> Difference {
    let effect: Difference.Effect =
      group.before.isAccess == group.after.isAccess ? .changes : group.after.isAccess ? .widens : .narrows
    let members = Set(classes.flatMap(\.members))
    return Difference(
      appName: pair.after.name.value, kind: .access, effect: effect,
      subject: classes.isEmpty ? "anyone who signs in" : classes.map(text(of:)).joined(separator: ", also "),
      before: group.before.text, after: group.after.text, condition: condition,
      place: place(
        ofMember: { member in members.contains { numbers.members[$0] == member } }, isGained: effect == .widens),
      proof: proof)
  }

  private func unproven(_ why: String) -> Difference {
    Difference(
      appName: pair.after.name.value, kind: .access, effect: .changes, subject: "access", before: "", after: "",
      proof: .missing(why: why))
  }

  // MARK: words

  /// A class in words: its groups and domains, and how many people with some of their names.
  private func text(of memberClass: MemberClass) -> String {
    let members = memberClass.members.map { numbers.members[$0] }
    let people = members.filter { $0.uniqueness == .address || $0.uniqueness == .subject }.map(\.canonicalText)
    let others = members.filter { $0.uniqueness == nil || $0.uniqueness == .domain }.map(\.canonicalText)
    let shown =
      people.count <= 3 ? people : ["\(people.count) people, e.g. " + people.prefix(3).joined(separator: ", ")]
    let rest = others.count <= 4 ? others : others.prefix(4) + ["\(others.count - 4) more"]
    return (rest + shown).joined(separator: ", ")
  }

  /// The facts that matter on a way, each by a value that it may have.
  private func text(of way: AccessWay, _ search: WitnessSearch) -> String? {
    var parts: [String] = []
    for variable in way.values.keys.sorted() {
      guard let value = way.values[variable] else { continue }
      switch search.variables.all[variable] {
      case .isMember: break
      case .groupsAreKnown: if value == 0 { parts.append("not all groups are known") }
      case .fact(let fact, let kinds):
        parts.append("\(fact.text) is \(kinds[value].examples.first.map(Self.text) ?? "no value")")
      case .test(let test, _): parts.append("\(test.text) is \(["false", "true", "an error"][value])")
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func text(_ example: ConditionExample) -> String {
    switch example {
    case .absent: "absent"
    case .value(let value): value.text
    }
  }

  // MARK: places

  /// Where the first binding names such a member, or a group of the directory that one stands in.
  private func place(ofMember isMeant: (Member) -> Bool, isGained: Bool) -> Difference.Place? {
    let (app, policy, directory) =
      isGained
      ? (pair.after, pair.afterPolicy, after.directory) : (pair.before, pair.beforePolicy, before.directory)
    for node in policy.nodesInwardsOut(app) {
      for binding in node.bindings where binding.grantsAccess {
        for use in binding.members {
          let member = policy.members[Int(use.memberIndex)]
          let expansion = directory.expansions[directory.numbers[Int(use.memberIndex)]] ?? []
          if isMeant(member) || expansion.contains(where: { isMeant(numbers.members[$0]) }) {
            var span = binding.span
            (span.startLine, span.startColumn) = (Int32(use.line), Int32(use.column))
            return Difference.Place(span, in: policy, isOld: !isGained)
          }
        }
      }
    }
    return Difference.Place(app.span, in: policy, isOld: !isGained)
  }
}

extension AccessOutcome {
  /// The outcome in a few words.
  var text: String {
    switch self {
    case .granted: "let in"
    case .noBinding: "no binding"
    case .conditionFalse: "refused by a condition"
    case .conditionError: "refused by a condition in error"
    case .denied: "denied"
    case .groupsUnknown: "refused, for not all groups are known"
    }
  }
}

extension FactValue {
  /// The value as an expression writes it.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)u"
    case .double(let value): "\(value)"
    case .text(let bytes), .bytes(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
    case .timestamp(let milliseconds): Wording.instant(milliseconds: milliseconds)
    case .duration(let milliseconds): "duration of \(milliseconds) ms"
    case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .map(let entries): "{\(entries.count) entries}"
    }
  }
}
