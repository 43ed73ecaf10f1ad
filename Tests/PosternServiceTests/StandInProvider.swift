// A provider in this process, for what no real one says: tokens of another issuer, answers that are garbage, silence. Its keys and
// signatures are real. Where a real provider can be had, RealThings/ has it.

import JWTKit
import Synchronization

@testable import PosternService

/// A provider whose every answer a test can change.
final class StandInProvider: ProviderTransport {
  static let issuer = "https://id.example.com"
  /// What it says to a refresh token that it honours no more (RFC 6749, 5.2).
  static let refusedGrant = ProviderAnswer(
    status: 400, headers: Headers(), body: Array("{\"error\":\"invalid_grant\"}".utf8))

  struct State {
    /// What the next ID token states beside the usual, and instead of it.
    var claims: [String: JSON] = [:]
    var missing: Set<String> = []
    /// Answers by URL that replace the usual.
    var answers: [String: ProviderAnswer] = [:]
    var isDown = false
    var withoutRefreshTokens = false
    var asked: [String] = []
    var nonce = ""
    var keyIdentifier = "first"
    var publishedKeys = ["first"]
    var forms: [[String: String]] = []
  }

  let state = Mutex(State())
  private let clock: TestClock
  private let keys: [String: AssertionKey] = ["first": AssertionKey(), "second": AssertionKey()]

  init(clock: TestClock) { self.clock = clock }

  /// What was posted to it.
  var forms: [[String: String]] { state.withLock { $0.forms } }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  func get(_ url: String, bearer: String?) async throws(ProviderFault) -> ProviderAnswer {
    try answer(url) {
      switch url {
      case "\(Self.issuer)/.well-known/openid-configuration": Self.metadata
      case "\(Self.issuer)/keys": self.jwks($0.publishedKeys)
      case "\(Self.issuer)/userinfo": .object(["sub": .text("ann")])
      default: nil
      }
    }
  }

  func post(
    _ url: String, form: [(String, String)], basic: (name: String, secret: String)?
  ) async throws(ProviderFault) -> ProviderAnswer {
    change { $0.forms.append(Dictionary(form, uniquingKeysWith: { $1 })) }
    return try answer(url) { state in
      url == "\(Self.issuer)/token"
        ? .object([
          "id_token": .text(self.token(state)), "access_token": .text("access"),
          "refresh_token": state.withoutRefreshTokens ? .null : .text("refresh"),
        ])
        : nil
    }
  }

  private func answer(_ url: String, _ usual: (State) -> JSON?) throws(ProviderFault) -> ProviderAnswer {
    let state = state.withLock { state in
      state.asked.append(url)
      return state
    }
    if state.isDown { throw .unavailable("\(url): told to be silent") }
    if let answer = state.answers[url] { return answer }
    guard let document = usual(state) else { return ProviderAnswer(status: 404, headers: Headers(), body: []) }
    return ProviderAnswer(status: 200, headers: Headers(), body: document.bytes)
  }

  private static let metadata: JSON = .object([
    "issuer": .text(issuer), "authorization_endpoint": .text("\(issuer)/authorize"),
    "token_endpoint": .text("\(issuer)/token"),
    "jwks_uri": .text("\(issuer)/keys"), "userinfo_endpoint": .text("\(issuer)/userinfo"),
    "revocation_endpoint": .text("\(issuer)/revoke"), "end_session_endpoint": .text("\(issuer)/end?ui=plain"),
    "authorization_response_iss_parameter_supported": .bool(true),
  ])

  private func jwks(_ names: [String]) -> JSON {
    .object([
      "keys": .list(
        names.compactMap { name in
          guard case .object(var members)? = keys[name]?.jwk else { return nil }
          members["kid"] = .text(name)
          return .object(members)
        })
    ])
  }

  /// A token for the gate's client, as the state has it.
  private func token(_ state: State) -> String {
    let now = clock.now / 1_000
    var claims: [String: JSON] = [
      "iss": .text(Self.issuer), "aud": .text("postern"), "sub": .text("ann"), "email": .text("ann@example.com"),
      "email_verified": .bool(true), "groups": .list([]), "iat": .int(now), "exp": .int(now + 300),
      "auth_time": .int(now),
      "nonce": .text(state.nonce),
    ]
    claims.merge(state.claims) { $1 }
    for name in state.missing { claims[name] = nil }
    return sign(claims, with: state.keyIdentifier)
  }

  /// A key as everybody can read it.
  func publishedKey(_ name: String) -> [UInt8] { jwks([name]).bytes }

  /// Any token, signed by one of the keys.
  func sign(_ claims: [String: JSON], with name: String = "first") -> String {
    guard let token = keys[name]?.sign(.object(claims)) else { return "" }
    // The key's own name is its digest; here it has the one that it is published under.
    let parts = token.split(separator: ".")
    let header = JSON.object(["alg": .text("ES256"), "kid": .text(name)])
    return resign("\(Base64URL.text(header.bytes)).\(parts[1])", with: name)
  }

  private func resign(_ message: String, with name: String) -> String {
    guard let signature = keys[name]?.signature(of: message) else { return "" }
    return "\(message).\(Base64URL.text(signature))"
  }
}
