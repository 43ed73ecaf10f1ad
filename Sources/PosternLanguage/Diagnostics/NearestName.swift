// Which known name an unknown one was probably meant to be. Refuses to guess where most letters differ.

/// The nearest of some names.
package enum NearestName {
  /// Longer texts are no typing mistakes, and the distance takes the product of both lengths.
  static let lengthLimit = 64

  /// The name with the least distance, the first of equal ones; nil where more than a third of the letters differ.
  static func of(_ text: String, among names: [String]) -> String? {
    let letters = Array(text.lowercased().unicodeScalars)
    guard !letters.isEmpty, letters.count <= lengthLimit else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
      let other = Array(name.lowercased().unicodeScalars)
      let distance = distance(letters, other)
      guard distance <= max(1, max(letters.count, other.count) / 3) else { continue }
      if distance < best?.distance ?? Int.max { best = (name, distance) }
    }
    return best?.name
  }

  /// Letters to insert, drop, replace, or swap with a neighbour (optimal string alignment).
  package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(last[column + 1] + 1, current[column] + 1, replaced)
        if row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
