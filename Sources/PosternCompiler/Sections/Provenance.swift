// Where bindings, deny rules and apps stand in the policy tree (docs/bundle-format.md, "provenance"). Only tools read
// it, and a bundle decides the same without it.

internal import PosternLanguage

/// Writes the provenance section.
struct ProvenanceWriter {
  private var head: [UInt32] = []
  private var texts: [UInt8] = []
  private let textStart: Int

  static let recordWordCount = 4

  /// The section's bytes.
  static func bytes(_ policy: Policy) -> [UInt8] {
    let bindingCount = policy.nodes.reduce(0) { $0 + $1.bindings.count }
    let recordCount = bindingCount + policy.denyRules.count + policy.apps.count
    var writer = ProvenanceWriter(
      textStart: 4 * (4 + 2 * policy.files.count + recordWordCount * recordCount))
    writer.head = [
      UInt32(policy.files.count), UInt32(bindingCount), UInt32(policy.denyRules.count), UInt32(policy.apps.count),
    ]
    for file in policy.files { writer.addFile(file.path) }
    for node in policy.nodes {
      for binding in node.bindings { writer.add(binding.span, title: binding.condition?.title) }
    }
    for rule in policy.denyRules { writer.add(rule.span, title: rule.condition?.title) }
    for app in policy.apps { writer.add(app.span, title: nil) }
    return littleEndianBytes(writer.head) + writer.texts
  }

  private init(textStart: Int) { self.textStart = textStart }

  private mutating func addFile(_ path: String) {
    head.append(UInt32(textStart + texts.count))
    head.append(UInt32(path.utf8.count))
    texts += Array(path.utf8)
  }

  private mutating func add(_ span: Span, title: String?) {
    head.append(UInt32(clamping: span.fileIndex))
    head.append(UInt32(clamping: span.startLine))
    head.append(UInt32(clamping: span.startColumn))
    head.append(title.map { addTitle($0) } ?? 0)
  }

  /// The offset of a title, which has its byte count before it; what is longer than that can say is cut.
  private mutating func addTitle(_ title: String) -> UInt32 {
    let bytes = Array(title.utf8.prefix(Int(UInt16.max)))
    texts.append(UInt8(truncatingIfNeeded: bytes.count))
    texts.append(UInt8(truncatingIfNeeded: bytes.count >> 8))
    let offset = UInt32(textStart + texts.count)
    texts += bytes
    return offset
  }
}
