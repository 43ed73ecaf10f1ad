// A decision log against a candidate: which of the decisions that were made would be made otherwise. Each line is a request file
// on one line (schema/request.schema.json) with what was decided. Refuses no log: a line that cannot be read is counted, named
// and skipped.

public import PosternCompiler
public import PosternLanguage

/// What a candidate would have decided.
public struct ShadowRun {
  /// The decisions that would be others, gathered: what lets somebody in first, then what keeps somebody out.
  public private(set) var flips: [ShadowFlip] = []
  /// The lines that were decided again.
  public private(set) var decidedCount = 0
  /// The lines that cannot be read, by their numbers from 1, with why; no more than `shownBrokenLines`.
  public private(set) var brokenLines: [(line: Int, reason: String)] = []
  /// How many lines cannot be read.
  public private(set) var brokenCount = 0

  /// So many lines that cannot be read are named.
  public static let shownBrokenLines = 20

  private let candidate: OpenBundle
  private let deployed: OpenBundle?
  private var buffers = DecisionBuffers()
  private var indices: [ShadowFlip.Key: Int] = [:]

  /// Decides every line of a log again.
  ///
  /// - Parameters:
  ///   - log: lines of JSON; empty ones are no lines.
  ///   - candidate: who decides again.
  ///   - deployed: whose decisions are compared; nil: those that the lines state.
  public init(log: [UInt8], candidate: OpenBundle, deployed: OpenBundle?) {
    self.candidate = candidate
    self.deployed = deployed
    let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { decide(line, number: index + 1) }
    }
    flips.sort { ($0.effect, $1.count) < ($1.effect, $0.count) }
  }

  private mutating func decide(_ line: ArraySlice<UInt8>, number: Int) {
    guard line.first == UInt8(ascii: "{") else { return skip(number, "it is no JSON object") }
    let reading = RequestFacts.read(SourceFile(path: "line \(number)", bytes: Array(line)))
    guard let facts = reading.facts else {
      return skip(number, reading.diagnostics.first { $0.severity == .error }?.message ?? "it is empty")
    }
    guard let before = decided(facts) else { return skip(number, "it does not say what was decided") }
    decidedCount += 1
    let after = answer(of: candidate, facts)
    if before.isSame(as: after) { return }
    let key = ShadowFlip.Key(before: before, after: after)
    if let known = indices[key] {
      flips[known].count += 1
    } else {
      indices[key] = flips.count
      flips.append(ShadowFlip(key: key, line: number, facts: facts))
    }
  }

  /// What was decided, by the deployed policy where there is one.
  private mutating func decided(_ facts: RequestFacts) -> ShadowAnswer? {
    if let deployed { return answer(of: deployed, facts) }
    return facts.decided.map { ShadowAnswer(appName: $0.appName, verdict: $0.verdict, reason: $0.reason) }
  }

  private mutating func answer(of bundle: OpenBundle, _ facts: RequestFacts) -> ShadowAnswer {
    let decision = bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds, using: &buffers)
    return ShadowAnswer(
      appName: decision.appIndex.map(bundle.appName), verdict: decision.verdict, reason: decision.reason)
  }

  private mutating func skip(_ line: Int, _ reason: String) {
    brokenCount += 1
    if brokenLines.count < Self.shownBrokenLines { brokenLines.append((line, reason)) }
  }
}

/// A decision as a log states it; what it does not state is nil.
public struct ShadowAnswer: Hashable, Sendable {
  /// The app's name.
  public let appName: String?
  /// The verdict.
  public let verdict: Verdict
  /// The reason.
  public let reason: Reason?

  /// Whether both say the same, where the first says anything.
  fileprivate func isSame(as other: ShadowAnswer) -> Bool {
    verdict == other.verdict && (reason == nil || reason == other.reason)
  }

  /// `allow, granted`.
  public var text: String { "\(verdict)" + (reason.map { ", \($0)" } ?? "") }
}

/// Decisions that would all be others in the same way.
public struct ShadowFlip: Sendable {
  fileprivate struct Key: Hashable {
    let before: ShadowAnswer
    let after: ShadowAnswer
  }

  /// What was decided.
  public let before: ShadowAnswer
  /// What the candidate decides.
  public let after: ShadowAnswer
  /// The first line of them, from 1.
  public let line: Int
  /// The facts of that line.
  public let facts: RequestFacts
  /// How many they are.
  public fileprivate(set) var count = 1

  fileprivate init(key: Key, line: Int, facts: RequestFacts) {
    before = key.before
    after = key.after
    self.line = line
    self.facts = facts
  }

  /// Which way it goes: `widens`, `narrows`, or `changes` the refusal.
  public var effect: Difference.Effect {
    switch (before.verdict == .allow, after.verdict == .allow) {
    case (false, true): .widens
    case (true, false): .narrows
    default: .changes
    }
  }

  /// The app that the candidate decides for, or the one that the log names.
  public var appName: String? { after.appName ?? before.appName }
}
