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
  package static var checkAbsolute: Opcode { Opcode(14) }
  package static var checkIdle: Opcode { Opcode(15) }
  package static var checkReauthentication: Opcode { Opcode(16) }

  package static let last: UInt8 = 16
}

/// What an operand holds, and so which values the verifier lets through.
package struct OperandKind: Equatable {
  package let rawValue: UInt8
  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// Must be 0.
  package static var unused: OperandKind { OperandKind(0) }
  /// Registers written: 0 until conditions compile.
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
}

extension Opcode {
  /// The opcode's facts; nil for a number that is no opcode.
  package var shape: OpcodeShape? {
    switch rawValue {
    case 1: OpcodeShape("label", b: .registers, x: .remaining)
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
    case 14: OpcodeShape("checkAbsolute", x: .seconds)
    case 15: OpcodeShape("checkIdle", x: .seconds)
    case 16: OpcodeShape("checkReauthentication", a: .method, x: .seconds)
    default: nil
    }
  }
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

  package mutating func insert(_ other: FactSet) { rawValue |= other.rawValue }
  package func contains(_ other: FactSet) -> Bool { rawValue & other.rawValue == other.rawValue }
}
