// Base64 (RFC 4648 section 4). Refuses, as error values, characters outside the alphabet, line breaks, padding in wrong
// number and bits that would be thrown away; the padding may be left out as a whole.

extension CELLibrary {
  /// `base64.encode` and `base64.decode`.
  static let encoders: CELFunctionTable = [
    "base64.encode": [
      CELFunction(arguments: 1) { call throws(CELError) in
        guard case .bytes(let bytes) = call.first else { return nil }
        try requireSteps(bytes.count, bytes.count / 3 + 4, of: call)
        return .string(base64(bytes))
      }
    ],
    "base64.decode": [
      CELFunction(arguments: 1) { call throws(CELError) in
        guard case .string(let text) = call.first else { return nil }
        guard let bytes = bytes(base64: Array(text.utf8)) else {
          throw CELError(.invalidArgument, "the text is not base64")
        }
        return .bytes(bytes)
      }
    ],
  ]

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  private static let values = Dictionary(uniqueKeysWithValues: zip(alphabet, UInt32(0)...))

  private static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - group.count))
      for index in 0..<4 {
        text.append(index <= group.count ? alphabet[Int(bits >> (18 - 6 * index) & 63)] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func bytes(base64 text: [UInt8]) -> [UInt8]? {
    let paddingCount = text.suffix(2).count { $0 == padding }
    guard paddingCount == 0 || text.count % 4 == 0 else { return nil }
    let characters = text.dropLast(paddingCount)
    guard characters.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount = 0
    for character in characters {
      guard let value = values[character] else { return nil }
      bits = bits << 6 | value
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      bits &= 1 << UInt32(bitCount) - 1
    }
    return bits == 0 ? bytes : nil
  }
}
