// One case of the conformance suite, run as a condition by the kernel too: whether the expression is what is expected. Refuses
// nothing: that an expression has no bounded form is an outcome.

internal import PosternCEL
internal import PosternCompiler

/// What became of a case as a condition.
struct ConformanceLowering {
  /// What it came to, beside being right.
  enum Outcome {
    case agrees
    case disagrees(String)
    /// It has no bounded form, or a value that no fact can be.
    case isRefused
  }

  let outcome: Outcome
  /// Whether it asks for nothing, and so was computed at compile time.
  let isConstant: Bool
  /// The same with its literals as facts.
  let literals: ConformanceLiterals

  /// What is wrong.
  var disagreements: [String] {
    let ofLiterals = [literals.disagreement].compactMap(\.self)
    return if case .disagrees(let text) = outcome { [text] + ofLiterals } else { ofLiterals }
  }

  /// nil where it can be no condition: it is about parsing or types, or does not type-check.
  init?(_ test: ConformanceFile.Case, zoneinfo: String) {
    if test.checkOnly == true { return nil }
    guard let expression = test.checked(test.expr), let condition = test.condition(expression) else { return nil }
    isConstant = expression.checking.variables.isEmpty
    literals = ConformanceLiterals(test, condition, zoneinfo: zoneinfo)
    do {
      let trial = try ConditionTrial(condition.tree, condition.checking, zoneinfo: zoneinfo)
      let (found, expected) = (try trial.outcome(test.values), test.expectedOutcome)
      let texts = "as a condition is \(found.rawValue), not \(expected.rawValue)"
      outcome = found == expected ? .agrees : .disagrees(texts)
    } catch is ConditionTrial.Refusal {
      outcome = .isRefused
    } catch {
      outcome = .disagrees("does not compile to a bundle: \(error)")
    }
  }
}

extension ConformanceFile.Case {
  /// A tree and its types.
  typealias Checked = (tree: CELExpression, checking: CELChecking)

  /// The tree and the types of an expression; nil where it has issues.
  fileprivate func checked(_ text: String) -> Checked? {
    guard let tree = CELParser.parse(text, macrosEnabled: disableMacros != true).expression else { return nil }
    let checking = CELChecker.check(tree, in: conditionEnvironment)
    return checking.issues.isEmpty ? (tree, checking) : nil
  }

  /// What it declares; a variable that is given and not declared may be anything.
  var conditionEnvironment: CELEnvironment {
    var environment = environment
    for name in values.keys where environment.variables[name] == nil { environment.variables[name] = .dyn }
    return environment
  }

  /// The expression where it is a bool; any other compared with what is expected, or with anything where that is an error.
  fileprivate func condition(_ expression: Checked) -> Checked? {
    if expression.checking.type == .bool { return expression }
    // A comment may end it.
    return checked("(\(expr)\n) == (\(expected?.sourceText ?? "dyn(0)"))")
  }

  /// Only NaN is not equal to itself.
  var expectedOutcome: ConditionTrial.Outcome {
    switch expected {
    case nil: .error
    case .bool(let value): value ? .yes : .no
    case .some(let value): value.isEqual(to: value) ? .yes : .no
    }
  }
}

/// How many cases have a bounded form.
struct LoweringShare {
  private var askingCount = 0
  private var loweredCount = 0
  private var constantCount = 0
  private var foldedCount = 0
  private var literalCount = 0
  private var factCount = 0
  private var allFactsCount = 0
  private var disagreementCount = 0
  private var otherCount = 0

  mutating func count(_ lowering: ConformanceLowering?) {
    guard let lowering else {
      otherCount += 1
      return
    }
    let isLowered = if case .isRefused = lowering.outcome { 0 } else { 1 }
    disagreementCount += lowering.disagreements.count
    literalCount += lowering.literals.count > 0 ? 1 : 0
    factCount += lowering.literals.factCount > 0 ? 1 : 0
    allFactsCount += lowering.literals.count > 0 && lowering.literals.factCount == lowering.literals.count ? 1 : 0
    if lowering.isConstant {
      constantCount += 1
      foldedCount += isLowered
    } else {
      askingCount += 1
      loweredCount += isLowered
    }
  }

  mutating func add(_ other: LoweringShare) {
    askingCount += other.askingCount
    loweredCount += other.loweredCount
    constantCount += other.constantCount
    foldedCount += other.foldedCount
    literalCount += other.literalCount
    factCount += other.factCount
    allFactsCount += other.allFactsCount
    disagreementCount += other.disagreementCount
    otherCount += other.otherCount
  }

  /// `3 of 4 (75.0 %) that ask for variables, 20 of 21 (95.2 %) constant ones, 18 of 22 (81.8 %) with literals as facts,
  /// 15 with all of them, 0 disagreed, 2 are no conditions`.
  var text: String {
    "\(Self.share(loweredCount, of: askingCount)) that ask for variables, "
      + "\(Self.share(foldedCount, of: constantCount)) constant ones, "
      + "\(Self.share(factCount, of: literalCount)) with literals as facts, \(allFactsCount) with all of them, "
      + "\(disagreementCount) disagreed, "
      + "\(otherCount) are no conditions"
  }

  private static func share(_ count: Int, of all: Int) -> String {
    if all == 0 { return "0 of 0" }
    let thousandths = (count * 1_000 + all / 2) / all
    return "\(count) of \(all) (\(thousandths / 10).\(thousandths % 10) %)"
  }
}
