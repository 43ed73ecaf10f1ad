// What the suites of the type checker share: expressions as text, checked among a few declarations.

import PosternCEL

/// Declarations like those of a policy's conditions.
let policyEnvironment = CELEnvironment(variables: [
  "request.path": .string,
  "request.host": .string,
  "request.time": .timestamp,
  "request.auth.principal": .string,
  "request.auth.claims": .map(key: .string, value: .dyn),
  "origin.ip": .string,
  "levels": .list(.string),
  "count": .int,
  "anything": .dyn,
  "wrapped": .nullable(.int),
])

/// `tuple(T, U, V)`, as the CEL project's own cases declare it.
let tupleEnvironment = CELEnvironment(functions: [
  "tuple": [
    CELEnvironment.Overload(
      "tuple_T_U_V", [.parameter("T"), .parameter("U"), .parameter("V")],
      .opaque("tuple", [.parameter("T"), .parameter("U"), .parameter("V")]))
  ]
])

func checked(_ text: String, in environment: CELEnvironment = policyEnvironment) -> CELChecking {
  let parsing = CELParser.parse(text)
  guard let expression = parsing.expression else {
    return CELChecking(type: nil, types: [:], variables: [:], overloads: [:], issues: parsing.issues)
  }
  return CELChecker.check(expression, in: environment)
}

/// The type of an expression as text, or its issues.
func outcome(_ text: String, in environment: CELEnvironment = policyEnvironment) -> String {
  let checking = checked(text, in: environment)
  return checking.type?.description ?? checking.issues.map(\.message).joined(separator: "; ")
}
