// What a provider says of itself (OpenID Connect Discovery 1.0) and its keys (RFC 7517), each kept for a while and asked for by one
// flight at a time. Refuses documents that name another issuer, and endpoints that are not https.

internal import JWTKit

/// A provider's metadata.
struct ProviderMetadata: Sendable, Equatable {
  let issuer: String
  /// Identity platforms have neither this nor the next.
  let authorizationEndpoint: String?
  let tokenEndpoint: String?
  let keysEndpoint: String
  let userInfoEndpoint: String?
  let endSessionEndpoint: String?
  let revocationEndpoint: String?
  /// Whether every answer names its issuer (RFC 9207).
  let statesIssuer: Bool

  init(_ document: JSON, issuer: String) throws(ProviderFault) {
    guard document["issuer"]?.text == issuer else { throw .refused("the metadata of \(issuer) names another issuer") }
    func endpoint(_ name: String) throws(ProviderFault) -> String? {
      guard let url = document[name]?.text else { return nil }
      if !url.hasPrefix("https://") { throw .refused("\(name) of \(issuer) is not https") }
      return url
    }
    guard let keys = try endpoint("jwks_uri") else { throw .refused("the metadata of \(issuer) names no keys") }
    self.issuer = issuer
    authorizationEndpoint = try endpoint("authorization_endpoint")
    tokenEndpoint = try endpoint("token_endpoint")
    keysEndpoint = keys
    userInfoEndpoint = try endpoint("userinfo_endpoint")
    endSessionEndpoint = try endpoint("end_session_endpoint")
    revocationEndpoint = try endpoint("revocation_endpoint")
    statesIssuer = document["authorization_response_iss_parameter_supported"]?.bool ?? false
  }
}

extension ProviderMetadata {
  /// An endpoint that logging in at the provider itself needs.
  func needed(_ endpoint: (ProviderMetadata) -> String?) throws(ProviderFault) -> String {
    guard let url = endpoint(self) else { throw .refused("the metadata of \(issuer) lacks an endpoint") }
    return url
  }
}

/// A provider's keys by their identifiers.
struct ProviderKeys: Sendable {
  private let keys: [String: (key: JWK, algorithm: String?)]

  init(_ bytes: [UInt8]) throws(ProviderFault) {
    guard let set = JWKS.read(json: bytes) else { throw .unavailable("the provider's keys are no JWK set") }
    keys = Dictionary(
      set.keys.compactMap { key in
        key.keyIdentifier.map { ($0.string, (key, key.algorithm?.rawValue)) }
      }, uniquingKeysWith: { first, _ in first })
  }

  func contains(_ identifier: String) -> Bool { keys[identifier] != nil }

  /// The key `identifier`, for `algorithm`; nil where there is none, or it is for another one.
  func verifier(_ identifier: String, algorithm: String) async -> JWTKeyCollection? {
    guard let found = keys[identifier], found.algorithm ?? algorithm == algorithm else { return nil }
    let collection = JWTKeyCollection()
    _ = try? await collection.add(jwk: found.key)
    return collection
  }
}

/// What is known of each provider.
actor ProviderDirectory {
  private struct Kept<Value: Sendable>: Sendable {
    let value: Value
    let askedAt: Int64
  }

  /// How long metadata and keys are believed, and how soon keys may be asked for again when one is not among them.
  private static let keepMilliseconds: Int64 = 3_600_000
  private static let retryMilliseconds: Int64 = 10_000
  /// How old keys may be that are believed while the provider cannot be asked.
  private static let fallBackMilliseconds: Int64 = 86_400_000

  private let transport: any ProviderTransport
  private let clock: GateClock
  private var metadata: [String: Kept<ProviderMetadata>] = [:]
  private var keys: [String: Kept<ProviderKeys>] = [:]
  private var flights: [String: Task<Result<ProviderAnswer, ProviderFault>, Never>] = [:]

  init(transport: any ProviderTransport, clock: GateClock) {
    self.transport = transport
    self.clock = clock
  }

  func metadata(of provider: LoginProvider) async throws(ProviderFault) -> ProviderMetadata {
    let now = clock.now
    if let kept = metadata[provider.issuer], (0..<Self.keepMilliseconds).contains(now - kept.askedAt) {
      return kept.value
    }
    let base = provider.issuer.hasSuffix("/") ? String(provider.issuer.dropLast()) : provider.issuer
    do {
      let document = try await json(base + "/.well-known/openid-configuration")
      let found = try ProviderMetadata(document, issuer: provider.issuer)
      metadata[provider.issuer] = Kept(value: found, askedAt: now)
      return found
    } catch {
      // What was true an hour ago is better than nobody getting in; keys and tokens are checked all the same.
      if error.kind == .unavailable, let kept = metadata[provider.issuer] { return kept.value }
      throw error
    }
  }

  /// The keys of `provider`, asked for again where `identifier` is not among those that are kept: providers rotate them.
  func keys(of provider: LoginProvider, holding identifier: String) async throws(ProviderFault) -> ProviderKeys {
    let now = clock.now
    if let kept = keys[provider.issuer] {
      let age = now - kept.askedAt
      let isKnown = kept.value.contains(identifier)
      // What was asked for ahead of a clock that was stepped back is asked for again.
      if age >= 0 && age < (isKnown ? Self.keepMilliseconds : Self.retryMilliseconds) { return kept.value }
    }
    do throws(ProviderFault) {
      let endpoint = try await metadata(of: provider).keysEndpoint
      let found = try ProviderKeys(try await fetch(endpoint).body)
      keys[provider.issuer] = Kept(value: found, askedAt: now)
      return found
    } catch {
      // A key that the provider published a while ago is still its key; one that nobody has seen is not.
      if error.kind == .unavailable, let kept = keys[provider.issuer], kept.value.contains(identifier),
        now - kept.askedAt < Self.fallBackMilliseconds
      {
        return kept.value
      }
      throw error
    }
  }

  private func json(_ url: String) async throws(ProviderFault) -> JSON {
    guard let document = JSON(try await fetch(url).body) else { throw .unavailable("\(url) is no JSON") }
    return document
  }

  /// One request for a URL at a time; whoever else wants it waits for that one's answer.
  private func fetch(_ url: String) async throws(ProviderFault) -> ProviderAnswer {
    if let flight = flights[url] { return try await flight.value.get() }
    let flight = Task { [transport] () -> Result<ProviderAnswer, ProviderFault> in
      do throws(ProviderFault) {
        let answer = try await transport.get(url, bearer: nil)
        if answer.status != 200 { throw .unavailable("\(url) answered \(answer.status)") }
        return .success(answer)
      } catch { return .failure(error) }
    }
    flights[url] = flight
    let result = await flight.value
    flights[url] = nil
    return try result.get()
  }
}
