// The rows of grants: for each node with bindings of access roles, whom they hold (docs/bundle-format.md, "grants").
// Flat arrays and integers throughout, for there are millions. A conditional binding grants nothing: conditions do not
// compile yet, and `Compiler.check` refuses a tree that has one.

internal import PosternKernel
internal import PosternLanguage

/// The rows, and of each node its row and its public binding.
struct GrantSection {
  private(set) var words: [UInt32] = []
  /// Index of each node's row in units, or NONE.
  private(set) var rows: [UInt32]
  /// The number of probes that a row may take, by node.
  private(set) var probes: [UInt32]
  /// The first `allUsers` binding of each node or above it, or NONE.
  private(set) var publicBindings: [UInt32]

  private let members: [Member]
  private let memberNames: [UInt32]
  private let nameKinds: [UInt8]
  /// The row that last took each name, plus 1.
  private var takenBy: [UInt32]
  private var row: UInt32 = 0
  /// The entries of the row at hand: grant in the high half, member in the low one.
  private var entries: [UInt64] = []
  private var placement = PerfectPlacement()

  init(_ policy: Policy, memberNames: [UInt32], names: NameSection) {
    members = policy.members
    self.memberNames = memberNames
    nameKinds = names.names.map(\.kind)
    takenBy = [UInt32](repeating: 0, count: names.names.count)
    rows = [UInt32](repeating: BundleFormat.none, count: policy.nodes.count)
    probes = [UInt32](repeating: 0, count: policy.nodes.count)
    publicBindings = rows
    for (index, node) in policy.nodes.enumerated() {
      collect(node, at: index)
      if !entries.isEmpty { write(node, at: index) }
    }
  }

  /// Gathers the entries of a node: of several bindings of a member the first.
  private mutating func collect(_ node: Node, at nodeIndex: Int) {
    entries.removeAll(keepingCapacity: true)
    row += 1
    if let parent = node.parentIndex { publicBindings[nodeIndex] = publicBindings[parent] }
    var isPublic = false
    for (ordinal, binding) in node.bindings.enumerated() where binding.grantsAccess && binding.condition == nil {
      for use in binding.members {
        let name = memberNames[Int(use.memberIndex)]
        if name == BundleFormat.none {
          if !isPublic, case .allUsers = members[Int(use.memberIndex)] {
            publicBindings[nodeIndex] = node.firstBindingID + UInt32(ordinal)
            isPublic = true
          }
        } else if takenBy[Int(name)] != row {
          takenBy[Int(name)] = row
          entries.append(UInt64(ordinal) << 32 | UInt64(name))
        }
      }
    }
  }

  private mutating func write(_ node: Node, at nodeIndex: Int) {
    rows[nodeIndex] = UInt32(words.count / 2)
    var kinds: UInt32 = 0
    for entry in entries { kinds |= 1 << UInt32(nameKinds[Int(entry & 0xFFFF_FFFF)]) }
    let isWalked = entries.count <= BundleFormat.walkLimit
    probes[nodeIndex] = isWalked ? UInt32(entries.count) : UInt32(BundleFormat.identityMemberLimit)
    words.append(BundleFormat.rowMarker)
    words.append(UInt32(entries.count))
    words.append(node.firstBindingID)
    words.append(kinds | (isWalked ? 0 : UInt32(PerfectPlacement.pilotCount(keyCount: entries.count)) << 16))
    if isWalked { writeWalked() } else { writeProbed() }
  }

  private mutating func writeWalked() {
    entries.sort()
    for entry in entries {
      words.append(UInt32(truncatingIfNeeded: entry))
      words.append(UInt32(entry >> 32))
    }
  }

  private mutating func writeProbed() {
    placement.place(keyCount: entries.count) { [entries] seed, key in
      PerfectHash.hash(member: UInt32(truncatingIfNeeded: entries[key]), seed: UInt32(seed))
    }
    words.append(UInt32(placement.seed))
    words.append(placement.slotCount)
    words.append(pilots: placement.pilots)
    words.pad(toMultipleOf: 2)
    let slotsStart = words.count
    for _ in 0..<placement.slotCount {
      words.append(BundleFormat.freeMember)
      words.append(0)
    }
    for (key, slot) in placement.slots.enumerated() {
      words[slotsStart + 2 * Int(slot)] = UInt32(truncatingIfNeeded: entries[key])
      words[slotsStart + 2 * Int(slot) + 1] = UInt32(entries[key] >> 32)
    }
  }
}
