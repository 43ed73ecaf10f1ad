// Refreshes in Test documents: what is known of each, and the decision that it must get. Read and checked here; running them is the
// review's.

/// One refresh and what is expected of it.
public struct RefreshTestCase: Sendable {
  /// What the case is called.
  public var name: Sourced<String>
  /// What is known of the refresh, and when.
  public var facts: RefreshFacts
  /// What must come of it.
  public var expected: Expectation
  /// Where the case begins.
  public var span: Span

  /// The parts of a decision that a test states; nil is not compared.
  public struct Expectation: Sendable {
    /// The outcome, always stated.
    public var outcome: RefreshOutcome
    /// The reason.
    public var reason: RefreshReason?
    /// What to re-authenticate with.
    public var method: ReauthenticationMethod?
    /// The end of an allowed refresh, in milliseconds since 1970.
    public var validUntilMilliseconds: Int64?

    public init(
      outcome: RefreshOutcome, reason: RefreshReason? = nil, method: ReauthenticationMethod? = nil,
      validUntilMilliseconds: Int64? = nil
    ) {
      self.outcome = outcome
      self.reason = reason
      self.method = method
      self.validUntilMilliseconds = validUntilMilliseconds
    }
  }

  public init(name: Sourced<String>, facts: RefreshFacts, expected: Expectation, span: Span) {
    self.name = name
    self.facts = facts
    self.expected = expected
    self.span = span
  }
}
