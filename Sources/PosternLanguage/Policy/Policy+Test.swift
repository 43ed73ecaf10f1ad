// A Test document: requests with the decisions that they must get. Read and checked here; running them is the review's.

/// One `kind: Test` document.
public struct TestDocument: Sendable {
  public var cases: [TestCase]
  public var span: Span

  public init(cases: [TestCase], span: Span) {
    self.cases = cases
    self.span = span
  }
}

/// One request and what is expected of it.
public struct TestCase: Sendable {
  public var name: Sourced<String>
  public var request: Request
  public var credential: Credential
  /// Milliseconds since 1970.
  public var nowMilliseconds: Int64
  public var expected: Expectation
  public var span: Span

  public struct Expectation: Sendable {
    public var verdict: Verdict
    public var reason: Reason?
    public var mode: Mode?
    public var clock: Clock?
    public var appName: String?
    public var touch: Bool?
    public var validUntilMilliseconds: Int64?

    public init(
      verdict: Verdict, reason: Reason? = nil, mode: Mode? = nil, clock: Clock? = nil, appName: String? = nil,
      touch: Bool? = nil, validUntilMilliseconds: Int64? = nil
    ) {
      self.verdict = verdict
      self.reason = reason
      self.mode = mode
      self.clock = clock
      self.appName = appName
      self.touch = touch
      self.validUntilMilliseconds = validUntilMilliseconds
    }
  }

  public init(
    name: Sourced<String>, request: Request, credential: Credential, nowMilliseconds: Int64, expected: Expectation,
    span: Span
  ) {
    self.name = name
    self.request = request
    self.credential = credential
    self.nowMilliseconds = nowMilliseconds
    self.expected = expected
    self.span = span
  }
}
