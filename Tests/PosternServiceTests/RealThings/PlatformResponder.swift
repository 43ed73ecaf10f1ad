// An identity platform with the login page of an organization's own: its keys, and a page that signs in whoever presses the button. A real one
// is Google's alone; what is real here is the browser between the page's site and the gate's.

import Testing

@testable import PosternService

/// Answers on `platform.localhost` and `welcome.localhost`.
final class PlatformResponder: RequestResponder {
  private let issuer: String
  private let key = AssertionKey()

  /// - Parameter port: the port that browsers see.
  init(port: Int) { issuer = Self.issuer(port: port) }

  static func issuer(port: Int) -> String { "https://platform.localhost:\(port)" }
  static func page(port: Int) -> String { "https://welcome.localhost:\(port)/in" }

  func respond(_ request: ListenerRequest) -> Outcome {
    let parts = request.target.split(separator: "?", maxSplits: 1)
    var answer = Answer(allow: "platform")
    switch parts[0] {
    case "/.well-known/openid-configuration":
      answer.setJSON(.object(["issuer": .text(issuer), "jwks_uri": .text("\(issuer)/keys")]))
    case "/keys": answer.setJSON(.object(["keys": .list([key.jwk])]))
    default:
      let fields = FormEncoding.fields(parts.count == 2 ? parts[1] : "") ?? [:]
      answer.setBody(page(fields), type: "text/html; charset=utf-8")
    }
    return .now(answer)
  }

  private func page(_ fields: [String: String]) -> String {
    let (mode, back) = (fields["mode"] ?? "", Page.escape(fields["return"] ?? ""))
    let rest =
      mode == "signout"
      ? "<a href=\"\(back)\">on</a>"
      : """
      <form method=post action="\(back)"><input type=hidden name=state value="\(Page.escape(fields["state"] ?? ""))">
      <input type=hidden name=token value="\(token(tenant: fields["tenant"]))"><button type=submit>in</button></form>
      """
    let tenant = Page.escape(fields["tenant"] ?? "none")
    return "<!doctype html><title>Welcome</title><p>mode \(Page.escape(mode)), tenant \(tenant)</p>\(rest)"
  }

  private func token(tenant: String?) -> String {
    let now = GateClock.system.now / 1_000
    var claims: [String: JSON] = [
      "iss": .text(issuer), "aud": .text("postern"), "sub": .text("ann"), "email": .text("ann@example.com"),
      "email_verified": .bool(true), "iat": .int(now), "exp": .int(now + 3_600), "auth_time": .int(now),
    ]
    if let tenant { claims["firebase"] = .object(["tenant": .text(tenant)]) }
    return key.sign(.object(claims))
  }
}
