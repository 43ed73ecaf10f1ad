// The challenge table over every combination of the headers that it reads, and the weights of `Accept`.

import PosternLanguage
import Testing

@Suite("The reference's challenge table")
struct ReferenceChallengeTests {
  /// A header's text, and what the table makes of it, written down by hand.
  private struct Choice {
    var text: String?
    var isYes: Bool
  }

  private static let upgrades = [
    Choice(text: nil, isYes: false), Choice(text: "h2c,\tWebSocket ", isYes: true),
    Choice(text: "websocket", isYes: true),
    Choice(text: "websockets", isYes: false), Choice(text: "web socket", isYes: false),
  ]
  private static let scripts = [
    Choice(text: nil, isYes: false), Choice(text: "xmlHTTPrequest", isYes: true), Choice(text: "fetch", isYes: false),
  ]
  private static let purposes = [
    Choice(text: nil, isYes: false), Choice(text: "prefetch;prerender", isYes: true),
    Choice(text: "Prefetch", isYes: false),
  ]
  private static let accepts = [
    Choice(text: nil, isYes: false), Choice(text: "text/html,*/*", isYes: true), Choice(text: "*/*", isYes: false),
    Choice(text: "text/html;q=0", isYes: false),
  ]
  private static let fetchModes: [String?] = [nil, "", "navigate", "Navigate", "cors"]
  private static let methods = ["GET", "HEAD", "POST", "OPTIONS", "get", "CONNECT"]

  private struct Combination {
    var isBearer: Bool
    var method: String
    var upgrade: Choice
    var script: Choice
    var purpose: Choice
    var fetchMode: String?
    var accept: Choice

    /// The one way to a redirect, as a conjunction; the table says it as a list of refusals.
    var isRedirect: Bool {
      let isQuietPage = !isBearer && !script.isYes && !purpose.isYes
      let isPlain = method == "HEAD" || (method == "GET" && !upgrade.isYes)
      let isNavigation = fetchMode == "navigate" || (fetchMode == nil && accept.isYes)
      return isQuietPage && isPlain && isNavigation
    }

    var request: Request {
      var request = ReferenceWorld.request(method: method)
      request.upgrade = upgrade.text.map { Array($0.utf8) }
      request.xRequestedWith = script.text.map { Array($0.utf8) }
      request.secPurpose = purpose.text.map { Array($0.utf8) }
      request.secFetchMode = fetchMode.map { Array($0.utf8) }
      request.accept = accept.text.map { Array($0.utf8) }
      return request
    }
  }

  private static var combinations: [Combination] {
    var all: [Combination] = []
    for isBearer in [false, true] {
      for method in methods {
        for upgrade in upgrades where method != "CONNECT" || upgrade.isYes {
          for script in scripts {
            for purpose in purposes {
              for fetchMode in fetchModes {
                for accept in accepts {
                  all.append(
                    Combination(
                      isBearer: isBearer, method: method, upgrade: upgrade, script: script, purpose: purpose,
                      fetchMode: fetchMode, accept: accept))
                }
              }
            }
          }
        }
      }
    }
    return all
  }

  @Test("every combination of the steering headers redirects a navigation and nothing else")
  func everyCombination() {
    let policy = ReferenceWorld.policy()
    let wrong = Self.combinations.filter { combination in
      let credential = combination.isBearer ? ReferenceWorld.bearer() : Credential()
      let decision = policy.decide(combination.request, credential, at: ReferenceWorld.now)
      return decision.verdict != (combination.isRedirect ? .redirect : .unauthorized)
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }

  @Test(
    "an Accept asks for a page only by an exact type with a weight above 0",
    arguments: [
      ("text/html", true), ("TEXT/HTML", true), (" text/html ; q=0.001", true), ("text/html;level=1", true),
      ("application/xhtml+xml;q=1.000", true), ("text/html;q=0.", false), ("text/html;q=1.", true),
      ("text/html;q=0.0001", false), ("text/html;q=1.001", false), ("text/html;q=2", false), ("text/html;q=", false),
      ("text/html;q", false), ("text/html;q =0", true), ("text/html;q= 1", false), ("text/html;Q=0", false),
      ("text/html;q=0;q=1", false), ("text/html;q=1;q=0", true), ("text/html;q=0,text/html", true),
      ("text/htmlx", false), ("text/*", false), ("a/b;c=\",text/html", false), ("a/b;c=\"\\\",text/html", false),
      ("a/b;c=\"\\\\\",text/html", true), ("text/html;c=\";q=0\"", true), ("", false), (",,text/html", true),
      ("text/html;q=.5", false), ("text/html;q=-1", false), ("text/html;q=0.5x", false),
    ])
  func accept(text: String, isPage: Bool) {
    var request = ReferenceWorld.request()
    request.accept = Array(text.utf8)
    let decision = ReferenceWorld.policy().decide(request, Credential(), at: ReferenceWorld.now)
    #expect(decision.verdict == (isPage ? .redirect : .unauthorized))
  }
}
