// Little-endian loads from memory that somebody else owns. With CInterface.swift the only unsafe code of the kernel: every
// load checks its bounds, so that a mistake in the verifier stops the process and reads nothing.

internal import CPostern

/// What numbers are loaded from; only how a load is held to its bounds differs.
protocol LittleEndianLoads {
  /// The value at `offset`, which takes `size` bytes; stops the process where it lies outside.
  func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type, byteCount size: Int) -> Value
}

extension LittleEndianLoads {
  @inline(__always) func byte(_ offset: Int) -> UInt8 { load(offset, as: UInt8.self, byteCount: 1) }
  @inline(__always) func u16(_ offset: Int) -> UInt16 {
    UInt16(littleEndian: load(offset, as: UInt16.self, byteCount: 2))
  }
  @inline(__always) func u32(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: load(offset, as: UInt32.self, byteCount: 4))
  }
  @inline(__always) func u64(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: load(offset, as: UInt64.self, byteCount: 8))
  }
}

/// A read-only range of bytes whose owner keeps it alive and unchanged.
@safe public struct Words: LittleEndianLoads {
  private let base: UnsafeRawPointer
  /// The last offset at which 8 bytes can be read; at least 56.
  private let lastWord: UInt
  /// The number of bytes.
  public let byteCount: Int

  /// Wraps `bytes`, which must outlive every use of the value and never change.
  @unsafe public init(owned bytes: UnsafeRawBufferPointer) {
    byteCount = bytes.count
    // Fewer bytes than a header are no bundle, and the verifier says so before it loads any. Nothing is ever mapped where their
    // line is said to lie, so that a load would stop the process.
    lastWord = UInt(max(bytes.count, 64) &- 8)
    unsafe base = bytes.count < 64 ? UnsafeRawPointer(bitPattern: 1)! : bytes.baseAddress!  // Neither is null.
  }

  @inline(__always)
  func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type, byteCount size: Int) -> Value {
    // A negative offset is a huge one when it is read without its sign: one comparison does.
    precondition(UInt(bitPattern: offset) <= lastWord &+ UInt(8 &- size), "a load beyond the bundle")
    return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
  }

  /// Asks for the cache line at `offset`, wherever that is: nothing is read.
  @inline(__always) func prefetch(_ offset: Int) {
    unsafe postern_prefetch(UnsafeRawPointer(bitPattern: UInt(bitPattern: base) &+ UInt(bitPattern: offset)))
  }

  /// The `count` bytes from `offset`, at most 8, as a zero-extended little-endian word.
  @inline(__always) func word(_ offset: Int, count: Int) -> UInt64 {
    if count >= 8 { return u64(offset) }
    if count <= 0 { return 0 }
    // A bundle begins with its header, so 8 bytes always end where any of its texts does.
    return u64(offset &+ count &- 8) >> (UInt64(8 &- count) &* 8)
  }

  /// Where the `size` bytes from `offset` lie, which are all there and may be none; for `Records`.
  @inline(__always) fileprivate func start(_ offset: Int, byteCount size: Int) -> UnsafeRawPointer {
    // A negative offset or size is a huge one when it is read without its sign.
    precondition(UInt(bitPattern: offset) <= UInt(bitPattern: byteCount), "records beyond the bundle")
    precondition(UInt(bitPattern: size) <= UInt(bitPattern: byteCount &- offset), "records beyond the bundle")
    return unsafe base.advanced(by: offset)
  }

  /// Where the `size` bytes from `offset` lie, which are all there; for `Block`.
  @inline(__always) fileprivate func base(_ offset: Int, byteCount size: Int) -> UnsafeRawPointer {
    // The difference is none below 0, for 64 bytes are there.
    precondition(size >= 8 && size <= 64, "a record of another size")
    precondition(UInt(bitPattern: offset) <= lastWord &- UInt(bitPattern: size &- 8), "a record beyond the bundle")
    return unsafe base.advanced(by: offset)
  }

  /// All bytes, which outlive every use of `self` and so of the span.
  @_lifetime(immortal)
  @inline(__always) func span() -> Span<UInt8> {
    unsafe _overrideLifetime(
      Span(_unsafeStart: base.assumingMemoryBound(to: UInt8.self), count: byteCount), borrowing: ())
  }

  /// Where `range` of the bundle lies in memory; for the C interface, which hands texts out.
  @unsafe func address(_ offset: Int, count: Int) -> UnsafePointer<UInt8> {
    precondition(offset >= 0 && count >= 0 && offset <= byteCount &- count, "a text beyond the bundle")
    return unsafe base.advanced(by: offset).assumingMemoryBound(to: UInt8.self)
  }
}

// Threads may share it, for it only reads, and its bytes never change.
extension Words: @unchecked Sendable {}

/// A record of `byteCount` bytes whose bounds were compared at once: a load at a constant offset costs no comparison of its
/// own, wherever the record is handed.
@safe struct Block<let byteCount: Int>: LittleEndianLoads {
  private let base: UnsafeRawPointer

  /// The record at `offset` of `words`; stops the process where it is not all there.
  @inline(__always) init(_ words: Words, _ offset: Int) { unsafe base = words.base(offset, byteCount: byteCount) }

  @inline(__always)
  func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type, byteCount size: Int) -> Value {
    precondition(offset >= 0 && offset <= byteCount &- size, "a load beyond the record")
    return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
  }
}

/// A text whose bounds were compared at once: a loop over it compares nothing but its own offset.
@safe struct Text: LittleEndianLoads {
  private let base: UnsafeRawPointer
  let byteCount: Int

  @unsafe fileprivate init(base: UnsafeRawPointer, byteCount: Int) {
    unsafe self.base = base
    self.byteCount = byteCount
  }

  /// Some of its bytes; nil where they are not all there.
  @inline(__always) func slice(_ offset: UInt32, byteCount count: UInt32) -> Text? {
    if Int(offset) &+ Int(count) > byteCount { return nil }
    return unsafe Text(base: base.advanced(by: Int(offset)), byteCount: Int(count))
  }

  /// Asks for the cache line at `offset`, wherever that is: nothing is read.
  @inline(__always) func prefetch(_ offset: UInt32) {
    unsafe postern_prefetch(UnsafeRawPointer(bitPattern: UInt(bitPattern: base) &+ UInt(offset)))
  }

  /// The text at `offset` of `words`; stops the process where it is not all there.
  @inline(__always) init(_ words: Words, _ offset: Int, byteCount: Int) {
    unsafe base = words.start(offset, byteCount: byteCount)
    self.byteCount = byteCount
  }

  @inline(__always)
  func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type, byteCount size: Int) -> Value {
    precondition(offset >= 0 && offset <= byteCount &- size, "a load beyond the text")
    return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
  }
}

/// A cache line: a host, an app, a provider.
typealias Line = Block<64>

/// Records of `wordCount` words of 8 bytes, one after the other, whose bounds were compared at once: a loop over them
/// compares nothing but its own index. A section is read so.
@safe struct Records<let wordCount: Int> {
  private let base: UnsafeRawPointer
  let count: Int

  /// The `count` records from `offset` of `words`; stops the process where they are not all there.
  @inline(__always) init(_ words: Words, _ offset: Int, count: Int) {
    unsafe base = words.start(offset, byteCount: 8 * wordCount * count)
    self.count = count
  }

  /// The records of `section`.
  @inline(__always) init(_ words: Words, _ section: Section) {
    self.init(words, section.offset, count: section.byteCount / (8 * wordCount))
  }

  /// Some of the records.
  @inline(__always) func slice(_ first: Int, count sliceCount: Int) -> Records {
    precondition(UInt(bitPattern: first) <= UInt(bitPattern: count), "records beyond the records")
    precondition(UInt(bitPattern: sliceCount) <= UInt(bitPattern: count &- first), "records beyond the records")
    return unsafe Records(base: base.advanced(by: 8 &* wordCount &* first), count: sliceCount)
  }

  @unsafe private init(base: UnsafeRawPointer, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  /// One of the records, to be loaded from at any offset.
  @inline(__always) func record(_ index: Int) -> Text {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a record beyond the records")
    return unsafe Text(base: base.advanced(by: 8 &* wordCount &* index), byteCount: 8 * wordCount)
  }

  /// A word of a record.
  @inline(__always) func word(_ index: Int, _ word: Int = 0) -> UInt64 {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a load beyond the records")
    precondition(UInt(bitPattern: word) < UInt(bitPattern: wordCount), "a load beyond the record")
    let offset = 8 &* (wordCount &* index &+ word)
    return UInt64(littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Half a word of a record.
  @inline(__always) func half(_ index: Int, _ half: Int) -> UInt32 {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a load beyond the records")
    precondition(UInt(bitPattern: half) < UInt(bitPattern: 2 * wordCount), "a load beyond the record")
    let offset = 4 &* (2 * wordCount &* index &+ half)
    return UInt32(littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

/// Cells and then slots, of 8 bytes each, whose bounds were compared at once. There are as many cells as a power of two, so
/// that the first bits of a key are the index of its cell.
@safe struct CellsAndSlots {
  private let base: UnsafeRawPointer
  private let shift: UInt32
  private let slotsOffset: Int
  let slotCount: UInt32

  /// The cells from `offset` of `words` and the slots after them; stops the process where they are not all there.
  @inline(__always) init(_ words: Words, _ offset: Int, cellCountBits: UInt32, slotCount: UInt32) {
    precondition(cellCountBits &- 1 < 31, "cells beyond the bundle")
    slotsOffset = 8 &<< Int(cellCountBits)
    unsafe base = words.start(offset, byteCount: slotsOffset &+ 8 &* Int(slotCount))
    shift = 32 &- cellCountBits
    self.slotCount = slotCount
  }

  /// The cell of `key`: its first bits, as many as the number of cells has, are below that number.
  @inline(__always) func cell(of key: UInt32) -> UInt64 {
    UInt64(littleEndian: unsafe base.loadUnaligned(fromByteOffset: Int(key &>> shift) &* 8, as: UInt64.self))
  }

  @inline(__always) func slot(_ index: Int) -> UInt64 {
    precondition(UInt(bitPattern: index) < UInt(slotCount), "a slot beyond the row")
    return UInt64(
      littleEndian: unsafe base.loadUnaligned(fromByteOffset: slotsOffset &+ 8 &* index, as: UInt64.self))
  }
}

extension UInt64 {
  /// The first four of 8 little-endian bytes.
  @inline(__always) var lowHalf: UInt32 { UInt32(truncatingIfNeeded: self) }
  /// The last four of 8 little-endian bytes.
  @inline(__always) var highHalf: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}

extension Span where Element == UInt8 {
  /// The 8 bytes from `offset` as a little-endian word.
  @inline(__always) func u64(_ offset: Int) -> UInt64 {
    precondition(offset | (count &- 8 &- offset) >= 0, "a load beyond the facts")
    return UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }

  /// Whether the `expected` low three bytes stand at `offset`, with more bytes behind them; no says nothing.
  @inline(__always) func begins(at offset: Int, _ expected: UInt32) -> Bool {
    // A negative offset is a huge one when it is read without its sign.
    if count < 4 || UInt(bitPattern: offset) > UInt(bitPattern: count &- 4) { return false }
    let found = UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    return found << 8 == expected << 8
  }

  /// The `byteCount` bytes from `offset`, at most 8, as a zero-extended little-endian word.
  @inline(__always) func word(_ offset: Int, byteCount: Int) -> UInt64 {
    if byteCount >= 8 { return u64(offset) }
    // Where 8 bytes begin or end here, one load and a shift do; only a short text needs the loop.
    if offset &+ 8 <= count, offset >= 0, byteCount > 0 { return u64(offset) & (1 << (UInt64(byteCount) &* 8) &- 1) }
    if offset &+ byteCount >= 8, byteCount > 0 {
      return u64(offset &+ byteCount &- 8) >> (UInt64(8 &- byteCount) &* 8)
    }
    var word: UInt64 = 0
    var index = byteCount
    while index > 0 {
      index &-= 1
      word = word << 8 | UInt64(self[offset &+ index])
    }
    return word
  }
}

extension Span where Element == UInt8 {
  /// Calls `body` with each whole word of 8 bytes and its offset.
  @inline(__always) func forEachWord(_ body: (_ word: UInt64, _ offset: Int) -> Void) {
    var offset = 0
    let end = count & ~7
    while offset != end {
      // `offset` is a multiple of 8 below `end`, so that 8 bytes are there.
      body(
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)), offset
      )
      offset &+= 8
    }
  }

  /// The 0 to 7 bytes after the whole words, zero-extended.
  @inline(__always) var tailWord: UInt64 { count & 7 == 0 ? 0 : word(count & ~7, byteCount: count & 7) }
}

/// 16 bytes that are computed with at once, with a sign.
typealias WideWord = SIMD16<Int8>
/// What a comparison of them says.
typealias WideMask = SIMDMask<SIMD16<Int8>>

extension WideMask {
  /// Whether any of it is true; `any` of the standard library goes through the lanes one after the other.
  @inline(__always) var holdsTrue: Bool {
    let bytes = WideWord(repeating: 0).replacing(with: -1, where: self)
    let halves = unsafe unsafeBitCast(bytes, to: SIMD2<UInt64>.self)
    return halves[0] | halves[1] != 0
  }
}

extension WideWord {
  @inline(__always) init(low: UInt64, high: UInt64) {
    self = unsafe unsafeBitCast(SIMD2(low.littleEndian, high.littleEndian), to: WideWord.self)
  }
}

extension Span where Element == UInt8 {
  /// The 16 bytes from `offset`.
  @inline(__always) func wideWord(_ offset: Int) -> WideWord {
    precondition(offset >= 0 && offset <= count &- 16, "a load beyond the facts")
    return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: WideWord.self)
  }
}

extension Span where Element == UInt8 {
  /// What stands in `range`; stops the process where it is not all there.
  @_lifetime(copy self)
  @inline(__always) func slice(_ range: TextRange) -> Span<UInt8> {
    let room = count &- range.count
    // A negative offset is a huge one when it is read without its sign.
    precondition(range.count >= 0 && room >= 0, "a text beyond the facts")
    precondition(UInt(bitPattern: range.offset) <= UInt(bitPattern: room), "a text beyond the facts")
    return unsafe extracting(unchecked: Range(uncheckedBounds: (range.offset, count))).extracting(
      unchecked: Range(uncheckedBounds: (0, range.count)))
  }
}

extension postern_cell {
  /// Its first 8 bytes: tag, flags, reserved bytes and length, from the lowest.
  @inline(__always) var head: UInt64 {
    unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self)[0].littleEndian
  }
}

extension StaticString {
  /// One of its bytes; the kernel's names are ASCII.
  @inline(__always) func byte(_ index: Int) -> UInt8 {
    precondition(index >= 0 && index < utf8CodeUnitCount, "a byte beyond the text")
    return unsafe utf8Start[index]
  }
}
