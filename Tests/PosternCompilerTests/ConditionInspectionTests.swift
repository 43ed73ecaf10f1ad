// What `inspect` shows of conditions: their sources, where the bundle has them, and what they cost.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Inspection of conditions")
struct ConditionInspectionTests {
  /// A policy with a condition on an app's binding and one on a deny rule.
  private func policy(_ expression: String, deny: String = "true") -> Policy {
    var builder = PolicyBuilder()
    builder.addApp(
      "payroll", bindings: [[.domain("example.com")]], denies: [.init(denied: [.user(email: "ada@example.com")])])
    builder.policy.nodes[1].bindings[0].condition = Condition(title: "by method", expression: sourced(expression))
    builder.policy.denyRules[0].condition = Condition(title: "never", expression: sourced(deny))
    let diagnostics = builder.policy.readConditions().filter { $0.severity == .error }
    precondition(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    return builder.policy
  }

  private func inspection(_ policy: Policy, includesProvenance: Bool = true) throws -> Inspection {
    let options = Compiler.Options(includesProvenance: includesProvenance)
    return Inspection(try OpenBundle(Compiler.compile(policy, revision: 1, options: options)))
  }

  @Test("a condition is shown with its source and what it costs")
  func conditionOfBinding() throws {
    let text = try inspection(policy(#"request.method == "GET""#)).text(isDisassembled: false)
    #expect(
      text.contains(
        """

          conditional binding 0  organization.yaml:3:5
            condition  by method
            source     request.method == "GET"
            cost       6 words, 67 bytes scanned, for each form of the path

        """))
  }

  @Test("the condition of a deny rule is shown with the rule")
  func conditionOfDenyRule() throws {
    let text = try inspection(policy("true", deny: #"request.query == "x""#)).text(isDisassembled: false)
    #expect(
      text.contains(
        """

        deny rule 0  organization.yaml:3:5
          denied     user:ada@example.com
          excepted
          condition  never
          source     request.query == "x"
          cost       6 words, 16385 bytes scanned, for each form of the path

        """))
  }

  @Test("the bytes of a condition are those that its app's certificate counts, once for each form of the path")
  func bytesOfConditions() throws {
    let expression = #"request.method == "GET" && "staff" in request.auth.claims.groups"#
    let plain = try inspection(policy("true")).apps[0]
    let conditional = try inspection(policy(expression)).apps[0]
    let byteCount = try #require(conditional.conditionalBindings[0].condition.source?.byteCount)
    #expect(byteCount > 0)
    #expect(conditional.cost.bytesScanned - plain.cost.bytesScanned == 2 * byteCount)
  }

  @Test("without provenance a condition is shown with its words alone")
  func stripped() throws {
    let bare = try inspection(policy(#"request.method == "GET""#), includesProvenance: false)
    #expect(
      bare.text(isDisassembled: false).contains(
        "\n  conditional binding 0\n    cost  6 words, for each form of the path\n"))
  }

  @Test("its words follow where programs are asked for")
  func words() throws {
    let inspection = try inspection(policy(#"request.method == "GET""#))
    let shown = inspection.text(isDisassembled: true).split(separator: "\n").map(String.init)
    let cost = try #require(shown.lastIndex { $0.hasPrefix("    cost ") })
    #expect(shown[cost + 1].hasSuffix("label most 6"))
    #expect(shown[cost + 2].contains("loadRequest r0 method -> "))
  }

  @Test("a long source stands in one line and is cut; the JSON has all of it")
  func longSources() throws {
    let expression = "request.method == \"GET\" ||\n  " + String(repeating: "true && ", count: 20) + "true"
    let inspection = try inspection(policy(expression))
    let line = "request.method == \"GET\" || " + String(repeating: "true && ", count: 20)
    #expect(inspection.text(isDisassembled: false).contains("    source     \(line.prefix(99))…\n"))
    #expect(inspection.json.compactText.contains(#""expression":"# + JSONValue.string(expression).compactText))
  }

  @Test("a condition that many bindings have is kept once, by its title and its text")
  func sharedSources() {
    func byteCount(_ conditions: [Condition]) -> Int {
      var builder = PolicyBuilder()
      for index in conditions.indices { builder.addApp("app\(index)", bindings: [[.domain("example.com")]]) }
      for (index, condition) in conditions.enumerated() {
        builder.policy.nodes[index + 1].bindings[0].condition = condition
      }
      return ProvenanceWriter.bytes(builder.policy, conditionByteCounts: [:]).count
    }
    let first = Condition(title: "a", expression: sourced("request.path == '/'"))
    let second = Condition(title: "b", expression: sourced("request.path == '/'"))
    #expect(byteCount([first, first]) == byteCount([first]) + 2 * 16)
    #expect(byteCount([first, second]) == byteCount([first, first]) + 20 + 1)
  }

  @Test("the provenance has files, records, conditions and texts where the page says")
  func layout() {
    let page = PageReader(policy(#"request.method == "GET""#))
    let start = page.section(32).lowerBound
    #expect((0..<5).map { page.u32(start + 4 * $0) } == [1, 1, 1, 1, 2])
    let records = start + 20 + 8
    #expect((0..<3).map { page.u32(records + 16 * $0 + 12) } == [0, 1, UInt32.max])
    #expect((0..<3).map { page.u32(records + 4 * $0) } == [0, 3, 5])
    let condition = records + 3 * 16
    let texts = condition + 2 * 20
    func text(_ field: Int) -> String {
      let offset = texts + Int(page.u32(field))
      return String(decoding: page.bytes[offset..<offset + Int(page.u32(field + 4))], as: UTF8.self)
    }
    let found = [start + 20, condition, condition + 8].map(text)
    #expect(found == ["organization.yaml", "by method", #"request.method == "GET""#])
    #expect(page.u32(condition + 16) == 67)
  }
}
