// Who comes into one app, for everyone at once: that nobody does is a proof; otherwise each way in is somebody, on some request.
// Refuses nothing.

internal import PosternLanguage

/// The ways into an app, of everyone or of those who are not a certain member.
struct AppReach {
  private let search: WitnessSearch
  private let diagrams: Diagrams
  private let signedIn: Diagrams.Reference
  /// Of those who are not signed in; nil where the app is not open to them.
  private let anonymous: Diagrams.Reference?

  /// More ways than these are not gone through.
  static let walkedWayLimit = 20_000
  /// No more ways than these are tried.
  static let triedWayLimit = 256

  /// Throws `Diagrams.TooLarge` where nothing is proved within its limit.
  ///
  /// - Parameter insider: whose ways do not count; nil: everyone's do.
  init(
    _ app: App, _ policy: Policy, _ directory: Directory, _ numbers: MemberNumbers, outside insider: MemberUse?
  ) throws {
    let access = AccessRules(app, policy, directory, numbers)
    let insiders = AccessRules.principals(insider.map { [$0] } ?? [], of: app, policy, directory, numbers)
    let outlines = access.conditions.map(policy.outline)
    let sets = access.principalSets + [insiders]
    let variables = AccessVariables(sets: sets, outlines: outlines, routes: app.routes)
    var builder = AccessDiagrams(variables)
    let outcome = try builder.diagram(access, setsFrom: 0, outlines)
    let isInside = try variables.diagram(ofSet: sets.count - 1, insiders, in: &builder.diagrams)
    signedIn = try builder.diagrams.map([outcome, isInside]) { operands in
      operands[0] == AccessOutcome.granted.rawValue && operands[1] == 0 ? 1 : 0
    }
    anonymous =
      try access.isPublic && !insiders.isEveryone
      ? builder.diagrams.map([builder.anonymousDiagram(access, outlines)]) { operands in
        operands[0] == AccessOutcome.granted.rawValue ? 1 : 0
      } : nil
    diagrams = builder.diagrams
    search = WitnessSearch(
      pair: AppPair(before: app, after: app, beforePolicy: policy, afterPolicy: policy), variables: variables,
      numbers: numbers)
  }

  /// What the search for a request came to.
  enum Answer {
    /// Nobody goes any of the ways: proved.
    case nobody
    /// The first request that was taken.
    case found(RequestFacts)
    /// There are ways, and no request was taken.
    case nothingFound(why: String)
  }

  /// The first request on a way in that `isTaken` takes, after a change of its facts.
  func firstRequest(_ changed: (RequestFacts) -> RequestFacts, _ isTaken: (RequestFacts) -> Bool) -> Answer {
    let (ways, isComplete) = ways()
    for (way, isAnonymous) in ways {
      let candidates = isAnonymous ? search.anonymousCandidates(way) : search.candidates(way)
      if let found = candidates.lazy.map(changed).first(where: isTaken) { return .found(found) }
    }
    if !isComplete { return .nothingFound(why: "the rules leave more ways than are gone through") }
    return ways.isEmpty
      ? .nobody : .nothingFound(why: "the rules leave a way in, but no request was found that goes it")
  }

  /// The ways that somebody may go, those of the anonymous first, and whether they are all.
  private func ways() -> (ways: [(way: AccessWay, isAnonymous: Bool)], isComplete: Bool) {
    var ways: [(way: AccessWay, isAnonymous: Bool)] = []
    var walkedCount = 0
    var isComplete = true
    for (root, isAnonymous) in [(anonymous, true), (signedIn, false)] {
      guard let root else { continue }
      diagrams.forEachWay(from: root) { values, isIn in
        isComplete = walkedCount < Self.walkedWayLimit && ways.count < Self.triedWayLimit
        if !isComplete { return false }
        walkedCount += 1
        let way = AccessWay(before: .granted, after: .granted, values: values)
        if isIn == 1 && (isAnonymous || !search.isImpossible(way)) { ways.append((way, isAnonymous)) }
        return true
      }
    }
    return (ways, isComplete)
  }
}
