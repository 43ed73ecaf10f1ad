// What changed between two texts, line by line, as `diff -u` shows it. Refuses nothing.

/// Two texts by their lines.
struct LineDifference {
  private enum Edit { case kept, removed, added }

  private var lines: [(edit: Edit, bytes: ArraySlice<UInt8>)] = []
  /// Lines that are shown around a change.
  private static let contextCount = 3

  init(from oldBytes: [UInt8], to newBytes: [UInt8]) {
    let old = Self.lines(of: oldBytes)
    let new = Self.lines(of: newBytes)
    let (removed, added) = Self.changes(from: old, to: new)
    var oldIndex = 0
    var newIndex = 0
    while oldIndex < old.count || newIndex < new.count {
      if removed.contains(oldIndex) {
        lines.append((.removed, old[oldIndex]))
        oldIndex += 1
      } else if added.contains(newIndex) {
        lines.append((.added, new[newIndex]))
        newIndex += 1
      } else {
        lines.append((.kept, old[oldIndex]))
        oldIndex += 1
        newIndex += 1
      }
    }
  }

  /// The least that changes takes time with the square of its size: of very many lines all count as changed.
  private static func changes(
    from old: [ArraySlice<UInt8>], to new: [ArraySlice<UInt8>]
  ) -> (removed: Set<Int>, added: Set<Int>) {
    if old.count + new.count > lineLimit { return (Set(old.indices), Set(new.indices)) }
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    return (removed, added)
  }

  private static let lineLimit = 20_000

  /// With their breaks, so that other breaks, and none at the end, are differences too.
  private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      lines.append(rest[...end])
      rest = rest[(end + 1)...]
    }
    return rest.isEmpty ? lines : lines + [rest]
  }

  /// The hunks below the names of both texts; nothing where they are the same.
  func unifiedText(path: String) -> String {
    let changed = lines.indices.filter { lines[$0].edit != .kept }
    guard !changed.isEmpty else { return "" }
    var text = "--- \(path)\n+++ \(path)\n"
    var start = 0
    while start < changed.count {
      var end = start
      while end + 1 < changed.count && changed[end + 1] - changed[end] <= 2 * Self.contextCount { end += 1 }
      let first = max(changed[start] - Self.contextCount, 0)
      text += hunk(first..<min(changed[end] + Self.contextCount + 1, lines.count))
      start = end + 1
    }
    return text
  }

  private func hunk(_ range: Range<Int>) -> String {
    func place(_ other: Edit) -> String {
      let before = lines[..<range.lowerBound].count { $0.edit != other }
      let count = lines[range].count { $0.edit != other }
      return "\(count == 0 ? before : before + 1),\(count)"
    }
    var text = "@@ -\(place(.added)) +\(place(.removed)) @@\n"
    for line in lines[range] {
      text += line.edit == .kept ? " " : line.edit == .removed ? "-" : "+"
      text += String(decoding: line.bytes, as: UTF8.self)
      if line.bytes.last != 0x0A { text += "\n\\ No newline at end of file\n" }
    }
    return text
  }
}
