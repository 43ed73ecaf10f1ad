// The authorization server of an issuer, found by its metadata (RFC 8414) and by nothing else. Refuses metadata of another issuer, and endpoints
// that others could read.

/// A server, and where it is asked for what.
struct AuthorizationServer {
  let issuer: SecureAddress
  let http: ServerClient
  private let metadata: Metadata

  private struct Metadata: Decodable {
    let issuer: String
    let authorization: String?
    let token: String?
    let device: String?
    let revocation: String?
    let challengeMethods: [String]?
    let namesIssuer: Bool?

    enum CodingKeys: String, CodingKey {
      case issuer, authorization = "authorization_endpoint", token = "token_endpoint"
      case device = "device_authorization_endpoint", revocation = "revocation_endpoint"
      case challengeMethods = "code_challenge_methods_supported"
      case namesIssuer = "authorization_response_iss_parameter_supported"
    }
  }

  /// Asks for the issuer's metadata.
  init(discovering issuer: SecureAddress, http: ServerClient) throws {
    let path = issuer.target.hasSuffix("/") ? String(issuer.target.dropLast()) : issuer.target
    let wellKnown = "\(issuer.origin)/.well-known/oauth-authorization-server\(path)"
    guard let address = SecureAddress(wellKnown) else { throw CommandFailure("\(wellKnown) is no address") }
    let answer = try http.get(address)
    guard answer.status == 200 else {
      throw CommandFailure("\(wellKnown) answered with status \(answer.status): is this the issuer's address?")
    }
    guard let metadata = Metadata.read(json: answer.body) else {
      throw CommandFailure("\(wellKnown) is no metadata of an authorization server (RFC 8414)")
    }
    // Whoever answers for another issuer could collect its codes.
    guard metadata.issuer == issuer.text else {
      let stated = ServerRefusal.shown(error: metadata.issuer, text: nil)
      throw CommandFailure("\(wellKnown) is of another issuer, \(stated): name the issuer as it names itself")
    }
    self.issuer = issuer
    self.http = http
    self.metadata = metadata
  }

  /// The address of an issuer, as a person writes it.
  static func issuer(_ text: String) throws -> SecureAddress {
    // Nobody's issuer differs from another's by this alone, and people copy it from a browser.
    let written = text.hasSuffix("/") ? String(text.dropLast()) : text
    guard let address = SecureAddress(written), !address.target.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw CommandFailure(
        "'\(SecureAddress.shown(text))' is no issuer: write https://HOST, as in https://login.example.com")
    }
    return address
  }

  // MARK: endpoints

  func authorizationEndpoint() throws -> SecureAddress {
    guard metadata.challengeMethods?.contains("S256") == true else {
      throw CommandFailure("\(issuer.text) does not say that it knows PKCE with S256: log in with --device")
    }
    return try endpoint(metadata.authorization, "authorization_endpoint")
  }

  func tokenEndpoint() throws -> SecureAddress { try endpoint(metadata.token, "token_endpoint") }

  func deviceEndpoint() throws -> SecureAddress { try endpoint(metadata.device, "device_authorization_endpoint") }

  func revocationEndpoint() throws -> SecureAddress { try endpoint(metadata.revocation, "revocation_endpoint") }

  private func endpoint(_ text: String?, _ name: String) throws -> SecureAddress {
    guard let text else { throw CommandFailure("the metadata of \(issuer.text) names no \(name)") }
    guard let address = SecureAddress(text), !text.contains("#") else {
      throw CommandFailure("the metadata of \(issuer.text) names a \(name) that others could read")
    }
    return address
  }

  // MARK: what every flow does

  /// Whether the answer to an authorization request is of this issuer (RFC 9207).
  func sent(_ answer: [String: String]) -> Bool {
    guard let stated = answer["iss"] else { return metadata.namesIssuer != true }
    return stated == issuer.text
  }

  func askForToken(_ form: [(String, String)]) throws -> TokenReply {
    let endpoint = try tokenEndpoint()
    return try TokenReply(try http.post(endpoint, form), from: endpoint)
  }

  /// Ends a refresh token, and with it what was given for it (RFC 7009).
  func revoke(_ refreshToken: String, client: String) throws {
    let endpoint = try revocationEndpoint()
    let form = [("token", refreshToken), ("token_type_hint", "refresh_token"), ("client_id", client)]
    let answer = try http.post(endpoint, form)
    if answer.status != 200 { throw CommandFailure("\(endpoint.text) answered with status \(answer.status)") }
  }
}
