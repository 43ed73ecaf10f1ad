// Which apps need no closer look: the rules of an app are the content of its node and of those above it. Nodes of equal content
// have one number in both policies; equal numbers all the way up, before equal providers, are equal access. Refuses nothing.

internal import PosternLanguage

/// Numbers for what nodes say of access, the same in both policies.
struct AccessSignatures {
  private struct Content: Hashable {
    struct Part: Hashable {
      /// Ascending, each once.
      let members: [Int]
      let isEveryone: Bool
      let isAuthenticated: Bool
    }

    struct Conditional: Hashable {
      let part: Part
      let expression: String
    }

    struct Denial: Hashable {
      let denied: Part
      let excepted: Part
      let expression: String?
    }

    var granted: Part
    var conditionals: [Conditional]
    var denials: [Denial]
    /// 0 where the directory says the same of every member in both policies; otherwise which policy it is.
    var policyMark: Int
  }

  private var numbers: [Content: Int] = [:]
  private let changedGroups: Set<Int>
  private let areLevelsEqual: Bool

  init(_ before: (Policy, Directory), _ after: (Policy, Directory)) {
    let groups = Set(before.1.expansions.keys).union(after.1.expansions.keys)
    changedGroups = groups.filter { before.1.expansions[$0] != after.1.expansions[$0] }
    areLevelsEqual = Self.levels(before.0) == Self.levels(after.0)
  }

  private static func levels(_ policy: Policy) -> [[String]] {
    policy.accessLevels.map { [$0.name.value, $0.condition.expression.value] }.sorted { $0[0] < $1[0] }
  }

  /// The number of each node's content, of both policies; nil of those that say nothing of access.
  mutating func signatures(
    of before: (Policy, Directory), _ after: (Policy, Directory)
  ) -> (before: [Int?], after: [Int?]) {
    let reading = self
    let contents = concurrently {
      reading.contents(of: before.0, before.1, mark: 1)
    } _: {
      reading.contents(of: after.0, after.1, mark: 2)
    }
    return (contents.0.map { number($0) }, contents.1.map { number($0) })
  }

  private mutating func number(_ content: Content?) -> Int? {
    guard let content else { return nil }
    if let number = numbers[content] { return number }
    numbers[content] = numbers.count
    return numbers.count - 1
  }

  /// `mark` tells the policies apart.
  private func contents(of policy: Policy, _ directory: Directory, mark: Int) -> [Content?] {
    policy.nodes.map { node in
      var content = content(of: node, policy, directory)
      let isEmpty =
        content.granted == Content.Part(members: [], isEveryone: false, isAuthenticated: false)
        && content.conditionals.isEmpty && content.denials.isEmpty
      if isEmpty { return nil }
      content.policyMark = isShared(content) ? 0 : mark
      return content
    }
  }

  private func content(of node: Node, _ policy: Policy, _ directory: Directory) -> Content {
    let access = node.bindings.filter(\.grantsAccess)
    let unconditional = access.filter { $0.condition == nil }.flatMap(\.members)
    return Content(
      granted: part(unconditional, policy, directory),
      conditionals: access.compactMap { binding in
        binding.condition.map {
          Content.Conditional(part: part(binding.members, policy, directory), expression: $0.expression.value)
        }
      },
      denials: policy.denyRules[node.denyRuleRange].map { rule in
        Content.Denial(
          denied: part(rule.deniedPrincipals, policy, directory),
          excepted: part(rule.exceptionPrincipals, policy, directory), expression: rule.condition?.expression.value)
      }, policyMark: 0)
  }

  private func part(_ uses: [MemberUse], _ policy: Policy, _ directory: Directory) -> Content.Part {
    var members: [Int] = []
    var isEveryone = false
    var isAuthenticated = false
    for use in uses {
      switch policy.members[Int(use.memberIndex)] {
      case .allUsers: isEveryone = true
      case .allAuthenticatedUsers: isAuthenticated = true
      default: members.append(directory.numbers[Int(use.memberIndex)])
      }
    }
    // Mostly each once: what stands in two bindings of a node is rare.
    members.sort()
    if zip(members, members.dropFirst()).contains(where: ==) { members = Set(members).sorted() }
    return Content.Part(members: members, isEveryone: isEveryone, isAuthenticated: isAuthenticated)
  }

  /// Whether directory and access levels say the same of the content in both policies.
  private func isShared(_ content: Content) -> Bool {
    let parts =
      [content.granted] + content.conditionals.map(\.part) + content.denials.flatMap { [$0.denied, $0.excepted] }
    let hasCondition = !content.conditionals.isEmpty || content.denials.contains { $0.expression != nil }
    if hasCondition && !areLevelsEqual { return false }
    return changedGroups.isEmpty || parts.allSatisfy { changedGroups.isDisjoint(with: $0.members) }
  }
}

extension Policy {
  /// What the nodes above an app say of access, the app's first.
  func accessSignature(of app: App, _ signatures: [Int?]) -> [Int] {
    var result: [Int] = []
    var index: Int? = app.nodeIndex
    while let node = index {
      if let signature = signatures[node] { result.append(signature) }
      index = nodes[node].parentIndex
    }
    return result
  }
}
