// Whether an account is still good: asked of its provider when the policy's `revalidate` has passed, by the refresh token that
// it gave, or by user info. What the provider refuses ends the session; what it does not answer is its silence, for each
// app's `onStateUnavailable`.

internal import CPostern
internal import Logging

extension Gate {
  /// Asks the provider about a session's account, and notes what it says, or that it says nothing.
  func checkAccount(of live: LiveSession) async {
    let login = live.facts.session.login
    let person = live.facts.login.person
    let account = await account(of: login, person)
    live.note(account, at: clock.now)
  }

  /// What the provider says of a login's account now; nil where it cannot be asked.
  func account(of login: SessionKey, _ person: Person) async -> AccountState? {
    await flights.answer(for: login) { await self.askAboutAccount(login, person) }
  }

  /// How long one node may have the question to itself: longer than a provider is waited for.
  private static let flightMilliseconds: Int64 = 15_000
  /// How often a node that waits for another's answer looks for it, and how many times.
  private static let lookMilliseconds: Int64 = 50
  private static let lookCount = 100

  /// What the provider said counts on this node, whether the store can be told or not.
  private func keep(_ account: AccountState, for login: SessionKey) async {
    do throws(StoreFault) {
      try await store.note(account, for: login)
    } catch {
      log.error("the store was not told of an account's state", metadata: ["error": "\(error)"])
    }
  }

  /// What the provider says now; nil where it cannot be asked. One node asks for all: a refresh token that is good for one use is not
  /// used twice.
  private func askAboutAccount(_ key: SessionKey, _ person: Person) async -> AccountState? {
    let flight = "account:\(key.text)"
    do {
      guard let known = try await store.login(for: key)?.account else { return nil }
      if isFresh(known) { return known }
      guard try await store.claim(flight, until: clock.now + Self.flightMilliseconds, at: clock.now) else {
        return try await answer(ofFlight: flight, key, since: known)
      }
      do {
        let account = try await askAlone(key, person)
        // What was heard counts, though the store cannot be told that the question is over: the claim ends by itself.
        _ = try? await store.take(flight, at: clock.now)
        return account
      } catch {
        _ = try? await store.take(flight, at: clock.now)
        throw error
      }
    } catch {
      log.warning("an account could not be checked", metadata: ["provider": "\(person.provider)", "error": "\(error)"])
      return nil
    }
  }

  /// Another request, or another node, may have asked a moment ago.
  private func isFresh(_ account: AccountState) -> Bool { clock.now - account.checkedAt < 1_000 }

  private func askAlone(_ key: SessionKey, _ person: Person) async throws -> AccountState? {
    guard let known = try await store.login(for: key)?.account else { return nil }
    guard !isFresh(known), let provider = policy.provider(named: person.provider),
      let tokens = known.sealedTokens.flatMap({ sealer.open($0, for: .tokens, as: ProviderTokens.self) })
    else { return known }
    let account = try await askAboutAccount(tokens, person, provider)
    await keep(account, for: key)
    return account
  }

  /// What another node, which is asking, is told; nil where it is told nothing, or not in time.
  private func answer(
    ofFlight flight: String, _ key: SessionKey, since known: AccountState
  ) async throws(StoreFault) -> AccountState? {
    for _ in 0..<Self.lookCount {
      let isOver = try await store.look(flight, at: clock.now) == nil
      guard let account = try await store.login(for: key)?.account else { return nil }
      if account != known { return account }
      if isOver { return nil }
      try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
    }
    return nil
  }

  /// By the refresh token where there is one: a provider that still honours it has looked at the account, which it need not do to
  /// say once more what it said of its owner.
  private func askAboutAccount(
    _ tokens: ProviderTokens, _ person: Person, _ provider: LoginProvider
  ) async throws(ProviderFault) -> AccountState {
    let metadata = try await directory.metadata(of: provider)
    if let token = tokens.refresh {
      return try await refresh(tokens, with: token, provider, metadata, askedAt: clock.now)
    }
    return try await askForUserInfo(tokens, person, metadata, askedAt: clock.now)
  }

  private func state(_ number: Int, _ tokens: ProviderTokens, askedAt: Int64) -> AccountState {
    AccountState(state: UInt8(number), checkedAt: askedAt, sealedTokens: sealer.seal(tokens, for: .tokens))
  }

  /// What says that the grant is over (RFC 6749, 5.2). A limit on requests, or a secret of ours that has changed, says nothing of the
  /// person. The second is what providers built on Authlib say of an account that is locked: the same request was good before.
  private static let endingErrors: Set<String> = ["invalid_grant", "invalid_request", "access_denied"]

  /// A refresh token that still works is an account that is still good (RFC 6749, 6).
  private func refresh(
    _ tokens: ProviderTokens, with token: String, _ provider: LoginProvider, _ metadata: ProviderMetadata,
    askedAt: Int64
  ) async throws(ProviderFault) -> AccountState {
    do throws(ProviderFault) {
      let document = try await self.tokens(
        [("grant_type", "refresh_token"), ("refresh_token", token)], provider, metadata)
      var renewed = tokens
      renewed.access = document["access_token"]?.text ?? ""
      renewed.refresh = document["refresh_token"]?.text ?? token
      return state(POSTERN_ACCOUNT_ACTIVE, renewed, askedAt: askedAt)
    } catch {
      if let code = error.code, Self.endingErrors.contains(code) {
        return AccountState(state: UInt8(POSTERN_ACCOUNT_SIGNED_OUT), checkedAt: askedAt)
      }
      throw .unavailable(error.description)
    }
  }

  /// What the provider says of its token's owner (OpenID Connect Core 1.0, 5.3).
  private func askForUserInfo(
    _ tokens: ProviderTokens, _ person: Person, _ metadata: ProviderMetadata, askedAt: Int64
  ) async throws(ProviderFault) -> AccountState {
    guard let endpoint = metadata.userInfoEndpoint, !tokens.access.isEmpty else {
      return AccountState(state: UInt8(POSTERN_ACCOUNT_UNKNOWN), checkedAt: askedAt)
    }
    let answer = try await transport.get(endpoint, bearer: tokens.access)
    switch answer.status {
    case 200:
      let isSame = JSON(answer.body)?["sub"]?.text == person.subject
      return state(isSame ? POSTERN_ACCOUNT_ACTIVE : POSTERN_ACCOUNT_CREDENTIAL_CHANGED, tokens, askedAt: askedAt)
    // The token may just have ended, or been taken back (RFC 6750, 3.1): only the provider's own page can tell.
    case 401: return AccountState(state: UInt8(POSTERN_ACCOUNT_UNKNOWN), checkedAt: askedAt)
    default: throw .unavailable("\(endpoint) answered \(answer.status)")
    }
  }
}
