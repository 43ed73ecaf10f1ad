// Assembles one program: instructions with labels that are placed later, checked to lead forward, with the proof that
// the verifier asks of every label (docs/bundle-format.md, "code"). Refuses, by precondition, a program that the
// compiler itself has built wrongly: a label never placed, a jump backwards, a path without an end.

internal import PosternKernel

/// A place in a program under construction.
struct ProgramLabel: Hashable {
  fileprivate let index: Int
}

/// A finished program, with targets that count from its first word.
struct Program {
  fileprivate(set) var instructions: [Instruction]
  /// The most words that a run takes.
  fileprivate(set) var worstWordCount: UInt32

  struct Instruction {
    var opcode: Opcode
    var a: UInt8 = 0
    var b: UInt16 = 0
    var x: UInt32 = 0
    var y: UInt32 = 0
    var z: UInt32 = 0

    /// The words that it may jump to, once the program is finished.
    fileprivate var targets: [Int] {
      guard let shape = opcode.shape else { return [] }
      return [(shape.x, x), (shape.y, y), (shape.z, z)].filter { $0.0 == .target }.map { Int($0.1) }
    }
  }

  /// The code words, with targets that count from the section's first word.
  func words(at base: UInt32) -> [UInt32] {
    var words: [UInt32] = []
    words.reserveCapacity(instructions.count * 4)
    for instruction in instructions {
      let shape = instruction.opcode.shape
      words.append(
        UInt32(instruction.opcode.rawValue) | UInt32(instruction.a) << 8 | UInt32(instruction.b) << 16)
      words.append(shape?.x == .target ? instruction.x + base : instruction.x)
      words.append(shape?.y == .target ? instruction.y + base : instruction.y)
      words.append(shape?.z == .target ? instruction.z + base : instruction.z)
    }
    return words
  }
}

/// Builds a program word by word.
struct ProgramBuilder {
  private var instructions: [Program.Instruction] = []
  /// The word at which each label was placed.
  private var places: [Int?] = []
  private var jumps: [(instruction: Int, operand: WritableKeyPath<Program.Instruction, UInt32>, label: ProgramLabel)] =
    []

  /// Words so far.
  var wordCount: Int { instructions.count }

  /// The most words that run from `start` on: of a part that ends, and whose jumps lead inside it.
  func worstWordCount(from start: Int) -> Int {
    var remaining = [Int](repeating: 0, count: instructions.count + 1)
    for index in (start..<instructions.count).reversed() {
      let targets = jumps.filter { $0.instruction == index }.compactMap { places[$0.label.index] }
      let next = instructions[index].opcode.shape?.endsPath == true ? [] : [index + 1]
      remaining[index] = 1 + ((targets + next).map { remaining[$0] }.max() ?? 0)
    }
    return remaining[start]
  }

  /// A label to jump to, placed later.
  mutating func makeLabel() -> ProgramLabel {
    places.append(nil)
    return ProgramLabel(index: places.count - 1)
  }

  /// Places a label here.
  mutating func place(_ label: ProgramLabel) {
    places[label.index] = instructions.count
    emit(.label)
  }

  /// Appends a word.
  mutating func emit(
    _ opcode: Opcode, a: UInt8 = 0, b: UInt16 = 0, x: UInt32 = 0, y: UInt32 = 0, z: UInt32 = 0
  ) {
    instructions.append(Program.Instruction(opcode: opcode, a: a, b: b, x: x, y: y, z: z))
  }

  /// Appends a jump.
  mutating func branch(_ opcode: Opcode, a: UInt8 = 0, b: UInt16 = 0, y: UInt32 = 0, to label: ProgramLabel) {
    jumps.append((instructions.count, \.x, label))
    emit(opcode, a: a, b: b, y: y)
  }

  /// Appends a test with its three ways out.
  mutating func test(_ opcode: Opcode, a: UInt8 = 0, b: UInt16 = 0, _ exits: ProgramExits) {
    jumps.append((instructions.count, \.x, exits.yes))
    jumps.append((instructions.count, \.y, exits.no))
    jumps.append((instructions.count, \.z, exits.error))
    emit(opcode, a: a, b: b)
  }

  /// Appends a test of the path with its two ways out.
  mutating func test(path part: TextPart, _ text: (start: UInt32, count: UInt32), _ exits: ProgramExits) {
    jumps.append((instructions.count, \.x, exits.yes))
    jumps.append((instructions.count, \.y, exits.no))
    emit(.testPath, a: part.rawValue, b: UInt16(text.count), z: text.start)
  }

  /// Appends a word with operands that leads to `label` where it is an error.
  mutating func value(_ opcode: Opcode, a: UInt8, b: UInt16, y: UInt32 = 0, orElse label: ProgramLabel) {
    jumps.append((instructions.count, \.x, label))
    emit(opcode, a: a, b: b, y: y)
  }

  /// Whether something jumps to `label`.
  func isReferenced(_ label: ProgramLabel) -> Bool { jumps.contains { $0.label == label } }

  /// Resolves the jumps, then writes into each label the registers that are written wherever it is reached from, and the
  /// most words that can still run.
  consuming func finish() -> Program {
    for jump in jumps {
      guard let place = places[jump.label.index], place > jump.instruction else {
        preconditionFailure("a jump of a compiled program leads forward to a placed label")
      }
      instructions[jump.instruction][keyPath: jump.operand] = UInt32(place)
    }
    markRegisters()
    let remaining = markRemaining()
    if isUsual { instructions[0].a = LabelMark.usualProgram }
    return Program(instructions: instructions, worstWordCount: remaining.first ?? 0)
  }

  /// Whether it is what nearly every app has: people's sessions, with a state that is checked again, timeouts and nothing else.
  private var isUsual: Bool {
    let opcodes: [Opcode] = [.label, .checkPersonFacts, .checkFreshState, .checkTimeouts, .pass]
    guard instructions.prefix(opcodes.count).map(\.opcode) == opcodes else { return false }
    let (facts, state, timeouts) = (instructions[1], instructions[2], instructions[3])
    return FactSet.ofClocks.contains(FactSet(rawValue: facts.a)) && state.x != 0 && state.x != BundleFormat.none
      && timeouts.x != 0 && timeouts.y != 0
  }

  /// Forwards: what every way to a label has written.
  private mutating func markRegisters() {
    var incoming = [UInt16?](repeating: nil, count: instructions.count)
    var written: UInt16 = 0
    var isOpen = false
    for index in instructions.indices {
      guard let shape = instructions[index].opcode.shape else {
        preconditionFailure("a compiled program consists of known opcodes")
      }
      if instructions[index].opcode == .label {
        written = (incoming[index] ?? .max) & (isOpen ? written : .max)
        if incoming[index] == nil && !isOpen { written = 0 }
        instructions[index].b = written
      }
      for target in instructions[index].targets { incoming[target] = (incoming[target] ?? .max) & written }
      if let ofItem = shape.writesForBody(instructions[index].a) { incoming[index + 1] = written | ofItem }
      written |= shape.writes(instructions[index].a)
      isOpen = !shape.endsPath
    }
  }

  /// Backwards: the most words from each word to the end.
  private mutating func markRemaining() -> [UInt32] {
    var remaining = [UInt32](repeating: 0, count: instructions.count)
    for index in instructions.indices.reversed() {
      let instruction = instructions[index]
      var rest = instruction.targets.map { remaining[$0] }.max() ?? 0
      if instruction.opcode.shape?.endsPath != true {
        precondition(index + 1 < instructions.count, "every path of a compiled program ends in a verdict")
        rest = max(rest, remaining[index + 1])
      }
      if instruction.opcode.shape?.writesForBody(instruction.a) != nil {
        rest += UInt32(ConditionLimit.items) * remaining[index + 1]
      }
      remaining[index] = rest + 1
      if instruction.opcode == .label { instructions[index].x = remaining[index] }
    }
    return remaining
  }
}

/// The ways out of a test.
struct ProgramExits {
  var yes: ProgramLabel
  var no: ProgramLabel
  var error: ProgramLabel
}
