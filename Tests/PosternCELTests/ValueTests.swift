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
    let isNew = map.insert(.int(1), .bool(true))
    let isNewAgain = map.insert(key, .null)
    #expect(isNew && !isNewAgain && map[key] != nil)
  }

  @Test("texts that look alike are two keys")
  func canonicalEquivalence() {
    var map = CELMap()
    let isFirstNew = map.insert(.string("\u{E9}"), .null)
    let isSecondNew = map.insert(.string("e\u{301}"), .null)
    #expect(isFirstNew && isSecondNew)
  }
}
