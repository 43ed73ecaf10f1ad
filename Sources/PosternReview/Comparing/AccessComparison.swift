// Row 10 of an app in two policies, for everyone at once: both as decision diagrams over the same variables. One reference for
// both is a proof that nobody's access differs; otherwise each way on which the outcomes differ is somebody, on some request.

internal import PosternLanguage

/// A way on which two policies differ.
struct AccessWay {
  let before: AccessOutcome
  let after: AccessOutcome
  /// The values of the variables that matter on it.
  let values: [Int: Int]
}

/// The access to one app, compared.
struct AccessComparison {
  let variables: AccessVariables
  private var diagrams: Diagrams
  private let product: Diagrams.Reference?
  /// The same of whoever comes without a credential that passes, where both policies open the app to everyone.
  private var anonymousProduct: Diagrams.Reference?

  /// Throws `Diagrams.TooLarge` where nothing is proved within its limit.
  init(_ before: (access: AccessRules, policy: Policy), _ after: (access: AccessRules, policy: Policy), routes: [Route])
    throws
  {
    let old = before.access.conditions.map(before.policy.outline)
    let new = after.access.conditions.map(after.policy.outline)
    let oldSets = before.access.principalSets
    variables = AccessVariables(
      sets: oldSets + after.access.principalSets, outlines: old + new, routes: routes)
    var builder = AccessDiagrams(variables)
    product = try builder.product(
      builder.diagram(before.access, setsFrom: 0, old), builder.diagram(after.access, setsFrom: oldSets.count, new))
    if before.access.isPublic && after.access.isPublic {
      anonymousProduct = try builder.product(
        builder.anonymousDiagram(before.access, old), builder.anonymousDiagram(after.access, new))
    }
    diagrams = builder.diagrams
  }

  /// Whether the access is the same for everyone, on every request.
  var isSame: Bool { product == nil && anonymousProduct == nil }

  /// Calls `body` with each way on which the outcomes differ, until it returns false: of those who are signed in, or of the
  /// anonymous.
  func forEachDifference(ofAnonymous isAnonymous: Bool = false, _ body: (AccessWay) -> Bool) {
    guard let product = isAnonymous ? anonymousProduct : product else { return }
    diagrams.forEachWay(from: product) { values, number in
      let count = AccessOutcome.allCases.count
      let (old, new) = (AccessOutcome.allCases[number / count], AccessOutcome.allCases[number % count])
      return old == new || body(AccessWay(before: old, after: new, values: values))
    }
  }
}

extension AccessDiagrams {
  /// Both outcomes at once; nil where they are the same everywhere.
  fileprivate mutating func product(_ old: Diagrams.Reference, _ new: Diagrams.Reference) throws -> Diagrams.Reference?
  {
    old == new ? nil : try diagrams.map([old, new]) { $0[0] * AccessOutcome.allCases.count + $0[1] }
  }
}
