// The rows of grants: for each node with bindings of access roles, whom they hold (docs/bundle-format.md, "grants").
// Flat arrays and integers throughout, for there are millions. A binding with a condition has a row of its own, which its
// record refers to. Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// The rows, and of each node its row and its public binding.
struct GrantSection {
  private(set) var words: [UInt32] = []
  /// Index of each node's row in units, or NONE.
  private(set) var rows: [UInt32]
  /// The number of probes that a row may take, by node.
  private(set) var probes: [UInt32]
  /// The rows of bindings with conditions, by the binding's id, with the probes that each may take.
  private(set) var conditionalRows: [UInt32: (index: UInt32, probes: UInt32)] = [:]
  /// The first `allUsers` binding of each node or above it, or NONE.
  private(set) var publicBindings: [UInt32]

  private let members: [Member]
  private let memberNames: [UInt32]
  private let nameKinds: [UInt8]
  /// The row that last took each name, plus 1.
  private var takenBy: [UInt32]
  private var row: UInt32 = 0
  /// The entries of the row at hand: grant in the high half, key of the member in the low one.
  private var entries: [UInt64] = []
  /// Its kinds of member, as a mask.
  private var kinds: UInt32 = 0
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
      if !entries.isEmpty {
        rows[index] = UInt32(words.count / 2)
        probes[index] = write(firstBindingID: node.firstBindingID)
      }
      writeConditional(node)
    }
  }

  /// The number of cells of the row at a unit, as a power of two: 0 of one that is walked.
  func cellCountBits(ofRow unit: UInt32) -> UInt32 { words[2 * Int(unit) + 3] >> 16 }

  private mutating func writeConditional(_ node: Node) {
    for (ordinal, binding) in node.bindings.enumerated() where binding.grantsAccess && binding.condition != nil {
      beginRow()
      for use in binding.members { add(use, ordinal: 0) }
      if entries.isEmpty { continue }
      let id = node.firstBindingID + UInt32(ordinal)
      let index = UInt32(words.count / 2)
      conditionalRows[id] = (index, write(firstBindingID: id))
    }
  }

  private mutating func beginRow() {
    entries.removeAll(keepingCapacity: true)
    kinds = 0
    row += 1
  }

  /// Adds the entry of a member that is a name; of several bindings of a member the first.
  private mutating func add(_ use: MemberUse, ordinal: Int) {
    let name = memberNames[Int(use.memberIndex)]
    if name == BundleFormat.none || takenBy[Int(name)] == row { return }
    takenBy[Int(name)] = row
    kinds |= 1 << UInt32(nameKinds[Int(name)])
    entries.append(UInt64(ordinal) << 32 | UInt64(MemberKey.key(ofName: name)))
  }

  /// Gathers the entries of a node: of several bindings of a member the first.
  private mutating func collect(_ node: Node, at nodeIndex: Int) {
    beginRow()
    if let parent = node.parentIndex { publicBindings[nodeIndex] = publicBindings[parent] }
    var isPublic = false
    for (ordinal, binding) in node.bindings.enumerated() where binding.grantsAccess && binding.condition == nil {
      for use in binding.members {
        if !isPublic, case .allUsers = members[Int(use.memberIndex)] {
          publicBindings[nodeIndex] = node.firstBindingID + UInt32(ordinal)
          isPublic = true
        }
        add(use, ordinal: ordinal)
      }
    }
  }

  /// Writes the entries as a row; returns the probes that it may take.
  private mutating func write(firstBindingID: UInt32) -> UInt32 {
    let isWalked = entries.count <= BundleFormat.walkLimit
    words.append(BundleFormat.rowMarker)
    words.append(UInt32(entries.count))
    words.append(firstBindingID)
    let cellBits = RowCell.countBits(entryCount: UInt32(entries.count))
    words.append(kinds | UInt32(cellBits) << 16)
    if isWalked { writeWalked() } else { writeProbed(cellCount: 1 << Int(cellBits)) }
    return isWalked ? UInt32(entries.count) : UInt32(BundleFormat.identityMemberLimit)
  }

  private mutating func writeWalked() {
    entries.sort()
    if entries.count >= BundleFormat.filterLeast {
      words.append64(entries.reduce(0) { $0 | RowFilter.bit(UInt32(truncatingIfNeeded: $1)) })
    }
    for entry in entries {
      words.append(UInt32(truncatingIfNeeded: entry))
      words.append(UInt32(entry >> 32))
    }
  }

  private mutating func writeProbed(cellCount: Int) {
    placement.placeRow(entries, cellCount: cellCount)
    words.append(placement.slotCount)
    words.append(0)
    writeCells()
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

  private mutating func writeCells() {
    var cells = placement.pilots.map(UInt64.init)
    for entry in entries {
      let key = UInt32(truncatingIfNeeded: entry)
      cells[PerfectHash.pilotIndex(UInt64(key) << 32, pilotCount: UInt32(cells.count))] |=
        1 << UInt64(32 + RowCell.bit(key))
    }
    for cell in cells { words.append64(cell) }
  }
}
