// A Test document: requests with the decisions that they must get. Read and checked here; running them is the review's.

/// One `kind: Test` document.
public struct TestDocument: Sendable {
  /// The cases, in file order.
  public var cases: [TestCase]
  /// The refreshes of OAuth clients, in file order.
  public var refreshes: [RefreshTestCase]
  /// Where the document begins.
  public var span: Span

  public init(cases: [TestCase], refreshes: [RefreshTestCase] = [], span: Span) {
    self.cases = cases
    self.refreshes = refreshes
    self.span = span
  }
}

/// One request and what is expected of it.
public struct TestCase: Sendable {
  /// What the case is called.
  public var name: Sourced<String>
  /// What is asked for.
  public var request: Request
  /// Who asks.
  public var credential: Credential
  /// Milliseconds since 1970.
  public var nowMilliseconds: Int64
  /// What must come of it.
  public var expected: Expectation
  /// Where the case begins.
  public var span: Span

  /// The parts of a decision that a test states; nil is not compared.
  public struct Expectation: Sendable {
    /// The verdict, always stated.
    public var verdict: Verdict
    /// The reason.
    public var reason: Reason?
    /// The mode of a `handle`.
    public var mode: Mode?
    /// The clock that fired or bounds.
    public var clock: Clock?
    /// The app's name.
    public var appName: String?
    /// Whether the request is activity.
    public var touch: Bool?
    /// The end of an allow, in milliseconds since 1970.
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
