// `kind: Test`: requests with the decisions that they must get, read and checked; running them is the review's. Request
// files of `postern eval` are the same without a name and an expectation.

extension PolicyReader {
  mutating func readTest(_ fields: Fields) {
    if fields["tests"] == nil && fields["refreshes"] == nil {
      diagnostics.append(.missingKey("tests", of: fields.keys.name, at: fields.head))
    }
    let items = fields["tests"].flatMap { list($0) } ?? []
    let cases = items.flatMap { item in casesOfTable(expanded(item)) { $0.testCase($1) } }
    reportRepeated(cases.map(\.name), what: "test")
    tests.append(TestDocument(cases: cases, refreshes: refreshTestCases(fields), span: fields.span))
  }

  /// The cases of one item; what is wrong with all cases of a table alike is told once.
  mutating func casesOfTable<Case>(
    _ nodes: [YAMLNode], _ read: (inout PolicyReader, YAMLNode) -> Case?
  ) -> [Case] {
    guard nodes.count > 1 else { return nodes.compactMap { read(&self, $0) } }
    let before = (diagnostics: diagnostics.count, apps: expectedApps.count)
    let cases = nodes.compactMap { read(&self, $0) }
    diagnostics.keepFirstOfEqual(from: before.diagnostics)
    expectedApps.keepFirstOfEqual(from: before.apps)
    return cases
  }

  private mutating func testCase(_ node: YAMLNode) -> TestCase? {
    guard let fields = fields(node, .testCase) else { return nil }
    let name = fields["name"].flatMap { nonEmptyText($0) }
    let facts = facts(fields)
    let expected = fields["expect"].flatMap { expectation($0, now: facts?.nowMilliseconds ?? Instant.defaultNow) }
    guard let name, let facts, let expected else { return nil }
    return TestCase(
      name: name, request: facts.request, credential: facts.credential, nowMilliseconds: facts.nowMilliseconds,
      expected: expected, span: fields.span)
  }

  mutating func facts(_ fields: Fields, defaultNow: Int64 = Instant.defaultNow) -> RequestFacts? {
    let now = fields["now"].flatMap { time($0, now: defaultNow) } ?? defaultNow
    let credential = fields["credential"].map { self.credential($0, now: now) } ?? Credential()
    guard let request = fields["request"].flatMap({ self.request($0) }), let credential else { return nil }
    let decided = fields.entries.first { $0.key.name == "decision" }.flatMap { expectation($0.value, now: now) }
    return RequestFacts(request: request, credential: credential, nowMilliseconds: now, decided: decided)
  }

  private mutating func expectation(_ node: YAMLNode, now: Int64) -> TestCase.Expectation? {
    guard let fields = fields(node, .expectation) else { return nil }
    let app = fields["app"].flatMap { nonEmptyText($0) }
    if let app { expectedApps.append(app) }
    let reason = value(fields, "reason", Reason.allCases)
    let mode = value(fields, "mode", Mode.allCases)
    let clock = value(fields, "clock", Clock.allCases)
    let touch = fields["touch"].flatMap { flag($0) }?.value
    let validUntil = fields["validUntil"].flatMap { self.validUntil($0, now: now) }
    guard let verdict = value(fields, "verdict", Verdict.allCases) else { return nil }
    return TestCase.Expectation(
      verdict: verdict, reason: reason, mode: mode, clock: clock, appName: app?.value, touch: touch,
      validUntilMilliseconds: validUntil)
  }

  private mutating func validUntil(_ node: YAMLNode, now: Int64) -> Int64? {
    if case .scalar(let scalar) = node.content, scalar.text == "unbounded" { return .max }
    return time(node, now: now)
  }
}

/// The facts of one decision: what a request file, or a line of a decision log, holds.
public struct RequestFacts: Sendable {
  /// What is asked for.
  public var request: Request
  /// Who asks.
  public var credential: Credential
  /// Milliseconds since 1970.
  public var nowMilliseconds: Int64
  /// What was decided, where the facts are a line of a decision log.
  public var decided: TestCase.Expectation?

  public init(
    request: Request, credential: Credential, nowMilliseconds: Int64, decided: TestCase.Expectation? = nil
  ) {
    self.request = request
    self.credential = credential
    self.nowMilliseconds = nowMilliseconds
    self.decided = decided
  }

  /// Reads a request file, JSON or YAML, decided at `now` unless it says otherwise; `facts` is nil where it cannot be read.
  public static func read(_ file: SourceFile, now: Int64? = nil) -> (facts: RequestFacts?, diagnostics: [Diagnostic]) {
    PolicyReader.readRequestFile(file, .requestFile) { $0.facts($1, defaultNow: now ?? Instant.defaultNow) }
  }
}

extension PolicyReader {
  /// What `read` makes of a request file's one document; nil where anything in it is wrong.
  static func readRequestFile<Facts>(
    _ file: SourceFile, _ keys: KeySet, _ read: (inout PolicyReader, Fields) -> Facts?
  ) -> (facts: Facts?, diagnostics: [Diagnostic]) {
    let parsed = YAMLParser.parse(file.bytes, fileIndex: 0, allowsEscapedControls: true)
    var reader = PolicyReader()
    reader.diagnostics = parsed.diagnostics
    guard let document = parsed.nodes.first else { return (nil, reader.diagnostics) }
    if parsed.nodes.count > 1 { reader.diagnostics.append(.secondDocument(at: parsed.nodes[1].head)) }
    let facts = reader.fields(document, keys).flatMap { read(&reader, $0) }
    let isRefused = reader.diagnostics.contains { $0.severity == .error }
    return (isRefused ? nil : facts, reader.diagnostics)
  }
}

extension Array where Element: Hashable {
  /// Drops what repeats an element at or past `start`.
  fileprivate mutating func keepFirstOfEqual(from start: Int) {
    var seen: Set<Element> = []
    self = self[..<start] + self[start...].filter { seen.insert($0).inserted }
  }
}
