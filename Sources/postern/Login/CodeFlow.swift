// A login through the browser of this machine: authorization code with PKCE (RFC 6749, 7636), brought back to a port of this machine (RFC 8252).
// Refuses answers that are not to this login, and those of another issuer (RFC 9207).

/// One login.
struct CodeFlow {
  let server: AuthorizationServer
  let client: String
  let scopes: [String]
  let waitSeconds: Int64

  func run() throws -> TokenAnswer {
    let proof = ProofKey()
    let state = RandomText.make()
    let endpoint = try server.authorizationEndpoint()
    let listener = try LoopbackListener(state: state)
    let address = request(to: endpoint, proof, state: state, redirect: listener.address)
    StandardError.write("Log in at this address; the browser then comes back to this machine:\n\n  \(address)\n\n")
    Browser.open(address)
    guard let answer = try listener.answer(withinSeconds: waitSeconds) else {
      throw CommandFailure(
        "nobody has logged in within \(waitSeconds) seconds: run `postern login` again, with --device where no browser is",
        status: .personNeeded)
    }
    let code = try code(in: answer)
    let reply = try server.askForToken([
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", listener.address), ("client_id", client),
      ("code_verifier", proof.verifier),
    ])
    switch reply {
    case .granted(let answer): return answer
    case .refused(let refusal):
      throw CommandFailure("\(server.issuer.text) refuses the login: \(refusal.shownText)")
    }
  }

  private func request(to endpoint: SecureAddress, _ proof: ProofKey, state: String, redirect: String) -> String {
    var fields = [
      ("response_type", "code"), ("client_id", client), ("redirect_uri", redirect), ("state", state),
      ("code_challenge", proof.challenge), ("code_challenge_method", "S256"),
    ]
    if !scopes.isEmpty { fields.append(("scope", scopes.joined(separator: " "))) }
    return endpoint.text + (endpoint.text.contains("?") ? "&" : "?") + FormText.text(fields)
  }

  private func code(in answer: [String: String]) throws -> String {
    guard server.sent(answer) else {
      throw CommandFailure(
        "the answer to the login is not of \(server.issuer.text), which was asked: nothing of it was used")
    }
    if let error = answer["error"] {
      let said = ServerRefusal.shown(error: error, text: answer["error_description"])
      throw CommandFailure("\(server.issuer.text) refuses the login: \(said)")
    }
    guard let code = answer["code"], !code.isEmpty else {
      throw CommandFailure("\(server.issuer.text) answered the login with neither a code nor an error")
    }
    return code
  }
}
