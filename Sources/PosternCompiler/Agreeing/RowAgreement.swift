// Whether two rows hold the same members, each by the same binding of its node. Refuses nothing; the verifier has proved that
// every entry of a row is found, and that nothing else is.

internal import PosternBundle
internal import PosternKernel

/// The rows of two bundles.
struct RowAgreement {
  private let left: BundleContents
  private let right: BundleContents
  /// Pairs of units that agree.
  private var known: Set<UInt64> = []

  init(_ left: BundleContents, _ right: BundleContents) {
    self.left = left
    self.right = right
  }

  /// `unit` and `other` are the rows' first units.
  mutating func agree(_ unit: UInt32, _ other: UInt32, _ names: NameAgreement) -> Bool {
    let key = UInt64(unit) << 32 | UInt64(other)
    if known.contains(key) { return true }
    guard let entries = entries(left, unit, numbers: names.numbers), entries == self.entries(right, other, numbers: nil)
    else { return false }
    known.insert(key)
    return true
  }

  /// Names and ordinals, ascending; with the numbers, by the right bundle's names, and nil where one of them has none.
  private func entries(_ contents: BundleContents, _ unit: UInt32, numbers: [UInt32]?) -> [UInt64]? {
    let header = contents.section(.grants).lowerBound + Int(unit) * RecordSize.unit
    let count = Int(contents.u32(header + 4))
    let isWalked = count <= BundleFormat.walkLimit
    let cellCount = isWalked ? 0 : 1 << Int(contents.u16(header + 14))
    let start = header + (isWalked ? RowHeader.byteCount(entryCount: count) : RowHeader.byteCount)
    let placeCount = isWalked ? count : cellCount + Int(contents.u32(header + 16))
    var entries: [UInt64] = []
    entries.reserveCapacity(count)
    for place in cellCount..<placeCount {
      let entry = start + place * RecordSize.unit
      let key = contents.u32(entry)
      if !isWalked && key == BundleFormat.freeMember { continue }
      var name = MemberKey.name(ofKey: key)
      if let numbers {
        guard Int(name) < numbers.count, numbers[Int(name)] != BundleFormat.none else { return nil }
        name = numbers[Int(name)]
      }
      entries.append(UInt64(name) << 32 | UInt64(contents.u32(entry + 4)))
    }
    entries.sort()
    return entries
  }
}
