// What a review says of OAuth clients is sound: over generated pairs of documents, each refresh that the two kernels answer otherwise
// is of a client that the review names, and what it calls the same no refresh tells apart.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Soundness of reviews of OAuth clients")
struct RefreshSoundnessTests {
  private static let scopes = ["a", "a.read", "a.write", "b"]
  private static let now: Int64 = 1_772_445_600_000

  /// What a document is written from.
  private struct Draft {
    var length = "16h"
    var method = "PASSWORD"
    var bound = ["a.*"]
    var password = ["b"]
    var unused = "720h"
    /// By id: party and scopes.
    var clients: [(id: String, party: String, scopes: [String])] = []

    var text: String {
      func list(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ", ") }
      let lines = clients.map {
        "  - {id: \($0.id), displayName: C, party: \($0.party), flows: [DEVICE], scopes: [\(list($0.scopes))], apps: [payroll]}\n"
      }
      return """
        kind: OAuthClients
        sessionLength: \(length)
        reauthentication: \(method)
        boundScopes: [\(list(bound))]
        passwordChangeEnds: [\(list(password))]
        unusedTimeout: \(unused)
        clients:
        \(lines.joined())
        """
    }
  }

  private static func draft(_ generator: inout PairGenerator) -> Draft {
    var draft = Draft()
    draft.clients = ["one", "two", "three"].filter { _ in generator.chance(80) }.map { id in
      (id, generator.pick(["FIRST_PARTY", "THIRD_PARTY"]), scopes.filter { _ in generator.chance(70) } + ["z"])
    }
    if draft.clients.isEmpty { draft.clients = [("one", "FIRST_PARTY", scopes)] }
    return draft
  }

  private static func change(_ draft: inout Draft, _ generator: inout PairGenerator) {
    switch generator.below(7) {
    case 0: draft.length = generator.pick(["8h", "16h", "24h"])
    case 1: draft.method = generator.pick(["PASSWORD", "SECURE_KEY"])
    case 2: draft.bound = generator.pick([["a.read", "a.write"], ["a*"], ["*"], ["b"], ["a.*"]])
    case 3: draft.password = generator.pick([["b"], ["a.*"], ["z"]])
    case 4: draft.unused = generator.pick(["48h", "720h"])
    case 5: draft.clients[0].party = generator.pick(["FIRST_PARTY", "THIRD_PARTY"])
    default: draft.clients[0].scopes = scopes.filter { _ in generator.chance(60) } + ["z"]
    }
  }

  private static func side(_ draft: Draft) throws -> ReviewSide {
    try TreeFixture.tree([
      "organization.yaml": """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: people, source: oidc, issuer: "https://id.example.com", clientID: postern, domains: [example.com]}
      session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m}
      """, "payroll.yaml": "kind: App\nname: payroll\nroutes: [payroll.example.com/]\n", "clients.yaml": draft.text,
    ])
  }

  private static func refresh(_ generator: inout PairGenerator) -> Refresh {
    var refresh = Refresh()
    refresh.client = Array(generator.pick(["one", "two", "three"]).utf8)
    refresh.principalKind = generator.chance(90) ? .user : .serviceAccount
    refresh.accountState = generator.pick([.active, .active, .active, .credentialChanged])
    refresh.scopes = (scopes + ["z"]).filter { _ in generator.chance(30) }.map { Array($0.utf8) }
    let hours = [0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 25]
    refresh.lastUsedAt = now - Int64(generator.pick([0, 1, 47, 48, 49, 719, 720])) * 3_600_000
    refresh.authenticatedAt = now - Int64(generator.pick(hours)) * 3_600_000
    refresh.securityKeyAt = generator.chance(50) ? 0 : now - Int64(generator.pick(hours)) * 3_600_000
    return refresh
  }

  @Test("each refresh that is answered otherwise is of a client that the review names")
  func named() throws {
    var (flips, sameCount) = (0, 0)
    for seed in 0..<UInt64(150) {
      var generator = PairGenerator(seed: seed)
      let before = Self.draft(&generator)
      var after = before
      for _ in 0..<generator.below(3) { Self.change(&after, &generator) }
      let (old, new) = try (Self.side(before), Self.side(after))
      let subjects = PolicyComparison(before: old, after: new).differences.map { $0.subject + "," }
      if subjects.isEmpty { sameCount += 1 }
      for _ in 0..<200 {
        let refresh = Self.refresh(&generator)
        if old.bundle.decide(refresh, at: Self.now) == new.bundle.decide(refresh, at: Self.now) { continue }
        flips += 1
        let name = "OAuth client " + String(decoding: refresh.client, as: UTF8.self) + ","
        #expect(subjects.contains { $0.hasPrefix(name) }, "seed \(seed): \(refresh)")
      }
    }
    #expect(flips > 500 && sameCount > 20, "what never flips, and what is never the same, proves nothing")
  }
}
