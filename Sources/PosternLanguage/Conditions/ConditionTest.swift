// One test of a condition: a comparison of a fact with constants, or anything else that comes to yes, no or an error. What
// values of the fact it tells apart is known for comparisons of texts, numbers, instants and addresses; of other tests only
// that equal ones come to the same. Refuses nothing.

internal import PosternCEL

/// A test, with the fact that it is about.
public struct ConditionTest: Sendable {
  /// The test as an expression; tests of one text are one test.
  public let text: String
  /// What it asks about; nil where it is not one fact.
  public let fact: ConditionFact?
  /// Values of the fact among which it comes to everything that it can come to.
  public let examples: [ConditionExample]
  /// Whether the examples of all such tests of the fact stand for every value.
  ///
  /// Whatever the value, one of them makes each of these tests come to the same.
  public let isExhaustive: Bool
  /// Whether it is an error only where its fact is absent: it asks whether a text holds another.
  public let isTotal: Bool
  let node: CELExpression
  /// The expression that it stands in.
  let reading: ConditionExpression
  private let subjectID: Int?
  private let isPresence: Bool

  init(_ node: CELExpression, in reading: ConditionExpression) {
    let facts = ConditionFactReading(reading)
    let subject = Subject(node, facts)
    self.node = node
    self.reading = reading
    subjectID = subject?.node.id
    fact = subject?.fact
    isPresence = subject?.isPresence ?? false
    let values = subject.map { TestedValues($0, node, reading) }
    examples = values?.examples ?? []
    isExhaustive = values?.isExhaustive ?? false
    text = node.unparsed
    let isText = subject.map { reading.checking.types[$0.node.id] == .string } ?? false
    isTotal = isText && subject.map { Self.searches(node, $0.node.id) } ?? false
  }

  private static func searches(_ node: CELExpression, _ id: Int) -> Bool {
    guard case .call(let function, let target?, _) = node.kind, target.id == id else { return false }
    return ["contains", "startsWith", "endsWith", "matches"].contains(function)
  }

  /// What the test comes to where its fact is `example`; nil where it is about none, or it asks for a zone's clocks.
  public func outcome(_ example: ConditionExample) -> ConditionOutcome? {
    guard let subjectID else { return nil }
    if isPresence { return example == .absent ? .no : .yes }
    guard case .value(let fact) = example, let value = try? fact.value() else { return .error }
    let tested = node.replacing { part in
      part.id == subjectID ? CELExpression(id: -1, range: part.range, kind: .constant(value)) : nil
    }
    guard case .bool(let truth)? = try? CELEvaluator().evaluate(tested, [:] as [String: CELValue]) else {
      return .error
    }
    return truth ? .yes : .no
  }
}

/// The one fact of a test, and where it stands.
private struct Subject {
  let node: CELExpression
  let fact: ConditionFact
  var isPresence = false

  /// nil where there is no fact, or more than one, or it stands among what is no constant.
  init?(_ node: CELExpression, _ facts: ConditionFactReading) {
    if case .has(let operand, let field) = node.kind, let path = facts.path(operand), path.names.isEmpty {
      self.node = node
      fact = path.root == ConditionEnvironment.headers ? .header(field) : .claim([field])
      isPresence = true
      return
    }
    guard let found = Self.only(in: node, facts), Self.isPlain(node, but: found.node.id, facts) else { return nil }
    self.node = found.node
    fact = found.fact
  }

  private static func only(
    in node: CELExpression, _ facts: ConditionFactReading
  ) -> (node: CELExpression, fact: ConditionFact)? {
    if let fact = facts.fact(node) { return (node, fact) }
    let found = node.children.compactMap { only(in: $0, facts) }
    return found.count == 1 ? found[0] : nil
  }

  /// Whether everything beside the node of that id is constant, and no macro stands around it.
  private static func isPlain(_ node: CELExpression, but id: Int, _ facts: ConditionFactReading) -> Bool {
    if node.id == id || facts.constants.outcome(of: node) != nil { return true }
    switch node.kind {
    case .call, .list: return node.children.allSatisfy { isPlain($0, but: id, facts) }
    default: return false
    }
  }
}

/// The values of a fact that matter to a test.
private struct TestedValues {
  private(set) var examples: [ConditionExample] = [.absent]
  private(set) var isExhaustive = false
  private let fact: ConditionFact

  init(_ subject: Subject, _ node: CELExpression, _ reading: ConditionExpression) {
    fact = subject.fact
    let constants = Self.constants(in: node, but: subject.node.id, reading)
    if subject.isPresence {
      isExhaustive = true
    } else if node.id == subject.node.id {
      add([.bool(true), .bool(false)])
      isExhaustive = true
    } else if case .call(let function, let target, let arguments) = node.kind {
      let isLeft = (target ?? arguments[0]).id == subject.node.id
      read(function, isLeft: isLeft, isDirect: isLeft || arguments.last?.id == subject.node.id, constants)
    }
    addOthers(constants)
  }

  /// The constants beside the fact, lists taken apart.
  private static func constants(in node: CELExpression, but id: Int, _ reading: ConditionExpression) -> [CELValue] {
    if node.id == id { return [] }
    if let value = reading.constants.value(of: node) {
      if case .list(let items) = value { return items }
      return [value]
    }
    return node.children.flatMap { constants(in: $0, but: id, reading) }
  }

  private mutating func read(_ function: String, isLeft: Bool, isDirect: Bool, _ constants: [CELValue]) {
    let orders = [
      CELOperator.less, CELOperator.lessOrEqual, CELOperator.greater, CELOperator.greaterOrEqual,
    ]
    let isText = constants.allSatisfy { if case .string = $0 { true } else { false } }
    switch function {
    case CELOperator.equals: isExhaustive = isDirect && constants.allSatisfy(Self.isScalar)
    case CELOperator.in: isExhaustive = isLeft && constants.allSatisfy(Self.isScalar)
    case "startsWith": isExhaustive = isLeft && isText && !fact.isAddress
    case "inIpRange": isExhaustive = isLeft && fact.isAddress
    // Between two whole numbers a claim may be a fraction.
    case _ where orders.contains(function): isExhaustive = isDirect && !isClaim && constants.allSatisfy(Self.isWhole)
    default: isExhaustive = false
    }
  }

  private static func isScalar(_ value: CELValue) -> Bool {
    switch value {
    case .string, .bool, .int, .timestamp: true
    default: false
    }
  }

  private static func isWhole(_ value: CELValue) -> Bool {
    switch value {
    case .int, .timestamp: true
    default: false
    }
  }

  private var isClaim: Bool { if case .claim = fact { true } else { false } }

  // MARK: values

  private mutating func add(_ values: [FactValue]) { examples += values.map { .value($0) } }

  /// Each constant, what lies beside it, and what is none of them.
  private mutating func addOthers(_ constants: [CELValue]) {
    if fact == .attribute("request.method") {
      add(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map { .text(Array($0.utf8)) })
    }
    if case .timePart(let function, _) = fact, let count = Self.values(of: function) {
      return add((0..<count).map { .int($0) })
    }
    for constant in constants {
      switch constant {
      case .string(let text): add(fact.isAddress ? Self.addresses(beside: text) : Self.texts(beside: text))
      case .int(let number): add(Self.numbers(beside: number).map { .int($0) })
      case .timestamp(let instant):
        let milliseconds = instant.seconds * 1_000 + Int64(instant.nanoseconds / 1_000_000)
        add((milliseconds - 1...milliseconds + 2).map { .timestamp(milliseconds: $0) })
      case .bool: add([.bool(true), .bool(false)])
      default: break
      }
    }
    if isClaim { addDynamic(constants) }
    if !fact.isAddress { add([.text(Array("~".utf8))]) }
  }

  /// A claim may be of any type.
  private mutating func addDynamic(_ constants: [CELValue]) {
    let texts = constants.compactMap { if case .string(let text) = $0 { Array(text.utf8) } else { nil } }
    add([.null, .bool(true), .bool(false), .list([]), .list(texts.map { .text($0) })])
    add(texts.map { .list([.text($0)]) })
  }

  /// How many values a part of the time has, from 0; nil of the calendar's.
  private static func values(of function: String) -> Int64? {
    TimeUse.Part(function: function).flatMap { $0.unit.count }.flatMap { $0 <= 60 ? $0 : nil }
  }

  private static func texts(beside text: String) -> [FactValue] {
    [.text(Array(text.utf8)), .text(Array((text + "~").utf8))]
  }

  private static func numbers(beside number: Int64) -> [Int64] {
    [number == .min ? number : number - 1, number, number == .max ? number : number + 1]
  }

  /// The first and the last address of a range, and those around them.
  private static func addresses(beside text: String) -> [FactValue] {
    guard let range = CELNetwork(text: text) ?? CELAddress(text: text).map({ CELNetwork(only: $0) }) else { return [] }
    let first = range.masked.address.bytes
    let last = range.lastAddressBytes
    let around = [Self.stepped(first, by: -1), first, last, Self.stepped(last, by: 1)]
    return around.compactMap { $0 }.map { .text(Array(CELAddress(bytes: $0).text.utf8)) }
  }

  private static func stepped(_ bytes: [UInt8], by step: Int) -> [UInt8]? {
    var bytes = bytes
    for index in bytes.indices.reversed() {
      let sum = Int(bytes[index]) + step
      bytes[index] = UInt8(truncatingIfNeeded: sum)
      if (0...255).contains(sum) { return bytes }
    }
    return nil
  }
}

extension CELNetwork {
  /// The range of one address.
  fileprivate init(only address: CELAddress) {
    self.init(address: address, prefixLength: address.bytes.count * 8)
  }

  /// The range's last address.
  fileprivate var lastAddressBytes: [UInt8] {
    masked.address.bytes.enumerated().map { index, byte in
      let bitCount = min(8, max(0, prefixLength - index * 8))
      return byte | ~UInt8(truncatingIfNeeded: 0xFF00 >> bitCount)
    }
  }
}
