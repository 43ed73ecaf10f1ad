// What would have changed the form of a challenge: a page to log in at in place of a 401, or the other way round (docs/decision.md,
// "Challenge"). The kernel is asked of each. Refuses nothing.

internal import PosternLanguage

extension ChangeSearch {
  /// Single changes of the request with which a challenge is of the other form; empty where the verdict is no challenge.
  var formChanges: [Change] {
    let other: Verdict
    switch decision.verdict {
    case .redirect: other = .unauthorized
    case .unauthorized: other = .redirect
    case .forbidden, .allow, .handle: return []
    }
    return (other == .redirect ? Self.towardsPages : Self.towardsScripts).compactMap { edit in
      var changed = facts
      edit.apply(&changed, 0)
      let answer = kernel.decide(changed)
      guard answer.verdict == other else { return nil }
      return Change(
        dimensions: [edit.dimension], texts: [edit.text(nil)], places: [nil], facts: changed, decision: answer)
    }
  }

  private static var towardsPages: [Edit] {
    [
      Edit(.request, "with Sec-Fetch-Mode: navigate") { $0.request.secFetchMode = Array("navigate".utf8) },
      Edit(.request, "with Accept: text/html") { $0.request.accept = Array("text/html".utf8) },
      Edit(.request, "with the method GET") { $0.request.method = Array("GET".utf8) },
      Edit(.request, "without X-Requested-With") { $0.request.xRequestedWith = nil },
      Edit(.request, "without Sec-Purpose") { $0.request.secPurpose = nil },
      Edit(.request, "without Upgrade") { $0.request.upgrade = nil },
    ]
  }

  private static var towardsScripts: [Edit] {
    [
      Edit(.request, "with X-Requested-With: XMLHttpRequest") {
        $0.request.xRequestedWith = Array("XMLHttpRequest".utf8)
      },
      Edit(.request, "with the method POST") { $0.request.method = Array("POST".utf8) },
    ]
  }
}
