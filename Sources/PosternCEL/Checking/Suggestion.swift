// Names near a misspelt one, by the count of single-character edits. Suggests nothing for what is not near.

enum Suggestion {
  /// Bytes beyond which a name is compared with nothing, because the cost grows with the square.
  private static let byteCount = 64

  /// `did you mean ...` with the nearest name, of equally near ones the first by the alphabet; nil where none is near.
  static func help(for name: String, among names: some Sequence<String>) -> String? {
    nearest(to: name, among: names).map { "did you mean `\($0)`?" }
  }

  static func nearest(to name: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8)
    guard wanted.count <= byteCount else { return nil }
    let lastName = wanted.split(separator: UInt8(ascii: ".")).last ?? []
    let limit = Swift.max(1, lastName.count / 3)
    let near = names.compactMap { candidate -> (distance: Int, name: String)? in
      let bytes = Array(candidate.utf8)
      guard bytes.count <= byteCount, abs(bytes.count - wanted.count) <= limit else { return nil }
      let distance = distance(wanted, bytes)
      return (1...limit).contains(distance) ? (distance, candidate) : nil
    }
    return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = Swift.min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = Swift.min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
