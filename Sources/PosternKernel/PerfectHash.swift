// The hash of the perfect tables: from a key to its one slot (docs/bundle-format.md, "Perfect tables"). Not a
// cryptographic hash and not asked to be one: whoever finds a collision gains nothing, since keys are compared exactly.

/// A member as rows and identities hold it: the index of its name, times an odd number. Each index has a key of its own, and
/// the key is its hash, so that no look at a row computes one. Index 2^31 and less never give the words that mark rows and
/// free slots.
package enum MemberKey {
  private static let factor: UInt32 = 0x9E37_79B1
  private static let inverse: UInt32 = 0x0E8B_2F51

  @inline(__always) package static func key(ofName index: UInt32) -> UInt32 { index &* factor }
  @inline(__always) package static func name(ofKey key: UInt32) -> UInt32 { key &* inverse }
}

/// Hash functions and slot arithmetic of the perfect tables.
package enum PerfectHash {
  @inline(__always) static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// The state before the first byte of a text of so many bytes. The count goes in before a product, so that texts of two counts
  /// that would meet under one seed part under the next.
  @inline(__always) static func start(seed: UInt64, context: UInt64, byteCount: Int) -> UInt64 {
    ((seed ^ context &* 0xA076_1D64_78BD_642F) &+ UInt64(truncatingIfNeeded: byteCount)) &* 0xD1B5_4A32_D192_ED03
  }

  /// The state after 16 more bytes, which are not the last.
  @inline(__always) static func step(_ state: UInt64, _ first: UInt64, _ second: UInt64) -> UInt64 {
    fold(state ^ first, second ^ 0xE703_7ED1_A0B4_28DB)
  }

  /// The hash, from the state and the last 16 bytes, which begin in the last step where there are fewer left.
  @inline(__always) static func finish(_ state: UInt64, _ first: UInt64, _ second: UInt64) -> UInt64 {
    fold(state ^ first, second ^ 0x8EBC_6AF0_9C88_C6E3)
  }

  /// The hash of a text under a context.
  package static func hash(_ text: Span<UInt8>, seed: UInt64, context: UInt64) -> UInt64 {
    let count = text.count
    var state = start(seed: seed, context: context, byteCount: count)
    if count < 8 { return finish(state, text.word(0, byteCount: count), 0) }
    var offset = 0
    while offset &+ 16 < count {
      state = step(state, text.u64(offset), text.u64(offset &+ 8))
      offset &+= 16
    }
    return finish(state, text.u64(max(0, count &- 16)), text.u64(count &- 8))
  }

  /// Index of the pilot that places a hash.
  @inline(__always)
  package static func pilotIndex(_ hash: UInt64, pilotCount: UInt32) -> Int {
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(pilotCount)) >> 32)
  }

  /// The slot of a hash under its pilot.
  @inline(__always)
  package static func slot(_ hash: UInt64, pilot: UInt16, slotCount: UInt32) -> Int {
    let mixed = (hash ^ UInt64(pilot) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: ((mixed >> 32) &* UInt64(slotCount)) >> 32)
  }

  /// The context of a name.
  @inline(__always)
  package static func nameContext(kind: NameKind, pool: UInt16, attributeSlot: UInt16) -> UInt64 {
    UInt64(kind.rawValue) << 32 | UInt64(attributeSlot) << 16 | UInt64(pool)
  }

  /// The context of a host.
  @inline(__always)
  package static func hostContext(isWildcard: Bool) -> UInt64 { isWildcard ? 1 : 0 }

  /// The context of a route.
  @inline(__always)
  package static func routeContext(hostSlot: UInt32) -> UInt64 { UInt64(hostSlot) &+ 2 }
}
