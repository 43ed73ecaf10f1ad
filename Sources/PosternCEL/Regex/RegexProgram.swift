// The nondeterministic automaton of a regular expression over UTF-8 bytes. Refuses nothing.

/// Instructions that a simulation or a determinization follows.
struct RegexProgram: Sendable {
  /// A place in the automaton.
  enum Instruction: Sendable {
    /// Consumes one byte by one of some edges, which are ascending and disjoint.
    case bytes(Range<Int>)
    /// Goes on in both places.
    case split(Int, Int)
    /// Goes on where the assertion holds.
    case assertion(RegexAssertion, next: Int)
    /// The expression has matched.
    case match
  }

  /// A range of bytes and the instruction after one of them.
  struct Edge: Sendable, Hashable {
    let low: UInt8
    let high: UInt8
    let target: Int
  }

  var instructions: [Instruction] = []
  var edges: [Edge] = []
  var start = 0
  /// All assertions that occur.
  var assertions: RegexAssertion = []

  /// What precedes the next place, told apart as far as the assertions of this program ask.
  func relevant(_ preceding: RegexPreceding) -> RegexPreceding {
    switch preceding {
    case .start: assertions.isDisjoint(with: [.beginText, .beginLine]) ? .other : .start
    case .newline: assertions.contains(.beginLine) ? .newline : .other
    case .word: assertions.isDisjoint(with: [.wordBoundary, .noWordBoundary]) ? .other : .word
    case .other: .other
    }
  }

  /// The edge of an instruction that takes a byte.
  func target(of edgeRange: Range<Int>, on byte: UInt8) -> Int? {
    var low = edgeRange.lowerBound
    var high = edgeRange.upperBound
    while low < high {
      let middle = (low + high) / 2
      if edges[middle].high < byte { low = middle + 1 } else { high = middle }
    }
    return low < edgeRange.upperBound && edges[low].low <= byte ? edges[low].target : nil
  }
}

/// A set of instructions that is emptied in constant time and iterated in the order of insertion.
struct RegexInstructionSet {
  private(set) var members: [Int] = []
  private var positions: [Int]

  init(capacity: Int) { positions = Array(repeating: 0, count: capacity) }

  func contains(_ instruction: Int) -> Bool {
    let position = positions[instruction]
    return position < members.count && members[position] == instruction
  }

  /// False where the member is there already.
  mutating func insert(_ instruction: Int) -> Bool {
    guard !contains(instruction) else { return false }
    positions[instruction] = members.count
    members.append(instruction)
    return true
  }

  mutating func removeAll() { members.removeAll(keepingCapacity: true) }
}

/// Follows what consumes no byte, counting every instruction looked at.
struct RegexClosure {
  private let instructions: [RegexProgram.Instruction]
  private var visited: RegexInstructionSet
  private var pending: [Int] = []
  private(set) var steps = 0
  /// Whether `match` was reached since the last reset.
  private(set) var hasMatched = false
  /// The instructions reached that consume a byte.
  private(set) var consuming: [Int] = []
  /// The instructions reached that wait for an assertion.
  private(set) var waiting: [Int] = []

  init(_ program: RegexProgram) {
    instructions = program.instructions
    visited = RegexInstructionSet(capacity: program.instructions.count)
  }

  mutating func reset() {
    visited.removeAll()
    consuming.removeAll(keepingCapacity: true)
    waiting.removeAll(keepingCapacity: true)
    hasMatched = false
  }

  /// Adds an instruction and what it leads to where `holding` holds.
  mutating func add(_ instruction: Int, holding: RegexAssertion) {
    pending.append(instruction)
    while let next = pending.popLast() {
      steps += 1
      guard visited.insert(next) else { continue }
      visit(next, holding: holding)
    }
  }

  private mutating func visit(_ index: Int, holding: RegexAssertion) {
    switch instructions[index] {
    case .bytes: consuming.append(index)
    case .split(let first, let second):
      pending.append(second)
      pending.append(first)
    case .assertion(let assertion, let next):
      if holding.isSuperset(of: assertion) { pending.append(next) } else { waiting.append(index) }
    case .match: hasMatched = true
    }
  }
}
