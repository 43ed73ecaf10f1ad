// The administration socket: who is listed, what is ended, and what is refused. The command in front of it is in SessionsCommandTests.

import Testing

@testable import PosternService

@Suite("Administration")
struct AdministrationTests {
  private func ask(_ gate: TestGate, _ method: String, _ target: String, _ body: String = "") async -> Answer {
    let request = ListenerRequest(method: method, target: target, headers: Headers(), body: Array(body.utf8))
    switch AdministrationResponder(gate: gate.gate).respond(request) {
    case .now(let answer): return answer
    case .later(let work): return await work()
    }
  }

  /// The subjects that a list names.
  private func subjects(_ gate: TestGate, _ query: String) async -> [String] {
    let answer = await ask(gate, "GET", "/logins?\(query)")
    guard case .list(let logins)? = JSON(answer.body)?["logins"] else { return ["status \(answer.status)"] }
    return logins.compactMap { $0["subject"]?.text }.sorted()
  }

  private func world() async throws -> TestGate {
    let gate = try TestGate()
    for (name, login) in RevocationCase.world { try await gate.store.keep(name, login) }
    return gate
  }

  @Test(
    "a filter lets nobody else through",
    arguments: [
      ("", ["ann", "ann", "ann", "ann", "dan", "dan"]), ("email=DAN%40example.com", ["dan", "dan"]),
      ("provider=others", ["ann"]), ("provider=people&subject=ann", ["ann", "ann", "ann"]),
      ("tenant=north", ["ann", "ann", "dan"]), ("tenant=north&email=dan@example.com", ["dan"]),
      ("host=payroll.example.com&provider=others", ["ann"]), ("host=wiki.example.com", []), ("app=payroll", []),
      ("email=nobody@example.com", []),
    ])
  func filters(_ query: String, _ expected: [String]) async throws {
    #expect(await subjects(try world(), query) == expected)
  }

  @Test("only the sessions that were used in the app are listed")
  func app() async throws {
    let gate = try await world()
    try await gate.store.insert(Kept.session(of: "dan", host: "wiki.example.com"), for: Kept.key("wiki"))
    try await gate.store.touch([Touch(session: Kept.key("wiki"), app: "wiki", at: 5)])
    let answer = await ask(gate, "GET", "/logins?app=wiki")
    guard case .list(let logins)? = JSON(answer.body)?["logins"], logins.count == 1 else {
      Issue.record("\(answer)")
      return
    }
    let session = JSON.object([
      "key": .text(Kept.key("wiki").text), "host": .text("wiki.example.com"), "startedAt": .int(Kept.start),
      "lastSeen": .object(["wiki": .int(5)]),
    ])
    #expect(logins[0]["sessions"] == .list([session]))
  }

  @Test("no list has a token, a cookie's identifier or a claim in it")
  func secrets() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await ask(gate, "GET", "/logins")
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(text.contains("ann@example.com"))
    #expect(!text.contains(cookie.dropFirst(GateCookie.session.count + 1)))
    #expect(!text.contains("sealed") && !text.contains("claims"))
  }

  @Test("what is revoked is over with the next request")
  func revoke() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let headers = TestClient.script + [("Cookie", cookie)]
    #expect(await gate.ask(headers: headers).status == 200)
    gate.clock.advance(seconds: 1)
    let body = #"{"person": {"provider": "people", "subject": "ann"}}"#
    #expect(await ask(gate, "POST", "/revocations", body).status == 200)
    #expect(await gate.ask(headers: headers).reason == "noCredential")
  }

  @Test("the provider is given back the refresh tokens of what was ended, and no others")
  func givenBack() async throws {
    let clock = TestClock()
    let provider = StandInProvider(clock: clock)
    let gate = try TestGate(transport: provider, clock: clock)
    for (name, login) in RevocationCase.world {
      let tokens = ProviderTokens(access: "a", refresh: "of \(name)", identity: nil)
      let account = AccountState(
        state: 1, checkedAt: Kept.start, sealedTokens: gate.gate.sealer.seal(tokens, for: .tokens))
      try await gate.store.insert(login, account, for: Kept.key(name))
    }
    clock.advance(seconds: 1)
    let keys = RevocationCase.names.map { "\"\(Kept.key($0).text)\"" }.joined(separator: ",")
    let body = #"{"person": {"provider": "people", "subject": "ann"}, "logins": [\#(keys)]}"#
    #expect(await ask(gate, "POST", "/revocations", body).status == 200)
    _ = try await eventually(within: .seconds(600), "three tokens") { provider.forms.count == 3 ? () : nil }
    #expect(Set(provider.forms.compactMap { $0["token"] }) == ["of ann", "of annElsewhere", "of annOfNorth"])
  }

  @Test("each kind of revocation can be named")
  func kinds() {
    let key = Kept.key("a")
    let expected: [(String, Revocation)] = [
      (#"{"session": "\#(key.text)"}"#, .session(key)), (#"{"login": "\#(key.text)"}"#, .login(key)),
      (
        #"{"person": {"provider": "p", "subject": "s"}}"#, .person(provider: "p", subject: "s", tenant: nil)
      ), (#"{"tenant": {"provider": "p", "tenant": "t"}}"#, .tenant(provider: "p", tenant: "t")),
      (#"{"everyone": true}"#, .everyone),
    ]
    for (text, revocation) in expected {
      #expect(JSON(text.utf8).flatMap(RevocationOrder.init)?.revocation == revocation)
    }
  }

  @Test(
    "what names nothing, or two things, ends nobody",
    arguments: [
      "", "{}", "[]", #"{"everyone": false}"#, #"{"everyone": 1}"#, #"{"session": "short"}"#,
      #"{"person": {"provider": "people"}}"#, #"{"tenant": "north"}"#, #"{"everybody": true}"#,
      #"{"everyone": true, "session": "x"}"#, #"{"everyone": true, "logins": ["x"]}"#, #"{"logins": []}"#,
      #"{"everyone": true, "logins": 1}"#,
    ])
  func refused(_ body: String) async throws {
    let gate = try await world()
    #expect(await ask(gate, "POST", "/revocations", body).status == 400)
    #expect(await subjects(gate, "").count == 6)
  }

  @Test(
    "what is no filter, no endpoint or no query is refused",
    arguments: [
      ("GET", "/logins?who=ann", 400), ("GET", "/logins?email=a&email=b", 400), ("GET", "/logins?email=%zz", 400),
      ("GET", "/", 404), ("POST", "/logins", 404), ("GET", "/revocations", 404), ("DELETE", "/logins", 404),
    ])
  func unknown(_ method: String, _ target: String, _ status: Int) async throws {
    #expect(await ask(try TestGate(), method, target).status == status)
  }

  @Test("a store that cannot be asked is said, and nothing counts as ended")
  func storeDown() async throws {
    let store = FailingStore()
    let gate = try TestGate(store: store)
    store.fail(true)
    #expect(await ask(gate, "GET", "/logins").status == 503)
    #expect(await ask(gate, "POST", "/revocations", #"{"everyone": true}"#).status == 503)
  }
}
