// The cuts of OAuth clients, and what refreshes make of any numbers: an answer, and a refusal where the header gives a number no
// meaning.

import CPostern
import PosternKernel
import Testing

@Suite("Hostile OAuth clients")
struct HostileOAuthClientTests {
  private static let now: Int64 = 1_772_445_600_000
  private static let mirror: UInt32 = 0
  private static let payroll: UInt32 = 1

  private static func answers<Answer>(_ body: (borrowing Bundle) -> Answer) throws -> Answer {
    try unsafe GoldenBundle.bytes.withUnsafeBytes { bytes in
      try body(unsafe Bundle(verifying: Words(owned: bytes)))
    }
  }

  private static func refresh(_ client: UInt32) -> postern_refresh {
    var refresh = postern_refresh()
    refresh.client = client
    refresh.last_used_at = now - 1_000
    refresh.authenticated_at = now - 1_000
    return refresh
  }

  private static func decide(_ bundle: borrowing Bundle, _ refresh: postern_refresh) -> postern_refresh_decision {
    var decision = postern_refresh_decision()
    bundle.decideRefresh(refresh, at: now, into: &decision)
    return decision
  }

  @Test("a client is found by its id and no other text")
  func lookUp() throws {
    let found = try Self.answers { bundle in
      ["mirror", "payroll-cli", "", "mirro", "mirrors", "nobody", "payroll-clj", "zzz"].map {
        bundle.oauthClient(Array($0.utf8).span)
      }
    }
    #expect(found == [0, 1, .max, .max, .max, .max, .max, .max])
  }

  @Test("a scope has the bit of its place, and what is none of the client's has none")
  func scopes() throws {
    let bits = try Self.answers { bundle in
      ["profile", "payroll.read", "mail.send", "mail", ""].map {
        bundle.oauthScope(Array($0.utf8).span, ofClient: Self.payroll)
      } + [bundle.oauthScope(Array("profile".utf8).span, ofClient: .max)]
    }
    #expect(bits == [1, 2, 4, 0, 0, 0])
  }

  @Test("a granted bit beyond the client's scopes is bound, and so is the flag of an unknown scope")
  func bitsBeyond() throws {
    for (scopes, flags, reason) in [
      (UInt64(1), UInt8(0), POSTERN_REFRESH_REASON_UNBOUND),
      (2, 0, POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH), (8, 0, POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH),
      (1 << 63, 0, POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH), (1, 8, POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH),
    ] {
      var refresh = Self.refresh(Self.payroll)
      (refresh.granted_scopes, refresh.flags) = (scopes, flags)
      let decision = try Self.answers { Self.decide($0, refresh) }
      #expect(Int(decision.reason) == reason, "scopes \(scopes), flags \(flags)")
    }
  }

  @Test("an account state or a flag that the header does not know is refused, an unknown principal is a person")
  func unknownNumbers() throws {
    for number in UInt8.min...UInt8.max {
      var (state, flags, kind) = (
        Self.refresh(Self.payroll), Self.refresh(Self.payroll), Self.refresh(Self.payroll)
      )
      (state.account_state, flags.flags, kind.principal_kind) = (number, number, number)
      kind.granted_scopes = 2
      let answers = try Self.answers { bundle in [state, flags, kind].map { Self.decide(bundle, $0) } }
      if number > 5 { #expect(Int(answers[0].outcome) == POSTERN_REFRESH_INVALID_GRANT, "state \(number)") }
      if number > 8 { #expect(Int(answers[1].outcome) == POSTERN_REFRESH_INVALID_GRANT, "flags \(number)") }
      #expect(
        Int(answers[2].reason)
          == (number == 2 ? POSTERN_REFRESH_REASON_EXEMPT : POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH),
        "principal kind \(number)")
    }
  }

  @Test("whatever the times are, there is an answer, and only an allowed one has an end")
  func anyTimes() throws {
    let times: [Int64] = [.min, .min + 1, -1, 0, 1, Self.now, .max - 57_600_000, .max - 1, .max]
    let answers = try Self.answers { bundle in
      var answers: [postern_refresh_decision] = []
      for lastUsedAt in times {
        for authenticatedAt in times {
          for now in times {
            var refresh = Self.refresh(Self.mirror)
            (refresh.granted_scopes, refresh.last_used_at, refresh.authenticated_at) = (1, lastUsedAt, authenticatedAt)
            var decision = postern_refresh_decision()
            bundle.decideRefresh(refresh, at: now, into: &decision)
            answers.append(decision)
          }
        }
      }
      return answers
    }
    #expect(answers.count == 729)
    #expect(answers.allSatisfy { $0.reason != 0 && $0.revision == 7 })
    #expect(answers.allSatisfy { ($0.valid_until == 0) == (Int($0.outcome) != POSTERN_REFRESH_ALLOWED) })
  }

  @Test("whatever byte of the section is broken, the bundle is refused or refreshes are answered")
  func brokenBytes() throws {
    let golden = BundleSurgery(GoldenBundle.bytes)
    let section = golden.start(.oauthClients)..<golden.start(.oauthClients) + golden.byteCount(.oauthClients)
    var openCount = 0
    for offset in section {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var bytes = golden.bytes
        bytes[offset] = value
        let answer: postern_refresh_decision? = unsafe bytes.withUnsafeBytes { bytes in
          guard let bundle = try? unsafe Bundle(verifying: Words(owned: bytes)) else { return nil }
          _ = bundle.oauthScope(Array("mail.send".utf8).span, ofClient: Self.payroll)
          return Self.decide(bundle, Self.refresh(bundle.oauthClient(Array("mirror".utf8).span)))
        }
        if let answer {
          openCount += 1
          #expect(answer.reason != 0)
        }
      }
    }
    #expect(openCount > 0)
  }
}

extension Cut {
  static let ofOAuthClients: [Cut] = [
    Cut("a client's section with half a record", .partialRecord) {
      $0.set($0.entry(.oauthClients) + 16, UInt64(RecordSize.oauthClient + 8))
    },
    Cut("an id outside", .oauthClientText) { $0.set($0.client + OAuthClientField.id, UInt32(0xFFFF_0000)) },
    Cut("a client without an id", .oauthClientText) { $0.set($0.client + 4, UInt32(0)) },
    Cut("an id of 129 bytes", .oauthClientText) { $0.set($0.client, UInt64(129) << 32) },
    Cut("a display name outside", .oauthClientText) {
      $0.set($0.client + OAuthClientField.displayName + 4, UInt32(0xFFFF_0000))
    },
    Cut("scopes past the lists", .oauthClientList) { $0.set($0.client + OAuthClientField.scopes, UInt32(0xFFFF_FFF0)) },
    Cut("a client without scopes", .oauthClientList) { $0.set($0.client + OAuthClientField.scopes + 4, UInt32(0)) },
    Cut("65 scopes", .oauthClientList) { $0.set($0.client + OAuthClientField.scopes, UInt64(65) << 32) },
    Cut("a scope outside", .oauthClientList) { surgery in
      let first = Int(surgery.u32(surgery.client + OAuthClientField.scopes))
      surgery.set(surgery.start(.lists) + 4 * first, UInt32(0xFFFF_0000))
    },
    Cut("65 redirect URIs", .oauthClientList) {
      $0.set($0.client + OAuthClientField.redirectURIs, UInt64(65) << 32)
    },
    Cut("apps past the lists", .oauthClientList) { $0.set($0.client + OAuthClientField.apps, UInt32(0xFFFF_FFF0)) },
    Cut("65 apps", .oauthClientList) { $0.set($0.client + OAuthClientField.apps, UInt64(65) << 32) },
    Cut("one scope more than there are", .oauthClientScopes) { $0.bytes[$0.client + OAuthClientField.scopeCount] += 1 },
    Cut("no scopes where there are some", .oauthClientScopes) { $0.bytes[$0.client + OAuthClientField.scopeCount] = 0 },
    Cut("a bound scope beyond the last", .oauthClientScopes) {
      $0.bytes[$0.client + OAuthClientField.boundScopes] |= 2
    },
    Cut("the last bit of a mask", .oauthClientScopes) {
      $0.bytes[$0.client + OAuthClientField.passwordScopes + 7] = 0x80
    },
    Cut("a party that is neither", .oauthClientNumbers) { $0.bytes[$0.client + OAuthClientField.party] = 2 },
    Cut("a client without a method", .oauthClientNumbers) { $0.bytes[$0.client + OAuthClientField.method] = 0 },
    Cut("a method that no policy has", .oauthClientNumbers) { $0.bytes[$0.client + OAuthClientField.method] = 2 },
    Cut("a method beyond the last", .oauthClientNumbers) { $0.bytes[$0.client + OAuthClientField.method] = 4 },
    Cut("a client without a flow", .oauthClientNumbers) { $0.bytes[$0.client + OAuthClientField.flows] = 0 },
    Cut("a flow that is unknown", .oauthClientNumbers) { $0.bytes[$0.client + OAuthClientField.flows] = 4 },
    Cut("no session length", .oauthClientNumbers) {
      $0.set($0.client + OAuthClientField.sessionLengthSeconds, UInt32(0))
    },
    Cut("no time without use", .oauthClientNumbers) { $0.set($0.client + OAuthClientField.unusedSeconds, UInt32(0)) },
    Cut("no live tokens", .oauthClientNumbers) { $0.set($0.client + OAuthClientField.liveTokenLimit, UInt32(0)) },
    Cut("two clients of one id", .oauthClientMisplaced) { surgery in
      surgery.set(surgery.client + RecordSize.oauthClient, surgery.number(surgery.client, as: UInt64.self))
    },
    Cut("a client whose id comes first and stands last", .oauthClientMisplaced) { surgery in
      let first = surgery.number(surgery.client, as: UInt64.self)
      surgery.set(surgery.client, surgery.number(surgery.client + RecordSize.oauthClient, as: UInt64.self))
      surgery.set(surgery.client + RecordSize.oauthClient, first)
    },
  ]
}

extension BundleSurgery {
  /// Offset of the first OAuth client, which has one scope.
  fileprivate var client: Int { start(.oauthClients) }
}
