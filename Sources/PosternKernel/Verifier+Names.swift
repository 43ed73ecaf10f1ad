// Organization, providers, attributes, names, deny rules. Relies on the sections being in bounds and whole.

extension Verifier {
  mutating func checkOrganization() throws(BundleFault) {
    let record = sections.organization.offset
    try require(sections.organization.byteCount == RecordSize.organization, .partialRecord)
    let slotCount = UInt64(words.u32(record &+ 12)) &+ UInt64(words.u32(record &+ 16))
    let countsAgree =
      Int(words.u32(record &+ 8)) == sections.appCount
      && slotCount == UInt64(sections.attributeCount)
      && words.u32(record &+ 12) <= UInt32(UInt16.max) && words.u32(record &+ 20) < UInt32(BundleFormat.noPool)
    try require(countsAgree, .organizationCounts)
    try require(isZero(record &+ 24, count: 8) && isZero(record &+ 84, count: 12), .organizationReserved)
    try readKindStarts(record &+ 32)
    try require(isMask(record &+ 96), .anonymousMask)
  }

  private mutating func readKindStarts(_ offset: Int) throws(BundleFault) {
    try require(UInt64(sections.nameCount) < UInt64(BundleFormat.freeMember), .kindStarts)
    var kind = 0
    var previous: UInt32 = 0
    while kind <= NameKind.count {
      let start = words.u32(offset &+ 4 &* kind)
      try require(start >= previous, .kindStarts)
      kindStarts[kind] = start
      previous = start
      kind &+= 1
    }
    try require(kindStarts[0] == 0 && Int(previous) == sections.nameCount, .kindStarts)
    try require(kindStarts[1] <= 1, .kindStarts)
  }

  /// Whether the 32 bytes at `offset` have bits for existing deny rules only.
  private func isMask(_ offset: Int) -> Bool {
    var rule = sections.denyRuleCount
    while rule < BundleFormat.denyRuleLimit {
      if words.byte(offset &+ rule / 8) >> UInt8(rule % 8) & 1 == 1 { return false }
      rule &+= 1
    }
    return true
  }

  /// Relies on the grants being checked.
  func checkOrganizationRow() throws(BundleFault) {
    let row = words.u32(sections.organization.offset)
    try require(row == BundleFormat.none || isRow(row), .organizationRow)
  }

  // MARK: providers and attributes

  func checkProviders() throws(BundleFault) {
    try require(sections.providerCount <= BundleFormat.providerLimit, .tooManyProviders)
    let poolCount = words.u32(sections.organization.offset &+ 20)
    let tenants = names(.tenant)
    var record = sections.providers.offset
    let end = record &+ sections.providers.byteCount
    while record < end {
      try require(isText(at: record) && isText(at: record &+ 8) && isText(at: record &+ 16), .providerText)
      let pool = words.u16(record &+ 26)
      let isSound =
        words.byte(record &+ 24) <= ProviderSource.last && words.byte(record &+ 25) == 0
        && (pool == BundleFormat.noPool || UInt32(pool) < poolCount) && isZero(record &+ 48, count: 16)
      try require(isSound, .providerNumbers)
      let areTenants =
        isRange(record &+ 32, in: sections.lists)
        && isAscendingList(record &+ 32, in: sections.lists, from: tenants.first, to: tenants.end)
      try require(areTenants, .providerTenants)
      try require(areTexts(record &+ 40), .providerDomains)
      record &+= RecordSize.provider
    }
  }

  /// Whether the pairs of words that start and count at `pair` refer to are texts.
  func areTexts(_ pair: Int) -> Bool {
    if !isRange(pair, in: sections.lists, wordsAnItem: 2) { return false }
    var offset = sections.lists.offset &+ 4 &* Int(words.u32(pair))
    let end = offset &+ 8 &* Int(words.u32(pair &+ 4))
    while offset < end {
      if !isText(at: offset) { return false }
      offset &+= 8
    }
    return true
  }

  func checkAttributes() throws(BundleFault) {
    let identitySlotCount = Int(words.u32(sections.organization.offset &+ 12))
    var index = 0
    while index < sections.attributeCount {
      let record = sections.attributes.offset &+ RecordSize.attribute &* index
      try require(isText(at: record), .attributeText)
      let isOfIdentity = index < identitySlotCount
      let slot = isOfIdentity ? index : index &- identitySlotCount
      let isSound =
        words.byte(record &+ 8) <= 13 && words.byte(record &+ 9) == (isOfIdentity ? 0 : 1)
        && Int(words.u16(record &+ 10)) == slot && words.u32(record &+ 12) == 0
      try require(isSound, .attributeNumbers)
      index &+= 1
    }
  }

  // MARK: names

  func checkNames() throws(BundleFault) {
    try checkMemberships()
    try checkNameSlots()
    var kind: UInt8 = 0
    while Int(kind) < NameKind.count {
      try checkNames(of: NameKind(kind))
      kind &+= 1
    }
  }

  private func checkMemberships() throws(BundleFault) {
    let groups = names(.group)
    var offset = sections.memberships.offset
    let end = offset &+ sections.memberships.byteCount
    while offset < end {
      let index = words.u32(offset)
      try require(index >= groups.first && index < groups.end, .membershipNotAGroup)
      offset &+= 4
    }
  }

  private func checkNameSlots() throws(BundleFault) {
    // NONE is the greatest number: one more, and it is below every count as 0.
    let limit = UInt32(truncatingIfNeeded: sections.nameCount)
    var offset = nameTable.slotsOffset
    let end = offset &+ 4 &* Int(nameTable.slotCount)
    while offset &+ 8 <= end {
      let pair = words.u64(offset)
      try require(pair.lowHalf &+ 1 <= limit && pair.highHalf &+ 1 <= limit, .nameSlot)
      offset &+= 8
    }
    try require(offset == end || words.u32(offset) &+ 1 <= limit, .nameSlot)
    try require(sections.nameCount == 0 || nameTable.slotCount > 0, .tableHeader)
  }

  /// Checks the names of a kind, sixteen at a time: first everything but where they are looked up, then their pilots, then their
  /// slots. Texts, pilots and slots lie anywhere in large tables; what is asked for side by side misses the cache together
  /// instead of one after the other.
  @inline(never)
  private func checkNames(of kind: NameKind) throws(BundleFault) {
    let limits = NameLimits(self, kind)
    let table = nameTable
    let end = Int(names(kind).end)
    var hashes = InlineArray<16, UInt64>(repeating: 0)
    var first = Int(names(kind).first)
    while first < end {
      let count = min(end &- first, hashes.count)
      prefetchTexts(first &+ count, count: min(end &- first &- count, hashes.count))
      try findHashes(first, count: count, limits, &hashes)
      var index = 0
      while index < count {
        let slot = table.slot(hashes[index], words: words)
        words.prefetch(table.slotsOffset &+ 4 &* slot)
        hashes[index] = UInt64(truncatingIfNeeded: slot)
        index &+= 1
      }
      index = 0
      while index < count {
        let name = words.u32(table.slotsOffset &+ 4 &* Int(truncatingIfNeeded: hashes[index]))
        try require(Int(name) == first &+ index, .nameMisplaced)
        index &+= 1
      }
      first &+= count
    }
  }

  /// Checks the records of `count` names; finds the hashes of their texts, and asks for the pilots.
  @inline(__always)
  private func findHashes(
    _ first: Int, count: Int, _ limits: NameLimits, _ hashes: inout InlineArray<16, UInt64>
  ) throws(BundleFault) {
    let records = Records<4>(words, sections.names.offset &+ RecordSize.name &* first, count: count)
    let strings = Text(words, sections.strings.offset, byteCount: sections.strings.byteCount)
    let table = nameTable
    var index = 0
    while index < records.count {
      let place = records.word(index, 0)
      guard let text = strings.slice(place.lowHalf, byteCount: place.highHalf) else { throw .nameText }
      let numbers = records.word(index, 1)
      try require(limits.admit(numbers), .nameNumbers)
      try require(limits.admit(memberships: records.word(index, 3)), .nameMemberships)
      let state = PerfectHash.start(seed: table.seed, context: limits.context(numbers), byteCount: text.byteCount)
      let hash = hash(text, from: state)
      words.prefetch(table.pilotsOffset &+ 2 &* PerfectHash.pilotIndex(hash, pilotCount: table.pilotCount))
      hashes[index] = hash
      index &+= 1
    }
  }

  /// Asks for the texts of `count` names: in a large bundle they lie anywhere.
  @inline(__always) private func prefetchTexts(_ first: Int, count: Int) {
    let records = Records<4>(words, sections.names.offset &+ RecordSize.name &* first, count: count)
    let strings = Text(words, sections.strings.offset, byteCount: sections.strings.byteCount)
    var index = 0
    while index < records.count {
      strings.prefetch(records.word(index, 0).lowHalf)
      index &+= 1
    }
  }

  /// The hash of a text of the bundle.
  @inline(__always) func hash(_ start: Int, count: Int, seed: UInt64, context: UInt64) -> UInt64 {
    let state = PerfectHash.start(seed: seed, context: context, byteCount: count)
    return hash(Text(words, start, byteCount: count), from: state)
  }

  /// The same from the state before its first byte. Most texts are of one step or of two; a loop would ask about each.
  @inline(__always) private func hash(_ text: Text, from state: UInt64) -> UInt64 {
    let count = text.byteCount
    if count > 16 {
      if count > 32 { return hash(long: text, byteCount: count, state) }
      let second = PerfectHash.step(state, text.u64(0), text.u64(8))
      return PerfectHash.finish(second, text.u64(count &- 16), text.u64(count &- 8))
    }
    if count < 8 { return PerfectHash.finish(state, shortWord(text), 0) }
    return PerfectHash.finish(state, text.u64(0), text.u64(count &- 8))
  }

  @inline(never) private func shortWord(_ text: Text) -> UInt64 {
    var word: UInt64 = 0
    var index = text.byteCount
    while index > 0 {
      index &-= 1
      word = word << 8 | UInt64(text.byte(index))
    }
    return word
  }

  @inline(never) private func hash(long text: Text, byteCount count: Int, _ start: UInt64) -> UInt64 {
    var state = start
    var offset = 0
    while offset &+ 16 < count {
      state = PerfectHash.step(state, text.u64(offset), text.u64(offset &+ 8))
      offset &+= 16
    }
    return PerfectHash.finish(state, text.u64(count &- 16), text.u64(count &- 8))
  }

  // MARK: deny rules

  func checkDenyRules() throws(BundleFault) {
    try require(sections.denyRuleCount <= BundleFormat.denyRuleLimit, .tooManyDenyRules)
    var record = sections.denyRules.offset
    let end = record &+ sections.denyRules.byteCount
    while record < end {
      try require(isDenyList(record) && isDenyList(record &+ 8), .denyMembers)
      let flags = words.u32(record &+ 16)
      let condition = words.u32(record &+ 20)
      let isSound =
        flags <= 7 && words.u64(record &+ 24) == 0 && (condition == BundleFormat.none || isCondition(condition))
      try require(isSound, .denyNumbers)
      record &+= RecordSize.denyRule
    }
    var set = sections.denySets.offset
    while set < sections.denySets.offset &+ sections.denySets.byteCount {
      try require(isMask(set), .denySetBits)
      set &+= RecordSize.denySet
    }
  }

  private func isDenyList(_ pair: Int) -> Bool {
    isRange(pair, in: sections.denyMembers)
      && isAscendingList(pair, in: sections.denyMembers, from: 0, to: memberEnd)
  }
}

/// What the numbers of a name may be, given its kind.
private struct NameLimits {
  private let kind: UInt64
  private let poolLimit: UInt64
  private let slotLimit: UInt64
  /// The numbers of every name of a kind that is of no pool; of the others, no numbers at all.
  private let plainNumbers: UInt64
  private let membershipEnd: UInt64
  private let membershipLimit: UInt32

  init(_ verifier: Verifier, _ kind: NameKind) {
    let organization = verifier.sections.organization.offset
    let isOfPool = kind.rawValue >= NameKind.poolSubject.rawValue && kind.rawValue <= NameKind.pool.rawValue
    self.kind = UInt64(kind.rawValue)
    poolLimit = isOfPool ? UInt64(verifier.words.u32(organization &+ 20)) : 1
    slotLimit = kind == .poolAttribute ? UInt64(verifier.words.u32(organization &+ 12)) : 1
    plainNumbers = isOfPool ? .max : UInt64(kind.rawValue)
    membershipEnd = UInt64(verifier.sections.memberships.byteCount / 4)
    membershipLimit = Int(kind.rawValue) < NameKind.memberCount ? .max : 0
  }

  /// Whether `numbers`, the second word of a record, are the kind, a pool and an attribute slot that exist, and zeroes.
  @inline(__always) func admit(_ numbers: UInt64) -> Bool {
    if numbers == plainNumbers { return true }
    return numbers & 0xFFFF_0000_0000_FFFF == kind && numbers >> 16 & 0xFFFF < poolLimit && numbers >> 32 < slotLimit
  }

  /// Whether a start and a count lie in memberships, and the kind may have that many.
  @inline(__always) func admit(memberships pair: UInt64) -> Bool {
    UInt64(pair.lowHalf) &+ UInt64(pair.highHalf) <= membershipEnd && pair.highHalf <= membershipLimit
  }

  /// The hash's context of admitted numbers, where attribute slot and pool stand as the context wants them.
  @inline(__always) func context(_ numbers: UInt64) -> UInt64 { kind << 32 | UInt64((numbers >> 16).lowHalf) }
}
