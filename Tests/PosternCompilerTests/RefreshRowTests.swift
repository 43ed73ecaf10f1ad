// Each row of the table in docs/decision.md, "OAuth clients", on the compiled kernel and on the reference evaluator, which must
// give one answer: what the row says, and that it comes before those below it.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Rows of a refresh")
struct RefreshRowTests {
  private static let sessionLength: Int64 = 57_600_000
  private static let unusedTimeout: Int64 = 15_552_000_000
  private static let skew: Int64 = 30_000

  /// What both say, which is one answer.
  private func answer(
    _ client: String = "payroll-cli", _ scopes: [String] = ["payroll.read"], at now: Int64 = ClientTree.now,
    _ change: (inout Refresh) -> Void = { _ in }
  ) throws -> RefreshDecision {
    var refresh = ClientTree.refresh(client, scopes)
    change(&refresh)
    let policy = try ClientTree.policy()
    let answer = OpenBundle(compiling: policy).decide(refresh, at: now)
    #expect(answer == ReferenceRefresh.decide(policy, refresh, at: now))
    return answer
  }

  /// Everything that ends a grant, at once; a row's test takes away what comes before it.
  private static func endEverything(_ refresh: inout Refresh) {
    refresh.isRevoked = true
    refresh.isReused = true
    refresh.lastUsedAt = ClientTree.now - unusedTimeout
    refresh.accountState = .credentialChanged
    refresh.scopes.append(Array("mail.send".utf8))
    refresh.isBeyondLiveTokens = true
    refresh.authenticatedAt = ClientTree.now + skew + 1
  }

  @Test("a client that the bundle does not have is refused, whoever asks")
  func unknownClient() throws {
    let answer = try answer("payroll-cl") { $0.principalKind = .serviceAccount }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .unknownClient)
    #expect(try self.answer("").reason == .unknownClient)
    #expect(try self.answer("payroll-cli2").reason == .unknownClient)
    #expect(try self.answer("admin").reason == .unknownClient, "ids are compared by their bytes")
  }

  @Test("a revoked grant is refused before anything else is looked at")
  func revoked() throws {
    let answer = try answer { Self.endEverything(&$0) }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .revoked)
  }

  @Test(
    "a person who is signed out or suspended has no access", arguments: [Credential.AccountState.signedOut, .suspended])
  func accessRevoked(state: Credential.AccountState) throws {
    #expect(try answer { $0.accountState = state }.reason == .revoked)
    let unbound = try answer("payroll-cli", ["profile"]) { $0.accountState = state }
    #expect(unbound.reason == .revoked, "whatever was granted")
  }

  @Test("an account whose state is unknown is no reason to refuse")
  func unknownState() throws {
    #expect(try answer { $0.accountState = .unknown }.outcome == .allowed)
  }

  @Test("a token that was used before is refused, before its age is looked at")
  func reused() throws {
    let answer = try answer {
      Self.endEverything(&$0)
      $0.isRevoked = false
    }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .reused)
  }

  @Test("a token is over 180 days after its last use, to the millisecond, and before the password is looked at")
  func unused() throws {
    let answer = try answer {
      Self.endEverything(&$0)
      ($0.isRevoked, $0.isReused) = (false, false)
    }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .unused)
    for difference: Int64 in [-1_000, -1, 0, 1, 1_000] {
      let answer = try self.answer { $0.lastUsedAt = ClientTree.now - Self.unusedTimeout - difference }
      #expect(answer.reason == (difference < 0 ? .withinSessionLength : .unused), "\(difference) ms")
    }
  }

  @Test(
    "a password change ends a grant that holds a mail scope, before the number of tokens is looked at",
    arguments: [Credential.AccountState.passwordResetRequired, .credentialChanged])
  func passwordChanged(state: Credential.AccountState) throws {
    let answer = try answer {
      Self.endEverything(&$0)
      ($0.isRevoked, $0.isReused, $0.accountState) = (false, false, state)
      $0.lastUsedAt = ClientTree.now
    }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .passwordChanged)
    #expect(try self.answer { $0.accountState = state }.outcome == .allowed, "no mail scope, no end")
  }

  @Test("beyond the most live tokens a token is refused, before its times are compared")
  func tooManyTokens() throws {
    let answer = try answer {
      Self.endEverything(&$0)
      ($0.isRevoked, $0.isReused, $0.accountState) = (false, false, .active)
      $0.lastUsedAt = ClientTree.now
    }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .tooManyTokens)
  }

  @Test("a fact further ahead than the skew is refused, and never asked to re-authenticate")
  func clockSkew() throws {
    let facts: [WritableKeyPath<Refresh, Int64>] = [\.lastUsedAt, \.authenticatedAt, \.securityKeyAt]
    for fact in facts {
      for difference: Int64 in [-1_000, -1, 0, 1, 1_000] {
        let answer = try answer { $0[keyPath: fact] = ClientTree.now + Self.skew + difference }
        #expect(answer.outcome == (difference > 0 ? .invalidGrant : .allowed), "\(difference) ms")
        #expect(answer.reason == (difference > 0 ? .clockSkew : .withinSessionLength), "\(difference) ms")
      }
    }
  }

  @Test("without a last use nothing is allowed, and without an authentication nothing that is bound")
  func factMissing() throws {
    #expect(try answer { $0.lastUsedAt = 0 }.reason == .factMissing)
    #expect(
      try answer("payroll-cli", []) {
        $0.principalKind = .serviceAccount
        $0.lastUsedAt = 0
      }.reason == .factMissing)
    let answer = try answer { ($0.authenticatedAt, $0.securityKeyAt) = (0, 0) }
    #expect(answer.outcome == .invalidGrant)
    #expect(answer.reason == .factMissing)
  }

  @Test("a service account is exempt, however old its authentication")
  func serviceAccount() throws {
    let answer = try answer {
      $0.principalKind = .serviceAccount
      ($0.authenticatedAt, $0.securityKeyAt) = (0, 0)
    }
    #expect(answer.outcome == .allowed)
    #expect(answer.reason == .exempt)
    #expect(answer.validUntil == ClientTree.now - 3_600_000 + Self.unusedTimeout)
    #expect(try self.answer { ($0.principalKind, $0.isRevoked) = (.serviceAccount, true) }.reason == .revoked)
  }

  @Test("a grant without a bound scope is not bounded, however old its authentication")
  func unbound() throws {
    let answer = try answer("payroll-cli", ["profile", "mail.send"]) {
      ($0.authenticatedAt, $0.securityKeyAt) = (1, 0)
    }
    #expect(answer.outcome == .allowed)
    #expect(answer.reason == .unbound)
    #expect(answer.validUntil == ClientTree.now - 3_600_000 + Self.unusedTimeout)
    #expect(try self.answer("mirror", ["payroll"]).reason == .unbound, "`payroll.*` does not stand for `payroll`")
    #expect(try self.answer("payroll-cli", []).reason == .unbound)
  }

  @Test("a scope that the client no longer has is bound, and ends with a password change")
  func unknownScope() throws {
    #expect(try answer("payroll-cli", ["profile", "gone"]).reason == .withinSessionLength)
    #expect(try answer("payroll-cli", ["gone"]) { $0.accountState = .credentialChanged }.reason == .passwordChanged)
  }

  @Test("within the session length a refresh goes on, and its end is told to the millisecond")
  func withinSessionLength() throws {
    for difference: Int64 in [-1_000, -1, 0, 1, 1_000] {
      let answer = try answer {
        $0.authenticatedAt = ClientTree.now - Self.sessionLength - difference
        $0.securityKeyAt = 0
      }
      #expect(answer.reason == (difference < 0 ? .withinSessionLength : .sessionLengthPassed), "\(difference) ms")
      #expect(answer.validUntil == (difference < 0 ? ClientTree.now - difference : 0), "\(difference) ms")
    }
  }

  @Test("the earlier of the two ends is the one that is told")
  func earlierEnd() throws {
    let answer = try answer { $0.lastUsedAt = ClientTree.now - Self.unusedTimeout + 5 }
    #expect(answer.reason == .withinSessionLength)
    #expect(answer.validUntil == ClientTree.now + 5)
  }

  @Test("a first-party client past the session length re-authenticates with the policy's method")
  func firstParty() throws {
    let past: (inout Refresh) -> Void = { ($0.authenticatedAt, $0.securityKeyAt) = (1, 1) }
    let password = try answer("payroll-cli", ["payroll.read"], past)
    #expect(password.outcome == .reauthenticate)
    #expect(password.reason == .sessionLengthPassed)
    #expect(password.method == .login)
    #expect(try answer("Admin", ["admin"], past).method == .secureKey)
  }

  @Test("a third-party client past the session length is refused with a subtype, and asked for nothing")
  func thirdParty() throws {
    let answer = try answer("mirror", ["payroll.read", "profile"]) { ($0.authenticatedAt, $0.securityKeyAt) = (1, 1) }
    #expect(answer.outcome == .invalidRapt)
    #expect(answer.reason == .sessionLengthPassed)
    #expect(answer.method == nil)
    #expect(answer.validUntil == 0)
  }

  @Test("where a key is asked for, a login without one counts for nothing, and a person without one is asked for it")
  func secureKey() throws {
    let keyAt = ClientTree.now - 3_600_000
    let late = try answer("Admin", ["admin"]) { ($0.authenticatedAt, $0.securityKeyAt) = (ClientTree.now, keyAt) }
    #expect(late.outcome == .reauthenticate)
    let fresh = try answer("Admin", ["admin"]) { ($0.authenticatedAt, $0.securityKeyAt) = (1, keyAt + 1) }
    #expect(fresh.outcome == .allowed)
    #expect(fresh.validUntil == ClientTree.now + 1)
    let none = try answer("Admin", ["admin"]) { ($0.authenticatedAt, $0.securityKeyAt) = (ClientTree.now, 0) }
    #expect(none.outcome == .reauthenticate)
    #expect(none.method == .secureKey)
  }

  @Test("where a password is asked for, an authentication with a key counts like any other")
  func anyStrength() throws {
    let answer = try answer { ($0.authenticatedAt, $0.securityKeyAt) = (1, ClientTree.now - 1) }
    #expect(answer.outcome == .allowed)
    #expect(answer.validUntil == ClientTree.now - 1 + Self.sessionLength)
  }
}
