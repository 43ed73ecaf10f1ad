// Whether two programs do the same: word for word, with what operands refer to in the place of where it stands. Refuses nothing.

internal import CPostern
internal import PosternBundle
internal import PosternKernel

/// The programs of two bundles.
struct ProgramAgreement {
  private let left: BundleContents
  private let right: BundleContents
  private let slots: (left: [Slot], right: [Slot])
  /// Pairs of entries that agree.
  private var known: Set<UInt64> = []

  /// What a request slot asks for.
  private struct Slot: Equatable {
    let path: [UInt8]
    let tag: UInt8
  }

  init(_ left: BundleContents, _ right: BundleContents) {
    self.left = left
    self.right = right
    slots = (
      left.attributes(scope: 1).map { Slot(path: $0.path, tag: $0.tag) },
      right.attributes(scope: 1).map { Slot(path: $0.path, tag: $0.tag) }
    )
  }

  /// `entry` and `other` are the indices of the programs' first words.
  mutating func agree(_ entry: UInt32, _ other: UInt32) -> Bool {
    let key = UInt64(entry) << 32 | UInt64(other)
    if known.contains(key) { return true }
    guard agreeWordByWord(Int(entry), Int(other)) else { return false }
    known.insert(key)
    return true
  }

  /// Up to the end of the path after which nothing jumps.
  private func agreeWordByWord(_ entry: Int, _ other: Int) -> Bool {
    let count = left.count(.code, recordByteCount: RecordSize.codeWord) - entry
    let otherCount = right.count(.code, recordByteCount: RecordSize.codeWord) - other
    var furthest = 0
    for offset in 0..<min(count, otherCount) {
      let pair = WordPair(
        word: left.record(.code, entry + offset, byteCount: RecordSize.codeWord),
        other: right.record(.code, other + offset, byteCount: RecordSize.codeWord), entry: UInt32(entry),
        otherEntry: UInt32(other))
      guard let shape = Opcode(left.byte(pair.word)).shape, agree(pair, shape) else { return false }
      for (kind, field) in [(shape.x, 4), (shape.y, 8), (shape.z, 12)] where kind == .target {
        furthest = max(furthest, Int(left.u32(pair.word + field)) - entry)
      }
      if shape.endsPath && furthest <= offset { return true }
    }
    return false
  }

  /// Where two words stand, and the programs that they are of.
  private struct WordPair {
    let word: Int
    let other: Int
    let entry: UInt32
    let otherEntry: UInt32
  }

  private func agree(_ pair: WordPair, _ shape: OpcodeShape) -> Bool {
    // The opcode and a.
    guard left.u16(pair.word) == right.u16(pair.other) else { return false }
    let (b, otherB) = (UInt32(left.u16(pair.word + 2)), UInt32(right.u16(pair.other + 2)))
    if shape.b == .constantTag { return b == otherB && agree(constant: Int(b), pair) }
    guard agree(shape.b, b, otherB, pair) else { return false }
    return [(shape.x, 4), (shape.y, 8), (shape.z, 12)].allSatisfy { kind, field in
      agree(kind, left.u32(pair.word + field), right.u32(pair.other + field), pair)
    }
  }

  private func agree(_ kind: OperandKind, _ value: UInt32, _ other: UInt32, _ pair: WordPair) -> Bool {
    switch kind {
    case .target: value &- pair.entry == other &- pair.otherEntry
    case .slot:
      Int(value) < slots.left.count && Int(other) < slots.right.count
        && slots.left[Int(value)] == slots.right[Int(other)]
    case .zone: left.item(.zones, value) == right.item(.zones, other)
    case .textOffset:
      // The byte count is b, which was compared.
      left.text(at: value, byteCount: UInt32(left.u16(pair.word + 2)))
        == right.text(at: other, byteCount: UInt32(right.u16(pair.other + 2)))
    default: value == other
    }
  }

  /// The constant of a `loadConstant`; b is its tag.
  private func agree(constant tag: Int, _ pair: WordPair) -> Bool {
    let (x, otherX) = (left.u32(pair.word + 4), right.u32(pair.other + 4))
    let (y, otherY) = (left.u32(pair.word + 8), right.u32(pair.other + 8))
    let (z, otherZ) = (left.u32(pair.word + 12), right.u32(pair.other + 12))
    guard x == otherX else { return false }
    return switch tag {
    case Int(POSTERN_TEXT), Int(POSTERN_BYTES):
      z == otherZ && left.text(at: y, byteCount: z) == right.text(at: otherY, byteCount: otherZ)
    case ConstantTag.textSet:
      z == otherZ && left.listedBytes(pair.word + 8) == right.listedBytes(pair.other + 8)
    case ConstantTag.addressRanges:
      z == otherZ
        && (0..<Int(z) * 8).allSatisfy { left.listWord(Int(y) + $0) == right.listWord(Int(otherY) + $0) }
    case ConstantTag.automaton: z == otherZ && left.item(.automata, y) == right.item(.automata, otherY)
    default: y == otherY && z == otherZ
    }
  }
}

extension BundleContents {
  fileprivate func text(at offset: UInt32, byteCount: UInt32) -> ArraySlice<UInt8> {
    let start = section(.strings).lowerBound + Int(offset)
    return bytes[start..<start + Int(byteCount)]
  }

  /// An automaton or a time zone.
  fileprivate func item(_ id: SectionID, _ index: UInt32) -> ArraySlice<UInt8> {
    let start = section(id).lowerBound
    let offsets = start + 4 + 4 * Int(index)
    return bytes[start + Int(u32(offsets))..<start + Int(u32(offsets + 4))]
  }
}
