// The levels of the tree with what stands at each: resources merged in an order that does not depend on how inputs are cut into
// files. Refuses what two resources claim at once: the first of the stronger claim counts, the other is reported.

internal import PosternLanguage

/// The organization, folders and apps of the tree that is written.
struct Hierarchy {
  struct Node {
    var level: Position.Level?
    var parentIndex: Int?
    var childIndices: [Int] = []
    /// What its name came from.
    var source = ""
    var grants = MergedGrants()
    var deny: [TreeValue] = []
    var settings: TreeValue?
    var settingsSource: Int?
    /// Resources that stand here.
    var resourceIndices: [Int] = []

    var isApp: Bool { level?.kind == .app }
    /// Whether anything is written here.
    var hasContent: Bool { !grants.isEmpty || !deny.isEmpty || settings != nil }
  }

  private(set) var nodes = [Node()]
  private var indices: [Position: Int] = [Position(levels: []): 0]

  /// The node of a position, made with those above it.
  mutating func index(of position: Position, source: String) -> Int {
    if let index = indices[position] {
      if nodes[index].source.isEmpty { nodes[index].source = source }
      return index
    }
    let parentIndex = index(of: Position(levels: Array(position.levels.dropLast())), source: "")
    let index = nodes.count
    var node = Node(level: position.levels.last, parentIndex: parentIndex)
    node.source = source
    nodes.append(node)
    nodes[parentIndex].childIndices.append(index)
    indices[position] = index
    return index
  }

  /// Whether an app stands at a node or below it.
  func hasApp(at index: Int) -> Bool {
    nodes[index].isApp || nodes[index].childIndices.contains { hasApp(at: $0) }
  }

  // MARK: merging

  /// Adds what one resource gives; nil, or why it cannot be and what counts in its place.
  mutating func add(_ part: Reading.Part, resourceIndex: Int, at index: Int) -> Refusal? {
    nodes[index].resourceIndices.append(resourceIndex)
    switch part {
    case .deny(let rules): nodes[index].deny += rules
    case .settings(let settings):
      if let first = nodes[index].settingsSource {
        return Refusal(why: "other settings of the same resource were read before", resourceIndex: first)
      }
      nodes[index].settingsSource = resourceIndex
      nodes[index].settings = settings
    case .grants(let grants): return nodes[index].grants.add(grants, resourceIndex: resourceIndex)
    }
    return nil
  }

  struct Refusal {
    var why: String
    /// The resource that counts.
    var resourceIndex: Int
  }
}

/// The bindings of one level.
struct MergedGrants {
  private(set) var bindings: [Reading.Binding] = []
  private(set) var others: [(key: String, value: TreeValue)] = []
  private var indices: [String: Int] = [:]
  private var policySource: Int?
  private var bindingSources: [String: Int] = [:]
  /// Members of a binding that others were added to, by its index.
  private var memberIndices: [Int: [String: Int]] = [:]

  var isEmpty: Bool { bindings.isEmpty && others.isEmpty }

  mutating func add(_ grants: Reading.Grants, resourceIndex: Int) -> Hierarchy.Refusal? {
    switch grants.authority {
    case .policy:
      if let first = policySource {
        return Hierarchy.Refusal(why: "another policy of the same resource was read before", resourceIndex: first)
      }
      policySource = resourceIndex
    case .binding:
      if let policySource {
        return Hierarchy.Refusal(
          why: "a policy of the same resource claims to be all of it", resourceIndex: policySource)
      }
      if let first = grants.bindings.compactMap({ bindingSources[$0.key] }).first {
        return Hierarchy.Refusal(
          why: "another binding claims to be all of this role and condition", resourceIndex: first)
      }
      for binding in grants.bindings { bindingSources[binding.key] = resourceIndex }
    case .addition: break
    }
    others += grants.others
    for binding in grants.bindings {
      // A policy is carried as it is written: only what is added to it is merged.
      if grants.authority != .policy, let index = indices[binding.key] {
        merge(binding, into: index)
      } else {
        if indices[binding.key] == nil { indices[binding.key] = bindings.count }
        bindings.append(binding)
      }
    }
    return nil
  }

  /// One binding more: members that are there already stand for both.
  private mutating func merge(_ other: Reading.Binding, into index: Int) {
    bindings[index].role.leaves += other.role.allLeaves
    if let condition = other.condition { bindings[index].condition?.stand(for: condition) }
    bindings[index].emptyMembers = nil
    var members = memberIndices.removeValue(forKey: index) ?? [:]
    if members.isEmpty {
      for (position, member) in bindings[index].members.enumerated() { members[member.scalarText] = position }
    }
    for member in other.members {
      if let position = members[member.scalarText] {
        bindings[index].members[position].leaves += member.leaves
      } else {
        members[member.scalarText] = bindings[index].members.count
        bindings[index].members.append(member)
      }
    }
    memberIndices[index] = members
  }

  /// `iam` of a level.
  var value: TreeValue {
    var result: [(key: String, value: TreeValue)] = []
    if !bindings.isEmpty { result.append(("bindings", .list(bindings.map(Self.value)))) }
    return .object(result + others)
  }

  private static func value(_ binding: Reading.Binding) -> TreeValue {
    var result: [(key: String, value: TreeValue)] = [
      ("role", binding.role), ("members", binding.emptyMembers ?? .list(binding.members)),
    ]
    if let condition = binding.condition { result.append(("condition", condition)) }
    return .object(result)
  }
}

extension TreeValue {
  /// The text of a scalar.
  fileprivate var scalarText: String {
    if case .scalar(let text, _) = content { text } else { "" }
  }

  /// Takes over the leaves of an equal value.
  fileprivate mutating func stand(for other: TreeValue) {
    leaves += other.leaves
    guard case .object(var entries) = content, case .object(let others) = other.content else { return }
    for index in entries.indices {
      guard let same = others.first(where: { $0.key == entries[index].key }) else { continue }
      entries[index].value.stand(for: same.value)
    }
    content = .object(entries)
  }
}
