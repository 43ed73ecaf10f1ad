// One case of the conformance suite, run through parser, checker and evaluator. Refuses nothing: what goes wrong is the
// outcome.

internal import PosternCEL

/// What became of a case.
struct ConformanceRun {
  /// nil where the case passed.
  let failure: String?

  init(_ test: ConformanceFile.Case, timeZones: any CELTimeZones) {
    failure = Self.failure(of: test, timeZones)
  }

  private static func failure(of test: ConformanceFile.Case, _ timeZones: any CELTimeZones) -> String? {
    let parsing = CELParser.parse(test.expr, macrosEnabled: test.disableMacros != true)
    guard let tree = parsing.expression else {
      return test.expected == nil ? nil : "does not parse: \(parsing.issues.first?.message ?? "")"
    }
    var checking: CELChecking?
    if test.disableCheck != true {
      let found = CELChecker.check(tree, in: test.environment)
      if let issue = found.issues.first {
        return test.expected == nil ? nil : "does not check: \(issue.message)"
      }
      if let expected = test.typedResult?.deducedType?.type, found.type != expected {
        return "is of type \(found.type.map(\.description) ?? "none"), not \(expected)"
      }
      checking = found
    }
    return test.checkOnly == true ? nil : evaluate(test, tree, checking, timeZones)
  }

  private static func evaluate(
    _ test: ConformanceFile.Case, _ tree: CELExpression, _ checking: CELChecking?, _ timeZones: any CELTimeZones
  ) -> String? {
    let evaluator = CELEvaluator(timeZones: timeZones, container: test.container ?? "")
    do throws(CELError) {
      let value = try evaluator.evaluate(tree, checking: checking, test.values)
      guard let expected = test.expected else { return "is \(value), not an error" }
      return value.isSame(as: expected) ? nil : "is \(value), not \(expected)"
    } catch {
      return test.expected == nil ? nil : "is an error: \(error.message)"
    }
  }
}

extension ConformanceFile.Case {
  /// The value that is expected; nil where an error is.
  var expected: CELValue? {
    evalError == nil ? value?.value ?? typedResult?.result?.value ?? .bool(true) : nil
  }

  /// The values of its variables.
  var values: [String: CELValue] { (bindings ?? [:]).mapValues(\.value.value) }

  /// What it declares.
  var environment: CELEnvironment {
    var environment = CELEnvironment(container: container ?? "")
    for declaration in typeEnv ?? [] {
      if let variable = declaration.ident { environment.variables[declaration.name] = variable.type.type }
      environment.functions[declaration.name, default: []] += (declaration.function?.overloads ?? []).map {
        CELEnvironment.Overload(
          $0.overloadId, ($0.params ?? []).map(\.type), $0.resultType.type, isMethod: $0.isInstanceFunction == true)
      }
      if environment.functions[declaration.name]?.isEmpty == true { environment.functions[declaration.name] = nil }
    }
    return environment
  }
}

extension CELValue {
  /// Whether type and content are the same: numbers of different types are not, and NaN is NaN.
  func isSame(as other: CELValue) -> Bool {
    switch (self, other) {
    case (.double(let left), .double(let right)): left == right || (left.isNaN && right.isNaN)
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.map(let left), .map(let right)):
      left.count == right.count
        && left.entries.allSatisfy { entry in right[entry.key].map { entry.value.isSame(as: $0) } ?? false }
    default: typeName == other.typeName && isEqual(to: other)
    }
  }
}
