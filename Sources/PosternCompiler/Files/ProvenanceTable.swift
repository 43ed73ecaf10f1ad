// Reads the provenance section (docs/bundle-format.md, "provenance"). The kernel's verifier does not look at it, so
// nothing here is taken on trust: what does not lie inside the section is no place.

internal import PosternBundle
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

/// A condition as its author wrote it.
struct ConditionSource: Equatable {
  var title: String
  var expression: String
  /// The most bytes of facts that it looks at for one form of the path: the compiler's count.
  var byteCount: UInt32
}

/// The records of a provenance section.
struct ProvenanceTable {
  private let bytes: [UInt8]
  private let fileCount: Int
  private let bindingCount: Int
  private let denyRuleCount: Int
  private let appCount: Int
  private let conditionCount: Int

  private static let headByteCount = 4 * ProvenanceWriter.headWordCount
  private static let fileByteCount = 4 * ProvenanceWriter.fileWordCount
  private static let recordByteCount = 4 * ProvenanceWriter.recordWordCount
  private static let conditionByteCount = 4 * ProvenanceWriter.conditionWordCount

  /// Reads the section's head; nil where its records do not fit into it.
  init?(_ bytes: [UInt8]) {
    let counts = (0..<ProvenanceWriter.headWordCount).compactMap { bytes.u32(at: 4 * $0).map(Int.init) }
    guard counts.count == ProvenanceWriter.headWordCount else { return nil }
    self.bytes = bytes
    fileCount = counts[0]
    bindingCount = counts[1]
    denyRuleCount = counts[2]
    appCount = counts[3]
    conditionCount = counts[4]
    if textStart > bytes.count { return nil }
  }

  private var recordStart: Int { Self.headByteCount + fileCount * Self.fileByteCount }
  private var conditionStart: Int { recordStart + (bindingCount + denyRuleCount + appCount) * Self.recordByteCount }
  private var textStart: Int { conditionStart + conditionCount * Self.conditionByteCount }

  func place(ofBinding id: UInt32) -> Place? { record(ofBinding: id).flatMap(place(ofRecord:)) }
  func place(ofDenyRule id: UInt32) -> Place? { record(ofDenyRule: id).flatMap(place(ofRecord:)) }
  func place(ofApp index: Int) -> Place? {
    index >= 0 && index < appCount ? place(ofRecord: bindingCount + denyRuleCount + index) : nil
  }

  func condition(ofBinding id: UInt32) -> ConditionSource? { record(ofBinding: id).flatMap(condition(ofRecord:)) }
  func condition(ofDenyRule id: UInt32) -> ConditionSource? { record(ofDenyRule: id).flatMap(condition(ofRecord:)) }

  private func record(ofBinding id: UInt32) -> Int? { Int(id) < bindingCount ? Int(id) : nil }
  private func record(ofDenyRule id: UInt32) -> Int? { Int(id) < denyRuleCount ? bindingCount + Int(id) : nil }

  private func place(ofRecord record: Int) -> Place? {
    let offset = recordStart + record * Self.recordByteCount
    guard let fileIndex = bytes.u32(at: offset), let line = bytes.u32(at: offset + 4),
      let column = bytes.u32(at: offset + 8), let file = file(Int(fileIndex))
    else { return nil }
    return Place(file: file, line: line, column: column, title: condition(ofRecord: record)?.title)
  }

  private func file(_ index: Int) -> String? {
    index < fileCount ? text(Self.headByteCount + index * Self.fileByteCount) : nil
  }

  private func condition(ofRecord record: Int) -> ConditionSource? {
    guard let index = bytes.u32(at: recordStart + record * Self.recordByteCount + 12), Int(index) < conditionCount
    else { return nil }
    let offset = conditionStart + Int(index) * Self.conditionByteCount
    guard let title = text(offset), let expression = text(offset + 8), let byteCount = bytes.u32(at: offset + 16)
    else { return nil }
    return ConditionSource(title: title, expression: expression, byteCount: byteCount)
  }

  /// The text that u32 offset and u32 byte count at `field` refer to.
  private func text(_ field: Int) -> String? {
    guard let offset = bytes.u32(at: field), let count = bytes.u32(at: field + 4) else { return nil }
    return bytes.slice(at: textStart + Int(offset), count: Int(count)).map { String(decoding: $0, as: UTF8.self) }
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
