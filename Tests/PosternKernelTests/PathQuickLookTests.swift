// The quick look at a path against the rule it stands for, byte by byte: every byte and every pair of the bytes that matter,
// at every place of paths of every length that its steps treat differently.

import Testing

@testable import PosternKernel

@Suite("The quick look at a path")
struct PathQuickLookTests {
  /// What the quick look vouches for, in the words of docs/decision.md: no byte outside 0x21...0x7E, none that opens an escape,
  /// a query, a fragment or a parameter, no backslash; no empty segment and none that begins with a dot.
  private static func isPlain(_ path: [UInt8]) -> Bool {
    let special = Array("%#;?\\".utf8)
    let isUsual = path.allSatisfy { (0x21...0x7E).contains($0) && !special.contains($0) }
    let afterSlash = zip(path, path.dropFirst()).filter { $0.0 == UInt8(ascii: "/") }.map(\.1)
    return path.first == UInt8(ascii: "/") && isUsual
      && !afterSlash.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }
  }

  /// Plain bytes that it may send the long way all the same.
  private static let shunned = Array("!\"$&'{".utf8)

  @Test("no byte anywhere passes that the rule refuses", arguments: 1...50)
  func everyByte(count: Int) {
    for index in 0..<count {
      for byte in UInt8.min...UInt8.max {
        var path = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        path[0] = UInt8(ascii: "/")
        path[index] = byte
        let expected = Self.isPlain(path) && !Self.shunned.contains(byte)
        #expect(Path.isPlain(path.span) == expected, "byte \(byte) at \(index) of \(count)")
      }
    }
  }

  @Test("no pair of marks anywhere passes that the rule refuses", arguments: 2...50)
  func everyPair(count: Int) {
    let marks = Array("/.a%0".utf8) + [0x2E, 0x30, 0x80, 0xAF, 0xFF]
    for index in 1..<count {
      for first in marks {
        for second in marks where index + 1 < count {
          var path = [UInt8](repeating: UInt8(ascii: "a"), count: count)
          path[0] = UInt8(ascii: "/")
          path[index] = first
          path[index + 1] = second
          #expect(Path.isPlain(path.span) == Self.isPlain(path), "\(first) \(second) at \(index) of \(count)")
        }
      }
    }
  }
}
