// The gate's own pages: plain, self-contained HTML, readable without scripts where a script is not the point. Whatever comes from outside
// is escaped here.

enum Page {
  /// Escapes text for HTML.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  private static let style = """
    :root{color-scheme:light dark}
    body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;place-items:center;background:Canvas;color:CanvasText}
    main{max-width:26rem;padding:2rem}
    h1{font-size:1.4rem;margin:0 0 .5rem}
    p{margin:.5rem 0}
    .small{color:GrayText;font-size:.85rem}
    a.button,button{display:inline-block;margin-top:1rem;padding:.55rem 1.1rem;border-radius:.4rem;border:0;background:#1a56db;color:#fff;font:inherit;text-decoration:none;cursor:pointer}
    ul{list-style:none;padding:0}
    li a.button{display:block;margin-top:.5rem;text-align:center}
    """

  private static func page(_ title: String, _ body: String, script: String = "") -> String {
    let scriptElement = script.isEmpty ? "" : "<script>\(script)</script>"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>\(escape(title))</title><style>\(style)</style></head>
      <body><main><h1>\(escape(title))</h1>
      \(body)
      </main>\(scriptElement)</body></html>

      """
  }

  private static func button(_ text: String, to url: String) -> String {
    "<a class=\"button\" href=\"\(escape(url))\">\(escape(text))</a>"
  }

  /// Somebody may not pass.
  static func denied(reason: String, host: String, who: String?) -> String {
    let signedIn = who.map { "<p>You are signed in as <strong>\(escape($0))</strong>.</p>" } ?? ""
    return page(
      "No access",
      """
      <p>\(escape(ReasonName.sentence(reason)))</p>
      \(signedIn)
      <p class="small">\(escape(host)) · \(escape(reason))</p>
      """)
  }

  /// A navigation that cannot be redirected without losing what it carries.
  static func sessionEnded(reason: String, refresh: String) -> String {
    page(
      "Please sign in again",
      """
      <p>\(escape(ReasonName.sentence(reason)))</p>
      <p>What you sent was not passed on. Sign in in a new window, come back to this page and send it again.</p>
      <a class="button" target="_blank" rel="noopener" href="\(escape(refresh))">Sign in</a>
      <p class="small">\(escape(reason))</p>
      """)
  }

  /// What went wrong at a login, with a way to begin again.
  static func loginFailed(_ sentence: String, again: String?) -> String {
    page("Sign-in did not work", "<p>\(escape(sentence))</p>" + (again.map { button("Try again", to: $0) } ?? ""))
  }

  /// One link for each way to log in.
  static func chooser(_ choices: [(title: String, url: String)], host: String) -> String {
    let items = choices.map { "<li>\(button($0.title, to: $0.url))</li>" }.joined()
    return page("Choose how to sign in", "<p class=\"small\">to \(escape(host))</p><ul>\(items)</ul>")
  }

  /// Asks before something is ended.
  static func confirm(_ title: String, action: String, token: String) -> String {
    page(
      title,
      """
      <form method="post" action="\(escape(action))">
      <input type="hidden" name="token" value="\(escape(token))">
      <button type="submit">\(escape(title))</button></form>
      """)
  }

  /// The same where an address is all that can be sent.
  static func confirm(_ title: String, url: String) -> String { page(title, "<p>\(button(title, to: url))</p>") }

  /// Asks for the same page again in a second.
  static func retry() -> String {
    page("One moment", "<p>Your session is being looked up.</p>", script: "setTimeout(() => location.reload(), 1000);")
  }

  static func signedOut() -> String { page("Signed out", "<p>You can close this window.</p>") }

  static func signedIn(as principal: String) -> String {
    page("Signed in", "<p>You are signed in as <strong>\(escape(principal))</strong>.</p>")
  }

  // MARK: OAuth clients

  private static func list(_ scopes: [String]) -> String {
    scopes.map { "<li><code>\(escape($0))</code></li>" }.joined()
  }

  /// Asks whether a client that is not the organization's own may have what it asks for.
  static func consent(_ client: String, scopes: [String], principal: String, allow: String, deny: String) -> String {
    page(
      "\(client) asks for access",
      """
      <p>As <strong>\(escape(principal))</strong>, it would get:</p>
      <ul>\(list(scopes))</ul>
      \(button("Allow", to: allow))
      <p><a href="\(escape(deny))">Do not allow</a></p>
      """)
  }

  /// Asks for the code that a device shows.
  static func deviceCode(wrong: Bool) -> String {
    page(
      "Connect a device",
      """
      \(wrong ? "<p>There is no such code, or it is over.</p>" : "")
      <form method="get" action="/device">
      <p><label for="user_code">The code that your tool shows</label></p>
      <p><input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" placeholder="WDJB-MJHT" required></p>
      <button type="submit">Go on</button></form>
      """)
  }

  /// Asks whether a device is the person's own.
  static func device(
    _ client: String, code: String, scopes: [String], principal: String, allow: String, deny: String
  ) -> String {
    let form = { (title: String, token: String) in
      """
      <form method="post" action="/device"><input type="hidden" name="token" value="\(escape(token))">
      <button type="submit">\(title)</button></form>
      """
    }
    return page(
      "Connect \(client)?",
      """
      <p>Only if you have just started it, and it shows the code <strong>\(escape(code))</strong>.</p>
      <p>As <strong>\(escape(principal))</strong>, it would get:</p>
      <ul>\(list(scopes))</ul>
      \(form("Connect", allow))
      \(form("Do not connect", deny))
      """)
  }

  static func deviceAnswered(isGranted: Bool) -> String {
    page(
      isGranted ? "Connected" : "Not connected",
      isGranted
        ? "<p>Go back to your tool. You can close this window.</p>" : "<p>Nothing was connected.</p>")
  }

  /// Asks whether it was the person's own tool that wanted them to sign in again: a link may come from whoever has stolen its token.
  static func reauthenticate(_ client: String, principal: String, token: String) -> String {
    page(
      "Let \(client) go on?",
      """
      <p>Only if you are using it now, and it has just asked you to sign in again. If somebody sent you here, close this window.</p>
      <p>It is signed in as <strong>\(escape(principal))</strong>.</p>
      <form method="post" action="/oauth/reauthenticate"><input type="hidden" name="token" value="\(escape(token))">
      <button type="submit">It was me</button></form>
      """)
  }

  static func reauthenticated() -> String {
    page("You have signed in again", "<p>Go back to your tool. You can close this window.</p>")
  }

  /// A session that is good again: the window that was opened for it closes, one that stays goes on refreshing.
  static func refreshed(again: String, everySeconds: Int) -> String {
    page(
      "You are signed in", "<p>You can close this window and go back to your page.</p>",
      script: """
        if (window.opener) window.close();
        setTimeout(() => location.replace(\(scriptText(again))), \(everySeconds * 1_000));
        """)
  }

  /// The refresher of an iframe: tells the page around it that the session is good, and tries again in a while.
  static func refresher(again: String, everySeconds: Int) -> String {
    page(
      "Session refresher", "<p class=\"small\">This frame keeps the session of the page around it.</p>",
      script: """
        setTimeout(() => location.replace(\(scriptText(again))), \(everySeconds * 1_000));
        """)
  }

  /// A text inside a script.
  private static func scriptText(_ text: String) -> String {
    String(decoding: JSON.text(text).bytes, as: UTF8.self).replacingAngleBrackets
  }
}

extension String {
  /// Nothing in a script's text may look like the end of the script.
  fileprivate var replacingAngleBrackets: String {
    split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
  }
}
