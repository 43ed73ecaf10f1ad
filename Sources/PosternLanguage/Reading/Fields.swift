// A mapping against its table of keys: what is known is kept, what is unknown, written twice or missing is reported.

/// The entries of one mapping by key.
struct Fields {
  let keys: KeySet
  /// The mapping's first key, or the mapping itself where it is empty: where a missing key is reported.
  let head: Span
  /// All of the mapping.
  let span: Span
  private(set) var entries: [Entry] = []
  /// Of an open set: what its table does not name, in lower case where the table ignores case.
  private(set) var others: [(name: Sourced<String>, value: YAMLNode)] = []

  /// One known key with its value.
  struct Entry {
    var key: Key
    var keySpan: Span
    var value: YAMLNode
  }

  init(_ mapping: [YAMLNode.Entry], span: Span, keys: KeySet, diagnostics: inout [Diagnostic]) {
    self.keys = keys
    self.span = span
    head = mapping.first?.key.span ?? span
    entries.reserveCapacity(mapping.count)
    for entry in mapping { add(entry, &diagnostics) }
    for key in keys.keys where key.isRequired && self[key.name] == nil {
      diagnostics.append(.missingKey(key.name, of: keys.name, at: head))
    }
  }

  private mutating func add(_ entry: YAMLNode.Entry, _ diagnostics: inout [Diagnostic]) {
    guard case .scalar(let name) = entry.key.content else { return }
    guard let index = keys.index(of: name.text) else {
      guard !keys.isOpen else { return addOther(name.text, entry, &diagnostics) }
      let known = keys.keys.map(\.name)
      diagnostics.append(.unknownKey(name.text, of: keys.name, known: known, at: entry.key.span))
      return
    }
    let key = keys.keys[index]
    if let first = entries.first(where: { $0.key.name == key.name }) {
      diagnostics.append(.duplicateKey(name.text, at: entry.key.span, first: first.keySpan))
      return
    }
    entries.append(Entry(key: key, keySpan: entry.key.span, value: entry.value))
  }

  private mutating func addOther(_ text: String, _ entry: YAMLNode.Entry, _ diagnostics: inout [Diagnostic]) {
    let name = keys.ignoresCase ? text.lowercased() : text
    if let first = others.first(where: { $0.name.value == name }) {
      diagnostics.append(.duplicateKey(text, at: entry.key.span, first: first.name.span))
    } else {
      others.append((Sourced(name, at: entry.key.span), entry.value))
    }
  }

  /// The value of a key of the table.
  subscript(_ name: String) -> YAMLNode? {
    entries.first { $0.key.name == name }?.value
  }
}
