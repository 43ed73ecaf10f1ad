// What a review reports: one difference each, with what proves it. Refuses to call anything proved that no kernel has answered:
// a witness is run before it becomes one, and what is compared by value says so.

internal import PosternLanguage

/// One difference between two policies.
public struct Difference: Sendable {
  /// What differs.
  public enum Kind: String, CaseIterable, Sendable {
    /// An app appears or vanishes.
    case app
    /// What leads to an app.
    case route
    /// Who comes in.
    case access
    /// A clock, a restriction or a failure mode.
    case setting
    /// What the gate believes and passes on, outside the decision.
    case trust
    /// An OAuth client, or what bounds its refresh tokens.
    case client
    /// What the organization says must never be.
    case `guard`
  }

  /// Which way it goes, the most severe first.
  public enum Effect: Int, CaseIterable, Comparable, Sendable {
    /// More come in, or more is believed.
    case widens = 0
    /// A clock or a restriction asks for less.
    case loosens = 1
    /// Neither more nor less.
    case changes = 2
    /// A clock or a restriction asks for more.
    case tightens = 3
    /// Fewer come in, or less is believed.
    case narrows = 4

    /// Orders by severity.
    public static func < (left: Effect, right: Effect) -> Bool { left.rawValue < right.rawValue }
  }

  /// What stands behind a difference.
  public enum Proof: Sendable {
    /// Both kernels were asked, and answered differently; of a guard, the new one has let in what it must not.
    case witness(Witness)
    /// Both kernels were asked about a refresh, and answered differently.
    case refresh(RefreshWitness)
    /// The values differ; no decision shows them.
    case value
    /// No request was found on which the kernels differ, and none was proved to be missing.
    case missing(why: String)
  }

  /// Where the difference is written: in the new tree, or where it is gone, in the old one.
  public struct Place: Hashable, Sendable {
    /// The file's path below the root of its tree.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// Whether it is a place in the old tree.
    public let isOld: Bool
  }

  /// The app that it is about; nil where it is about the organization.
  public var appName: String?
  /// What differs.
  public var kind: Kind
  /// Which way it goes.
  public var effect: Effect
  /// What it is about, such as `idle timeout`, or who: `group:finance@example.com`.
  public var subject: String
  /// How it was; empty where it was not.
  public var before: String
  /// How it is; empty where it is no more.
  public var after: String
  /// On which requests; nil: on all.
  public var condition: String?
  /// Where it is written.
  public var place: Place?
  /// What stands behind it.
  public var proof: Proof
  /// Of a limit, its seconds; nil for `none`, and of what is no limit both.
  public var seconds: (before: UInt32?, after: UInt32?)

  init(
    appName: String?, kind: Kind, effect: Effect, subject: String, before: String, after: String,
    condition: String? = nil, place: Place? = nil, proof: Proof, seconds: (before: UInt32?, after: UInt32?) = (nil, nil)
  ) {
    self.appName = appName
    self.kind = kind
    self.effect = effect
    self.subject = subject
    self.before = before
    self.after = after
    self.condition = condition
    self.place = place
    self.proof = proof
    self.seconds = seconds
  }

  /// Whether no witness was found for what needs one.
  public var isUnproven: Bool { if case .missing = proof { true } else { false } }
}

extension Difference.Place {
  init?(_ span: Span?, in policy: Policy, isOld: Bool) {
    guard let span, policy.files.indices.contains(Int(span.fileIndex)) else { return nil }
    file = policy.files[Int(span.fileIndex)].path
    line = Int(span.startLine)
    column = Int(span.startColumn)
    self.isOld = isOld
  }
}
