// What the cases of a run reach of each app, and where stands what they do not. Refuses nothing; an app without a test is an app of
// which nothing is reached.

internal import PosternCompiler
public import PosternLanguage

/// The coverage of a policy by a run of its tests.
public struct TestCoverage {
  /// By app, in tree order.
  public let apps: [AppCoverage]

  /// What the cases of one run reach of one app.
  public struct AppCoverage {
    /// The app's name.
    public let name: String
    /// How many ways in which something comes out were reached.
    public let reachedCount: Int
    /// How many there are.
    public let totalCount: Int
    /// What was not reached, deny rules first, then bindings, then clocks.
    public let gaps: [Gap]
  }

  /// Something that no case reaches in some of the ways in which it can come out.
  public struct Gap {
    /// `binding`, `deny rule`, `clock idle`.
    public let name: String
    /// The ways that are missing, such as `false` or `firing`.
    public let ways: [String]
    /// Where it is written.
    public let place: TreePlace
  }

  /// Counts what the cases of `run` reach of the policy that they ran on.
  public init(_ run: TestRun, of side: ReviewSide, pathPrefix: String = "") {
    let policy = side.policy
    var reached = [Set<CoverageGoal>](repeating: [], count: policy.apps.count)
    for result in run.results {
      guard let footprint = CoverageFootprint(result.test, result.explanation.decision, in: policy) else { continue }
      reached[footprint.appIndex].formUnion(footprint.goals)
    }
    apps = policy.apps.indices.map { index in
      Self.coverage(of: policy.apps[index], reached[index], in: policy, pathPrefix: pathPrefix)
    }
  }

  private static func coverage(
    of app: App, _ reached: Set<CoverageGoal>, in policy: Policy, pathPrefix: String
  ) -> AppCoverage {
    let subjects = CoverageSubject.all(of: app, in: policy)
    let gaps = subjects.compactMap { subject -> Gap? in
      let missing = subject.ways.filter { !reached.contains(CoverageGoal(subject.subject, $0)) }
      guard !missing.isEmpty else { return nil }
      return Gap(
        name: subject.name, ways: missing.map(\.rawValue),
        place: TreePlace(subject.span, in: policy, pathPrefix: pathPrefix))
    }
    let totalCount = subjects.reduce(0) { $0 + $1.ways.count }
    return AppCoverage(
      name: app.name.value, reachedCount: totalCount - gaps.reduce(0) { $0 + $1.ways.count }, totalCount: totalCount,
      gaps: gaps)
  }

  // MARK: output

  /// A line for each app, below it what is not reached; with a line break at the end.
  public var text: String {
    Wording.lines(["coverage"] + apps.flatMap { $0.lines })
  }

  /// The apps as an array.
  public var json: JSONValue { .array(apps.map(\.json)) }
}

extension TestCoverage.AppCoverage {
  fileprivate var lines: [String] {
    let rows = gaps.map { gap in
      [gap.name, "never " + gap.ways.joined(separator: ", never "), gap.place.text]
    }
    let count = totalCount == 0 ? "nothing to reach" : "\(reachedCount) of \(totalCount)"
    return ["  \(name): \(count)"] + Inspection.table(rows, indentation: "    ")
  }

  fileprivate var json: JSONValue {
    .object([
      "app": .string(name), "reachedCount": .integer(Int64(reachedCount)), "totalCount": .integer(Int64(totalCount)),
      "gaps": .array(
        gaps.map { gap in
          .object(["name": .string(gap.name), "never": .array(gap.ways.map { .string($0) }), "place": gap.place.json])
        }),
    ])
  }
}
