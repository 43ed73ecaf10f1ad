// Apps that were written for Cloud IAP: what reaches them is verified by Google's own library, as Google's pages say it should be.

import Foundation
import Testing

@testable import PosternService

@Suite("Google's library", .timeLimit(.minutes(1)))
struct GoogleLibraryIntegrationTests {
  private static let python = "\(RepositoryFile.root)/.build-service/bin/python"
  private static let script = "\(RepositoryFile.root)/Tests/PosternServiceTests/RealThings/assertion.py"

  /// What the library says of some assertions.
  private func verify(_ assertions: [String], _ fixture: ProxyFixture, audience: String = "payroll") async throws
    -> [JSON]
  {
    let folder = try TestFolder()
    try folder.write("assertions", assertions.map { "\($0)\n" }.joined())
    let command = "exec \(Self.python) \(Self.script) \(fixture.port) \(audience) < \(folder.path("assertions"))"
    let talk = Talk(process: try ServerProcess("/bin/sh", ["-c", command], in: folder), folder: folder)
    _ = try await talk.line(assertions.count - 1)
    return talk.lines.compactMap { $0 }
  }

  @Test("believes the assertion that reaches an app, for that app alone, and none that SECURE_TOKEN_TEST has broken")
  func verified() async throws {
    // The library looks at this machine's clock.
    let clock = TestClock()
    clock.set(GateClock.system.now)
    let gate = try TestGate(clock: clock)
    let fixture = try await ProxyFixture(.nginx, gate: gate)
    let cookie = ("Cookie", try await gate.signIn())
    func assertion(_ test: String = "") async throws -> String {
      let url = "https://payroll.example.com/?\(test)"
      return try #require(
        try await fixture.ask("GET", url, headers: [cookie]).appHeader("x-goog-iap-jwt-assertion").first)
    }
    let good = try await assertion()
    let claims = try #require(try await verify([good], fixture).first)
    #expect(claims["email"]?.text == "ann@example.com")
    #expect(claims["iss"]?.text == "https://cloud.google.com/iap")
    #expect(
      try await verify([good], fixture, audience: "wiki").first?["error"]?.text?.contains("wrong audience") == true)

    let kinds = [
      ("SIGNATURE", "Could not verify token signature"), ("AUDIENCE", "wrong audience"),
      ("FUTURE_ISSUE", "used too early"),
      ("PAST_EXPIRATION", "expired"),
    ]
    var broken: [String] = []
    for (kind, _) in kinds {
      broken.append(try await assertion("gcp-iap-mode=SECURE_TOKEN_TEST&iap-secure-token-test-type=\(kind)"))
    }
    let issuer = try await assertion("gcp-iap-mode=SECURE_TOKEN_TEST&iap-secure-token-test-type=ISSUER")
    let said = try await verify(broken + [issuer], fixture)
    for ((kind, words), told) in zip(kinds, said) {
      #expect(told["error"]?.text?.localizedCaseInsensitiveContains(words) == true, "\(kind): \(told)")
    }
    // The issuer is the app's to compare, as Google's page says.
    #expect(said.last?["iss"]?.text == "https://issuer.invalid")
  }
}
