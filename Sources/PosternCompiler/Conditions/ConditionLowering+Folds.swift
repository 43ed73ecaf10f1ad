// `&&`, `||` and the macros that fold like them: tests one after the other, errors remembered until one settles the whole.
// Refuses macros over what is neither constant nor a list or map of the facts, and bodies of too many words.

internal import CPostern
internal import PosternCEL
internal import PosternKernel

extension ConditionLowering {
  /// Writes one of the tests of a fold.
  private typealias Part = (inout ConditionLowering, _ index: Int, ProgramExits) throws(LoweringRefusal) -> Void

  /// `left && right`, decided by a false one, or `left || right`, by a true one.
  mutating func fold(
    _ operands: [CELExpression], decisive: Bool, at expression: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    let mayFail = operands.dropLast().contains { self.mayFail($0) }
    try fold(count: operands.count, decisive: decisive, mayFail: mayFail, at: expression, exits) {
      lowering, index, exits throws(LoweringRefusal) in
      try lowering.lower(test: operands[index], exits)
    }
  }

  /// Where a test is an error, a later one can still settle the whole: a register remembers the error, where there may be one.
  private mutating func fold(
    count: Int, decisive: Bool, mayFail: Bool, at expression: CELExpression, _ exits: ProgramExits, _ part: Part
  ) throws(LoweringRefusal) {
    let mark = self.mark
    defer { release(to: mark) }
    let failed = mayFail ? try takeRegister(for: expression) : nil
    if let failed { load(.bool(false), failed) }
    for index in 0..<count - 1 {
      let next = builder.makeLabel()
      let onError = failed == nil ? exits.error : builder.makeLabel()
      try part(&self, index, exits.with(decisive: decisive, next: next, error: onError))
      if let failed { resume(afterError: onError, failed) }
      builder.place(next)
    }
    guard let failed else { return try part(&self, count - 1, exits) }
    let last = builder.makeLabel()
    try part(&self, count - 1, exits.with(decisive: decisive, next: last, error: exits.error))
    guard builder.isReferenced(last) else { return }
    builder.place(last)
    builder.test(
      .testTrue, a: failed,
      ProgramExits(yes: exits.error, no: decisive ? exits.no : exits.yes, error: exits.error))
  }

  /// Goes on from `onError` with the error remembered.
  private mutating func resume(afterError onError: ProgramLabel, _ failed: UInt8) {
    guard builder.isReferenced(onError) else { return }
    builder.place(onError)
    load(.bool(true), failed)
  }

  /// Whether a test may be an error; it is none where only facts are compared that every request has.
  private func mayFail(_ test: CELExpression) -> Bool {
    if let constant = scope.outcome(of: test) {
      return if case .value(.bool) = constant { false } else { true }
    }
    guard case .call(let function, let target, let arguments) = test.kind else { return true }
    let operands = (target.map { [$0] } ?? []) + arguments
    switch function {
    case CELOperator.and, CELOperator.or, CELOperator.not, CELOperator.conditional:
      return operands.contains { mayFail($0) }
    case CELOperator.equals, CELOperator.notEquals:
      return !operands.allSatisfy { scope.value(of: $0) != nil || isAlwaysThere($0) }
    case "startsWith", "endsWith", "contains", "matches":
      return !operands.allSatisfy { isText(scope.value(of: $0)) || isAlwaysThere($0) }
    case CELOperator.in:
      guard case .list? = scope.value(of: operands[1]) else { return true }
      return !isAlwaysThere(operands[0])
    default: return true
    }
  }

  private func isText(_ constant: CELValue?) -> Bool {
    if case .string? = constant { true } else { false }
  }

  /// Texts that every request has: a malformed one is decided before any condition is asked.
  private func isAlwaysThere(_ operand: CELExpression) -> Bool {
    ["request.path", "request.method", "resource.name"].contains(scope.checking.variables[operand.id])
  }
}

extension ProgramExits {
  /// The exits of a test that is not the last of its fold.
  fileprivate func with(decisive: Bool, next: ProgramLabel, error: ProgramLabel) -> ProgramExits {
    decisive ? ProgramExits(yes: yes, no: next, error: error) : ProgramExits(yes: next, no: no, error: error)
  }
}

// MARK: macros

extension ConditionLowering {
  /// `all`, `exists`, `exists_one`.
  mutating func lower(
    _ comprehension: CELExpression.Comprehension, _ expression: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    guard let fold = LoweringScope.fold(comprehension.kind), let body = comprehension.predicate else {
      throw refusal("this macro has no bounded form", expression)
    }
    guard let range = scope.value(of: comprehension.range) else {
      return try visit(comprehension, fold, body, expression, exits)
    }
    guard fold != .existsOne else {
      throw refusal("`exists_one` has a bounded form only over a list or map of the facts", expression)
    }
    guard let turns = comprehension.turns(over: range), turns.count <= ConditionLimit.items else {
      throw refusal(
        "a macro over constants has a bounded form up to \(ConditionLimit.items) of them", comprehension.range)
    }
    guard !turns.isEmpty else { return try jump(.value(.bool(fold == .all)), at: expression, exits) }
    try self.fold(count: turns.count, decisive: fold == .exists, mayFail: true, at: expression, exits) {
      lowering, index, exits throws(LoweringRefusal) in
      var inner = lowering.scope
      for (name, value) in comprehension.locals(of: turns[index]) { inner = inner.binding(name, to: .constant(value)) }
      try lowering.within(inner) { lowering throws(LoweringRefusal) in try lowering.lower(test: body, exits) }
    }
  }

  /// A body for every item of a list of the facts, or every key of a map.
  private mutating func visit(
    _ comprehension: CELExpression.Comprehension, _ fold: Fold, _ body: CELExpression, _ expression: CELExpression,
    _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    guard !scope.isInBody else {
      throw refusal("a macro over facts in the body of another has no bounded form", expression)
    }
    guard let name = comprehension.variables.first, comprehension.variables.count == 1 else {
      throw refusal("a macro over facts has a bounded form only with one variable", expression)
    }
    let list = try lower(value: comprehension.range, orElse: exits.error)
    let item = try takeRegister(for: expression)
    builder.test(.each, a: list | item << 4, b: fold.rawValue, exits)
    let first = builder.wordCount
    let bytesBefore = byteCount
    builder.place(builder.makeLabel())
    try within(scope.binding(name, to: .item(register: item))) { lowering throws(LoweringRefusal) in
      try lowering.lowerEnded(test: body)
    }
    guard builder.worstWordCount(from: first) <= ConditionLimit.bodyWords else {
      throw refusal("takes more than \(ConditionLimit.bodyWords) words for every item", body)
    }
    let (bytes, overflow) = (byteCount - bytesBefore).multipliedReportingOverflow(by: UInt32(ConditionLimit.items))
    count(bytes: overflow ? .max : Int(bytes))
  }
}
