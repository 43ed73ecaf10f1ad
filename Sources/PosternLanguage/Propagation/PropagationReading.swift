// An expression of attribute propagation read: a walk over the parsed tree, by the forms whose attributes are the same at
// every request. Refuses every other form, each part with its place.

internal import PosternCEL

/// What reading one expression comes to.
struct PropagationReading {
  /// An attribute, and where the name that it is emitted by is written, in UTF-8 bytes of the expression.
  struct Attribute {
    var value: Propagation.Attribute
    var nameRange: Range<Int>
  }

  /// In the order of the expression; empty where there are issues.
  let attributes: [Attribute]
  /// In the order of the text; no more than the checker of conditions reports of one.
  let issues: [CELIssue]

  init(_ text: String) {
    let parsing = CELParser.parse(text)
    guard let tree = parsing.expression else {
      attributes = []
      issues = parsing.issues
      return
    }
    var walk = PropagationWalk(text)
    let found = walk.attributes(of: tree)
    attributes = walk.issues.isEmpty ? found : []
    issues = Array(
      walk.issues.sorted { $0.range.lowerBound < $1.range.lowerBound }.prefix(CELChecker.issueCount))
  }
}

/// One walk over an expression.
private struct PropagationWalk {
  typealias Attribute = PropagationReading.Attribute

  /// What a part of the expression stands for.
  enum Selection {
    /// A whole list, of which nothing says yet what it holds.
    case all(Propagation.Source, Range<Int>)
    case one(Attribute)
    case list([Attribute])
  }

  /// A function called on what stands before it.
  struct Link {
    let node: CELExpression
    let nameRange: Range<Int>
    let name: String
  }

  private(set) var issues: [CELIssue] = []
  private let text: [UInt8]

  init(_ text: String) { self.text = Array(text.utf8) }

  /// The attributes that a node selects; what is wrong with it is among `issues`.
  mutating func attributes(of node: CELExpression) -> [Attribute] {
    switch selection(node) {
    case nil: return []
    case .one(let attribute)?: return [attribute]
    case .list(let attributes)?: return attributes
    case .all(let source, let range)?:
      issues.append(.unselected(source, at: range))
      return []
    }
  }

  /// Goes down a chain of calls and back up: chains are long, and what stands in their parentheses is not deep.
  private mutating func selection(_ node: CELExpression) -> Selection? {
    var links: [Link] = []
    var base = node
    while let target = base.calledOn {
      links.append(link(base, on: target))
      base = target
    }
    var selection = list(base)
    for link in links.reversed() { selection = apply(link, to: selection) }
    return selection
  }

  /// `attributes.saml_attributes` or `attributes.iap_attributes`.
  private mutating func list(_ node: CELExpression) -> Selection? {
    guard case .select(let operand, let field, isOptional: false) = node.kind,
      case .identifier("attributes", _) = operand.kind
    else {
      issues.append(.noList(at: node.range))
      return nil
    }
    if let source = Propagation.Source.allCases.first(where: { $0.name == field }) {
      return .all(source, node.range)
    }
    let start = max(node.range.lowerBound, node.range.upperBound - field.utf8.count)
    issues.append(.unknownList(field, at: start..<node.range.upperBound))
    return nil
  }

  // MARK: functions

  /// What a function makes of a selection; nil where either is refused.
  private mutating func apply(_ link: Link, to selection: Selection?) -> Selection? {
    switch link.name {
    case "filter": return filtered(link, selection)
    case "selectByName": return selected(link, selection)
    case "append": return appended(link, selection)
    case "emitAs":
      guard let (name, range) = onlyName(link) else { return nil }
      return changed(link, selection) { attribute in
        attribute.value.emittedName = name
        attribute.nameRange = range
      }
    case "strict":
      guard hasNoArgument(link) else { return nil }
      return changed(link, selection) { $0.value.isStrict = true }
    case "decorate":
      guard hasNoArgument(link) else { return nil }
      return changed(link, selection) { $0.value.isDecorated = true }
    default:
      issues.append(.unknownFunction(link.name, at: link.nameRange))
      return nil
    }
  }

  /// `.filter(x, x.name in ["a", "b"])`.
  private mutating func filtered(_ link: Link, _ selection: Selection?) -> Selection? {
    let names = filterNames(link)
    guard let source = source(link, selection), let names else { return nil }
    return .list(names.map { attribute(source, $0.name, $0.range) })
  }

  /// `.selectByName("a")`.
  private mutating func selected(_ link: Link, _ selection: Selection?) -> Selection? {
    let name = onlyName(link)
    guard let source = source(link, selection), let name else { return nil }
    return .one(attribute(source, name.name, name.range))
  }

  private func attribute(_ source: Propagation.Source, _ name: String, _ range: Range<Int>) -> Attribute {
    Attribute(value: Propagation.Attribute(source: source, name: name, emittedName: name), nameRange: range)
  }

  /// The whole list that a function selects from.
  private mutating func source(_ link: Link, _ selection: Selection?) -> Propagation.Source? {
    switch selection {
    case nil: return nil
    case .all(let source, _)?: return source
    case .one?, .list?:
      issues.append(.alreadySelected(link.name, at: link.nameRange))
      return nil
    }
  }

  /// `.append(other)`: one attribute counts as a list of one.
  private mutating func appended(_ link: Link, _ selection: Selection?) -> Selection? {
    guard case .call(_, _, let arguments) = link.node.kind, arguments.count == 1 else {
      issues.append(.arguments(link.name, "one attribute or one list of attributes", at: link.nameRange))
      return nil
    }
    let added = attributes(of: arguments[0])
    switch selection {
    case nil: return nil
    case .one(let attribute)?: return .list([attribute] + added)
    case .list(let attributes)?: return .list(attributes + added)
    case .all(let source, let range)?:
      issues.append(.unselected(source, at: range))
      return nil
    }
  }

  /// A function of one attribute.
  private mutating func changed(
    _ link: Link, _ selection: Selection?, _ change: (inout Attribute) -> Void
  ) -> Selection? {
    switch selection {
    case nil: return nil
    case .one(var attribute)?:
      change(&attribute)
      return .one(attribute)
    case .all?, .list?:
      issues.append(.notOne(link.name, at: link.nameRange))
      return nil
    }
  }

  // MARK: arguments

  private mutating func hasNoArgument(_ link: Link) -> Bool {
    if case .call(_, _, let arguments) = link.node.kind, arguments.isEmpty { return true }
    issues.append(.arguments(link.name, "nothing", at: link.nameRange))
    return false
  }

  private mutating func onlyName(_ link: Link) -> (name: String, range: Range<Int>)? {
    guard case .call(_, _, let arguments) = link.node.kind, arguments.count == 1 else {
      issues.append(.arguments(link.name, "one name", at: link.nameRange))
      return nil
    }
    return name(arguments[0])
  }

  /// A name as a constant text.
  private mutating func name(_ node: CELExpression) -> (name: String, range: Range<Int>)? {
    guard case .constant(.string(let name)) = node.kind else {
      issues.append(.noName(at: node.range))
      return nil
    }
    guard (1...Propagation.nameByteLimit).contains(name.utf8.count) else {
      issues.append(.nameLength(at: node.range))
      return nil
    }
    return (name, node.range)
  }

  /// The names of a filter; nil where it has another form.
  private mutating func filterNames(_ link: Link) -> [(name: String, range: Range<Int>)]? {
    guard case .comprehension(let comprehension) = link.node.kind, let predicate = comprehension.predicate else {
      issues.append(.arguments(link.name, "a variable and what must hold of it", at: link.nameRange))
      return nil
    }
    guard case .call(CELOperator.in, nil, let operands) = predicate.kind, operands.count == 2,
      case .select(let operand, "name", isOptional: false) = operands[0].kind,
      case .identifier(comprehension.variables[0], isAbsolute: false) = operand.kind,
      case .list(let elements) = operands[1].kind, !elements.contains(where: \.isOptional)
    else {
      issues.append(.predicate(variable: comprehension.variables[0], at: predicate.range))
      return nil
    }
    if elements.isEmpty { issues.append(.emptyFilter(at: operands[1].range)) }
    let names = elements.compactMap { name($0.value) }
    return names.count == elements.count && !elements.isEmpty ? names : nil
  }

  // MARK: places

  private func link(_ node: CELExpression, on target: CELExpression) -> Link {
    let range = nameRange(from: target.range.upperBound, to: node.range.upperBound)
    return Link(node: node, nameRange: range, name: String(decoding: text[range], as: UTF8.self))
  }

  /// The first identifier past what a function is called on, parentheses, blanks and comments passed over.
  private func nameRange(from start: Int, to end: Int) -> Range<Int> {
    var index = start
    while index < end && !Self.isOfIdentifier(text[index]) {
      let isComment = text[index] == UInt8(ascii: "/")
      index = isComment ? text[index..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end : index + 1
    }
    return index..<(text[index..<end].firstIndex { !Self.isOfIdentifier($0) } ?? end)
  }

  private static func isOfIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

extension CELExpression {
  /// What a function, or a macro over a list, is called on.
  fileprivate var calledOn: CELExpression? {
    switch kind {
    case .call(_, let target, _): target
    case .comprehension(let comprehension): comprehension.range
    default: nil
    }
  }
}
