// Little-endian numbers to bytes. Refuses nothing.

/// Little-endian bytes of words.
@inlinable package func littleEndianBytes(_ words: [UInt32]) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(words.count * 4)
  bytes.append(littleEndian: words)
  return bytes
}

extension [UInt8] {
  @inlinable package mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  @inlinable package mutating func append(littleEndian words: [UInt32]) {
    for word in words { append(littleEndian: word) }
  }

  /// Appends zeroes to the next multiple of `alignment`.
  @inlinable package mutating func pad(toMultipleOf alignment: Int) {
    append(contentsOf: repeatElement(0, count: (alignment - count % alignment) % alignment))
  }

  @inlinable package mutating func store(littleEndian value: some FixedWidthInteger, at offset: Int) {
    for index in 0..<value.bitWidth / 8 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }
}
