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
  }

  /// The code words, with targets that count from the section's first word.
  func words(at base: UInt32) -> [UInt32] {
    var words: [UInt32] = []
    words.reserveCapacity(instructions.count * 4)
    for instruction in instructions {
      let isJump = instruction.opcode.shape?.x == .target
      words.append(
        UInt32(instruction.opcode.rawValue) | UInt32(instruction.a) << 8 | UInt32(instruction.b) << 16)
      words.append(isJump ? instruction.x + base : instruction.x)
      words.append(instruction.y)
      words.append(instruction.z)
    }
    return words
  }
}

/// Builds a program word by word.
struct ProgramBuilder {
  private var instructions: [Program.Instruction] = []
  /// The word at which each label was placed.
  private var places: [Int?] = []
  private var jumps: [(instruction: Int, label: ProgramLabel)] = []

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
  mutating func branch(_ opcode: Opcode, a: UInt8 = 0, b: UInt16 = 0, to label: ProgramLabel) {
    jumps.append((instructions.count, label))
    emit(opcode, a: a, b: b)
  }

  /// Resolves the jumps, then writes into each label the most words that can still run, from the end backwards.
  consuming func finish() -> Program {
    for jump in jumps {
      guard let place = places[jump.label.index], place > jump.instruction else {
        preconditionFailure("a jump of a compiled program leads forward to a placed label")
      }
      instructions[jump.instruction].x = UInt32(place)
    }
    var remaining = [UInt32](repeating: 0, count: instructions.count)
    for index in instructions.indices.reversed() {
      guard let shape = instructions[index].opcode.shape else {
        preconditionFailure("a compiled program consists of known opcodes")
      }
      var rest: UInt32 = 0
      if !shape.endsPath {
        precondition(index + 1 < instructions.count, "every path of a compiled program ends in a verdict")
        rest = remaining[index + 1]
        if shape.x == .target { rest = max(rest, remaining[Int(instructions[index].x)]) }
      }
      remaining[index] = rest + 1
      if shape.x == .remaining { instructions[index].x = remaining[index] }
    }
    return Program(instructions: instructions, worstWordCount: remaining.first ?? 0)
  }
}
