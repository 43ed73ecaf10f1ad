// Who comes into one app, for everyone at once: that nobody does is a proof; otherwise each way in is somebody, on some request.
// Refuses nothing.

internal import PosternLanguage

/// The ways into an app, of everyone or of those who are not a certain member.
struct AppReach {
  private let search: WitnessSearch
  /// The ways that somebody may go, those of the anonymous first.
  private var ways: [(way: AccessWay, isAnonymous: Bool)] = []
  /// Whether those are all ways.
  private var isComplete = true

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
    let signedIn = try builder.diagrams.map([outcome, isInside]) { operands in
      operands[0] == AccessOutcome.granted.rawValue && operands[1] == 0 ? 1 : 0
    }
    // Of those who are not signed in; nil where the app is not open to them.
    let anonymous =
      try access.isPublic && !insiders.isEveryone
      ? builder.diagrams.map([builder.anonymousDiagram(access, outlines)]) { operands in
        operands[0] == AccessOutcome.granted.rawValue ? 1 : 0
      } : nil
    search = WitnessSearch(
      pair: AppPair(before: app, after: app, beforePolicy: policy, afterPolicy: policy), variables: variables,
      numbers: numbers)
    var walkedCount = 0
    if let anonymous { addWays(from: anonymous, in: builder.diagrams, isAnonymous: true, &walkedCount) }
    addWays(from: signedIn, in: builder.diagrams, isAnonymous: false, &walkedCount)
  }

  private mutating func addWays(
    from root: Diagrams.Reference, in diagrams: Diagrams, isAnonymous: Bool, _ walkedCount: inout Int
  ) {
    diagrams.forEachWay(from: root) { values, isIn in
      isComplete = isComplete && walkedCount < Self.walkedWayLimit && ways.count < Self.triedWayLimit
      if !isComplete { return false }
      walkedCount += 1
      let way = AccessWay(before: .granted, after: .granted, values: values)
      if isIn == 1 && (isAnonymous || !search.isImpossible(way)) { ways.append((way, isAnonymous)) }
      return true
    }
  }

  /// Whether nobody goes any way in: proved, and no kernel need be asked.
  var isClosed: Bool { isComplete && ways.isEmpty }

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
    if isClosed { return .nobody }
    for (way, isAnonymous) in ways {
      let candidates = isAnonymous ? search.anonymousCandidates(way) : search.candidates(way)
      if let found = candidates.lazy.map(changed).first(where: isTaken) { return .found(found) }
    }
    if !isComplete { return .nothingFound(why: "the rules leave more ways than are gone through") }
    return .nothingFound(why: "the rules leave a way in, but no request was found that goes it")
  }
}
