// Optional values and base64.

import Foundation
import Testing

@testable import PosternCEL

@Suite("Optionals and encoders")
struct OptionalsLibraryTests {
  @Test(
    "optional values are made, opened and chosen from",
    arguments: cases(
      #"""
      optional.of(1).value() => 1
      optional.of(null).hasValue() => true
      optional.none().hasValue() => false
      optional.none().value() => error
      optional.of(1).or(optional.of(2)).value() => 1
      optional.none().or(optional.of(2)).value() => 2
      optional.none().or(optional.none()).orValue(3) => 3
      optional.of(1).orValue(3) => 1
      optional.none().or(1) => error
      1.orValue(2) => error
      1.hasValue() => error
      optional.unwrap([optional.of(1), optional.none(), optional.of('a')]) => [1, 'a']
      [optional.none(), optional.of(1)].unwrapOpt() => [1]
      [1].unwrapOpt() => error
      optional.of() => error
      optional.none(1) => error
      """#))
  func values(item: Case) throws { try expect(item) }

  @Test(
    "what is zero or empty is no value",
    arguments: [
      ("null", false), ("false", false), ("true", true), ("0", false), ("-1", true), ("0u", false), ("1u", true),
      ("0.0", false), ("-0.0", false), ("0.0 / 0.0", true), ("''", false), ("' '", true), ("b''", false),
      ("b'\\x00'", true), ("[]", false), ("[0]", true), ("{}", false), ("{0: 0}", true), ("duration('0s')", false),
      ("duration('1ns')", true), ("timestamp(0)", false), ("timestamp(1)", true), ("optional.none()", false),
      ("optional.of(0)", true), ("ip('0.0.0.0')", true), ("cidr('::/0')", true), ("int", true),
    ])
  func zeros(text: String, isValue: Bool) throws {
    #expect(try evaluate("optional.ofNonZeroValue(\(text)).hasValue()") == .bool(isValue))
  }

  @Test(
    "base64 is written with padding and read with it or without (RFC 4648 section 10)",
    arguments: cases(
      #"""
      base64.encode(b'') => ''
      base64.encode(b'f') => 'Zg=='
      base64.encode(b'fo') => 'Zm8='
      base64.encode(b'foobar') => 'Zm9vYmFy'
      base64.encode(b'\xfb\xff') => '+/8='
      base64.decode('') => b''
      base64.decode('Zg==') => b'f'
      base64.decode('Zg') => b'f'
      base64.decode('Zm8') => b'fo'
      base64.decode('Zm9vYmFy') => b'foobar'
      base64.decode('+/8=') => b'\xfb\xff'
      base64.decode('Z') => error
      base64.decode('Zg=') => error
      base64.decode('Zg===') => error
      base64.decode('Zh==') => error
      base64.decode('Zm9=') => error
      base64.decode('====') => error
      base64.decode('==') => error
      base64.decode('Zg==Zg==') => error
      base64.decode('-_8=') => error
      base64.decode('Zm9v\n') => error
      base64.decode(' Zm9v') => error
      base64.decode('Zm9é') => error
      base64.decode(b'Zm9v') => error
      base64.encode('foo') => error
      """#))
  func base64(item: Case) throws { try expect(item) }

  @Test("bytes are encoded as the platform encodes them, and decoded to themselves (seed 64)")
  func base64RoundTrips() throws {
    var generator = SeededGenerator(seed: 64)
    for _ in 0..<500 {
      let count = Int.random(in: 0...40, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let activation: [String: CELValue] = ["b": .bytes(bytes)]
      #expect(try evaluate("base64.encode(b)", activation) == .string(Data(bytes).base64EncodedString()))
      #expect(try evaluate("base64.decode(base64.encode(b))", activation) == .bytes(bytes))
    }
  }
}
