// How mistakes are told: all of them, each once, where it stands; and what bounds the work.

import PosternCEL
import Testing

@Suite("Mistakes")
struct CheckedMistakeTests {
  @Test("all mistakes are told in one run, in the order of the text")
  func allMistakes() {
    let checking = checked("request.pth == 'a' && 1 + 'b' == 2 && levls.size() > 0")
    #expect(
      checking.issues.map(\.message) == [
        "`request.pth` is not declared", "`+` does not take int and string", "`levls` is not declared",
      ])
    #expect(checking.type == nil)
  }

  @Test(
    "one mistake causes no others",
    arguments: [
      "nothing.a + 1 == 'a'", "(1 + 'a').foo[0].startsWith('a')", "[nothing, 1].all(x, x.y + 1 > 'a')",
      "cel.bind(x, nothing, x + 1 == 'a' && x)", "{'a': nothing}.a + 1 > 'a'", "math.greatest(nothing, 1) == 'a'",
      "request.pth.startsWith(1)",
    ])
  func silence(text: String) {
    #expect(checked(text).issues.count == 1)
  }

  @Test(
    "a mistake stands where its text does",
    arguments: [
      ("true && request.pth.size() == 1", "request.pth"), ("1 == 1 && (1 + 'a' == 2)", "1 + 'a'"),
      ("count > 1 && count", "count"), ("request.path.startWith('a') || true", "request.path.startWith('a')"),
      ("{1.5: 2}", "1.5"), ("[?1]", "1"), ("[1].filter(x, x + 1)", "x + 1"), ("1.all(x, x)", "1"),
    ])
  func ranges(text: String, marked: String) {
    let range = checked(text).issues.first?.range ?? 0..<0
    let bytes = Array(text.utf8)
    #expect(String(decoding: bytes[range], as: UTF8.self) == marked)
  }

  @Test(
    "a place that asks for a type says so",
    arguments: [
      ("count && true", "each side of `&&` must be bool, but is int"),
      ("true || 'a'", "each side of `||` must be bool, but is string"),
      ("[1].exists(x, x)", "the condition of a macro must be bool, but is int"),
      ("1.all(x, true)", "a macro goes over a list or a map, not int"), ("'a'.b", "string has no field `b`"),
      ("{1: 2}.a", "`.a` is a string key, but the keys are int"),
      ("{1.5: 2}", "a key is bool, int, uint or string, not double"),
      ("[?1]", "after `?` an optional is asked for, not int"),
      ("[1].transformMapEntry(i, v, v)", "`transformMapEntry` asks for a map of one entry, not int"),
      ("Rule{name: 'a'}", "`Rule{...}` makes a message, and messages are out of scope"),
      ("has(request.path)", "`has()` asks for a field, but `request.path` is a variable"),
    ])
  func wrongTypes(text: String, message: String) {
    #expect(outcome(text) == message)
    #expect(checked(text).issues.map(\.kind) == [.type])
  }

  @Test("the mistakes inside a message are told with it")
  func messageFields() {
    #expect(checked("Rule{name: nothing}").issues.count == 2)
  }

  @Test("an expression of nothing but mistakes has a bounded count of them")
  func issueCount() {
    let text = (0..<2_000).map { "zebra\($0)" }.joined(separator: ", ")
    #expect(checked("[" + text + "]").issues.count == CELChecker.issueCount)
  }

  @Test("nesting up to the parser's limit is checked")
  func deepNesting() {
    let text = String(repeating: "[", count: 240) + "1" + String(repeating: "]", count: 240)
    #expect(checked(text).issues.isEmpty)
  }

  @Test("types that grow with each binding are refused as a limit")
  func growingTypes() {
    var text = "x0"
    for index in (1...100).reversed() {
      let brackets = String(repeating: "[", count: 60) + "x\(index - 1)" + String(repeating: "]", count: 60)
      text = "cel.bind(x\(index), \(brackets), \(index == 100 ? "x100" : text))"
    }
    #expect(checked("cel.bind(x0, 1, \(text))").issues.map(\.kind) == [.limit])
  }

  @Test("types that double with each binding are refused as a limit")
  func doublingTypes() {
    var text = "x100"
    for index in (1...100).reversed() {
      text = "cel.bind(x\(index), tuple(x\(index - 1), x\(index - 1), 1), \(text))"
    }
    let checking = checked("cel.bind(x0, 1, \(text))", in: tupleEnvironment)
    #expect(checking.issues.map(\.kind) == [.limit])
  }

  @Test("a long list of calls is checked whole")
  func longList() {
    let text = "[" + Array(repeating: "[count + 1, 2 * count]", count: 4_000).joined(separator: ", ") + "]"
    #expect(outcome(text) == "list(list(int))")
  }

  @Test("empty lists that are compared with one another share one type, however many they are")
  func longChains() {
    let others = Array(repeating: "a == []", count: 3_000).joined(separator: ", ")
    let text = "cel.bind(a, [], cel.bind(b, [], [a == b, \(others), b == [1]][0] ? a : a))"
    #expect(outcome(text) == "list(int)")
  }
}
