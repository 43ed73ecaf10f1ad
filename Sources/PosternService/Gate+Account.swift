// Whether an account is still good: asked of its provider when the policy's `revalidate` has passed, by user info, or by a refresh
// token where the access token has ended. What the provider refuses ends the session; what it does not answer is its silence, for each
// app's `onStateUnavailable`.

internal import CPostern
internal import Logging

extension Gate {
  /// Asks the provider about a session's account; false where nothing new is known.
  func checkAccount(of live: LiveSession) async -> Bool {
    let login = live.facts.session.login
    let person = live.facts.login.person
    let account = await flights.answer(for: login) { await self.askAboutAccount(login, person) }
    live.note(account)
    return true
  }

  /// What the provider says now; nil where it cannot be asked.
  private func askAboutAccount(_ key: SessionKey, _ person: Person) async -> AccountState? {
    do {
      guard let known = try await store.login(for: key)?.account else { return nil }
      // Another request, or another node, may have asked since.
      if clock.now - known.checkedAt < 1_000 { return known }
      guard let provider = policy.provider(named: person.provider),
        let tokens = known.sealedTokens.flatMap({ sealer.open($0, for: .tokens, as: ProviderTokens.self) })
      else { return known }
      let account = try await askAboutAccount(tokens, person, provider)
      try await store.note(account, for: key)
      return account
    } catch {
      log.warning("an account could not be checked", metadata: ["provider": "\(person.provider)", "error": "\(error)"])
      return nil
    }
  }

  private func askAboutAccount(
    _ tokens: ProviderTokens, _ person: Person, _ provider: LoginProvider
  ) async throws(ProviderFault) -> AccountState {
    let metadata = try await directory.metadata(of: provider)
    let askedAt = clock.now
    if let endpoint = metadata.userInfoEndpoint, !tokens.access.isEmpty {
      let answer = try await http.get(endpoint, bearer: tokens.access)
      if answer.status >= 500 { throw .unavailable("\(endpoint) answered \(answer.status)") }
      if answer.status == 200 {
        let isSame = JSON(answer.body)?["sub"]?.text == person.subject
        return AccountState(
          state: UInt8(isSame ? POSTERN_ACCOUNT_ACTIVE : POSTERN_ACCOUNT_CREDENTIAL_CHANGED), checkedAt: askedAt,
          sealedTokens: sealer.seal(tokens, for: .tokens))
      }
    }
    return try await refresh(tokens, provider, metadata, askedAt: askedAt)
  }

  /// A refresh token that still works is an account that is still good (RFC 6749, 6).
  private func refresh(
    _ tokens: ProviderTokens, _ provider: LoginProvider, _ metadata: ProviderMetadata, askedAt: Int64
  ) async throws(ProviderFault) -> AccountState {
    let ended = AccountState(state: UInt8(POSTERN_ACCOUNT_SIGNED_OUT), checkedAt: askedAt)
    guard let refresh = tokens.refresh else { return ended }
    do throws(ProviderFault) {
      let document = try await self.tokens(
        [("grant_type", "refresh_token"), ("refresh_token", refresh)], provider, metadata)
      var renewed = tokens
      renewed.access = document["access_token"]?.text ?? ""
      renewed.refresh = document["refresh_token"]?.text ?? refresh
      return AccountState(
        state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: askedAt, sealedTokens: sealer.seal(renewed, for: .tokens))
    } catch {
      if error.kind == .refused { return ended }
      throw error
    }
  }
}
