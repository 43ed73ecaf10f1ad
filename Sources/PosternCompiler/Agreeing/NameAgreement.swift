// Which names of two bundles are one: of one kind, pool, attribute and text, believed from the same providers, in the same
// groups. Refuses bundles in which a name is not, or in which somebody is in groups whom the other bundle does not name.

internal import PosternBundle
internal import PosternKernel

/// The names of one bundle by those of another.
struct NameAgreement {
  /// By the left bundle's numbers, those of the right one, or NONE; it ascends but for NONE.
  private(set) var numbers: [UInt32]
  private let left: BundleContents
  private let right: BundleContents

  init?(_ left: BundleContents, _ right: BundleContents) {
    self.left = left
    self.right = right
    numbers = [UInt32](repeating: BundleFormat.none, count: left.count(.names, recordByteCount: RecordSize.name))
    guard left.claims(sharedWith: right) else { return nil }
    pair()
    guard agreeOnGroups() else { return nil }
  }

  func agree(_ name: UInt32, _ other: UInt32) -> Bool {
    Int(name) < numbers.count && numbers[Int(name)] == other && other != BundleFormat.none
  }

  /// Whether pairs of start and count in `lists` name the same.
  func agree(list field: Int, _ other: Int) -> Bool {
    agree(field, other) {
      left.listWord($0)
    } right: {
      right.listWord($0)
    }
  }

  /// The same of pairs in `denyMembers`.
  func agree(denyMembers field: Int, _ other: Int) -> Bool {
    agree(field, other) {
      left.u32(left.section(.denyMembers).lowerBound + 4 * $0)
    } right: {
      right.u32(right.section(.denyMembers).lowerBound + 4 * $0)
    }
  }

  /// Both lists ascend, and so do the numbers.
  private func agree(_ field: Int, _ other: Int, left word: (Int) -> UInt32, right otherWord: (Int) -> UInt32) -> Bool {
    let count = left.u32(field + 4)
    return count == right.u32(other + 4)
      && (0..<Int(count)).allSatisfy { agree(word(Int(left.u32(field)) + $0), otherWord(Int(right.u32(other)) + $0)) }
  }

  // MARK: pairing

  /// Names are sorted by kind, pool, attribute slot and bytes: one walk along both.
  private mutating func pair() {
    let otherCount = right.count(.names, recordByteCount: RecordSize.name)
    var (index, other) = (0, 0)
    while index < numbers.count && other < otherCount {
      let (first, second) = (record(left, index), record(right, other))
      let (order, otherOrder) = (order(left, first), order(right, second))
      let (text, otherText) = (left.textRange(first), right.textRange(second))
      if order == otherOrder && left.bytes[text] == right.bytes[otherText] {
        numbers[index] = UInt32(other)
        index += 1
        other += 1
      } else if order < otherOrder
        || (order == otherOrder && left.bytes[text].lexicographicallyPrecedes(right.bytes[otherText]))
      {
        index += 1
      } else {
        other += 1
      }
    }
  }

  private func record(_ contents: BundleContents, _ index: Int) -> Int {
    contents.record(.names, index, byteCount: RecordSize.name)
  }

  private func order(_ contents: BundleContents, _ record: Int) -> UInt64 {
    UInt64(contents.byte(record + 8)) << 32 | UInt64(contents.u16(record + 10)) << 16
      | UInt64(contents.u16(record + 12))
  }

  /// Whether everyone is believed from the same providers, and in the same groups; nobody's groups are known to one bundle alone.
  private func agreeOnGroups() -> Bool {
    var isPaired = [Bool](repeating: false, count: right.count(.names, recordByteCount: RecordSize.name))
    for (index, other) in numbers.enumerated() {
      let record = record(left, index)
      guard other != BundleFormat.none else {
        if left.u32(record + 28) != 0 { return false }
        continue
      }
      isPaired[Int(other)] = true
      let otherRecord = self.record(right, Int(other))
      let count = left.u32(record + 28)
      guard left.u64(record + 16) == right.u64(otherRecord + 16), count == right.u32(otherRecord + 28) else {
        return false
      }
      let start = left.section(.memberships).lowerBound + 4 * Int(left.u32(record + 24))
      let otherStart = right.section(.memberships).lowerBound + 4 * Int(right.u32(otherRecord + 24))
      for place in 0..<Int(count) where !agree(left.u32(start + 4 * place), right.u32(otherStart + 4 * place)) {
        return false
      }
    }
    return isPaired.indices.allSatisfy { isPaired[$0] || right.u32(record(right, $0) + 28) == 0 }
  }
}

extension BundleContents {
  /// Where the text lies that u32 offset and u32 byte count at `field` refer to.
  func textRange(_ field: Int) -> Range<Int> {
    let start = section(.strings).lowerBound + Int(u32(field))
    return start..<start + Int(u32(field + 4))
  }

  /// Whether identity slots that both bundles have ask for the same claims.
  fileprivate func claims(sharedWith other: BundleContents) -> Bool {
    zip(attributes(scope: 0), other.attributes(scope: 0)).allSatisfy { $0.path == $1.path && $0.tag == $1.tag }
  }
}
