// Addresses of connections, which dual-stack sockets write as IPv6 even where they are IPv4. Refuses what `init(text:)`
// does, but for IPv4 addresses written as IPv6 ones.

extension CELAddress {
  /// Reads an address of a connection: an IPv4 address written as an IPv6 one is the IPv4 address (RFC 4291 section
  /// 2.5.5.2).
  public init?(unmapping text: String) {
    if let plain = CELAddress(text: text) {
      self = plain
      return
    }
    let characters = Array(text.utf8)
    guard characters.count <= 45, let bytes = Self.version6(characters[...]) else { return nil }
    let mapped = CELAddress(bytes: bytes)
    guard mapped.isMapped else { return nil }
    self.init(bytes: Array(bytes[12...]))
  }
}
