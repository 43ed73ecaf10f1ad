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
    #expect(!(0...4).contains { Base64URL.isText(text, ofByteCount: $0) })
  }

  @Test("what so many bytes are written as is known without reading them", arguments: 0...67)
  func texts(count: Int) {
    let text = Base64URL.text([UInt8](repeating: 0xA5, count: count))
    #expect((0...68).filter { Base64URL.isText(text, ofByteCount: $0) } == [count])
  }
}
