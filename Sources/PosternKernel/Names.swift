// Finding a name of the bundle by exact comparison: the one road from a text of an identity to an integer.

/// A name's record.
struct Name {
  let index: UInt32
  let textOffset: Int
  let textCount: Int
  let kind: UInt8
  let pool: UInt16
  let attributeSlot: UInt16
  let providerMask: UInt64
  let memberships: WordList
}

extension Bundle {
  /// The record at `index`.
  func name(_ index: UInt32) -> Name {
    let record = sections.names.offset &+ RecordSize.name &* Int(index)
    return Name(
      index: index,
      textOffset: sections.strings.offset &+ Int(words.u32(record)),
      textCount: Int(words.u32(record &+ 4)),
      kind: words.byte(record &+ 8),
      pool: words.u16(record &+ 10),
      attributeSlot: words.u16(record &+ 12),
      providerMask: words.u64(record &+ 16),
      memberships: WordList(
        offset: sections.memberships.offset &+ 4 &* Int(words.u32(record &+ 24)), count: Int(words.u32(record &+ 28))))
  }

  /// The name of this kind and text, letters folded where `isFolded`; nil where the bundle has none.
  func findName(
    _ kind: NameKind, _ text: Span<UInt8>, isFolded: Bool, pool: UInt16 = 0, attributeSlot: UInt16 = 0
  ) -> Name? {
    if nameTable.slotCount == 0 { return nil }
    let context = PerfectHash.nameContext(kind: kind, pool: pool, attributeSlot: attributeSlot)
    let hash = Self.hash(text, seed: nameTable.seed, context: context, isFolded: isFolded)
    let index = words.u32(nameTable.slotsOffset &+ 4 &* nameTable.slot(hash, words: words))
    if index == BundleFormat.none { return nil }
    let name = self.name(index)
    let isSame =
      isFolded
      ? equalsFolded(name.textOffset, count: name.textCount, text)
      : equals(name.textOffset, count: name.textCount, text)
    let isFound = isSame && name.kind == kind.rawValue && name.pool == pool && name.attributeSlot == attributeSlot
    return isFound ? name : nil
  }

  private static func hash(_ text: Span<UInt8>, seed: UInt64, context: UInt64, isFolded: Bool) -> UInt64 {
    if !isFolded { return PerfectHash.hash(text, seed: seed, context: context) }
    let count = text.count
    var state = PerfectHash.start(seed: seed, context: context, byteCount: count)
    if count < 8 { return PerfectHash.finish(state, ASCII.lowercased(text.word(0, byteCount: count)), 0) }
    var offset = 0
    while offset &+ 16 < count {
      state = PerfectHash.step(state, ASCII.lowercased(text.u64(offset)), ASCII.lowercased(text.u64(offset &+ 8)))
      offset &+= 16
    }
    return PerfectHash.finish(
      state, ASCII.lowercased(text.u64(max(0, count &- 16))), ASCII.lowercased(text.u64(count &- 8)))
  }
}
