// Where bindings, deny rules and apps stand in the policy tree, and what their conditions say (docs/bundle-format.md,
// "provenance"). Only tools read it, and a bundle decides the same without it. Refuses nothing.

internal import PosternBundle
internal import PosternKernel
internal import PosternLanguage

/// Writes the provenance section.
struct ProvenanceWriter {
  private var records: [UInt32] = []
  private var conditions = ConsPool<UInt32>()
  private var texts = ConsPool<UInt8>()
  private let conditionByteCounts: [String: UInt32]

  static let headWordCount = 5
  static let fileWordCount = 2
  static let recordWordCount = 4
  static let conditionWordCount = 5

  /// The section's bytes; `conditionByteCounts` is what each expression that was compiled looks at, by its text.
  static func bytes(_ policy: Policy, conditionByteCounts: [String: UInt32]) -> [UInt8] {
    var writer = ProvenanceWriter(conditionByteCounts)
    for file in policy.files { writer.records.append(writer.texts.cons(file.path.utf8)) }
    for binding in policy.nodes.lazy.flatMap(\.bindings) { writer.add(binding.span, binding.condition) }
    for rule in policy.denyRules { writer.add(rule.span, rule.condition) }
    for app in policy.apps { writer.add(app.span, nil) }
    let head = [
      UInt32(policy.files.count), UInt32(policy.nodes.reduce(0) { $0 + $1.bindings.count }),
      UInt32(policy.denyRules.count), UInt32(policy.apps.count), UInt32(writer.conditions.runCount),
    ]
    return littleEndianBytes(head + writer.records + writer.conditions.elements) + writer.texts.elements
  }

  private init(_ conditionByteCounts: [String: UInt32]) { self.conditionByteCounts = conditionByteCounts }

  private mutating func add(_ span: Span, _ condition: Condition?) {
    records.append(UInt32(clamping: span.fileIndex))
    records.append(UInt32(clamping: span.startLine))
    records.append(UInt32(clamping: span.startColumn))
    records.append(condition.map { index(of: $0) } ?? BundleFormat.none)
  }

  private mutating func index(of condition: Condition) -> UInt32 {
    let expression = condition.expression.value
    var words: [UInt32] = []
    words.append(texts.cons(condition.title.utf8))
    words.append(texts.cons(expression.utf8))
    words.append(conditionByteCounts[expression] ?? 0)
    return conditions.consRecord(words)
  }
}
