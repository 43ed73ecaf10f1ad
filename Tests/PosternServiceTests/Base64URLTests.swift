// Base64url: one spelling for each value.

import Testing

@testable import PosternService

@Suite("Base64url")
struct Base64URLTests {
  @Test("any bytes come back", arguments: 0...67)
  func roundTrip(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count) }
    #expect(Base64URL.bytes(Base64URL.text(bytes)) == bytes)
  }

  @Test(
    "a text that another text stands for, or none, is refused",
    arguments: ["A", "AB", "AAB", "AA==", "AA=", "A+", "A/", "A A", "AAAA\n", "ÄA"])
  func refused(_ text: String) {
    #expect(Base64URL.bytes(text) == nil)
  }
}
