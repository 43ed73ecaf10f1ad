// What every store does, asked of all of them: the one in memory, the one in a file, and the one in a real Redis.

import Testing

@testable import PosternService

@Suite("Stores", .timeLimit(.minutes(2)))
struct StoreBehaviourIntegrationTests {
  // MARK: keeping

  @Test("a login comes back as it was kept", arguments: StoreKind.allCases)
  func login(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let login = Kept.login(tenant: "north", providerSession: "sid")
    try await open.store.insert(login, Kept.account(), for: Kept.key("a"))
    let found = try #require(try await open.peer.login(for: Kept.key("a")))
    #expect(found.login == login)
    #expect(found.account == Kept.account())
  }

  @Test("a session comes back as it was kept, with its login and its account", arguments: StoreKind.allCases)
  func session(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.keep("a")
    let facts = try await open.peer.session(for: Kept.key("a/session"))
    let expected = SessionFacts(
      session: Kept.session(of: "a"), login: Kept.login(), account: Kept.account(), lastSeenAt: [:])
    #expect(facts == expected)
  }

  @Test("what was never kept is not there", arguments: StoreKind.allCases)
  func unknown(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    #expect(try await open.store.login(for: Kept.key("a")) == nil)
    #expect(try await open.store.session(for: Kept.key("a")) == nil)
    #expect(try await open.store.take("a", at: Kept.start) == nil)
  }

  @Test("a session of a login that is not kept is not kept", arguments: StoreKind.allCases)
  func sessionWithoutLogin(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.insert(Kept.session(of: "nobody"), for: Kept.key("s"))
    #expect(try await open.store.session(for: Kept.key("s")) == nil)
  }

  // MARK: activity

  @Test("last activity is kept for each session and app, and never goes back", arguments: StoreKind.allCases)
  func touch(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.keep("a")
    try await open.store.keep("b")
    let (a, b) = (Kept.key("a/session"), Kept.key("b/session"))
    try await open.store.touch([
      Touch(session: a, app: "payroll", at: 300), Touch(session: a, app: "wiki", at: 100),
      Touch(session: b, app: "payroll", at: 50),
    ])
    try await open.peer.touch([
      Touch(session: a, app: "payroll", at: 200), Touch(session: a, app: "wiki", at: 101),
    ])
    #expect(try await open.store.session(for: a)?.lastSeenAt == ["payroll": 300, "wiki": 101])
    #expect(try await open.store.session(for: b)?.lastSeenAt == ["payroll": 50])
  }

  @Test("the activity of a thousand sessions is told at once", arguments: StoreKind.allCases)
  func manyTouches(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.insert(Kept.login(), Kept.account(), for: Kept.key("a"))
    for number in 0..<1_000 { try await open.store.insert(Kept.session(of: "a"), for: Kept.key("\(number)")) }
    try await open.store.touch((0..<1_000).map { Touch(session: Kept.key("\($0)"), app: "wiki", at: Int64($0)) })
    for number in [0, 255, 256, 511, 512, 999] {
      #expect(try await open.store.session(for: Kept.key("\(number)"))?.lastSeenAt == ["wiki": Int64(number)])
    }
  }

  @Test("the activity of a session that is not kept makes none", arguments: StoreKind.allCases)
  func touchUnknown(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.insert(Kept.login(), Kept.account(), for: Kept.key("a"))
    try await open.store.touch([Touch(session: Kept.key("s"), app: "payroll", at: 300)])
    #expect(try await open.store.session(for: Kept.key("s")) == nil)
    try await open.store.insert(Kept.session(of: "a"), for: Kept.key("s"))
    #expect(try await open.store.session(for: Kept.key("s"))?.lastSeenAt == [:])
  }

  // MARK: accounts

  @Test("of what the provider said of an account the newer counts", arguments: StoreKind.allCases)
  func note(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.keep("a")
    let newer = Kept.account(at: Kept.start + 2, tokens: "second")
    try await open.peer.note(newer, for: Kept.key("a"))
    try await open.store.note(Kept.account(at: Kept.start + 1, tokens: "late"), for: Kept.key("a"))
    #expect(try await open.store.login(for: Kept.key("a"))?.account == newer)
    #expect(try await open.store.session(for: Kept.key("a/session"))?.account == newer)
  }

  @Test("what is noted of a login that is not kept makes none", arguments: StoreKind.allCases)
  func noteUnknown(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.note(Kept.account(), for: Kept.key("a"))
    #expect(try await open.store.login(for: Kept.key("a")) == nil)
  }

  // MARK: values that are taken once

  @Test("a value is taken by exactly one of fifty who want it at the same time", arguments: StoreKind.allCases)
  func takeOnce(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let value = (UInt8.min...UInt8.max).map { $0 }
    try await open.store.put(value, under: "code:x", until: Kept.start + 60_000)
    let taken = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      for number in 0..<50 {
        let store = number % 2 == 0 ? open.store : open.peer
        group.addTask { try await store.take("code:x", at: Kept.start) }
      }
      return try await group.reduce(into: []) { taken, value in taken += value.map { [$0] } ?? [] }
    }
    #expect(taken == [value])
  }

  @Test(
    "a name is claimed by exactly one of fifty, until its end or until it is given back", arguments: StoreKind.allCases)
  func claim(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<50 {
        let store = number % 2 == 0 ? open.store : open.peer
        group.addTask { try await store.claim("flight:x", until: Kept.start + 1_000, at: Kept.start) }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(claims == 1)
    #expect(try await open.peer.claim("flight:x", until: Kept.start + 2_000, at: Kept.start + 999) == false)
    #expect(try await open.peer.claim("flight:x", until: Kept.start + 2_000, at: Kept.start + 1_000))
    _ = try await open.store.take("flight:x", at: Kept.start + 1_001)
    #expect(try await open.store.claim("flight:x", until: Kept.start + 3_000, at: Kept.start + 1_001))
  }

  @Test(
    "of fifty that replace one value, exactly one does; nothing expected is nothing there",
    arguments: StoreKind.allCases)
  func replace(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let end = Kept.start + 1_000
    #expect(try await open.store.replace([7], by: [1], under: "x", until: end, at: Kept.start) == false)
    #expect(try await open.store.replace(nil, by: [0], under: "x", until: end, at: Kept.start))
    #expect(try await open.peer.replace(nil, by: [9], under: "x", until: end, at: Kept.start) == false)
    let count = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<50 {
        let store = number % 2 == 0 ? open.store : open.peer
        group.addTask {
          try await store.replace([0], by: [UInt8(number), 1], under: "x", until: end, at: Kept.start)
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(count == 1)
    #expect(try await open.peer.look("x", at: Kept.start)?.last == 1)
    let isOver = try await open.store.replace(nil, by: [], under: "x", until: end + 1_000, at: end)
    #expect(isOver, "what is over is not there")
    #expect(try await open.peer.replace([], by: [3], under: "x", until: end + 1_000, at: end))
  }

  @Test("a value can be taken until the millisecond before its end", arguments: StoreKind.allCases)
  func takeInTime(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    for name in ["a", "b"] { try await open.store.put([1], under: name, until: Kept.start + 1_000) }
    #expect(try await open.store.take("a", at: Kept.start + 999) == [1])
    #expect(try await open.store.take("b", at: Kept.start + 1_000) == nil)
  }

  @Test("an empty value is a value, and the last one put under a name counts", arguments: StoreKind.allCases)
  func putAgain(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    try await open.store.put([1], under: "a", until: Kept.start + 1)
    try await open.store.put([], under: "a", until: Kept.start + 2)
    #expect(try await open.store.take("a", at: Kept.start + 1) == [])
  }

  // MARK: push

  @Test("what one node revokes is pushed to the other, whatever it is, in order", arguments: StoreKind.allCases)
  func push(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let stream = try await open.peer.revocations()
    let all = RevocationCase.all.map(\.revocation)
    for revocation in all { try await open.store.revoke(revocation, at: Kept.start) }
    var pushed: [Revocation] = []
    for await revocation in stream.prefix(all.count) { pushed.append(revocation) }
    #expect(pushed == all)
  }

  @Test("two who follow are both told", arguments: StoreKind.allCases)
  func twoFollowers(_ kind: StoreKind) async throws {
    let open = try await kind.open()
    let streams = [try await open.peer.revocations(), try await open.store.revocations()]
    try await open.store.revoke(.everyone, at: Kept.start)
    for stream in streams {
      var first = stream.makeAsyncIterator()
      #expect(await first.next() == .everyone)
    }
  }
}
