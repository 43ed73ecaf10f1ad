// What became of every leaf of every input. A leaf begins unread; it is carried where the tree that is written holds it, and
// never because a reader says so. What is left unread at the end is reported: nothing is dropped in silence by construction.

internal import PosternLanguage

/// Why a leaf is not in the tree.
struct Remark: Hashable, Sendable {
  enum Kind: String, Sendable {
    /// It says where the resource belongs, and stands in the tree as a name.
    case placed
    /// It says what the resource is and how it was made; it is no policy.
    case context
    /// It says nothing: null, an empty block.
    case empty
    /// It is policy, or may be, and the tree does not have it.
    case lost
  }

  var kind: Kind
  var why: String
  /// The way out.
  var help: String?

  static func lost(_ why: String, help: String? = nil) -> Remark { Remark(kind: .lost, why: why, help: help) }
  static func placed(_ why: String) -> Remark { Remark(kind: .placed, why: why) }
  static func context(_ why: String) -> Remark { Remark(kind: .context, why: why) }
  static let empty = Remark(kind: .empty, why: "nothing is written there")
  static let unknown = Remark.lost(
    "no field that import knows, or one that is written twice", help: "write by hand what it stands for")
}

/// The fates of all leaves.
struct Ledger: Sendable {
  private enum Fate: Equatable {
    case unread
    case carried
    /// The text is a document of its own, whose leaves have the fates.
    case expanded
    case remark(Int)
  }

  private var fates: [Fate] = []
  private var remarks: [Remark] = []
  private var remarkIndices: [Remark: Int] = [:]
  private var expansions: [Int: SourceValue] = [:]
  /// Ends of the ranges of resources by their starts: what holds them does not report them again.
  private var resourceEnds: [Int: Int] = [:]

  var leafCount: Int { fates.count }

  mutating func addLeaf() { fates.append(.unread) }

  /// Says why leaves are not in the tree; what was said before stays, unless `overrides` or it was that nothing is written.
  mutating func explain(_ leaves: Range<Int>, _ remark: Remark, overrides: Bool = false) {
    let index = index(of: remark)
    for leaf in leaves {
      switch fates[leaf] {
      case .expanded: if let inner = expansions[leaf] { explain(inner.leaves, remark, overrides: overrides) }
      case .unread: fates[leaf] = .remark(index)
      case .remark(let said): if overrides || remarks[said] == .empty { fates[leaf] = .remark(index) }
      case .carried: if overrides { fates[leaf] = .remark(index) }
      }
    }
  }

  mutating func explain(_ value: SourceValue?, _ remark: Remark) {
    if let value { explain(value.leaves, remark) }
  }

  private mutating func index(of remark: Remark) -> Int {
    if let index = remarkIndices[remark] { return index }
    remarks.append(remark)
    remarkIndices[remark] = remarks.count - 1
    return remarks.count - 1
  }

  /// The tree that is written holds these leaves.
  mutating func carry(_ leaves: [Int]) {
    for leaf in leaves { fates[leaf] = .carried }
  }

  /// A text turned out to be a document.
  mutating func expand(_ leaf: SourceValue, to inner: SourceValue) {
    fates[leaf.leaves.lowerBound] = .expanded
    expansions[leaf.leaves.lowerBound] = inner
  }

  mutating func addResource(_ value: SourceValue) { resourceEnds[value.leaves.lowerBound] = value.leaves.upperBound }

  // MARK: what came of a resource

  /// Fields of a resource that the tree does not have, each the largest value of which one thing can be said.
  func fields(of root: SourceValue) -> [ReportedField] {
    var fields: [ReportedField] = []
    collect(root, of: root.leaves, path: "", &fields)
    return fields
  }

  /// Whether the tree holds any leaf of a value.
  func isAnyCarried(_ value: SourceValue) -> Bool {
    value.leaves.contains { leaf in
      fates[leaf] == .carried || (expansions[leaf].map { isAnyCarried($0) } ?? false)
    }
  }

  /// `whole` is the range of the resource: another one inside it is reported by itself.
  private func collect(
    _ value: SourceValue, of whole: Range<Int>, path: String, _ fields: inout [ReportedField]
  ) {
    if value.leaves != whole, resourceEnds[value.leaves.lowerBound] == value.leaves.upperBound { return }
    if let fate = commonFate(of: value.leaves) {
      switch fate {
      case .carried: return
      case .unread: return fields.append(ReportedField(path: path, span: value.span, remark: .unknown))
      case .remark(let index):
        return fields.append(ReportedField(path: path, span: value.span, remark: remarks[index]))
      case .expanded: break
      }
    }
    switch value.content {
    case .scalar:
      if let inner = expansions[value.leaves.lowerBound] { collect(inner, of: inner.leaves, path: path, &fields) }
    case .list(let items):
      for (index, item) in items.enumerated() { collect(item, of: whole, path: "\(path)[\(index)]", &fields) }
    case .object(let entries):
      for entry in entries {
        collect(entry.value, of: whole, path: path.isEmpty ? entry.key : "\(path).\(entry.key)", &fields)
      }
    }
  }

  /// The fate of all the leaves; nil where they differ, or hold a resource.
  private func commonFate(of leaves: Range<Int>) -> Fate? {
    guard let first = leaves.first, leaves.allSatisfy({ fates[$0] == fates[first] }) else { return nil }
    let holdsResource = leaves.contains { leaf in
      guard let end = resourceEnds[leaf], end <= leaves.upperBound else { return false }
      return leaf != leaves.lowerBound || end != leaves.upperBound
    }
    return holdsResource ? nil : fates[first]
  }
}
