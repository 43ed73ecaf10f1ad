// The programs of conditions and the runs of conditional bindings that apps refer to (docs/bundle-format.md, "conditionals").
// What does not lower is kept as a refusal, for `Compiler.check`; such a condition compiles to an error, which grants nothing.

internal import PosternKernel
internal import PosternLanguage

/// A condition that has no bounded form, and why.
struct RefusedCondition {
  var condition: Condition
  var refusal: LoweringRefusal
}

/// Lowers all conditions of a policy.
struct ConditionSection {
  /// A condition's program.
  struct Entry {
    var index: UInt32
    var wordCount: UInt32
    /// Bytes of facts that it looks at, at most.
    var byteCount: UInt32
  }

  /// What an app's conditional bindings and deny conditions can cost, for one path form.
  struct Reach {
    /// Index of the first record of its run, or NONE.
    var start = BundleFormat.none
    var wordCount: UInt32 = 0
    var byteCount: UInt32 = 0
    var probes: UInt32 = 0
  }

  private(set) var records = ConsPool<UInt32>()
  private(set) var refused: [RefusedCondition] = []
  private(set) var reachOfNode: [Reach] = []
  /// By index of the deny rule.
  private(set) var ofDenyRule: [Entry?] = []
  private(set) var lowering: ConditionLowering
  private var entries: [String: Entry] = [:]
  private var ofBinding: [UInt32: Entry] = [:]

  /// Lowers every condition of `policy` into `code`; the pools are the bundle's, and go back to it by `lowering`.
  init(
    _ policy: Policy, zoneFolder: ZoneFolder, strings: ConsPool<UInt8>, lists: ConsPool<UInt32>,
    code: inout CodeSection
  ) {
    lowering = ConditionLowering(
      levels: policy.accessLevels, zoneFolder: zoneFolder, strings: strings, lists: lists)
    for rule in policy.denyRules {
      ofDenyRule.append(rule.condition.map { entry(of: $0, code: &code) })
    }
    for node in policy.nodes {
      for (ordinal, binding) in node.bindings.enumerated() where binding.grantsAccess {
        guard let condition = binding.condition else { continue }
        ofBinding[node.firstBindingID + UInt32(ordinal)] = entry(of: condition, code: &code)
      }
    }
  }

  /// The most bytes of facts that each condition looks at, by its text.
  var byteCounts: [String: UInt32] { entries.mapValues(\.byteCount) }

  private mutating func entry(of condition: Condition, code: inout CodeSection) -> Entry {
    let text = condition.expression.value
    if let known = entries[text] { return known }
    var program: Program
    do throws(LoweringRefusal) {
      program = try lowering.program(of: condition)
    } catch {
      refused.append(RefusedCondition(condition: condition, refusal: error))
      program = ConditionLowering.fault
    }
    let entry = code.entry(of: program)
    let made = Entry(index: entry.index, wordCount: entry.worstWordCount, byteCount: lowering.byteCount)
    entries[text] = made
    return made
  }

  /// Writes the runs of all nodes: a node's own conditional bindings, then those of the nodes above it.
  mutating func writeRuns(_ policy: Policy, _ grants: GrantSection) {
    if ofBinding.isEmpty && !ofDenyRule.contains(where: { $0 != nil }) {
      reachOfNode = [Reach](repeating: Reach(), count: policy.nodes.count)
      return
    }
    for index in policy.nodes.indices { reachOfNode.append(reach(ofNode: index, policy, grants)) }
  }

  private mutating func reach(ofNode start: Int, _ policy: Policy, _ grants: GrantSection) -> Reach {
    var reach = Reach()
    var words: [UInt32] = []
    var index: Int? = start
    while let nodeIndex = index {
      let node = policy.nodes[nodeIndex]
      for id in node.firstBindingID..<node.firstBindingID + UInt32(node.bindings.count) {
        guard let entry = ofBinding[id], let row = grants.conditionalRows[id] else { continue }
        words += [id, entry.index, row.index, 0]
        reach.add(entry)
        reach.probes += row.probes
      }
      for rule in node.denyRuleRange { if let entry = ofDenyRule[rule] { reach.add(entry) } }
      index = node.parentIndex
    }
    if words.isEmpty { return reach }
    words += [BundleFormat.none, 0, 0, 0]
    reach.start = records.cons(words).start / UInt32(RecordSize.conditional / 4)
    return reach
  }
}

extension ConditionSection.Reach {
  fileprivate mutating func add(_ entry: ConditionSection.Entry) {
    wordCount += entry.wordCount
    byteCount = byteCount.addingReportingOverflow(entry.byteCount).overflow ? .max : byteCount + entry.byteCount
  }
}
