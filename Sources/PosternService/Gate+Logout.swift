// Ends that come from a provider, and ends that a provider is told of. A logout counts once it is durable; what a provider does not hear
// of is its own session, never ours.

internal import CPostern
internal import Logging

extension Gate {
  /// A provider ends its own session (OpenID Connect Back-Channel Logout 1.0): 200 once ours are ended for good, 400 where it says nothing
  /// that can be believed.
  func endByProvider(_ request: ClientRequest, provider name: String) async -> Answer {
    let form = request.formFields
    guard let provider = policy.provider(named: name), let token = form["logout_token"] else {
      return logoutRefused("there is no such provider, or no token", status: 400)
    }
    do throws(ProviderFault) {
      let claims = try await verifier.logout(of: token, from: provider)
      guard let revocation = Self.revocation(claims, of: provider) else { throw .refused("it names nobody") }
      return await end(revocation, by: name, tokenName: "logout:\(name) \(claims["jti"]?.text ?? "")")
    } catch {
      return logoutRefused(error.description, status: error.kind == .unavailable ? 503 : 400)
    }
  }

  /// The one session of `sid`, else everything of `sub`, at this provider.
  private static func revocation(_ claims: [String: JSON], of provider: LoginProvider) -> Revocation? {
    if let session = claims["sid"]?.text { return .providerSession(provider: provider.name, session: session) }
    return claims["sub"]?.text.map { .person(provider: provider.name, subject: $0, tenant: nil) }
  }

  /// A token counts once, on all nodes; where what it asks for cannot be kept, its provider comes back with it.
  private func end(_ revocation: Revocation, by name: String, tokenName: String) async -> Answer {
    do throws(StoreFault) {
      let seenUntil = clock.now + 2 * TokenVerifier.logoutMilliseconds
      guard try await store.claim(tokenName, until: seenUntil, at: clock.now) else {
        return logoutRefused("it has been used already", status: 400)
      }
      do throws(StoreFault) {
        try await revoke(revocation)
      } catch {
        _ = try? await store.take(tokenName, at: clock.now)
        throw error
      }
    } catch {
      log.error("a logout could not be kept", metadata: ["provider": "\(name)", "error": "\(error)"])
      return logoutRefused("the session store cannot be asked", status: 503)
    }
    log.info("a provider ended sessions", metadata: ["provider": "\(name)"])
    return Answer(generated: 200, reason: "loggedOut")
  }

  private func logoutRefused(_ why: String, status: Int) -> Answer {
    log.warning("a logout was refused", metadata: ["error": "\(why)"])
    var answer = Answer(generated: status, reason: "logoutRefused")
    answer.setJSON(.object(["error": .text("invalid_request")]))
    return answer
  }

  /// Where providers send people back whose session there has ended.
  static let signedOutPath = "/signed-out"

  /// What a provider brings back from a logout that was begun here.
  private struct ProviderLogout: Codable {
    var provider: String
    var expiresAt: Int64
  }

  /// Where the provider of a login ends its own session with this browser (OpenID Connect RP-Initiated Logout 1.0); nil where the policy does
  /// not ask for that, or the provider has no such place: ours has ended all the same.
  func logoutURL(of login: SessionKey) async -> String? {
    guard let found = try? await store.login(for: login),
      let provider = policy.provider(named: found.login.person.provider), provider.endsSession
    else { return nil }
    do throws(ProviderFault) {
      guard let endpoint = try await directory.metadata(of: provider).endSessionEndpoint else {
        log.warning("a provider has no end_session_endpoint", metadata: ["provider": "\(provider.name)"])
        return nil
      }
      let logout = ProviderLogout(
        provider: provider.name, expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
      var parameters = [
        ("client_id", provider.clientID),
        ("post_logout_redirect_uri", "\(settings.origin(settings.loginHost))\(Self.signedOutPath)"),
        ("state", sealer.seal(logout, for: .providerLogout)),
      ]
      let tokens = found.account.sealedTokens.flatMap { sealer.open($0, for: .tokens, as: ProviderTokens.self) }
      if let identity = tokens?.identity { parameters.append(("id_token_hint", identity)) }
      return "\(endpoint)\(endpoint.contains("?") ? "&" : "?")\(FormEncoding.form(parameters))"
    } catch {
      log.warning(
        "a provider's session could not be ended", metadata: ["provider": "\(provider.name)", "error": "\(error)"])
      return nil
    }
  }

  /// A provider sends somebody back from a logout; what was not begun here ends nothing and says nothing.
  func signedOutAtProvider(_ state: String) -> Answer {
    guard let logout = sealer.open(state, for: .providerLogout, as: ProviderLogout.self), logout.expiresAt > clock.now
    else {
      log.info("a sign-out came back that is not under way")
      return failure("This sign-out was not begun here, or took too long.", again: nil, status: 400)
    }
    var answer = Answer(generated: 200, reason: "signedOut")
    answer.setPage(Page.signedOut())
    return answer
  }

  /// Tells a provider that its refresh token is used no more (RFC 7009). What it answers changes nothing here.
  func giveBackTokens(of login: SessionKey) async {
    guard let found = try? await store.login(for: login) else { return }
    await giveBack(found.account.sealedTokens, of: found.login.person)
  }

  /// The same for a login whose record may be gone by now.
  func giveBack(_ sealed: String?, of person: Person) async {
    guard let provider = policy.provider(named: person.provider),
      let tokens = sealed.flatMap({ sealer.open($0, for: .tokens, as: ProviderTokens.self) }),
      let refresh = tokens.refresh
    else { return }
    do throws(ProviderFault) {
      guard let endpoint = try await directory.metadata(of: provider).revocationEndpoint else { return }
      let secret = settings(of: provider).clientSecret
      let form = [("token", refresh), ("token_type_hint", "refresh_token")]
      _ = try await transport.post(
        endpoint, form: secret == nil ? form + [("client_id", provider.clientID)] : form,
        basic: secret.map { (provider.clientID, $0) })
    } catch {
      log.info("a provider was not told of a logout", metadata: ["provider": "\(provider.name)", "error": "\(error)"])
    }
  }
}
