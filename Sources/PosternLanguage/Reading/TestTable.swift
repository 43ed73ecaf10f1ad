// A case with `axes` is a table: every combination of their values is a case of its own, made by putting the values in place of
// `${name}` before anything is read. Refuses axes without values, values that are neither texts nor rows of texts, placeholders that
// name nothing, axes that nothing names, and more than `TestTable.caseLimit` cases.

/// The axes of one case.
struct TestTable {
  /// What one value of an axis puts in place of its placeholders: `name`, or `name.key` for each key of a row.
  typealias Row = [(placeholder: String, value: YAMLNode)]

  /// A name with its values, at least one.
  struct Axis {
    var name: Sourced<String>
    var rows: [Row]
  }

  /// The most cases of one table.
  static let caseLimit = 1_000

  var axes: [Axis]

  var placeholders: [String] { axes.flatMap { $0.rows.flatMap { $0.map(\.placeholder) } } }

  /// How many cases the table stands for; nil where they are too many.
  var caseCount: Int? {
    var count = 1
    for axis in axes {
      count *= axis.rows.count
      if count > Self.caseLimit { return nil }
    }
    return count
  }

  /// The combinations, the last axis turning fastest.
  var combinations: [Row] {
    axes.reduce([[]]) { before, axis in before.flatMap { row in axis.rows.map { row + $0 } } }
  }
}

extension PolicyReader {
  /// The cases that an item of `tests` stands for, as mappings without placeholders; none where its table has mistakes.
  mutating func expanded(_ node: YAMLNode) -> [YAMLNode] {
    guard case .mapping(let entries) = node.content, let axes = entries.first(where: { $0.isAxes }) else {
      return [node]
    }
    guard let table = testTable(axes.value), isSound(table, of: node, axes) else { return [] }
    return table.combinations.map { Placeholders.replaced(in: node, by: $0) }
  }

  // MARK: axes

  private mutating func testTable(_ node: YAMLNode) -> TestTable? {
    guard case .mapping(let entries) = node.content else {
      diagnostics.append(.wrongType(of: node, expected: "a mapping"))
      return nil
    }
    var axes: [TestTable.Axis] = []
    for entry in entries {
      guard let name = text(entry.key), let rows = rows(entry.value, of: name.value) else { return nil }
      if let first = axes.first(where: { $0.name.value == name.value }) {
        diagnostics.append(.duplicateKey(name.value, at: name.span, first: first.name.span))
        return nil
      }
      axes.append(TestTable.Axis(name: name, rows: rows))
    }
    return TestTable(axes: axes)
  }

  private mutating func rows(_ node: YAMLNode, of name: String) -> [TestTable.Row]? {
    guard let items = list(node) else { return nil }
    if items.isEmpty { diagnostics.append(.emptyList(name, at: node.span)) }
    let rows = items.compactMap { row($0, of: name) }
    return rows.count == items.count && !rows.isEmpty ? rows : nil
  }

  /// A text, or a mapping of texts.
  private mutating func row(_ node: YAMLNode, of name: String) -> TestTable.Row? {
    guard case .mapping(let entries) = node.content else {
      return text(node, expected: "a text, or a mapping of texts").map { _ in [(name, node)] }
    }
    var row: TestTable.Row = []
    for entry in entries {
      guard let key = text(entry.key), text(entry.value) != nil else { return nil }
      row.append((name + "." + key.value, entry.value))
    }
    return row
  }

  // MARK: placeholders

  private mutating func isSound(_ table: TestTable, of node: YAMLNode, _ axes: YAMLNode.Entry) -> Bool {
    let before = diagnostics.count
    let used = Placeholders.all(in: node)
    for axis in table.axes {
      for row in axis.rows {
        let names = row.map(\.placeholder)
        let others = table.placeholders.filter { $0.isOf(axis.name.value) && !names.contains($0) }
        if let other = others.first { diagnostics.append(.unknownAxis(other, known: names, at: axis.name.span)) }
      }
      guard !used.contains(where: { $0.value.isOf(axis.name.value) }) else { continue }
      diagnostics.append(.axisNotUsed(axis.name.value, at: axis.name.span))
    }
    let known = table.placeholders
    for name in used where !known.contains(name.value) {
      diagnostics.append(.unknownAxis(name.value, known: known, at: name.span))
    }
    if table.caseCount == nil { diagnostics.append(.tableTooLarge(limit: TestTable.caseLimit, at: axes.key.span)) }
    return diagnostics.count == before
  }
}

/// `${name}` in the texts of a case.
private enum Placeholders {
  /// Those in values, with the scalars that they stand in; what stands under `axes` is no text of the case.
  static func all(in node: YAMLNode) -> [Sourced<String>] {
    switch node.content {
    case .scalar(let scalar): names(in: scalar.text).map { Sourced($0, at: node.span) }
    case .sequence(let items): items.flatMap { all(in: $0) }
    case .mapping(let entries): entries.filter { !$0.isAxes }.flatMap { all(in: $0.value) }
    }
  }

  private static func names(in text: String) -> [String] { parts(of: text).compactMap(\.placeholder) }

  /// The case with its values, and with those that its name does not say at the end of its name.
  static func replaced(in node: YAMLNode, by row: TestTable.Row) -> YAMLNode {
    guard case .mapping(let entries) = node.content else { return node }
    let content = entries.map { entry -> YAMLNode.Entry in
      if entry.isAxes { return entry }
      var entry = YAMLNode.Entry(key: entry.key, value: substituted(entry.value, row))
      if entry.key.text == "name", case .scalar(var scalar) = entry.value.content, !scalar.text.isEmpty {
        scalar.text += suffix(of: entries.first { $0.key.text == "name" }?.value.text ?? "", row)
        entry.value.content = .scalar(scalar)
      }
      return entry
    }
    return YAMLNode(content: .mapping(content), span: node.span)
  }

  private static func suffix(of name: String, _ row: TestTable.Row) -> String {
    let said = names(in: name)
    let rest = row.filter { !said.contains($0.placeholder) }.map { "\($0.placeholder): \($0.value.text ?? "")" }
    return rest.isEmpty ? "" : " (" + rest.joined(separator: ", ") + ")"
  }

  private static func substituted(_ node: YAMLNode, _ row: TestTable.Row) -> YAMLNode {
    switch node.content {
    case .scalar(let scalar): substituted(node, scalar, row)
    case .sequence(let items):
      YAMLNode(content: .sequence(items.map { substituted($0, row) }), span: node.span)
    case .mapping(let entries):
      YAMLNode(
        content: .mapping(entries.map { YAMLNode.Entry(key: $0.key, value: substituted($0.value, row)) }),
        span: node.span)
    }
  }

  /// What is nothing but a placeholder becomes the value as it is written, and where it is.
  private static func substituted(_ node: YAMLNode, _ scalar: YAMLNode.Scalar, _ row: TestTable.Row) -> YAMLNode {
    let parts = parts(of: scalar.text)
    func value(_ part: Part) -> YAMLNode? { row.first { $0.placeholder == part.placeholder }?.value }
    if parts.count == 1, let whole = value(parts[0]) { return whole }
    let text = parts.map { value($0)?.text ?? $0.text }.joined()
    return YAMLNode(content: .scalar(YAMLNode.Scalar(text: text, style: scalar.style)), span: node.span)
  }

  private struct Part {
    var text: String
    var placeholder: String?
  }

  private static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
      if start.lowerBound > rest.startIndex { parts.append(Part(text: String(rest[..<start.lowerBound]))) }
      parts.append(
        Part(text: String(rest[start.lowerBound...end]), placeholder: String(rest[start.upperBound..<end])))
      rest = rest[rest.index(after: end)...]
    }
    return rest.isEmpty ? parts : parts + [Part(text: String(rest))]
  }
}

extension YAMLNode {
  fileprivate var text: String? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar.text
  }
}

extension YAMLNode.Entry {
  fileprivate var isAxes: Bool { key.text == "axes" }
}

extension String {
  /// Whether a placeholder names the axis, or a key of its rows.
  fileprivate func isOf(_ axis: String) -> Bool { self == axis || hasPrefix(axis + ".") }
}
