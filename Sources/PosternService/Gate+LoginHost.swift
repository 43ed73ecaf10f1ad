// The login host: the one place where people log in, and where they end what they began. Its pages are the gate's own; no policy decides
// about them. Refuses what is not sealed by this gate.

internal import CPostern
internal import Logging

extension Gate {
  /// The answer to a request for the login host.
  func loginPage(_ request: ClientRequest) async -> Answer {
    if let answer = await oauthPage(request) { return answer }
    let query = request.queryFields
    let isRead = request.method == "GET" || request.method == "HEAD"
    switch (request.method, request.path) {
    case (_, "/login") where isRead: return await beginLogin(request, query)
    case (_, let path) where isRead && path.hasPrefix("/callback/"):
      return await finishLogin(request, query, provider: String(path.dropFirst("/callback/".count)))
    case (_, "/") where isRead: return await home(request, query)
    case (_, "/iap/verify/public_key") where isRead: return publish(signer.pemDocument)
    case (_, "/iap/verify/public_key-jwk") where isRead: return publish(signer.jwkSet)
    case (_, Self.signedOutPath) where isRead: return signedOutAtProvider(query["state"] ?? "")
    case (_, "/confirm") where isRead: return await confirmed(query["token"] ?? "", request)
    case ("POST", let path) where path.hasPrefix("/logout/"):
      return await endByProvider(request, provider: String(path.dropFirst("/logout/".count)))
    case ("POST", let path) where path.hasPrefix(Self.tokenPath):
      return await finishAtPage(request, provider: String(path.dropFirst(Self.tokenPath.count)))
    case ("POST", "/confirm"):
      let form = request.formFields
      return await confirmed(form["token"] ?? "", request)
    default:
      var answer = Answer(generated: 404, reason: "noRoute")
      answer.setPage(Page.loginFailed("There is nothing here.", again: nil))
      return answer
    }
  }

  /// Keys are public, and may be kept for an hour: they are published before they sign.
  func publish(_ document: JSON) -> Answer {
    var answer = Answer(generated: 200)
    answer.setJSON(document)
    answer.headers.set("cache-control", "public, max-age=3600")
    return answer
  }

  /// This browser's login, and what is known of its account; nil where it has none.
  func currentLogin(_ request: ClientRequest) async throws(StoreFault) -> (
    key: SessionKey, login: Login, account: AccountState
  )? {
    guard let identifier = request.cookies.value(GateCookie.login).flatMap(SessionIdentifier.init),
      let found = try await store.login(for: identifier.key)
    else { return nil }
    return (identifier.key, found.login, found.account)
  }

  /// Who is signed in here; or, asked to, the end of it.
  private func home(_ request: ClientRequest, _ query: [String: String]) async -> Answer {
    do throws(StoreFault) {
      let current = try await currentLogin(request)
      var answer = Answer(generated: 200, reason: "home")
      guard let current else {
        answer.setPage(Page.signedOut())
        return answer
      }
      guard query["mode"] == "signout" else {
        answer.setPage(Page.signedIn(as: current.login.person.principal))
        return answer
      }
      let confirmation = Confirmation(
        action: .endBrowser, browser: current.login.browser, login: current.key,
        next: "\(settings.origin(settings.loginHost))/",
        expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
      answer.setPage(
        Page.confirm(
          "Sign out everywhere", action: "/confirm", token: sealer.seal(confirmation, for: .confirmation)))
      return answer
    } catch {
      return failure("The gate cannot look that up right now.", again: nil, status: 503)
    }
  }

  /// What was confirmed is done, and durable before anybody is told.
  private func confirmed(_ token: String, _ request: ClientRequest) async -> Answer {
    guard let confirmation = sealer.open(token, for: .confirmation, as: Confirmation.self),
      confirmation.expiresAt > clock.now
    else {
      log.info("a confirmation is none, or is over")
      return failure("This confirmation is over.", again: nil)
    }
    var next = confirmation.next
    do throws(StoreFault) {
      if confirmation.action == .endBrowser {
        // A form of ours, sent by the browser that it is about: a link ends nobody's logins.
        let browser = try await currentLogin(request)?.login.browser
        guard request.method == "POST", browser == confirmation.browser else {
          log.info("a confirmation came from another browser")
          return failure("This confirmation is another browser's.", again: nil)
        }
      }
      switch confirmation.action {
      case .endSession:
        if let session = confirmation.session {
          try await endHandOver(of: session)
          try await revoke(.session(session))
        }
      case .endBrowser:
        // While there is still a record of what is to be given back.
        if let login = confirmation.login {
          next = await logoutURL(of: login) ?? next
          await giveBackTokens(of: login)
        }
        if let browser = confirmation.browser { try await revoke(.browser(browser)) }
      // Of an app's own host.
      case .clearCookies: return failure("This confirmation is over.", again: nil)
      }
    } catch {
      return failure("Signing out is not possible right now: you are still signed in.", again: nil, status: 503)
    }
    var answer = Answer.redirect(next, reason: "signedOut")
    if confirmation.action == .endBrowser { answer.headers.add("set-cookie", GateCookie.expire(GateCookie.login)) }
    return answer
  }
}
