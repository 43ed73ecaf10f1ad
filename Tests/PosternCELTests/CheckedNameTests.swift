// What names stand for, and what is said of those that nothing declares.

import PosternCEL
import Testing

@Suite("Names as they are checked")
struct CheckedNameTests {
  private static let namespaces = CELEnvironment(
    container: "com.example",
    variables: [
      "y": .string, "com.example.y": .bytes, "com.z": .int, "a.b": .map(key: .string, value: .int), "a.b.c": .string,
      "a": .map(key: .string, value: .bool), "com.example.m.n": .uint,
    ])

  @Test(
    "the longest prefix wins, then the innermost container, and a leading dot leaves the container",
    arguments: [
      ("y", "bytes"), (".y", "string"), ("z", "int"), ("a.b.c", "string"), ("a.b.d", "int"), ("a.c", "bool"),
      ("m.n", "uint"), (".com.example.m.n", "uint"), (".m.n", "`m` is not declared"),
    ])
  func resolution(text: String, type: String) {
    #expect(outcome(text, in: Self.namespaces) == type)
  }

  @Test(
    "a macro's variable hides every other name but those with a leading dot",
    arguments: [
      ("[0].map(y, y)", "list(int)"), ("[0].map(y, .y)", "list(string)"), ("[{'b': 1u}].map(a, a.b)", "list(uint)"),
      ("[1].map(y, [true].map(y, y))", "list(list(bool))"), ("[1].map(y, [true].map(x, y))", "list(list(int))"),
      ("cel.bind(y, 1.0, y)", "double"), ("[0].map(y, y)[0] == 0 ? y : y", "bytes"), ("cel.bind(int, 1, int)", "int"),
    ])
  func shadowing(text: String, type: String) {
    #expect(outcome(text, in: Self.namespaces) == type)
  }

  @Test("the nodes that are variables are told with their qualified names")
  func variables() {
    let checking = checked("y == b'' && a.b.c == z.b && [1].exists(y, y == 1)", in: Self.namespaces)
    #expect(Set(checking.variables.values) == ["com.example.y", "a.b.c", "com.z"])
    let shadowed = checked("[1].exists(y, y == 1)", in: Self.namespaces)
    #expect(shadowed.variables.isEmpty)
  }

  @Test("the variable of a longer selection is the node that names it")
  func variableInside() {
    guard let expression = CELParser.parse("request.auth.claims.crd").expression,
      case .select(let operand, _, _) = expression.kind
    else {
      Issue.record("the expression is a selection")
      return
    }
    let checking = CELChecker.check(expression, in: policyEnvironment)
    #expect(checking.variables == [operand.id: "request.auth.claims"])
    #expect(checking.types == [operand.id: .map(key: .string, value: .dyn), expression.id: .dyn])
  }

  @Test(
    "an undeclared name is told with the nearest that is",
    arguments: [
      ("request.pth", "`request.pth` is not declared", "did you mean `request.path`?"),
      ("reqest.path", "`reqest` is not declared", "did you mean `request`?"),
      ("request.auth.claim.crd", "`request.auth.claim` is not declared", "did you mean `request.auth.claims`?"),
      ("request.auht.claims", "`request.auht` is not declared", "did you mean `request.auth`?"),
      ("levls", "`levls` is not declared", "did you mean `levels`?"),
      ("[1].exists(user, usr == 1)", "`usr` is not declared", "did you mean `user`?"),
      ("request.path.startWith('a')", "there is no function `startWith`", "did you mean `startsWith`?"),
      ("math.gretest(1)", "there is no function `math.gretest`", "did you mean `math.greatest`?"),
      ("inIPRange(origin.ip, '')", "there is no function `inIPRange`", "did you mean `inIpRange`?"),
      ("levels.exist(x)", "there is no function `exist`", "did you mean `exists`?"),
      ("reqest.path.startsWith('a')", "`reqest` is not declared", "did you mean `request`?"),
    ])
  func suggestions(text: String, message: String, help: String) {
    let issue = checked(text).issues.first
    #expect(issue?.kind == .undeclared)
    #expect(issue?.message == message)
    #expect(issue?.help == help)
  }

  @Test("a name that is near nothing is told without a guess", arguments: ["zebra", "request.zebra", "zebra(1)"])
  func noSuggestion(text: String) {
    #expect(checked(text).issues.map(\.help) == [nil])
  }

  @Test("the first part of qualified names alone is told with what may follow")
  func namespaceAlone() {
    let issue = checked("request.auth == 1").issues.first
    #expect(issue?.message == "`request.auth` is no variable by itself")
    #expect(issue?.help == "say which: `request.auth.claims`, `request.auth.principal`")
  }

  @Test("a macro with the wrong count of arguments is told with its form")
  func macroForm() {
    #expect(checked("levels.exists(x)").issues.map(\.help).contains("`exists` is a macro: `list.exists(x, condition)`"))
  }

  @Test(
    "a function is found under its whole name, with a leading dot, and from inside its namespace",
    arguments: ["math.greatest(1, 2)", ".math.greatest(1, 2)", "greatest(1, 2)", ".size('a')", "ip('::1').family()"])
  func functionNames(text: String) {
    #expect(outcome(text, in: CELEnvironment(container: "math")) == "int")
  }

  @Test("a macro's variable is a target and no namespace of functions")
  func targetVariable() {
    #expect(outcome("[1].exists(math, math.greatest(1) == 1)") == "there is no function `greatest`")
  }
}
