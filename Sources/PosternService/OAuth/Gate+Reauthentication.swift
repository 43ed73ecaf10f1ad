// Re-authentication of a person whose tool the session length has stopped: they open a page of the gate's, authenticate anew at their provider, and
// the tool's next refresh finds it done. Refuses another person, an authentication from before, and a weaker one.

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

  /// Sends the person to their provider, and, once they are back, notes that they were there.
  func reauthenticate(_ request: ClientRequest) async -> Answer {
    let sealed = FormEncoding.fields(request.query ?? "")?["request"] ?? ""
    guard let wanted = sealer.open(sealed, for: .reauthentication, as: Reauthentication.self),
      wanted.expiresAt > clock.now, let client = policy.oauthClient(wanted.client)
    else { return failure("This link is over: start your tool again.", again: nil, status: 400) }
    do throws(StoreFault) {
      guard let current = try await currentLogin(request), wanted.isMet(by: current.login) else {
        let target = "/oauth/reauthenticate?request=\(sealed)"
        return logIn(for: client, target: target, after: wanted.after, method: wanted.method)
      }
      guard try await note(current.login, for: wanted, client) else {
        return failure("This is not the account that your tool is signed in with.", again: nil)
      }
      return page(Page.reauthenticated(), status: 200, reason: "reauthenticated")
    } catch {
      return storeFailure(error)
    }
  }

  /// False where the person is another, or the grant is over.
  private func note(
    _ login: Login, for wanted: Reauthentication, _ client: OAuthClient
  ) async throws(StoreFault) -> Bool {
    for _ in 0..<100 {
      guard let (grant, holder) = try await grant(wanted.grant), holder.person.isSame(as: login.person) else {
        return false
      }
      var changed = grant
      changed.authenticatedAt = max(grant.authenticatedAt, login.authenticatedAt)
      changed.securityKeyAt = max(grant.securityKeyAt, login.securityKeyAt)
      if changed == grant { return true }
      if try await replace(grant, by: changed, wanted.grant, of: client) { return true }
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
