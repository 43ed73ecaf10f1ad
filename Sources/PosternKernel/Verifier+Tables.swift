// Automata and time zones: items one after the other behind a table of where each begins. After this no step of an automaton
// leaves it, whatever the text, and no search in a zone.

extension Verifier {
  /// Checks the head of a section of items: their number, then where each begins, counted from the section's start, and where
  /// the last ends. Returns the number.
  private func itemCount(_ section: Section) throws(BundleFault) -> Int {
    if section.byteCount == 0 { return 0 }
    let count = Int(words.u32(section.offset))
    try require(count > 0 && count <= section.byteCount / 4 &- 2, .itemOffsets)
    var previous = 4 &* (count &+ 2)
    try require(Int(words.u32(section.offset &+ 4)) == previous, .itemOffsets)
    var index = 1
    while index <= count {
      let offset = Int(words.u32(section.offset &+ 4 &+ 4 &* index))
      try require(offset > previous && offset % 4 == 0 && offset <= section.byteCount, .itemOffsets)
      previous = offset
      index &+= 1
    }
    try require(previous == section.byteCount, .itemOffsets)
    return count
  }

  private func item(_ index: Int, of section: Section) -> (offset: Int, byteCount: Int) {
    let start = Int(words.u32(section.offset &+ 4 &+ 4 &* index))
    return (section.offset &+ start, Int(words.u32(section.offset &+ 8 &+ 4 &* index)) &- start)
  }

  // MARK: automata

  mutating func checkAutomata() throws(BundleFault) {
    sections.automatonCount = try itemCount(sections.automata)
    var index = 0
    while index < sections.automatonCount {
      let item = item(index, of: sections.automata)
      try require(item.byteCount >= Automaton.headByteCount, .automaton)
      let automaton = Automaton(words, item.offset)
      try require(automaton.stateCount > 0 && automaton.stateCount <= 65_535, .automaton)
      try require(automaton.classCount > 0 && automaton.classCount <= 256, .automaton)
      try require(item.byteCount == automaton.byteCount, .automaton)
      try checkSteps(automaton)
      index &+= 1
    }
  }

  private func checkSteps(_ automaton: Automaton) throws(BundleFault) {
    try require(automaton.start < automaton.stateCount && automaton.matched <= automaton.stateCount, .automaton)
    var byte = 0
    while byte < 256 {
      try require(Int(words.byte(automaton.classesOffset &+ byte)) < automaton.classCount, .automaton)
      byte &+= 1
    }
    var step = automaton.stepsOffset
    let end = step &+ 2 &* automaton.stateCount &* automaton.classCount
    while step < end {
      try require(Int(words.u16(step)) < automaton.stateCount, .automaton)
      step &+= 2
    }
    try require(isSink(automaton, 0, ends: 0), .automaton)
    if automaton.matched < automaton.stateCount {
      try require(isSink(automaton, automaton.matched, ends: 1), .automaton)
    }
  }

  /// Whether nothing leads out of `state`, and a text that ends in it is told so: a walk may stop there.
  private func isSink(_ automaton: Automaton, _ state: Int, ends: UInt8) -> Bool {
    if words.byte(automaton.endsOffset &+ state) != ends { return false }
    var index = 0
    while index < automaton.classCount {
      let step = automaton.stepsOffset &+ 2 &* (state &* automaton.classCount &+ index)
      if Int(words.u16(step)) != state { return false }
      index &+= 1
    }
    return true
  }

  // MARK: zones

  mutating func checkZones() throws(BundleFault) {
    sections.zoneCount = try itemCount(sections.zones)
    var index = 0
    while index < sections.zoneCount {
      let item = item(index, of: sections.zones)
      try require(item.byteCount >= ZoneTable.headByteCount, .zone)
      let zone = ZoneTable(words, item.offset)
      let isWhole = item.byteCount == ZoneTable.headByteCount &+ ZoneTable.transitionByteCount &* zone.count
      try require(isWhole && ZoneTable.isOffset(zone.initialOffset), .zone)
      try checkTransitions(zone)
      index &+= 1
    }
  }

  private func checkTransitions(_ zone: ZoneTable) throws(BundleFault) {
    var index = 0
    while index < zone.count {
      let isLater = index == 0 || zone.instant(index, words) > zone.instant(index &- 1, words)
      try require(isLater && ZoneTable.isOffset(zone.offset(after: index, words)), .zone)
      index &+= 1
    }
  }
}
