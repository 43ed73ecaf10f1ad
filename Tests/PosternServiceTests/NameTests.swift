// The gate says what the language says: the names of reasons and clocks are the same, though neither may see the other.

import CPostern
import PosternLanguage
import Testing

@testable import PosternService

@Suite("Names")
struct NameTests {
  @Test("a reason has the name that the language gives it")
  func reasons() {
    for reason in Reason.allCases { #expect(ReasonName.text(reason.rawValue) == "\(reason)") }
  }

  @Test("a clock has the name that the language gives it")
  func clocks() {
    for clock in Clock.allCases { #expect(ClockName.text(clock.rawValue) == "\(clock)") }
  }

  @Test("a line of the decision log is JSON, says what was decided, and holds nothing that could be used again")
  func decisionLog() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    var request = ClientRequest(
      method: "GET", scheme: "https", host: "payroll.example.com", path: "/a\"b\\c\u{1}ü", query: "token=secret",
      clientAddress: "192.0.2.7", headers: Headers([("Cookie", cookie)]))
    request.path = "/a\"b\\c\u{1}ü"
    let live = try #require(try await gate.gate.load(ModeTests.key(cookie)))
    var plain = request
    plain.path = "/runs"
    let decided = gate.gate.decide(plain, live, gate.gate.policy)
    let bytes = DecisionLog.line(decided, request, Answer(allow: "granted"), revision: 7)
    let line = try #require(JSON(bytes.dropLast()))
    #expect(bytes.last == UInt8(ascii: "\n"))
    #expect(line["path"]?.text == request.path)
    #expect(line["reason"]?.text == "granted")
    #expect(line["app"]?.text == "payroll")
    #expect(line["clock"]?.text == "revalidate")
    #expect(line["principal"]?.text == "people:ann@example.com")
    #expect(line["revision"]?.int == 7)
    #expect(line["binding"] != nil)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("secret"))
    #expect(!text.contains(cookie.suffix(20)))
  }
}
