// Matches a text by following all states of the automaton at once: for each byte, no more work than the program is
// long. Refuses nothing; the text is valid UTF-8.

/// One search in one text.
struct RegexSimulation {
  private let program: RegexProgram
  private var closure: RegexClosure
  private var targets: [Int] = []

  /// After how many steps to give up; what is answered then is no answer.
  private let stepLimit: Int

  init(_ program: RegexProgram, stepLimit: Int = .max) {
    self.program = program
    self.stepLimit = stepLimit
    closure = RegexClosure(program)
  }

  /// The instructions looked at so far.
  var steps: Int { closure.steps }

  /// Whether the program matches somewhere in `bytes`.
  mutating func matches(_ bytes: some Sequence<UInt8>) -> Bool {
    var preceding = RegexPreceding.start
    for byte in bytes {
      expand(RegexAssertion(after: preceding, before: RegexFollowing(byte)))
      if closure.hasMatched { return true }
      if steps > stepLimit { return false }
      step(byte)
      preceding = RegexPreceding(byte)
    }
    expand(RegexAssertion(after: preceding, before: .end))
    return closure.hasMatched
  }

  /// Follows what holds here, and starts anew: a match may begin at every place.
  private mutating func expand(_ holding: RegexAssertion) {
    closure.reset()
    for target in targets { closure.add(target, holding: holding) }
    closure.add(program.start, holding: holding)
  }

  private mutating func step(_ byte: UInt8) {
    targets.removeAll(keepingCapacity: true)
    for instruction in closure.consuming {
      guard case .bytes(let edges) = program.instructions[instruction] else { continue }
      if let target = program.target(of: edges, on: byte) { targets.append(target) }
    }
  }
}
