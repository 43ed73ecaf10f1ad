// What a bundle says to the gate beside what decides (docs/bundle-format.md, "gate"). The kernel does not look at it, so nothing is taken on
// trust here: a section that is not as the page says is refused whole.

internal import PosternKernel

/// The gate's section.
package struct GateContents: Equatable {
  /// The pages of some apps.
  package struct Pages: Equatable {
    package let apps: Range<Int>
    /// Where people go who are refused; empty: nowhere.
    package let denied: String
    /// Where people log in; empty: at the provider.
    package let login: String
  }

  /// A bit for each provider whose own session ends when somebody signs out everywhere.
  package private(set) var endingProviders: UInt64 = 0
  /// By their apps; those without pages are in none.
  package private(set) var pages: [Pages] = []

  static let headByteCount = 16
  static let recordByteCount = 24

  /// The pages of an app.
  package func pages(ofApp index: Int) -> Pages? {
    var rest = pages[...]
    while !rest.isEmpty {
      let middle = rest.startIndex + rest.count / 2
      if rest[middle].apps.contains(index) { return rest[middle] }
      rest = index < rest[middle].apps.lowerBound ? rest[..<middle] : rest[(middle + 1)...]
    }
    return nil
  }
}

extension BundleContents {
  /// The gate's section, which says nothing where there is none; nil where it is not as it must be.
  package var gate: GateContents? {
    var gate = GateContents()
    let section = section(.gate)
    if section.isEmpty { return gate }
    let start = section.lowerBound
    guard section.count >= GateContents.headByteCount else { return nil }
    let (count, reserved) = (Int(u32(start + 8)), u32(start + 12))
    let providerCount = self.count(.providers, recordByteCount: RecordSize.provider)
    let mask = u64(start)
    guard section.count == GateContents.headByteCount + count * GateContents.recordByteCount, reserved == 0,
      providerCount >= 64 || mask >> UInt64(providerCount) == 0
    else { return nil }
    gate = GateContents(endingProviders: mask, pages: [])
    var end = 0
    for index in 0..<count {
      let record = start + GateContents.headByteCount + index * GateContents.recordByteCount
      let (first, appCount) = (Int(u32(record)), Int(u32(record + 4)))
      guard first >= end, appCount > 0, first + appCount <= self.appCount, let denied = gateText(record + 8),
        let login = gateText(record + 16)
      else { return nil }
      end = first + appCount
      gate.append(GateContents.Pages(apps: first..<end, denied: denied, login: login))
    }
    return gate
  }

  /// The text at `field`; nil where it does not lie in strings or is none.
  private func gateText(_ field: Int) -> String? {
    let strings = section(.strings)
    let (offset, count) = (Int(u32(field)), Int(u32(field + 4)))
    guard offset <= strings.count, count <= strings.count - offset else { return nil }
    return String(
      validating: bytes[(strings.lowerBound + offset)..<(strings.lowerBound + offset + count)], as: UTF8.self)
  }
}

extension GateContents {
  fileprivate mutating func append(_ pages: Pages) { self.pages.append(pages) }
}
