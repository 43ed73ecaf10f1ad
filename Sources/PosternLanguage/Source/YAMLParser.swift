// Turns the bytes of one file into nodes, by the events of libyaml: the only file that imports it.
// Refuses what SourceText refuses, wrong syntax, documents past the depth bound, explicit tags, merge keys, keys that
// are no texts, aliases without an anchor, and aliases that stand for more nodes than the bound.

internal import CLibYAML

/// A YAML parser for one file; JSON is read as the YAML that it is.
package struct YAMLParser {
  /// Lists and mappings inside each other.
  package static let depthLimit = 64
  /// Nodes that the aliases of one file may stand for.
  package static let aliasNodeLimit = 1_000_000

  private let fileIndex: Int32
  private let allowsEscapedControls: Bool
  private var documents: [YAMLNode] = []
  private var diagnostics: [Diagnostic] = []
  private var frames: [Frame] = []
  private var anchors: [String: Anchor] = [:]
  /// Nodes so far, those behind aliases included.
  private var nodeCount = 0
  private var aliasNodeCount = 0

  /// A list or mapping that is not yet closed.
  private struct Frame {
    var isMapping: Bool
    /// `[...]` and `{...}` have an end of their own; a block ends with its last child.
    var isFlow: Bool
    var span: Span
    var anchor: String?
    /// `nodeCount` before it.
    var firstNode: Int
    /// Of a mapping: keys and values in turn.
    var children: [YAMLNode] = []
  }

  private struct Anchor {
    var node: YAMLNode
    var nodeCount: Int
  }

  /// The documents of a file, empty ones left out, and what is wrong with them. Only facts of a request may hold
  /// characters by escapes (`"\\u0007"`) that could not stand in the file themselves: strangers send what they like.
  package static func parse(
    _ bytes: [UInt8], fileIndex: Int, allowsEscapedControls: Bool = false
  ) -> (nodes: [YAMLNode], diagnostics: [Diagnostic]) {
    let faults = SourceText.faults(in: bytes, fileIndex: fileIndex)
    guard faults.isEmpty else { return ([], faults) }
    var parser = YAMLParser(Int32(truncatingIfNeeded: fileIndex), allowsEscapedControls)
    parser.run(bytes)
    if parser.documents.isEmpty && parser.diagnostics.isEmpty {
      parser.diagnostics.append(.emptyFile(at: Span(startOfFile: fileIndex)))
    }
    return (parser.documents, parser.diagnostics)
  }

  private init(_ fileIndex: Int32, _ allowsEscapedControls: Bool) {
    self.fileIndex = fileIndex
    self.allowsEscapedControls = allowsEscapedControls
  }

  /// libyaml keeps a pointer to its own state, which therefore has a fixed address.
  private mutating func run(_ bytes: [UInt8]) {
    let state = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { unsafe state.deallocate() }
    guard unsafe yaml_parser_initialize(state) != 0 else { return outOfMemory() }
    defer { unsafe yaml_parser_delete(state) }
    unsafe yaml_parser_set_encoding(state, YAML_UTF8_ENCODING)
    let mark = SourceText.byteOrderMark(of: bytes)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe yaml_parser_set_input_string(state, buffer.baseAddress.map { unsafe $0 + mark }, buffer.count - mark)
      unsafe readEvents(state)
    }
  }

  private mutating func readEvents(_ state: UnsafeMutablePointer<yaml_parser_t>) {
    let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    defer { unsafe event.deallocate() }
    while true {
      guard unsafe yaml_parser_parse(state, event) != 0 else { return unsafe syntaxError(state) }
      defer { unsafe yaml_event_delete(event) }
      guard unsafe take(event) else { return }
    }
  }

  /// Takes one event; false ends the reading.
  private mutating func take(_ event: UnsafeMutablePointer<yaml_event_t>) -> Bool {
    switch unsafe event.pointee.type {
    case YAML_SCALAR_EVENT: unsafe scalar(event)
    case YAML_SEQUENCE_START_EVENT:
      let start = unsafe event.pointee.data.sequence_start
      return unsafe open(
        event, isMapping: false, isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE, anchor: start.anchor, tag: start.tag)
    case YAML_MAPPING_START_EVENT:
      let start = unsafe event.pointee.data.mapping_start
      return unsafe open(
        event, isMapping: true, isFlow: start.style == YAML_FLOW_MAPPING_STYLE, anchor: start.anchor, tag: start.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: unsafe close(event)
    case YAML_ALIAS_EVENT: return unsafe alias(event)
    case YAML_DOCUMENT_START_EVENT: anchors.removeAll()
    case YAML_STREAM_END_EVENT: return false
    default: break
    }
    return true
  }

  // MARK: nodes

  private mutating func scalar(_ event: UnsafeMutablePointer<yaml_event_t>) {
    let data = unsafe event.pointee.data.scalar
    let buffer = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
    let text = unsafe String(decoding: buffer, as: UTF8.self)
    let content = unsafe YAMLNode.Content.scalar(YAMLNode.Scalar(text: text, style: Self.style(data.style)))
    let node = unsafe YAMLNode(content: content, span: span(event.pointee.start_mark, event.pointee.end_mark))
    unsafe refuseTag(data.tag, at: node.span)
    let mayEscape = unsafe data.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE
    if mayEscape && !allowsEscapedControls { refuseControls(text, at: node.span) }
    nodeCount += 1
    if let name = unsafe data.anchor { unsafe anchors[Self.string(name)] = Anchor(node: node, nodeCount: 1) }
    add(node)
  }

  private mutating func open(
    _ event: UnsafeMutablePointer<yaml_event_t>, isMapping: Bool, isFlow: Bool,
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?
  ) -> Bool {
    let span = unsafe span(event.pointee.start_mark, event.pointee.end_mark)
    guard frames.count < Self.depthLimit else {
      diagnostics.append(.nestingTooDeep(limit: Self.depthLimit, at: span))
      return false
    }
    unsafe refuseTag(tag, at: span)
    let name = unsafe anchor.map { unsafe Self.string($0) }
    frames.append(Frame(isMapping: isMapping, isFlow: isFlow, span: span, anchor: name, firstNode: nodeCount))
    nodeCount += 1
    return true
  }

  private mutating func close(_ event: UnsafeMutablePointer<yaml_event_t>) {
    var frame = frames.removeLast()
    let end = unsafe frame.isFlow ? span(event.pointee.start_mark, event.pointee.end_mark) : frame.children.last?.span
    if let end {
      frame.span.endLine = end.endLine
      frame.span.endColumn = end.endColumn
    }
    let content: YAMLNode.Content =
      frame.isMapping ? .mapping(entries(of: frame.children)) : .sequence(frame.children)
    let node = YAMLNode(content: content, span: frame.span)
    if let name = frame.anchor { anchors[name] = Anchor(node: node, nodeCount: nodeCount - frame.firstNode) }
    add(node)
  }

  private mutating func entries(of children: [YAMLNode]) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    entries.reserveCapacity(children.count / 2)
    for index in stride(from: 0, to: children.count - 1, by: 2) {
      let key = children[index]
      guard case .scalar(let name) = key.content else {
        diagnostics.append(.complexKey(at: key.span))
        continue
      }
      guard name.style != .plain || name.text != "<<" else {
        diagnostics.append(.mergeKey(at: key.span))
        continue
      }
      entries.append(YAMLNode.Entry(key: key, value: children[index + 1]))
    }
    return entries
  }

  /// An alias is where it stands; what is inside it is where it was written. False where there are too many.
  private mutating func alias(_ event: UnsafeMutablePointer<yaml_event_t>) -> Bool {
    let span = unsafe span(event.pointee.start_mark, event.pointee.end_mark)
    let name = unsafe event.pointee.data.alias.anchor.map { unsafe Self.string($0) } ?? ""
    guard let anchor = anchors[name] else {
      diagnostics.append(.unknownAlias(name, at: span))
      // Its field should not find fault with it too.
      add(YAMLNode(content: .scalar(YAMLNode.Scalar(text: "*" + name, style: .singleQuoted)), span: span))
      return true
    }
    nodeCount += anchor.nodeCount
    aliasNodeCount += anchor.nodeCount
    guard aliasNodeCount <= Self.aliasNodeLimit else {
      diagnostics.append(.aliasExpansion(limit: Self.aliasNodeLimit, at: span))
      return false
    }
    add(YAMLNode(content: anchor.node.content, span: span))
    return true
  }

  private mutating func add(_ node: YAMLNode) {
    guard frames.isEmpty else { return frames[frames.count - 1].children.append(node) }
    if case .scalar(let scalar) = node.content, scalar.style == .plain, scalar.text.isEmpty { return }
    documents.append(node)
  }

  private mutating func refuseTag(_ tag: UnsafeMutablePointer<UInt8>?, at span: Span) {
    guard let tag = unsafe tag else { return }
    unsafe diagnostics.append(.explicitTag(Self.string(tag), at: span))
  }

  private mutating func refuseControls(_ text: String, at span: Span) {
    let isPlainASCII = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    guard !isPlainASCII, let bad = text.unicodeScalars.first(where: { SourceText.isRefused($0.value) }) else { return }
    diagnostics.append(.controlCharacter(bad.value, at: span))
  }

  // MARK: out of libyaml

  private func span(_ start: yaml_mark_t, _ end: yaml_mark_t) -> Span {
    // A file has at most 2^24 bytes, and libyaml counts lines and columns in characters, from 0.
    Span(
      fileIndex: fileIndex, startLine: Int32(truncatingIfNeeded: start.line) + 1,
      startColumn: Int32(truncatingIfNeeded: start.column) + 1, endLine: Int32(truncatingIfNeeded: end.line) + 1,
      endColumn: Int32(truncatingIfNeeded: end.column) + 1)
  }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.Scalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  private static func string(_ text: UnsafeMutablePointer<UInt8>) -> String { unsafe String(cString: text) }

  private mutating func outOfMemory() {
    let start = Span(startOfFile: Int(fileIndex))
    diagnostics.append(.yamlSyntax("no memory is left", isTab: false, at: start, notes: []))
  }

  private mutating func syntaxError(_ state: UnsafeMutablePointer<yaml_parser_t>) {
    guard unsafe state.pointee.error != YAML_MEMORY_ERROR else { return outOfMemory() }
    let problem = unsafe state.pointee.problem.map { unsafe String(cString: $0) } ?? "this is not YAML"
    let place = unsafe character(state.pointee.problem_mark)
    var notes: [Diagnostic.Note] = []
    if let context = unsafe state.pointee.context {
      unsafe notes.append(.init(message: String(cString: context), span: character(state.pointee.context_mark)))
    }
    let stopsAtTab = unsafe isTab(state)
    let isTab = stopsAtTab && problem.hasPrefix("found character that cannot start any token")
    diagnostics.append(.yamlSyntax(problem, isTab: isTab, at: place, notes: notes))
  }

  private func character(_ mark: yaml_mark_t) -> Span {
    var span = span(mark, mark)
    span.endColumn += 1
    return span
  }

  /// Whether libyaml stopped before a tab.
  private func isTab(_ state: UnsafeMutablePointer<yaml_parser_t>) -> Bool {
    unsafe state.pointee.buffer.pointer.map { unsafe $0.pointee == 0x09 } ?? false
  }
}
