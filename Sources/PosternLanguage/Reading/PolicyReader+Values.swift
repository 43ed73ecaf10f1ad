// Values by the type of the field that holds them; what a plain scalar might be to YAML is never asked.

extension PolicyReader {
  mutating func fields(_ node: YAMLNode, _ keys: KeySet) -> Fields? {
    guard case .mapping(let entries) = node.content else {
      diagnostics.append(.wrongType(of: node, expected: "a mapping"))
      return nil
    }
    return Fields(entries, span: node.span, keys: keys, diagnostics: &diagnostics)
  }

  mutating func list(_ node: YAMLNode) -> [YAMLNode]? {
    guard case .sequence(let items) = node.content else {
      diagnostics.append(.wrongType(of: node, expected: "a list"))
      return nil
    }
    return items
  }

  /// A text that may be quoted and empty, but not left out.
  mutating func text(_ node: YAMLNode, expected: String = "a text") -> Sourced<String>? {
    guard case .scalar(let scalar) = node.content, scalar.style != .plain || !scalar.text.isEmpty else {
      diagnostics.append(.wrongType(of: node, expected: expected))
      return nil
    }
    return Sourced(scalar.text, at: node.span)
  }

  mutating func nonEmptyText(_ node: YAMLNode) -> Sourced<String>? {
    guard let text = text(node) else { return nil }
    guard !text.value.isEmpty else {
      diagnostics.append(.wrongType(of: node, expected: "a text"))
      return nil
    }
    return text
  }

  mutating func texts(_ node: YAMLNode) -> [Sourced<String>]? {
    guard let items = list(node) else { return nil }
    return items.compactMap { nonEmptyText($0) }
  }

  mutating func flag(_ node: YAMLNode) -> Sourced<Bool>? {
    take(node, ScalarReader.bool(node))
  }

  mutating func count(_ node: YAMLNode) -> Sourced<UInt32>? {
    take(node, ScalarReader.count(node))
  }

  mutating func durationSeconds(_ node: YAMLNode) -> Sourced<UInt32>? {
    take(node, ScalarReader.durationSeconds(node))
  }

  /// A duration within bounds.
  mutating func durationSeconds(_ node: YAMLNode, in range: ClosedRange<UInt32>) -> Sourced<UInt32>? {
    guard let duration = durationSeconds(node) else { return nil }
    guard range.contains(duration.value) else {
      diagnostics.append(.outOfRange(range, at: duration.span))
      return nil
    }
    return duration
  }

  /// One of a few words.
  mutating func word(_ node: YAMLNode, _ words: [String]) -> Sourced<String>? {
    guard let text = text(node, expected: Diagnostic.alternatives(words)) else { return nil }
    guard words.contains(text.value) else {
      diagnostics.append(.unknownValue(text.value, known: words, at: text.span))
      return nil
    }
    return text
  }

  private mutating func take<Value>(_ node: YAMLNode, _ result: Result<Value, Diagnostic>) -> Sourced<Value>? {
    switch result {
    case .success(let value): return Sourced(value, at: node.span)
    case .failure(let diagnostic):
      diagnostics.append(diagnostic)
      return nil
    }
  }
}
