// What a revocation ends, asked of every store: exactly what it names, whatever is kept and whatever was begun before and comes later,
// and nothing that begins afterwards.

import Testing

@testable import PosternService

@Suite("Revocations of stores", .timeLimit(.minutes(2)))
struct StoreRevocationIntegrationTests {
  @Test(
    "a revocation ends exactly what it names", arguments: StoreKind.allCases, RevocationCase.all)
  func exactly(_ kind: StoreKind, _ revoked: RevocationCase) async throws {
    let open = try await kind.open()
    for (name, login) in RevocationCase.world { try await open.store.keep(name, login) }
    let everything = try await open.peer.good(RevocationCase.names)
    #expect(everything.count == 2 * RevocationCase.names.count)
    try await open.store.revoke(revoked.revocation, at: Kept.start + 1)
    let good = try await open.peer.good(RevocationCase.names)
    #expect(Set(everything).subtracting(good) == revoked.ended)
  }

  @Test(
    "what was begun before a revocation and comes after it has ended; what begins at its instant, or later, has not",
    arguments: StoreKind.allCases, RevocationCase.all)
  func begun(_ kind: StoreKind, _ revoked: RevocationCase) async throws {
    let open = try await kind.open()
    try await open.store.revoke(revoked.revocation, at: Kept.start)
    for (name, login) in RevocationCase.world { try await open.peer.keep(name, login, at: Kept.start - 1) }
    let early = try await open.store.good(RevocationCase.names)
    #expect(Set(RevocationCase.names.flatMap { [$0, "\($0)/session"] }).subtracting(early) == revoked.ended)
    for at in [Kept.start, Kept.start + 1] {
      for (name, login) in RevocationCase.world { try await open.peer.keep(name, login, at: at) }
      #expect(try await open.store.good(RevocationCase.names).count == 2 * RevocationCase.names.count)
    }
  }

  @Test("whatever is kept has ended, though it was begun by a clock that is ahead", arguments: StoreKind.allCases)
  func clockAhead(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.keep("a", at: Kept.start + 5_000)
    try await open.peer.revoke(.browser("browser"), at: Kept.start)
    #expect(try await open.store.good(["a"]) == [])
  }

  @Test("an earlier revocation that comes late takes nothing back", arguments: StoreKind.allCases)
  func lateRevocation(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.revoke(.everyone, at: Kept.start)
    try await open.peer.revoke(.everyone, at: Kept.start - 1_000)
    try await open.store.keep("a", at: Kept.start - 500)
    #expect(try await open.store.good(["a"]) == [])
  }

  @Test("a session that is handed over of a login that has ended is not kept", arguments: StoreKind.allCases)
  func handedOver(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.insert(Kept.login(), Kept.account(), for: Kept.key("a"))
    try await open.store.revoke(.login(Kept.key("a")), at: Kept.start + 1)
    try await open.store.insert(Kept.session(of: "a", at: Kept.start + 2), for: Kept.key("a/session"))
    #expect(try await open.store.good(["a"]) == [])
  }

  @Test("activity and accounts that come late bring nothing back", arguments: StoreKind.allCases)
  func lateNews(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.keep("a")
    try await open.store.revoke(.everyone, at: Kept.start + 1)
    try await open.peer.touch([Touch(session: Kept.key("a/session"), app: "wiki", at: Kept.start + 2)])
    try await open.peer.note(Kept.account(at: Kept.start + 2), for: Kept.key("a"))
    #expect(try await open.store.good(["a"]) == [])
  }
}
