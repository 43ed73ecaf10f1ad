// Where the parts of a bundle's file lie (docs/bundle-format.md), read without the kernel: what is counted by construction.

internal import PosternCompiler
internal import PosternKernel

/// The section table of an opened bundle, and loads from its bytes.
struct BundleLayout {
  struct Section {
    var offset = 0
    var byteCount = 0
  }

  private let opened: OpenedBundle

  init(_ opened: OpenedBundle) { self.opened = opened }

  var byteCount: Int { opened.memory.byteCount }

  func u64(_ offset: Int) -> UInt64 { opened.memory.word(at: offset) }
  func u32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: u64(offset)) }
  func u16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: u64(offset)) }

  func section(_ id: SectionID) -> Section {
    for entry in 0..<Int(u32(12)) {
      let offset = BundleFormat.headerByteCount + BundleFormat.tableEntryByteCount * entry
      if u32(offset) == id.rawValue { return Section(offset: Int(u64(offset + 8)), byteCount: Int(u64(offset + 16))) }
    }
    return Section()
  }

  /// The sections that a file may have, by name.
  static let sections: [(name: String, id: SectionID)] = [
    ("strings", .strings), ("names", .names), ("nameTable", .nameTable), ("memberships", .memberships),
    ("hosts", .hosts), ("routes", .routes), ("apps", .apps), ("appRecords", .appRecords), ("grants", .grants),
    ("provenance", .provenance),
  ]

  func grantCount(_ organization: SyntheticOrganization) -> Int {
    (0..<organization.folderCount).reduce(0) { sum, folder in
      organization.apps(inFolder: folder).reduce(sum + organization.members(ofFolder: folder).count) {
        $0 + organization.members(ofApp: $1).count
      }
    }
  }

  /// A perfect table: where the pilot and the slot of a key lie.
  func place(of text: [UInt8], context: UInt64, in id: SectionID, slotByteCount: Int) -> (pilot: Int, slot: Int) {
    let table = section(id).offset
    let (slotCount, pilotCount) = (u32(table + 8), u32(table + 12))
    let hash = PerfectHash.hash(text.span, seed: u64(table), context: context)
    let pilot = table + 16 + 2 * PerfectHash.pilotIndex(hash, pilotCount: pilotCount)
    let slots = table + (16 + 2 * Int(pilotCount) + 63) / 64 * 64
    let slot = PerfectHash.slot(hash, pilot: u16(pilot), slotCount: slotCount)
    return (pilot, slots + slotByteCount * slot)
  }

  /// The index of the name of a user or a group.
  func name(_ email: String, isUser: Bool) -> UInt32 {
    let context = PerfectHash.nameContext(kind: isUser ? .user : .group, pool: 0, attributeSlot: 0)
    return u32(place(of: Array(email.utf8), context: context, in: .nameTable, slotByteCount: 4).slot)
  }
}
