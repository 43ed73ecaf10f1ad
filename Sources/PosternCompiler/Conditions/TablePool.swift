// Items of words behind a table of where each begins, equal ones once (docs/bundle-format.md, "automata" and "zones").

internal import PosternCEL

struct TablePool {
  private var items: [[UInt32]] = []
  private var indices: [[UInt32]: UInt32] = [:]

  /// The index of an item.
  mutating func index(of item: [UInt32]) -> UInt32 {
    if let known = indices[item] { return known }
    let index = UInt32(items.count)
    indices[item] = index
    items.append(item)
    return index
  }

  /// The section: the number of items, where each begins and the last ends in bytes, the items. Empty without items.
  var words: [UInt32] {
    if items.isEmpty { return [] }
    var offset = UInt32(4 * (items.count + 2))
    var words = [UInt32(items.count), offset]
    for item in items {
      offset += UInt32(4 * item.count)
      words.append(offset)
    }
    return words + items.flatMap { $0 }
  }
}

extension CELRegexTable {
  /// The item of `automata`.
  var words: [UInt32] {
    var words = [UInt32(stateCount), UInt32(classCount), UInt32(startState), UInt32(matchedState ?? stateCount)]
    words += Self.words(bytes: byteClasses)
    words += Self.words(bytes: acceptingAtEnd.map { $0 ? 1 : 0 })
    for index in stride(from: 0, to: transitions.count, by: 2) {
      let second = index + 1 < transitions.count ? UInt32(transitions[index + 1]) : 0
      words.append(UInt32(transitions[index]) | second << 16)
    }
    return words
  }

  private static func words(bytes: [UInt8]) -> [UInt32] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes[start..<min(start + 4, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
  }
}

extension TimeZoneTable {
  /// The item of `zones`.
  var words: [UInt32] {
    var words = [UInt32(transitions.count), UInt32(bitPattern: initialOffsetSeconds)]
    words += Self.halves(Self.endSecondsSince1970)
    for transition in transitions {
      words += Self.halves(transition.at)
      words.append(UInt32(bitPattern: transition.offsetSeconds))
    }
    return words
  }

  private static func halves(_ value: Int64) -> [UInt32] {
    [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
  }
}
