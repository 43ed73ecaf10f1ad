// Ranges of addresses as sorted intervals that lie apart. Refuses texts that are neither an address nor a network.

internal import PosternCEL

/// Intervals of addresses, IPv4 where RFC 4291 maps it.
struct AddressRanges {
  /// First and last, four words each: the high half, then the low half, low words first.
  private(set) var words: [UInt32] = []

  private typealias Interval = (first: UInt128, last: UInt128)

  /// The ranges of a text or a list of texts; nil where one is no range.
  init?(_ constant: CELValue) {
    let items: [CELValue] = if case .list(let items) = constant { items } else { [constant] }
    var intervals: [Interval] = []
    for item in items {
      guard case .string(let text) = item, let parsed = Self.intervals(text) else { return nil }
      intervals += parsed
    }
    for interval in Self.merged(intervals) { append(interval) }
  }

  private mutating func append(_ interval: Interval) {
    for end in [interval.first, interval.last] {
      for half in [UInt64(truncatingIfNeeded: end >> 64), UInt64(truncatingIfNeeded: end)] {
        words += [UInt32(truncatingIfNeeded: half), UInt32(truncatingIfNeeded: half >> 32)]
      }
    }
  }

  /// Sorted, what overlaps or touches made one.
  private static func merged(_ intervals: [Interval]) -> [Interval] {
    var merged: [Interval] = []
    for interval in intervals.sorted(by: { $0.first < $1.first }) {
      if let last = merged.last, interval.first <= last.last || interval.first == last.last + 1 {
        merged[merged.count - 1].last = max(last.last, interval.last)
      } else {
        merged.append(interval)
      }
    }
    return merged
  }

  /// Where IPv4 lies among 128-bit addresses.
  private static let mapped: Interval = (0xFFFF_0000_0000, 0xFFFF_FFFF_FFFF)

  private static func intervals(_ text: String) -> [Interval]? {
    guard let network = CELNetwork(text: text) ?? CELAddress(text: text).map(CELNetwork.init(single:)) else {
      return nil
    }
    let isShort = network.address.bytes.count == 4
    let value = network.address.bytes.reduce(isShort ? UInt128(0xFFFF) : 0) { $0 << 8 | UInt128($1) }
    let hostBits = UInt128(network.address.bytes.count * 8 - network.prefixLength)
    let mask: UInt128 = hostBits == 128 ? .max : (1 << hostBits) - 1
    let interval: Interval = (value & ~mask, value | mask)
    return isShort ? [interval] : withoutMapped(interval)
  }

  /// An IPv6 range holds no IPv4 address, though it may lie around them.
  private static func withoutMapped(_ interval: Interval) -> [Interval] {
    if interval.last < mapped.first || interval.first > mapped.last { return [interval] }
    var parts: [Interval] = []
    if interval.first < mapped.first { parts.append((interval.first, mapped.first - 1)) }
    if interval.last > mapped.last { parts.append((mapped.last + 1, interval.last)) }
    return parts
  }
}

extension CELNetwork {
  /// The range of one address.
  fileprivate init(single address: CELAddress) {
    self.init(address: address, prefixLength: address.bytes.count * 8)
  }
}
