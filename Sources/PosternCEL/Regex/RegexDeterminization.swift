// Makes the table of a program: its states are the sets of instructions that a text can lead to. Refuses tables past a
// number of states, of entries, or of steps to make them, so that no expression takes more than a small part of a
// second.

/// The construction of one table.
struct RegexDeterminization {
  /// Where a text has led to: instructions that consume a byte or wait for an assertion, and what was before.
  private struct State: Hashable {
    /// Ascending; the program's start, which is in every state, is left out.
    let kernel: [Int]
    let preceding: RegexPreceding
  }

  private static let deadIndex = 0
  private static let matchedIndex = 1

  private let program: RegexProgram
  private let bytes: RegexByteClasses
  private let stateLimit: Int
  /// The kinds of what may follow, as far as they matter, with the classes of each.
  private let classesByFollowing: [(following: RegexFollowing, classes: [Int])]
  private var closure: RegexClosure
  private var states: [State]
  private var indices: [State: Int] = [:]
  private var transitions: [Int]
  private var acceptingAtEnd: [Bool] = [false, true]
  private var bucketSteps = 0

  /// The steps taken so far.
  var steps: Int { closure.steps + bucketSteps }

  init(_ program: RegexProgram, stateLimit: Int) {
    self.program = program
    self.stateLimit = stateLimit
    bytes = RegexByteClasses(program)
    closure = RegexClosure(program)
    let sentinel = State(kernel: [], preceding: .other)
    states = [sentinel, sentinel]
    let classCount = bytes.representatives.count
    transitions = Array(repeating: Self.deadIndex, count: classCount)
    transitions += Array(repeating: Self.matchedIndex, count: classCount)
    classesByFollowing = Self.group(bytes.representatives, assertions: program.assertions)
  }

  private static func group(
    _ representatives: [UInt8], assertions: RegexAssertion
  ) -> [(following: RegexFollowing, classes: [Int])] {
    guard !assertions.isEmpty else { return [(.other, Array(representatives.indices))] }
    return RegexFollowing.allCases.compactMap { following in
      let classes = representatives.indices.filter { RegexFollowing(representatives[$0]) == following }
      return classes.isEmpty ? nil : (following, classes)
    }
  }

  /// The table, with more states than it need have.
  mutating func table() throws(CELError) -> CELRegexTable {
    let start = try index(of: [], after: .start)
    var next = Self.matchedIndex + 1
    while next < states.count {
      try fillRow(of: next)
      next += 1
    }
    return CELRegexTable(
      byteClasses: bytes.classes, classCount: bytes.representatives.count,
      transitions: transitions.map { UInt16($0) }, startState: start, acceptingAtEnd: acceptingAtEnd,
      matchedState: Self.matchedIndex)
  }

  /// The state that `targets` make, which is new or known.
  private mutating func index(of targets: [Int], after preceding: RegexPreceding) throws(CELError) -> Int {
    closure.reset()
    for target in targets { closure.add(target, holding: []) }
    if closure.hasMatched { return Self.matchedIndex }
    let kernel = (closure.consuming + closure.waiting).sorted()
    let state = State(kernel: kernel, preceding: program.relevant(preceding))
    if let known = indices[state] { return known }
    try append(state)
    return states.count - 1
  }

  private mutating func append(_ state: State) throws(CELError) {
    guard states.count < stateLimit else {
      throw CELError(.limit, "the table of the regular expression needs more than \(stateLimit) states")
    }
    let classCount = bytes.representatives.count
    guard transitions.count + classCount <= RegexLimits.tableEntryCount else {
      throw CELError(
        .limit, "the table of the regular expression needs more than \(RegexLimits.tableEntryCount) entries")
    }
    indices[state] = states.count
    states.append(state)
    transitions += repeatElement(Self.deadIndex, count: classCount)
    acceptingAtEnd.append(false)
  }

  private mutating func fillRow(of index: Int) throws(CELError) {
    expand(states[index], before: .end)
    acceptingAtEnd[index] = closure.hasMatched
    for (following, classes) in classesByFollowing {
      expand(states[index], before: following)
      if closure.hasMatched {
        for byteClass in classes { setTransition(of: index, on: byteClass, to: Self.matchedIndex) }
      } else {
        try fillRow(of: index, on: classes, targets: targetsByClass())
      }
    }
  }

  private mutating func setTransition(of index: Int, on byteClass: Int, to target: Int) {
    transitions[index * bytes.representatives.count + byteClass] = target
  }

  /// Follows the instructions of a state, and those of a match that begins here.
  private mutating func expand(_ state: State, before following: RegexFollowing) {
    let holding = RegexAssertion(after: state.preceding, before: following)
    closure.reset()
    for instruction in state.kernel { closure.add(instruction, holding: holding) }
    closure.add(program.start, holding: holding)
  }

  /// Where the instructions just reached lead to, for each class.
  private mutating func targetsByClass() -> [[Int]] {
    var targets: [[Int]] = Array(repeating: [], count: bytes.representatives.count)
    for instruction in closure.consuming {
      guard case .bytes(let edges) = program.instructions[instruction] else { continue }
      for edge in program.edges[edges] {
        for byteClass in bytes.classes[Int(edge.low)]...bytes.classes[Int(edge.high)] {
          targets[Int(byteClass)].append(edge.target)
          bucketSteps += 1
        }
      }
    }
    return targets
  }

  private mutating func fillRow(of index: Int, on classes: [Int], targets: [[Int]]) throws(CELError) {
    // Neighbouring classes often lead to the same place.
    var previous: (targets: [Int], preceding: RegexPreceding, index: Int)?
    for byteClass in classes {
      let preceding = program.relevant(RegexPreceding(bytes.representatives[byteClass]))
      if let previous, previous.targets == targets[byteClass], previous.preceding == preceding {
        setTransition(of: index, on: byteClass, to: previous.index)
        continue
      }
      let target = try self.index(of: targets[byteClass], after: preceding)
      setTransition(of: index, on: byteClass, to: target)
      previous = (targets[byteClass], preceding, target)
      guard steps <= RegexLimits.tableStepCount else {
        throw CELError(
          .limit, "the table of the regular expression takes more than \(RegexLimits.tableStepCount) steps to make")
      }
    }
  }
}
