// One case of the conformance suite with its literals as facts, so that the kernel computes what would be constant. Refuses
// nothing: a literal without which the whole has no bounded form stays one.

internal import PosternCEL
internal import PosternCompiler

/// What became of a case whose literals are facts.
struct ConformanceLiterals {
  /// Literals of the expression.
  let count: Int
  /// Those that were facts in the end.
  private(set) var factCount = 0
  /// What is wrong; nil where nothing is.
  private(set) var disagreement: String?

  private struct Literal {
    let id: Int
    let value: CELValue
    let type: CELType

    /// No name that an expression could ask for itself.
    var name: String { "literal \(id)" }
  }

  /// Makes a fact of each literal in the order of the text, as long as the whole has a bounded form, and compares each time.
  init(_ test: ConformanceFile.Case, _ condition: ConformanceFile.Case.Checked, zoneinfo: String) {
    let literals = Self.literals(of: condition, within: test.expr)
    count = literals.count
    var facts: [Literal] = []
    for literal in literals where disagreement == nil {
      do {
        let found = try Self.outcome(of: test, condition.tree, facts + [literal], zoneinfo)
        guard let found else { continue }
        facts.append(literal)
        if found != test.expectedOutcome {
          let values = facts.map(\.value.sourceText).joined(separator: ", ")
          disagreement = "with the facts \(values) is \(found.rawValue), not \(test.expectedOutcome.rawValue)"
        }
      } catch is ConditionTrial.Refusal {
        continue
      } catch {
        disagreement = "with literals as facts does not compile to a bundle: \(error)"
      }
    }
    factCount = facts.count
  }

  /// nil where it no longer type-checks.
  private static func outcome(
    of test: ConformanceFile.Case, _ tree: CELExpression, _ facts: [Literal], _ zoneinfo: String
  ) throws -> ConditionTrial.Outcome? {
    let names = Dictionary(uniqueKeysWithValues: facts.map { ($0.id, $0.name) })
    let tree = tree.replacing { node in
      names[node.id].map { CELExpression(id: node.id, range: node.range, kind: .identifier($0, isAbsolute: true)) }
    }
    var environment = test.conditionEnvironment
    var values = test.values
    for fact in facts {
      environment.variables[fact.name] = fact.type
      values[fact.name] = fact.value
    }
    let checking = CELChecker.check(tree, in: environment)
    guard checking.issues.isEmpty else { return nil }
    return try ConditionTrial(tree, checking, zoneinfo: zoneinfo).outcome(values)
  }

  /// The outermost literals of the expression, and not of what it is compared with: scalars, lists and maps of constants,
  /// instants and spans.
  private static func literals(of condition: ConformanceFile.Case.Checked, within expression: String) -> [Literal] {
    let constants = CELConstants(condition.tree, condition.checking)
    var literals: [Literal] = []
    _ = condition.tree.replacing { node in
      guard node.range.lowerBound <= expression.utf8.count, isLiteral(node), let value = constants.value(of: node),
        let type = condition.checking.types[node.id]
      else { return nil }
      literals.append(Literal(id: node.id, value: value, type: type))
      return node
    }
    return literals
  }

  private static func isLiteral(_ node: CELExpression) -> Bool {
    switch node.kind {
    case .constant, .list, .map: true
    case .call("timestamp", nil, _), .call("duration", nil, _): true
    default: false
    }
  }
}
