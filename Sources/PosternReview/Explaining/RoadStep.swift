// One row of the road that a decision took: what was asked of which facts, what came of it, and where that is written. Refuses nothing.

internal import PosternCompiler
public import PosternLanguage

/// A row of docs/decision.md that a request went through.
public struct RoadStep: Sendable {
  /// The row's number on the page: `8.6`.
  public let row: String
  /// What was asked: `idle timeout`.
  public let subject: String
  /// The facts that it was asked of: `idle 12m of 15m`.
  public let facts: String
  /// What came of it: `ok`, `not held`, `idleTimeout`.
  public let outcome: String
  /// Where the rule, limit or route is written that answered; nil of what the policy does not decide, or where nobody knows.
  public var place: TreePlace?
  /// Whether the row decided.
  public var isDeciding = false
  /// By which members a rule holds the caller: the rule's own member first, the caller last.
  public var members: [Link] = []
  /// The condition that was asked.
  public var condition: AskedCondition?

  /// A member, or a line of the directory by which somebody is in a group.
  public struct Link: Sendable {
    /// In words.
    public let text: String
    /// Where it is written.
    public let place: TreePlace?
  }

  /// A condition with its tests.
  public struct AskedCondition: Sendable {
    /// Its title; empty where it has none.
    public let title: String
    /// Its text.
    public let expression: String
    /// Where it is written.
    public let place: TreePlace?
    /// What it came to.
    public let outcome: ConditionAnswer.Outcome
    /// Its tests.
    public let tests: [DecisionRoad.AskedTest]
  }

  init(_ row: String, _ subject: String, _ facts: String, _ outcome: String, place: TreePlace? = nil) {
    self.row = row
    self.subject = subject
    self.facts = facts
    self.outcome = outcome
    self.place = place
  }

  /// The step as the one that decided.
  var deciding: RoadStep {
    var step = self
    step.isDeciding = true
    return step
  }

  // MARK: text

  var cells: [String] { [row, subject, Shown.clipped(facts, to: 200), outcome, place?.text ?? ""] }

  /// What stands below the row.
  var details: [String] {
    members.map { "by \($0.text)" + ($0.place.map { "  \($0.text)" } ?? "") } + (condition?.lines ?? [])
  }

  // MARK: JSON

  var json: JSONValue {
    .object([
      "row": .string(row), "asks": .string(subject), "facts": facts.isEmpty ? nil : .string(facts),
      "outcome": .string(outcome), "decided": .bool(isDeciding), "place": place?.json,
      "members": members.isEmpty
        ? nil : .array(members.map { .object(["text": .string($0.text), "place": $0.place?.json]) }),
      "condition": condition?.json,
    ])
  }
}

extension RoadStep.AskedCondition {
  fileprivate var lines: [String] {
    let text = expression.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let head =
      "condition" + (title.isEmpty ? "" : " '\(title)'") + " is \(outcome.text)" + (place.map { "  \($0.text)" } ?? "")
    let rows = tests.map { [$0.outcome.text, $0.text, Shown.clipped($0.factText)] }
    return [head, "  " + text] + Inspection.table(rows, indentation: "    ")
  }

  fileprivate var json: JSONValue {
    .object([
      "title": .string(title), "expression": .string(expression), "place": place?.json,
      "outcome": .string(outcome.text),
      "tests": .array(
        tests.map { test in
          .object([
            "text": .string(test.text), "outcome": .string(test.outcome.text),
            "facts": .array(
              test.facts.map { .object(["name": .string($0.name), "value": $0.value.map { .string($0) }]) }),
          ])
        }),
    ])
  }
}

extension DecisionRoad.AskedTest {
  /// `request.method is "POST"`; what is not there, or not what it should be, is not known.
  fileprivate var factText: String {
    facts.map { name, value in value.map { "\(name) is \($0)" } ?? "\(name) is not known" }.joined(separator: ", ")
  }
}

extension ConditionOutcome {
  fileprivate var text: String {
    switch self {
    case .yes: "true"
    case .no: "false"
    case .error: "in error"
    }
  }
}

extension ConditionAnswer.Outcome {
  fileprivate var text: String {
    switch self {
    case .yes: "true"
    case .no: "false"
    case .error: "in error"
    }
  }
}
