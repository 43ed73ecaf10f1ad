// What kinds of address there are, and what a range of addresses holds. Refuses nothing: an address of the other family
// is in no range.

extension CELNetwork {
  /// The range with zeros after its prefix.
  public var masked: CELNetwork {
    CELNetwork(address: address.masked(toPrefix: prefixLength), prefixLength: prefixLength)
  }

  /// Whether the address is of this family and has this prefix.
  public func contains(_ other: CELAddress) -> Bool {
    other.bytes.count == address.bytes.count
      && other.masked(toPrefix: prefixLength) == address.masked(toPrefix: prefixLength)
  }

  /// Whether every address of the other range is in this one.
  public func contains(_ other: CELNetwork) -> Bool {
    prefixLength <= other.prefixLength && contains(other.address)
  }
}

extension CELAddress {
  func masked(toPrefix prefixLength: Int) -> CELAddress {
    let masked = bytes.enumerated().map { index, byte in
      let bitCount = min(8, max(0, prefixLength - index * 8))
      return byte & UInt8(truncatingIfNeeded: 0xFF00 >> bitCount)
    }
    return CELAddress(bytes: masked)
  }

  private var isVersion4: Bool { bytes.count == 4 }

  /// `0.0.0.0` and `::`.
  var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

  /// `127.0.0.0/8` (RFC 1122 section 3.2.1.3) and `::1` (RFC 4291 section 2.5.3).
  var isLoopback: Bool {
    isVersion4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  /// `224.0.0.0/4` and `ff00::/8`.
  private var isMulticast: Bool { isVersion4 ? bytes[0] & 0xF0 == 0xE0 : bytes[0] == 0xFF }

  /// `169.254.0.0/16` (RFC 3927) and `fe80::/10` (RFC 4291 section 2.5.6).
  var isLinkLocalUnicast: Bool {
    isVersion4 ? bytes.starts(with: [169, 254]) : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  /// `224.0.0.0/24` (RFC 5771 section 4) and multicast of link-local scope (RFC 4291 section 2.7), whatever its flags.
  var isLinkLocalMulticast: Bool {
    isVersion4 ? bytes.starts(with: [224, 0, 0]) : bytes[0] == 0xFF && bytes[1] & 0x0F == 0x02
  }

  /// Any other unicast address, private ones included, but not the broadcast address `255.255.255.255`.
  var isGlobalUnicast: Bool {
    let isBroadcast = isVersion4 && bytes.allSatisfy { $0 == 0xFF }
    return !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast && !isBroadcast
  }
}
