// Whether an account is still good (the gate's rules, "Sessions"): asked of its provider as often as the policy says, by one for all.

import Synchronization
import Testing

@testable import PosternService

@Suite("Account state")
struct AccountTests {
  @Test("fifty parallel requests that find the account's state stale ask the provider once")
  func oneFlight() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let cookie = visitor.cookie(for: "https://payroll.example.com/")
    visitor.gate.clock.advance(seconds: 120)
    visitor.provider.change { $0.forms = [] }
    let gate = visitor.gate.gate
    let request = TestGate.listenerRequest("GET", "https://payroll.example.com/", headers: [("Cookie", cookie)], .caddy)
    let statuses = await TestGate.askAtOnce([gate], request)
    #expect(statuses == [Int](repeating: 200, count: 50))
    #expect(visitor.provider.state.withLock { $0.forms.count } == 1)
  }

  @Test("on a public page a session that is over asks its provider no more often than the policy's revalidate")
  func publicPage() async throws {
    let visitor = try LoginTests.Visitor()
    let refresh = "https://public.example.com/?gcp-iap-mode=DO_SESSION_REFRESH"
    let arrival = try #require(await visitor.back(try await visitor.toProvider(refresh)).headers["location"])
    _ = await visitor.open(arrival)
    let headers = [("Cookie", visitor.cookie(for: "https://public.example.com/"))]
    visitor.gate.clock.advance(seconds: 15 * 60)
    visitor.provider.change { $0.forms = [] }
    for _ in 0..<119 {
      #expect(await visitor.gate.ask("GET", "https://public.example.com/", headers: headers).status == 200)
      visitor.gate.clock.advance(seconds: 1)
    }
    #expect(visitor.provider.forms.count == 1)
  }

  @Test(
    "a token that user info no longer takes says nothing of its owner: the provider's own page is asked, and no password"
  )
  func tokenOver() async throws {
    let visitor = try LoginTests.Visitor()
    visitor.provider.change { $0.withoutRefreshTokens = true }
    _ = try await visitor.signIn()
    visitor.gate.clock.advance(seconds: 121)
    visitor.provider.change { state in
      state.answers["\(StandInProvider.issuer)/userinfo"] = ProviderAnswer(status: 401, headers: Headers(), body: [])
    }
    let cookie = ("Cookie", visitor.cookie(for: "https://payroll.example.com/"))
    #expect(await visitor.gate.ask(headers: TestClient.script + [cookie]).reason == "stateStale")
    #expect(try await visitor.toProvider()["prompt"] == nil)
  }

  @Test("a provider that comes back is asked again, before the grace has run out")
  func backAgain() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: "https://payroll.example.com/"))]
    visitor.gate.clock.advance(seconds: 120)
    visitor.provider.change { $0.isDown = true }
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    visitor.provider.change {
      $0.isDown = false
      $0.answers["https://id.example.com/token"] = StandInProvider.refusedGrant
    }
    visitor.gate.clock.advance(seconds: 9)
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    visitor.gate.clock.advance(seconds: 1)
    #expect(await visitor.gate.ask(headers: headers).reason == "signedOut")
  }

  @Test("what the provider refused counts though the store cannot be told")
  func refusedWithoutStore() async throws {
    let (clock, store) = (TestClock(), FailingStore())
    let provider = StandInProvider(clock: clock)
    let visitor = LoginTests.Visitor(
      gate: try TestGate(store: store, transport: provider, clock: clock), provider: provider)
    _ = try await visitor.signIn()
    provider.change { $0.answers["https://id.example.com/token"] = StandInProvider.refusedGrant }
    clock.advance(seconds: 120)
    store.failToNote(true)
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: "https://payroll.example.com/"))]
    #expect(await visitor.gate.ask(headers: headers).reason == "signedOut")
  }

  @Test("an account that the provider refuses is signed out; one that it does not answer for has the policy's grace")
  func accountState() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: "https://payroll.example.com/"))]
    visitor.gate.clock.advance(seconds: 120)
    visitor.provider.change { $0.isDown = true }
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    visitor.gate.clock.advance(seconds: 599)
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    visitor.gate.clock.advance(seconds: 1)
    #expect(await visitor.gate.ask(headers: headers).reason == "stateStale")
    let limited = ProviderAnswer(status: 429, headers: Headers(), body: Array("{\"error\":\"slow_down\"}".utf8))
    visitor.provider.change {
      $0.isDown = false
      $0.answers["https://id.example.com/token"] = limited
    }
    visitor.gate.clock.advance(seconds: 10)
    #expect(await visitor.gate.ask(headers: headers).reason == "stateStale")
    visitor.gate.clock.advance(seconds: 10)
    visitor.provider.change {
      $0.isDown = false
      $0.answers["https://id.example.com/token"] = StandInProvider.refusedGrant
    }
    #expect(await visitor.gate.ask(headers: headers).reason == "signedOut")
  }
}
