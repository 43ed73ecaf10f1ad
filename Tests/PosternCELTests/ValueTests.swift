// The representation of values: what makes two keys one.

import PosternCEL
import Testing

@Suite("Values")
struct ValueTests {
  @Test(
    "a number is one key whatever its type",
    arguments: [CELValue.int(1), .uint(1), .double(1)])
  func numericKeys(key: CELValue) {
    var map = CELMap()
    #expect(map.insert(.int(1), .bool(true)))
    #expect(map[key] != nil)
    #expect(!map.insert(key, .null))
  }

  @Test("texts that look alike are two keys")
  func canonicalEquivalence() {
    var map = CELMap()
    #expect(map.insert(.string("\u{E9}"), .null))
    #expect(map.insert(.string("e\u{301}"), .null))
  }
}
