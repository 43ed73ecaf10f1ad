// A binding or deny rule as it is told to people: what it says, of whom, at which node, where that is written.

internal import PosternCompiler
public import PosternLanguage

/// A binding that gives access, or a deny rule that takes it away.
public struct ReachedRule {
  /// The binding or the rule, by its id.
  public let rule: Rule
  /// `organization`, `folder finance`, `app finance/payroll`.
  public let node: String
  /// Where it is written.
  public let place: TreePlace
  /// The condition's title and text; nil where it holds always.
  public let condition: (title: String, expression: String)?
  /// Whom it names, in the order of the file.
  public let members: [ReachedMember]
  /// Of a deny rule: whom it does not deny all the same.
  public let exceptions: [ReachedMember]

  /// `binding 12`, `deny rule 0`.
  var name: String {
    switch rule {
    case .none: "nothing"
    case .binding(let id): "binding \(id)"
    case .deny(let id): "deny rule \(id)"
    }
  }

  /// `'office hours': request.time.getHours() < 18`, on one line.
  var conditionText: String? {
    guard let condition else { return nil }
    let expression = condition.expression.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return condition.title.isEmpty ? expression : "'\(condition.title)': \(expression)"
  }

  /// One line: name, node, place.
  var cells: [String] { [name, node, place.text] }

  var json: JSONValue {
    var id: UInt32?
    switch rule {
    case .none: break
    case .binding(let number), .deny(let number): id = number
    }
    return .object([
      "id": id.map { .integer(Int64($0)) },
      "node": .string(node),
      "place": place.json,
      "condition": condition.map { .object(["title": .string($0.title), "expression": .string($0.expression)]) },
      "members": .array(members.map(\.json)),
      "exceptions": exceptions.isEmpty ? nil : .array(exceptions.map(\.json)),
    ])
  }
}

/// A member that a rule names.
public struct ReachedMember {
  /// The member in the one spelling that the tree's reports have.
  public let text: String
  /// Who is in it by the directory, groups within it resolved; nil where it is no group of the directory.
  public let people: [String]?
  /// Whether a login provider of the app speaks for it; where none does, it matches nobody there.
  public let isSpokenFor: Bool

  /// With what the directory says: `group:finance@example.com, 3 by the directory: user:...`.
  var line: String {
    if !isSpokenFor { return text + ", for whom no login provider of the app speaks" }
    guard let people else { return text }
    return "\(text), \(people.count) by the directory" + (people.isEmpty ? "" : ": " + people.joined(separator: ", "))
  }

  var json: JSONValue {
    .object([
      "member": .string(text), "directory": people.map { .array($0.map { .string($0) }) },
      "spokenFor": .bool(isSpokenFor),
    ])
  }
}

/// Makes rules readable: one policy, with its directory looked through once.
struct RuleReader {
  let policy: Policy
  let pathPrefix: String
  /// By the group's index in `Policy.members`.
  private let directory: [UInt32: [MemberUse]]

  init(_ policy: Policy, pathPrefix: String) {
    self.policy = policy
    self.pathPrefix = pathPrefix
    directory = Dictionary(policy.groups.map { ($0.memberIndex, $0.members) }) { $0 + $1 }
  }

  func place(_ span: Span) -> TreePlace { TreePlace(span, in: policy, pathPrefix: pathPrefix) }

  /// The bindings of access roles that decide for an app, in the order in which they are asked.
  func bindings(of app: App) -> [(id: UInt32, binding: Binding, node: Node)] {
    policy.nodesInwardsOut(app).flatMap { node in
      node.bindings.enumerated().filter(\.element.grantsAccess)
        .map { (node.firstBindingID + UInt32($0.offset), $0.element, node) }
    }
  }

  /// Whether everybody gets in, without a login too.
  func isPublic(_ app: App) -> Bool {
    bindings(of: app).contains { _, binding, _ in
      binding.members.contains { policy.members[Int($0.memberIndex)] == .allUsers }
    }
  }

  /// The deny rules that decide for an app, in the order in which they are asked.
  func denyRules(of app: App) -> [Int] {
    policy.nodesInwardsOut(app).reversed().flatMap { Array($0.denyRuleRange) }
  }

  func readable(_ item: (id: UInt32, binding: Binding, node: Node), at app: App) -> ReachedRule {
    ReachedRule(
      rule: .binding(id: item.id), node: Self.name(of: item.node), place: place(item.binding.span),
      condition: Self.parts(of: item.binding.condition), members: item.binding.members.map { member($0, at: app) },
      exceptions: [])
  }

  func readableDenyRule(_ index: Int, at app: App) -> ReachedRule {
    let rule = policy.denyRules[index]
    return ReachedRule(
      rule: .deny(id: UInt32(index)), node: Self.name(of: policy.nodes[rule.nodeIndex]), place: place(rule.span),
      condition: Self.parts(of: rule.condition), members: rule.deniedPrincipals.map { member($0, at: app) },
      exceptions: rule.exceptionPrincipals.map { member($0, at: app) })
  }

  /// The timers and what else of an app's settings bounds who gets in, with where each is written.
  func timers(of app: App) -> [ReachedTimer] {
    app.effectiveSettings(files: policy.files).filter { Self.timerNames.contains($0.name) }
      .map { ReachedTimer(name: $0.name, value: $0.value, place: $0.place.map { pathPrefix + $0 }) }
  }

  private static let timerNames: Set<String> = [
    "absoluteTimeout", "idleTimeout", "revalidate", "onStateUnavailable", "onStoreUnavailable", "programmatic.maxAge",
    "reauthSettings", "allowedDomains",
  ]

  private func member(_ use: MemberUse, at app: App) -> ReachedMember {
    let member = policy.members[Int(use.memberIndex)]
    let isInDirectory = directory[use.memberIndex] != nil
    return ReachedMember(
      text: member.canonicalText,
      people: isInDirectory ? people(in: use.memberIndex).map { policy.members[Int($0)].canonicalText } : nil,
      isSpokenFor: policy.hasProvider(speakingFor: member, at: app))
  }

  /// Everybody in a group of the directory, each once, in the order of mention; a group that the directory does not know is one.
  private func people(in group: UInt32) -> [UInt32] {
    var people: [UInt32] = []
    var seen: Set<UInt32> = [group]
    var pending = (directory[group] ?? []).reversed().map(\.memberIndex)
    while let index = pending.popLast() {
      guard seen.insert(index).inserted else { continue }
      if let members = directory[index] {
        pending += members.reversed().map(\.memberIndex)
      } else {
        people.append(index)
      }
    }
    return people
  }

  private static func parts(of condition: Condition?) -> (title: String, expression: String)? {
    condition.map { ($0.title, $0.expression.value) }
  }

  private static func name(of node: Node) -> String {
    switch node.kind {
    case .organization: "organization"
    case .folder: "folder \(node.path)"
    case .app: "app \(node.path)"
    }
  }
}

/// A timer of an app, or another setting that bounds who gets in.
public struct ReachedTimer: Equatable {
  /// The setting's name.
  public let name: String
  /// Its value.
  public let value: String
  /// The file, line and column that it comes from.
  public let place: String?

  var json: JSONValue {
    .object(["name": .string(name), "value": .string(value), "place": place.map { .string($0) }])
  }
}
