// Runs of integers, equal ones stored once: texts, lists, masks, profiles, costs. Refuses nothing; that the elements
// fit into 32 bits of index is checked before anything is compiled (`FormatLimits`).

internal import PosternKernel

/// A run of elements in a pool; an empty one is 0, 0.
struct Run: Hashable {
  var start: UInt32 = 0
  var count: UInt32 = 0

  var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// Elements one after the other, in which a run that is already there is found again.
struct ConsPool<Element: FixedWidthInteger & BitwiseCopyable> {
  private(set) var elements: [Element] = []
  private var runs: [Run] = []
  /// Open addressing; a run's index plus 1, or 0. Its size is a power of two, at least twice the number of runs.
  private var table: [UInt32] = [UInt32](repeating: 0, count: 64)

  /// The number of distinct runs, in the order of `index(of:)`.
  var runCount: Int { runs.count }

  /// Appends a run without looking for its equal and without remembering it.
  mutating func append(_ new: some Sequence<Element>) -> Run {
    let start = elements.count
    elements.append(contentsOf: new)
    return elements.count == start ? Run() : run(from: start)
  }

  /// The run equal to `new`, appended where there was none.
  mutating func cons(_ new: some Sequence<Element>) -> Run {
    let start = elements.count
    elements.append(contentsOf: new)
    if elements.count == start { return Run() }
    let new = run(from: start)
    let slot = self.slot(of: new)
    if table[slot] != 0 {
      elements.removeLast(elements.count - start)
      return runs[Int(table[slot]) - 1]
    }
    runs.append(new)
    table[slot] = UInt32(runs.count)
    if runs.count * 2 > table.count { grow() }
    return new
  }

  /// The number of `new` among the distinct runs, which all have the same count, as those of records do.
  mutating func consRecord(_ new: some Collection<Element>) -> UInt32 {
    cons(new).start / UInt32(new.count)
  }

  private func run(from start: Int) -> Run {
    Run(start: UInt32(start), count: UInt32(elements.count - start))
  }

  /// The slot that holds a run equal to `run`, or the free one where it belongs.
  private func slot(of run: Run) -> Int {
    var slot = Int(truncatingIfNeeded: hash(run.range)) & (table.count - 1)
    while table[slot] != 0 && !isEqual(runs[Int(table[slot]) - 1], run) { slot = (slot + 1) & (table.count - 1) }
    return slot
  }

  private func isEqual(_ left: Run, _ right: Run) -> Bool {
    left.count == right.count && elements[left.range].elementsEqual(elements[right.range])
  }

  private func hash(_ range: Range<Int>) -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range {
      state = (state ^ UInt64(truncatingIfNeeded: elements[index])) &* 0x9E37_79B9_7F4A_7C15
      state ^= state >> 29
    }
    return state ^ state >> 32
  }

  private mutating func grow() {
    table = [UInt32](repeating: 0, count: table.count * 2)
    for index in runs.indices { table[slot(of: runs[index])] = UInt32(index + 1) }
  }
}

extension ConsPool: Sendable where Element: Sendable {}

extension ConsPool where Element == UInt8 {
  /// The hash of a text for the perfect tables.
  func perfectHash(_ text: Run, seed: UInt64, context: UInt64) -> UInt64 {
    PerfectHash.hash(elements.span.extracting(text.range), seed: seed, context: context)
  }

  /// Whether `left` comes before `right` in byte order.
  func precedes(_ left: Run, _ right: Run) -> Bool {
    elements[left.range].lexicographicallyPrecedes(elements[right.range])
  }

  /// The first 8 bytes as a number that orders as they do.
  func prefix(_ text: Run) -> UInt64 {
    var prefix: UInt64 = 0
    for index in 0..<8 {
      prefix = prefix << 8 | (index < Int(text.count) ? UInt64(elements[Int(text.start) + index]) : 0)
    }
    return prefix
  }
}
