// What the bytes of a file must be before YAML is asked: UTF-8, without characters that its readers cannot see.
// Refuses bytes that are not UTF-8, control characters, and characters that reorder or break lines unseen
// (Unicode Technical Report 36, "Trojan Source").

internal import Synchronization

/// Looks at the bytes of one file.
enum SourceText {
  /// The most mistakes reported of one file's bytes: a file in another encoding is full of them.
  static let faultLimit = 10

  /// Every byte that is no UTF-8 and every character that is refused, up to `faultLimit`.
  static func faults(in bytes: [UInt8], fileIndex: Int) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var position = Position()
    var index = byteOrderMark(of: bytes)
    position.offset = index
    while index < bytes.count && diagnostics.count < faultLimit {
      let byte = bytes[index]
      if (byte >= 0x20 && byte < 0x7F) || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        index += 1
        continue
      }
      let scalar = decode(bytes, at: index)
      if scalar.value.map(isRefused) ?? true {
        position.advance(to: index, in: bytes)
        let span = position.span(fileIndex: fileIndex)
        let fault = scalar.value.map { Diagnostic.controlCharacter($0, at: span) }
        diagnostics.append(fault ?? .invalidUTF8(byte: byte, at: span))
      }
      index += scalar.byteCount
    }
    return diagnostics
  }

  /// The number of bytes that a byte order mark takes at the start: 3 or 0.
  static func byteOrderMark(of bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  /// One UTF-8 character (RFC 3629); nil with the bytes to skip where there is none: what follows and could only belong
  /// to the same character goes with it.
  static func decode(_ bytes: [UInt8], at index: Int) -> (value: UInt32?, byteCount: Int) {
    let lead = bytes[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let shape: (count: Int, low: UInt8, high: UInt8)
    switch lead {
    case 0xC2...0xDF: shape = (2, 0x80, 0xBF)
    case 0xE0: shape = (3, 0xA0, 0xBF)
    case 0xED: shape = (3, 0x80, 0x9F)
    case 0xE1...0xEF: shape = (3, 0x80, 0xBF)
    case 0xF0: shape = (4, 0x90, 0xBF)
    case 0xF1...0xF3: shape = (4, 0x80, 0xBF)
    case 0xF4: shape = (4, 0x80, 0x8F)
    default: return (nil, skipped(bytes, after: index))
    }
    var value = UInt32(lead) & (0x7F >> UInt32(shape.count))
    for next in 1..<shape.count {
      let range = next == 1 ? shape.low...shape.high : 0x80...0xBF
      guard index + next < bytes.count, range.contains(bytes[index + next]) else {
        return (nil, skipped(bytes, after: index))
      }
      value = value << 6 | UInt32(bytes[index + next] & 0x3F)
    }
    return (value, shape.count)
  }

  private static func skipped(_ bytes: [UInt8], after index: Int) -> Int {
    var end = index + 1
    while end < bytes.count && bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end - index
  }

  /// Whether a character may not stand in a policy file.
  static func isRefused(_ value: UInt32) -> Bool { refusal(value) != nil }

  /// Why a character may not stand in a policy file; nil where it may.
  static func refusal(_ value: UInt32) -> String? {
    switch value {
    case 0x09, 0x0A, 0x0D: nil
    case 0...0x1F, 0x7F, 0x80...0x84, 0x86...0x9F: "is a control character"
    case 0x85, 0x2028, 0x2029: "ends a line for some readers and not for others"
    case 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: "changes the direction of the text around it"
    case 0x200B, 0x2060, 0xFEFF: "is a space of no width"
    case 0xFFFE, 0xFFFF: "is no character"
    default: nil
    }
  }
}

/// A place in a file's bytes, counted on from the place before, so that many mistakes cost one pass.
struct Position {
  var offset = 0
  var line: Int32 = 1
  var column: Int32 = 1

  /// Goes forward to a byte; lines end at CR, LF or both, and a column is a Unicode scalar.
  mutating func advance(to target: Int, in bytes: [UInt8]) {
    while offset < target {
      let byte = bytes[offset]
      offset += 1
      if byte == 0x0A || (byte == 0x0D && !(offset < bytes.count && bytes[offset] == 0x0A)) {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
  }

  /// The place at a line and a column; nil where the file has none.
  static func place(ofLine line: Int32, column: Int32, in file: SourceFile) -> Position? {
    guard let start = file.lineStarts.offset(ofLine: line, in: file.bytes) else { return nil }
    var position = Position(offset: start, line: line)
    let bytes = file.bytes
    while position.line == line && position.column < column && position.offset < bytes.count {
      var next = position.offset + 1
      while next < bytes.count && bytes[next] & 0xC0 == 0x80 { next += 1 }
      position.advance(to: next, in: bytes)
    }
    return position.line == line && position.column == column ? position : nil
  }

  /// The one character here.
  func span(fileIndex: Int) -> Span {
    Span(
      fileIndex: Int32(truncatingIfNeeded: fileIndex), startLine: line, startColumn: column, endLine: line,
      endColumn: column + 1)
  }
}

/// Where the lines of one file begin: looked for once, when the first mistake inside a scalar asks.
final class LineStarts: Sendable {
  private let offsets = Mutex<[Int]?>(nil)

  /// The byte at which a line begins, counted from 1; nil where the file has no such line. `bytes` are the file's.
  func offset(ofLine line: Int32, in bytes: [UInt8]) -> Int? {
    offsets.withLock { known in
      let offsets = known ?? Self.offsets(in: bytes)
      known = offsets
      return line > 0 && Int(line) <= offsets.count ? offsets[Int(line) - 1] : nil
    }
  }

  private static func offsets(in bytes: [UInt8]) -> [Int] {
    var offsets = [SourceText.byteOrderMark(of: bytes)]
    for (index, byte) in bytes.enumerated()
    where byte == 0x0A || (byte == 0x0D && !(index + 1 < bytes.count && bytes[index + 1] == 0x0A)) {
      offsets.append(index + 1)
    }
    return offsets
  }
}

extension Span {
  /// The start of a file, for what is wrong with all of it.
  init(startOfFile fileIndex: Int) {
    self = Position().span(fileIndex: fileIndex)
  }
}
