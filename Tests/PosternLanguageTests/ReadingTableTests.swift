// Cases with axes: what they stand for.

import Testing

@testable import PosternLanguage

@Suite("Tables of tests")
struct ReadingTableTests {
  @Test("every combination is a case, the last axis turning fastest, named with the values that its name does not say")
  func combinations() throws {
    let cases = try cases(
      """
      - name: at ${age}
        axes: {age: [1m, 2m], method: [GET, POST]}
        request: {url: "https://payroll.example.com/", method: "${method}"}
        credential: {lastSeenAt: "${age} ago"}
        expect: {verdict: forbidden}
      """)
    #expect(
      cases.map(\.name.value) == [
        "at 1m (method: GET)", "at 1m (method: POST)", "at 2m (method: GET)", "at 2m (method: POST)",
      ])
    #expect(cases.map { String(decoding: $0.request.method ?? [], as: UTF8.self) } == ["GET", "POST", "GET", "POST"])
    #expect(cases.map { $0.nowMilliseconds - $0.credential.lastSeenAt } == [60_000, 60_000, 120_000, 120_000])
  }

  @Test("the values of a row stay together")
  func rows() throws {
    let cases = try cases(
      """
      - name: limit
        axes: {limit: [{age: 14m59s, verdict: allow}, {age: 15m, verdict: unauthorized}]}
        request: {url: "https://payroll.example.com/"}
        credential: {lastSeenAt: "${limit.age} ago"}
        expect: {verdict: "${limit.verdict}"}
      """)
    #expect(cases.map(\.expected.verdict) == [.allow, .unauthorized])
    #expect(
      cases.map(\.name.value) == [
        "limit (limit.age: 14m59s, limit.verdict: allow)", "limit (limit.age: 15m, limit.verdict: unauthorized)",
      ])
  }

  @Test("a text that is nothing but a placeholder becomes the value as it is written: a flag, a number, a quoted text")
  func wholeValues() throws {
    let cases = try cases(
      """
      - name: whole
        axes: {flag: [true, false], port: [8443], claim: [{is: text, value: "7"}, {is: number, value: 7}]}
        request: {url: "https://payroll.example.com/", destinationPort: "${port}"}
        credential: {storeDown: "${flag}", claims: {level: "${claim.value}"}}
        expect: {verdict: forbidden}
      """)
    #expect(cases.map(\.credential.storeDown) == [true, true, false, false])
    #expect(cases[0].request.destinationPort == 8443)
    #expect(cases.prefix(2).map { $0.credential.claims[Array("level".utf8)] } == [.text([0x37]), .int(7)])
  }

  @Test("the values of an axis are put in once, and not looked through for placeholders")
  func onlyOnce() throws {
    let cases = try cases(
      """
      - name: once
        axes: {a: ["${a}"]}
        request: {url: "https://payroll.example.com/x${a}"}
        expect: {verdict: forbidden}
      """)
    #expect(cases.map(\.request.path) == [Array("/x${a}".utf8)])
  }

  @Test("without axes, a placeholder is a text like any other")
  func withoutAxes() throws {
    let cases = try cases(
      """
      - {name: "${a}", request: {url: "https://payroll.example.com/${b}"}, expect: {verdict: forbidden}}
      """)
    #expect(cases.map(\.name.value) == ["${a}"])
    #expect(cases.map(\.request.path) == [Array("/${b}".utf8)])
  }

  @Test("a table of 1,000 cases is read, one of 1,001 is not", arguments: [(1_000, []), (1_001, ["table-too-large"])])
  func limit(_ count: Int, _ faults: [String]) {
    let values = (0..<count).map(String.init).joined(separator: ", ")
    let reading = reading(
      """
      - name: many
        axes: {n: [\(values)]}
        request: {url: "https://payroll.example.com/${n}"}
        expect: {verdict: forbidden}
      """)
    #expect(reading.diagnostics.map(\.id) == faults)
    #expect(reading.policy?.tests.first?.cases.count == (faults.isEmpty ? count : nil))
  }

  @Test("combinations of one name are as much a mistake as two cases of one name")
  func sameName() {
    let reading = reading(
      """
      - name: at ${row.a}
        axes: {row: [{a: x, b: 1}, {a: x, b: 2}]}
        request: {url: "https://payroll.example.com/${row.b}"}
        expect: {verdict: forbidden}
      - name: "at x (row.b: 1)"
        request: {url: "https://payroll.example.com/"}
        expect: {verdict: forbidden}
      """)
    #expect(reading.diagnostics.map(\.id) == ["duplicate-name"])
  }

  private func reading(_ tests: String) -> Policy.Reading {
    Tree.small(others: [("z.test.yaml", "kind: Test\ntests:\n\(tests)\n")]).read()
  }

  private func cases(_ tests: String) throws -> [TestCase] {
    try #require(reading(tests).policy?.tests.first).cases
  }
}
