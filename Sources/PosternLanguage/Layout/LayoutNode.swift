// A document with its comments and blank lines where they belong: what the writer writes, and nothing else.

/// A value to write.
struct LayoutNode {
  indirect enum Content {
    case scalar(LayoutScalar)
    case alias(String)
    /// Of a mapping every item has a key, of a list none.
    case collection(isMapping: Bool, [LayoutItem])
  }

  var content: Content
  var anchor: String?
  /// Whether it was written in brackets; it stays so where it fits.
  var isFlow = false
  /// After the last item.
  var end: [LayoutLine] = []
}

/// A value in its place: in a list, behind a key, or alone in a document.
struct LayoutItem {
  var key: LayoutKey?
  var value: LayoutNode
  /// Above the item.
  var before: [LayoutLine] = []
  /// Behind the key.
  var head: String?
  /// Between the key and the value.
  var above: [LayoutLine] = []
  /// Behind the bracket that opens the value, or its anchor.
  var open: String?
  /// Behind the value.
  var trailing: String?

  init(key: LayoutKey? = nil, value: LayoutNode) {
    self.key = key
    self.value = value
  }
}

/// A key, which is a text or an alias of one.
struct LayoutKey {
  enum Content {
    case scalar(LayoutScalar)
    case alias(String)
  }

  var content: Content
  var anchor: String?

  /// What stands before the colon.
  func text(inFlow: Bool) -> String {
    let mark = anchor.map { "&\($0) " } ?? ""
    switch content {
    case .scalar(let scalar): return mark + scalar.line(inFlow: inFlow)
    // A colon could be of the name.
    case .alias(let name): return "*\(name) "
    }
  }
}

/// A line without a value.
enum LayoutLine: Equatable {
  case blank
  /// With its `#`.
  case comment(String)
}

extension [LayoutLine] {
  var hasComment: Bool { contains { $0 != .blank } }
}

/// One document of a file.
struct LayoutDocument {
  /// Its comments are in `before`.
  var root: LayoutItem
  /// After a root that is no block.
  var end: [LayoutLine] = []
  /// Whether a blank line stands before its `---`.
  var isSetOff = false
}
