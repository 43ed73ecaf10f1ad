// Reads the provenance section (docs/bundle-format.md, "provenance"). The kernel's verifier does not look at it, so
// nothing here is taken on trust: what does not lie inside the section is no place.

internal import PosternKernel

/// Where something stands in the policy tree that a bundle was compiled from.
public struct Place: Hashable, Sendable {
  /// The file's path below the root of the tree.
  public var file: String
  /// Counts from 1.
  public var line: UInt32
  /// Counts from 1, in Unicode scalars.
  public var column: UInt32
  /// The title of a condition, where there is one.
  public var title: String?

  /// `finance/payroll.yaml:7:5`.
  public var text: String { "\(file):\(line):\(column)" }
}

/// The records of a provenance section.
struct ProvenanceTable {
  private let bytes: [UInt8]
  private let fileCount: Int
  private let bindingCount: Int
  private let denyRuleCount: Int
  private let appCount: Int

  private static let headByteCount = 16
  private static let fileByteCount = 8
  private static let recordByteCount = 4 * ProvenanceWriter.recordWordCount

  /// Reads the section's head; nil where its records do not fit into it.
  init?(_ bytes: [UInt8]) {
    let counts = (0..<4).compactMap { bytes.u32(at: 4 * $0).map(Int.init) }
    guard counts.count == 4 else { return nil }
    self.bytes = bytes
    fileCount = counts[0]
    bindingCount = counts[1]
    denyRuleCount = counts[2]
    appCount = counts[3]
    let recordCount = bindingCount + denyRuleCount + appCount
    let end = Self.headByteCount + fileCount * Self.fileByteCount + recordCount * Self.recordByteCount
    if end > bytes.count { return nil }
  }

  func place(ofBinding id: UInt32) -> Place? { Int(id) < bindingCount ? place(Int(id)) : nil }

  func place(ofDenyRule id: UInt32) -> Place? { Int(id) < denyRuleCount ? place(bindingCount + Int(id)) : nil }

  func place(ofApp index: Int) -> Place? {
    index >= 0 && index < appCount ? place(bindingCount + denyRuleCount + index) : nil
  }

  private func place(_ record: Int) -> Place? {
    let offset = Self.headByteCount + fileCount * Self.fileByteCount + record * Self.recordByteCount
    guard let fileIndex = bytes.u32(at: offset), let line = bytes.u32(at: offset + 4),
      let column = bytes.u32(at: offset + 8), let title = bytes.u32(at: offset + 12), let file = file(Int(fileIndex))
    else { return nil }
    return Place(file: file, line: line, column: column, title: title == 0 ? nil : self.title(at: Int(title)))
  }

  private func file(_ index: Int) -> String? {
    if index >= fileCount { return nil }
    let entry = Self.headByteCount + index * Self.fileByteCount
    guard let offset = bytes.u32(at: entry), let count = bytes.u32(at: entry + 4) else { return nil }
    return bytes.slice(at: Int(offset), count: Int(count)).map { String(decoding: $0, as: UTF8.self) }
  }

  private func title(at offset: Int) -> String? {
    guard let count = bytes.u16(at: offset - 2) else { return nil }
    return bytes.slice(at: offset, count: Int(count)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension OpenBundle {
  /// Where a binding stands; nil where the bundle does not say.
  public func place(ofBinding id: UInt32) -> Place? { provenance?.place(ofBinding: id) }

  /// Where a deny rule stands; nil where the bundle does not say.
  public func place(ofDenyRule id: UInt32) -> Place? { provenance?.place(ofDenyRule: id) }

  /// Where an app stands; nil where the bundle does not say.
  public func place(ofApp index: Int) -> Place? { provenance?.place(ofApp: index) }
}
