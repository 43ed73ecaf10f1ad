// Why a request gets the decision that it gets: the road that the decision took, what would have changed it, who else gets the same.
// Refuses nothing: whatever comes is decided, and what is not known of a bundle is said.

public import PosternCompiler
public import PosternLanguage

/// A decision of the kernel, with everything that can be said of how it came about.
public struct RequestExplanation {
  /// The decision, by which rule, and what the proxy must do.
  public let explanation: Explanation
  /// The rows that the request went through, the one that decided last.
  public let road: [RoadStep]
  /// What would have changed the verdict, the smallest and most likely first.
  public let changes: [Change]
  /// Of a challenge: what would have changed its form.
  public let formChanges: [Change]
  /// Of how many single changes, other times and pairs of changes the kernel was asked.
  public let triedCounts: (singles: Int, instants: Int, pairs: Int)
  /// Who else gets the same answer.
  public let same: Same
  let isOfPolicy: Bool

  /// Who else gets the same answer.
  public enum Same {
    /// Whoever asks: the answer came before anybody was looked at.
    case everybody
    /// Whoever brings no credential.
    case everybodyWithoutLogin
    /// Those who are named.
    case those(SameAnswers)
    /// A bundle does not say who is behind its members.
    case notKnown
  }

  /// Explains what the kernel decides by `bundle`.
  ///
  /// - Parameters:
  ///   - policy: the policy that the bundle was compiled from; nil where only the bundle is known.
  ///   - pathPrefix: leads from the reader to the policy tree.
  public init(_ facts: RequestFacts, _ bundle: OpenBundle, _ policy: Policy?, pathPrefix: String = "") {
    let kernel = AskedKernel(bundle)
    let decision = kernel.decide(facts)
    explanation = Explanation(decision, of: bundle, at: facts.nowMilliseconds, pathPrefix: pathPrefix)
    isOfPolicy = policy != nil
    let zones = ZoneFolder().holding(policy?.zoneNames ?? [])
    let road = policy.map {
      $0.road(of: facts.request, facts.credential, at: facts.nowMilliseconds, timeZones: zones)
    }
    let explained = policy.flatMap { policy in
      road.map { ExplainedPolicy(policy, $0, decision, zones, pathPrefix: pathPrefix) }
    }
    if let policy, let road {
      self.road = RoadReader(facts, decision, policy, road, pathPrefix: pathPrefix).steps
    } else {
      self.road = BundleRoad.steps(facts, explanation)
    }
    let search = ChangeSearch(facts: facts, decision: decision, kernel: kernel, policy: explained)
    let result = search.result()
    changes = result.changes
    formChanges = search.formChanges
    triedCounts = (result.singleCount, result.instantCount, result.pairCount)
    same = Self.same(facts, decision, kernel, explained)
  }

  private static func same(
    _ facts: RequestFacts, _ decision: Decision, _ kernel: AskedKernel, _ policy: ExplainedPolicy?
  ) -> Same {
    switch decision.reason {
    case .undecided, .malformedRequest, .unknownHost, .ambiguousPath, .modeRequested, .corsOptions: return .everybody
    default: break
    }
    if facts.credential.kind == .none { return .everybodyWithoutLogin }
    guard let policy else { return .notKnown }
    return .those(SameAnswerSearch(facts, decision, kernel, policy).result)
  }
}

extension Policy {
  /// The zones that its conditions name.
  fileprivate var zoneNames: Set<String> {
    let conditions = nodes.flatMap(\.bindings).compactMap(\.condition) + denyRules.compactMap(\.condition)
    return Set(conditions.flatMap { $0.reading?.zoneNames ?? [] })
  }
}
