// What every store says of all that it keeps, in pages, for `postern sessions`.

import Testing

@testable import PosternService

@Suite("Pages of stores", .serialized, .timeLimit(.minutes(2)))
struct StorePageIntegrationTests {
  /// All pages, one after the other.
  private func pages(_ store: any SessionStore, count: Int) async throws -> [LoginPage] {
    var pages: [LoginPage] = []
    var cursor: String?
    repeat {
      pages.append(try await store.logins(from: cursor, count: count))
      cursor = pages.last?.next
    } while cursor != nil
    return pages
  }

  @Test("a login is listed as it was kept, with its sessions and what they were used in", arguments: StoreKind.allCases)
  func whole(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.keep("a", Kept.login(tenant: "north", providerSession: "sid"))
    try await open.store.insert(Kept.session(of: "a", host: "wiki.example.com"), for: Kept.key("second"))
    try await open.store.touch([
      Touch(session: Kept.key("second"), app: "wiki", at: 300),
      Touch(session: Kept.key("second"), app: "docs", at: 200),
    ])
    let page = try await open.peer.logins(from: nil, count: 10)
    let sessions = [
      KeptSession(key: Kept.key("a/session"), session: Kept.session(of: "a"), lastSeenAt: [:]),
      KeptSession(
        key: Kept.key("second"), session: Kept.session(of: "a", host: "wiki.example.com"),
        lastSeenAt: ["wiki": 300, "docs": 200]),
    ].sorted { $0.key.text < $1.key.text }
    let login = KeptLogin(
      key: Kept.key("a"), login: Kept.login(tenant: "north", providerSession: "sid"), account: Kept.account(),
      sessions: sessions)
    #expect(page == LoginPage(logins: [login], next: nil))
  }

  @Test("nothing kept is one page with nothing on it", arguments: StoreKind.allCases)
  func empty(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    #expect(try await pages(open.store, count: 10) == [LoginPage(logins: [], next: nil)])
  }

  @Test("five hundred logins are each listed, on pages that are bounded", arguments: StoreKind.allCases)
  func many(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let names = (0..<500).map { "login \($0)" }
    for name in names { try await open.store.insert(Kept.login(), Kept.account(), for: Kept.key(name)) }
    let pages = try await pages(open.store, count: 50)
    #expect(pages.count >= 10)
    #expect(pages.allSatisfy { $0.logins.count <= 100 })
    #expect(Set(pages.flatMap(\.logins).map(\.key)) == Set(names.map(Kept.key)))
  }

  @Test("a page that ends with the last login is the last one", arguments: [StoreKind.memory, .sqlite])
  func exact(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    for name in ["a", "b", "c", "d"] { try await open.store.keep(name) }
    #expect(try await pages(open.store, count: 2).map(\.logins.count) == [2, 2])
  }

  @Test("what has been ended is listed no more", arguments: StoreKind.allCases, RevocationCase.all)
  func ended(_ kind: StoreKind, _ item: RevocationCase) async throws {
    let open = try await kind.open()
    for (name, login) in RevocationCase.world { try await open.store.keep(name, login) }
    try await open.peer.revoke(item.revocation, at: Kept.start + 1)
    let listed = try await pages(open.store, count: 100).flatMap(\.logins)
    let keys = Set(listed.map(\.key) + listed.flatMap(\.sessions).map(\.key))
    let all = RevocationCase.names.flatMap { [$0, "\($0)/session"] }
    #expect(keys == Set(all.filter { !item.ended.contains($0) }.map(Kept.key)))
  }
}
