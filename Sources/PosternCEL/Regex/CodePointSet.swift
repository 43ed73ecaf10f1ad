// Sets of code points as sorted ranges. Refuses nothing; surrogates may be members and never match, since UTF-8 has
// none.

/// A set of code points.
struct CodePointSet: Sendable, Hashable {
  /// Ascending, apart from each other by at least one code point.
  private(set) var ranges: [ClosedRange<UInt32>]

  static let empty = CodePointSet([])
  static let all = CodePointSet([0...0x10FFFF])
  static let newline = CodePointSet([0x0A...0x0A])

  /// The union of ranges in any order.
  init(_ unordered: [ClosedRange<UInt32>]) {
    guard unordered.count > 1 else {
      ranges = unordered
      return
    }
    ranges = []
    for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  init(_ scalar: UInt32) { ranges = [scalar...scalar] }

  var isEmpty: Bool { ranges.isEmpty }

  /// The count of members, surrogates included.
  var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// All other code points.
  var inverted: CodePointSet {
    var others: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { others.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { others.append(next...0x10FFFF) }
    return CodePointSet(others)
  }

  func union(_ other: CodePointSet) -> CodePointSet { CodePointSet(ranges + other.ranges) }

  func contains(_ scalar: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar
  }
}
