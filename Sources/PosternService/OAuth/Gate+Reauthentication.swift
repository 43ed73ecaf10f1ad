// Re-authentication of a person whose tool the session length has stopped: they open a page of the gate's, authenticate anew at their provider, say
// that it was their tool that asked, and its next refresh finds it done. Refuses another person, an authentication from before, a weaker one,
// and whoever only followed a link.

internal import CPostern

extension Gate {
  /// Which grant somebody authenticates for.
  fileprivate struct Reauthentication: Codable {
    var grant: SessionKey
    var client: String
    /// Only an authentication at or after this instant counts.
    var after: Int64
    var method: UInt8
    var expiresAt: Int64
    /// Of whoever is asked whether it was their tool.
    var login: SessionKey?
  }

  /// Where a tool sends its person.
  func reauthentication(
    _ grant: SessionKey, _ client: OAuthClient, method: UInt8
  ) -> OAuthRefusal.Reauthentication {
    let wanted = Reauthentication(
      grant: grant, client: client.id, after: clock.now, method: method,
      expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
    return OAuthRefusal.Reauthentication(
      url: "\(issuer)/oauth/reauthenticate?request=\(sealer.seal(wanted, for: .reauthentication))",
      method: Int(method) == POSTERN_METHOD_SECURE_KEY ? "security_key" : "password")
  }

  /// Sends the person to their provider, and, once they are back, asks whether it was they who were asked.
  func reauthenticate(_ request: ClientRequest) async -> Answer {
    let sealed = request.queryFields["request"] ?? ""
    guard var wanted = sealer.open(sealed, for: .reauthentication, as: Reauthentication.self),
      wanted.expiresAt > clock.now, let client = policy.oauthClient(wanted.client)
    else { return failure("This link is over: start your tool again.", again: nil, status: 400) }
    do throws(StoreFault) {
      guard let current = try await oauthLogin(request, for: client), wanted.isMet(by: current.login) else {
        let target = "/oauth/reauthenticate?request=\(sealed)"
        return logIn(for: client, target: target, after: wanted.after, method: wanted.method)
      }
      guard let kept = try await grant(wanted.grant), kept.login.person.isSame(as: current.login.person) else {
        return failure("This is not the account that your tool is signed in with.", again: nil)
      }
      wanted.login = current.key
      return page(
        Page.reauthenticate(
          client.displayName, principal: current.login.person.principal,
          token: sealer.seal(wanted, for: .reauthenticationAnswer)), status: 200, reason: "reauthenticate")
    } catch {
      return storeFailure(error)
    }
  }

  /// The person has said that it was their tool.
  func confirmReauthentication(_ request: ClientRequest) async -> Answer {
    let form = request.formFields
    guard let wanted = sealer.open(form["token"] ?? "", for: .reauthenticationAnswer, as: Reauthentication.self),
      wanted.expiresAt > clock.now, let client = policy.oauthClient(wanted.client)
    else { return failure("This question is over: start your tool again.", again: nil, status: 400) }
    do throws(StoreFault) {
      guard let current = try await oauthLogin(request, for: client), current.key == wanted.login else {
        return failure("This question was another browser's.", again: nil, status: 400)
      }
      guard try await note(current.key, current.login, for: wanted, client) else {
        return failure("This is not the account that your tool is signed in with.", again: nil)
      }
      return page(Page.reauthenticated(), status: 200, reason: "reauthenticated")
    } catch {
      return storeFailure(error)
    }
  }

  /// From now on the grant is of this login, with whatever the provider says of its person now. False where the person is another, or the grant
  /// is over.
  private func note(
    _ key: SessionKey, _ login: Login, for wanted: Reauthentication, _ client: OAuthClient
  ) async throws(StoreFault) -> Bool {
    for _ in 0..<100 {
      guard let kept = try await grant(wanted.grant), kept.login.person.isSame(as: login.person) else { return false }
      if kept.grant.origin == key { return true }
      var changed = kept.grant
      changed.authenticatedAt = max(changed.authenticatedAt, login.authenticatedAt)
      changed.secondFactorAt = max(changed.secondFactorAt, login.secondFactorAt)
      changed.securityKeyAt = max(changed.securityKeyAt, login.securityKeyAt)
      changed.origin = key
      changed.turn += 1
      // No node believes what it knows of the person from before: the new tokens are of another session.
      try await keep(
        Self.login(login, heldBy: client.id), of: changed, wanted.grant, grantedAt: kept.grantedAt)
      if try await replace(kept.bytes, by: changed, wanted.grant, of: client) {
        try await revoke(.session(kept.grant.session(wanted.grant)))
        return true
      }
    }
    throw StoreFault(description: "a grant changes too fast")
  }
}

extension Gate.Reauthentication {
  /// Whether somebody authenticated since they were asked to, and as strongly. Providers say it in whole seconds.
  fileprivate func isMet(by login: Login) -> Bool {
    let at = Int(method) == POSTERN_METHOD_SECURE_KEY ? login.securityKeyAt : login.authenticatedAt
    return at >= after / 1_000 * 1_000
  }
}

extension Person {
  /// Whether two logins are of one person, whatever their provider said of them besides.
  fileprivate func isSame(as other: Person) -> Bool {
    provider == other.provider && subject == other.subject && tenant == other.tenant
  }
}
