// The instruction set, as data: what each operand is and whether the word ends a path. The verifier, the disassembler and
// the documentation read `shape`; only the evaluator knows what a word does.

/// An opcode: a number with static members, for an enum would drag `Hasher` into the archive.
package struct Opcode: Equatable {
  package let rawValue: UInt8
  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  package static var label: Opcode { Opcode(1) }
  package static var pass: Opcode { Opcode(2) }
  package static var challenge: Opcode { Opcode(3) }
  package static var branchNotPerson: Opcode { Opcode(4) }
  package static var branchCredential: Opcode { Opcode(5) }
  package static var branchPrincipal: Opcode { Opcode(6) }
  package static var branchProvider: Opcode { Opcode(7) }
  package static var checkFacts: Opcode { Opcode(8) }
  package static var checkState: Opcode { Opcode(9) }
  package static var checkFreshState: Opcode { Opcode(10) }
  package static var checkBearer: Opcode { Opcode(11) }
  package static var checkTokenAge: Opcode { Opcode(12) }
  package static var checkTokenEnd: Opcode { Opcode(13) }
  package static var checkTimeouts: Opcode { Opcode(14) }
  package static var checkPersonFacts: Opcode { Opcode(15) }
  package static var checkReauthentication: Opcode { Opcode(16) }
  package static var yes: Opcode { Opcode(17) }
  package static var no: Opcode { Opcode(18) }
  package static var fault: Opcode { Opcode(19) }
  package static var loadConstant: Opcode { Opcode(20) }
  package static var loadRequest: Opcode { Opcode(21) }
  package static var loadFact: Opcode { Opcode(22) }
  package static var timePart: Opcode { Opcode(23) }
  package static var zonedTimePart: Opcode { Opcode(24) }
  package static var testCompare: Opcode { Opcode(25) }
  package static var testPrefix: Opcode { Opcode(26) }
  package static var testSuffix: Opcode { Opcode(27) }
  package static var testMember: Opcode { Opcode(28) }
  package static var testMatches: Opcode { Opcode(29) }
  package static var testTrue: Opcode { Opcode(30) }
  package static var testFact: Opcode { Opcode(31) }

  package static var testPath: Opcode { Opcode(32) }
  package static var turnAtInstant: Opcode { Opcode(33) }
  package static var turnAtPart: Opcode { Opcode(34) }
  package static var turnAtZonedPart: Opcode { Opcode(35) }
  package static var turnSoon: Opcode { Opcode(36) }
  package static var turnOfDevice: Opcode { Opcode(37) }
  package static var convert: Opcode { Opcode(38) }
  package static var arithmetic: Opcode { Opcode(39) }
  package static var each: Opcode { Opcode(40) }
  package static var loadDevice: Opcode { Opcode(41) }

  package static let last: UInt8 = 41
}

/// What an operand holds, and so which values the verifier lets through.
package struct OperandKind: Equatable {
  package let rawValue: UInt8
  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// Must be 0.
  package static var unused: OperandKind { OperandKind(0) }
  /// The mask of registers written so far.
  package static var registers: OperandKind { OperandKind(1) }
  /// The most words that can still run.
  package static var remaining: OperandKind { OperandKind(2) }
  /// A `postern_reason` of a challenge.
  package static var challengeReason: OperandKind { OperandKind(3) }
  /// 1 session, 2 bearer.
  package static var credentialKind: OperandKind { OperandKind(4) }
  /// 0 to 3.
  package static var principalKind: OperandKind { OperandKind(5) }
  /// Below the provider count.
  package static var provider: OperandKind { OperandKind(6) }
  /// Index of a later `label`.
  package static var target: OperandKind { OperandKind(7) }
  /// Any number of seconds but NONE.
  package static var seconds: OperandKind { OperandKind(8) }
  /// Any number of seconds, or NONE.
  package static var optionalSeconds: OperandKind { OperandKind(9) }
  /// 0 to 31: a `FactSet`.
  package static var facts: OperandKind { OperandKind(10) }
  /// 0 or 1.
  package static var flag: OperandKind { OperandKind(11) }
  /// 1 to 3: `postern_method`.
  package static var method: OperandKind { OperandKind(12) }
  /// A register that the word writes, in the low half.
  package static var writes: OperandKind { OperandKind(13) }
  /// A register that the word reads, in the low half.
  package static var reads: OperandKind { OperandKind(14) }
  /// Two registers that the word reads.
  package static var readsTwo: OperandKind { OperandKind(15) }
  /// A register that the word writes, in the low half, and one that it reads.
  package static var converts: OperandKind { OperandKind(16) }
  /// A `postern_tag` or a `ConstantTag`; y and z then say where the constant lies, or are its value.
  package static var constantTag: OperandKind { OperandKind(17) }
  /// A `RequestPart`.
  package static var requestPart: OperandKind { OperandKind(18) }
  /// A slot of the caller's facts.
  package static var slot: OperandKind { OperandKind(19) }
  /// A `TimePart`.
  package static var timePart: OperandKind { OperandKind(20) }
  /// A `Comparison`.
  package static var comparison: OperandKind { OperandKind(21) }
  /// Half of a constant.
  package static var constant: OperandKind { OperandKind(22) }
  /// Seconds east of Greenwich, signed.
  package static var offsetSeconds: OperandKind { OperandKind(23) }
  /// Index of a time zone.
  package static var zone: OperandKind { OperandKind(24) }
  /// 1 where the fact is about who asks, and so not known of an anonymous caller.
  package static var ofCaller: OperandKind { OperandKind(25) }
}

extension OperandKind {
  /// A `TextPart`.
  package static var textPart: OperandKind { OperandKind(26) }
  /// The byte count of a text; where it begins in strings is a `textOffset` of the same word.
  package static var byteCount: OperandKind { OperandKind(27) }
  package static var textOffset: OperandKind { OperandKind(28) }
  /// 1 where every other value turns the condition, 0 where those do that `turnValues` name.
  package static var anyValue: OperandKind { OperandKind(29) }
  /// Two values of a part of the time, the first in the low half; 0xFFFF is none.
  package static var turnValues: OperandKind { OperandKind(30) }
  /// A register that the word reads and writes, in the low half, and one that it reads.
  package static var combines: OperandKind { OperandKind(31) }
  /// A register that the word reads, in the low half, and one that it writes for the body that follows, and for nothing else.
  package static var visits: OperandKind { OperandKind(32) }
  /// A `Conversion`.
  package static var conversion: OperandKind { OperandKind(33) }
  /// An `Arithmetic`.
  package static var arithmetic: OperandKind { OperandKind(34) }
  /// A `Fold`.
  package static var fold: OperandKind { OperandKind(35) }
  /// The `postern_tag` that a fact of the device must have: a bool, a text or an address.
  package static var deviceType: OperandKind { OperandKind(36) }
  /// A `LabelMark`.
  package static var labelMark: OperandKind { OperandKind(37) }
}

/// The facts about an opcode.
package struct OpcodeShape {
  package let name: StaticString
  package let a: OperandKind
  package let b: OperandKind
  package let x: OperandKind
  package let y: OperandKind
  package let z: OperandKind
  /// No word after this one runs on the same path.
  package let endsPath: Bool

  package init(
    _ name: StaticString, a: OperandKind = .unused, b: OperandKind = .unused, x: OperandKind = .unused,
    y: OperandKind = .unused, z: OperandKind = .unused, endsPath: Bool = false
  ) {
    self.name = name
    self.a = a
    self.b = b
    self.x = x
    self.y = y
    self.z = z
    self.endsPath = endsPath
  }

  /// A test: x is where it goes on if it holds, y if it does not, z if it is an error.
  package init(
    test name: StaticString, a: OperandKind = .unused, b: OperandKind = .unused, z: OperandKind = .target
  ) {
    self.init(name, a: a, b: b, x: .target, y: .target, z: z, endsPath: true)
  }

  /// The registers that a word with this operand reads, as a mask.
  package func reads(_ operand: UInt8) -> UInt16 {
    let low: UInt16 = 1 << UInt16(operand & 15)
    let high: UInt16 = 1 << UInt16(operand >> 4)
    switch a {
    case .reads, .visits: return low
    case .readsTwo, .combines: return low | high
    case .converts: return high
    default: return 0
    }
  }

  /// The register that it writes, as a mask.
  package func writes(_ operand: UInt8) -> UInt16 {
    a == .writes || a == .converts || a == .combines ? 1 << UInt16(operand & 15) : 0
  }

  /// The register that it writes for the body that follows it, as a mask; nil where no body does.
  package func writesForBody(_ operand: UInt8) -> UInt16? { a == .visits ? 1 << UInt16(operand >> 4) : nil }
}

extension Opcode {
  /// The opcode's facts; nil for a number that is no opcode.
  package var shape: OpcodeShape? {
    switch rawValue {
    case 1: OpcodeShape("label", a: .labelMark, b: .registers, x: .remaining)
    case 2: OpcodeShape("pass", endsPath: true)
    case 3: OpcodeShape("challenge", b: .challengeReason, endsPath: true)
    case 4: OpcodeShape("branchNotPerson", x: .target)
    case 5: OpcodeShape("branchCredential", a: .credentialKind, x: .target)
    case 6: OpcodeShape("branchPrincipal", a: .principalKind, x: .target)
    case 7: OpcodeShape("branchProvider", b: .provider, x: .target)
    case 8: OpcodeShape("checkFacts", a: .facts, x: .seconds)
    case 9: OpcodeShape("checkState")
    case 10: OpcodeShape("checkFreshState", x: .optionalSeconds, y: .optionalSeconds, z: .optionalSeconds)
    case 11: OpcodeShape("checkBearer")
    case 12: OpcodeShape("checkTokenAge", a: .flag, x: .seconds)
    case 13: OpcodeShape("checkTokenEnd")
    case 14: OpcodeShape("checkTimeouts", x: .optionalSeconds, y: .optionalSeconds)
    case 15: OpcodeShape("checkPersonFacts", a: .facts, x: .target, y: .seconds)
    case 16: OpcodeShape("checkReauthentication", a: .method, x: .seconds)
    case 17: OpcodeShape("yes", endsPath: true)
    case 18: OpcodeShape("no", endsPath: true)
    case 19: OpcodeShape("fault", endsPath: true)
    case 20: OpcodeShape("loadConstant", a: .writes, b: .constantTag, y: .constant, z: .constant)
    case 21: OpcodeShape("loadRequest", a: .writes, b: .requestPart, x: .target)
    case 22: OpcodeShape("loadFact", a: .writes, b: .slot, x: .target, y: .ofCaller)
    case 23: OpcodeShape("timePart", a: .converts, b: .timePart, x: .target, y: .offsetSeconds)
    case 24: OpcodeShape("zonedTimePart", a: .converts, b: .timePart, x: .target, y: .zone)
    case 25: OpcodeShape(test: "testCompare", a: .readsTwo, b: .comparison)
    case 26: OpcodeShape(test: "testPrefix", a: .readsTwo)
    case 27: OpcodeShape(test: "testSuffix", a: .readsTwo)
    case 28: OpcodeShape(test: "testMember", a: .readsTwo)
    case 29: OpcodeShape(test: "testMatches", a: .readsTwo)
    case 30: OpcodeShape(test: "testTrue", a: .reads)
    case 31: OpcodeShape(test: "testFact", a: .ofCaller, b: .slot)
    case 32: OpcodeShape(test: "testPath", a: .textPart, b: .byteCount, z: .textOffset)
    case 33: OpcodeShape("turnAtInstant", y: .constant, z: .constant)
    case 34: OpcodeShape("turnAtPart", a: .anyValue, b: .timePart, y: .offsetSeconds, z: .turnValues)
    case 35: OpcodeShape("turnAtZonedPart", a: .anyValue, b: .timePart, y: .zone, z: .turnValues)
    case 36: OpcodeShape("turnSoon")
    case 37: OpcodeShape("turnOfDevice")
    case 38: OpcodeShape("convert", a: .converts, b: .conversion, x: .target)
    case 39: OpcodeShape("arithmetic", a: .combines, b: .arithmetic, x: .target)
    case 40: OpcodeShape(test: "each", a: .visits, b: .fold)
    case 41: OpcodeShape("loadDevice", a: .writes, b: .slot, x: .target, y: .deviceType)
    default: nil
    }
  }
}

/// What a label says of the words after it.
package enum LabelMark {
  /// They are the usual program (`UsualProgram`); the verifier proves it.
  package static let usualProgram: UInt8 = 1
}

/// The facts that `checkFacts` asks for. Not an `OptionSet`, which can be made from an array and so allocates.
package struct FactSet: Equatable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static var none: FactSet { FactSet(rawValue: 0) }
  package static var createdAt: FactSet { FactSet(rawValue: 1) }
  package static var lastSeenAt: FactSet { FactSet(rawValue: 2) }
  package static var stateCheckedAt: FactSet { FactSet(rawValue: 4) }
  package static var issuedAt: FactSet { FactSet(rawValue: 8) }
  package static var expiresAt: FactSet { FactSet(rawValue: 16) }
  package static let all: UInt8 = 31
  /// Those that the timeouts and the account state need.
  package static var ofClocks: FactSet { FactSet(rawValue: 7) }

  package mutating func insert(_ other: FactSet) { rawValue |= other.rawValue }
  package func contains(_ other: FactSet) -> Bool { rawValue & other.rawValue == other.rawValue }
}
