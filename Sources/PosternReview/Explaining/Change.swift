// What would have changed a verdict: the request with one thing different, or two, and what the kernel then decides. Only `ChangeSearch`
// makes one, and only by asking the kernel.

internal import PosternCompiler
public import PosternLanguage

/// A request that differs in little, and gets the other verdict.
public struct Change: Sendable {
  /// What is different; in the order in which changes are told, what happens by itself or most easily first.
  public enum Dimension: Int, CaseIterable, Comparable, Sendable {
    /// Time passes, and nothing is renewed.
    case waiting
    /// Another time of asking, with everything as recent as it is.
    case clock
    /// How long ago something was.
    case age
    /// What is said of the account, or who can be asked for it.
    case account
    /// What is asked for.
    case request
    /// A fact that a condition asks for.
    case fact
    /// What is known of who asks: whether the e-mail is verified, the domain, the tenant.
    case identity
    /// What members of the policy the caller is.
    case membership
    /// Who vouches for the caller.
    case provider
    /// For whom the credential is, or what kind it is.
    case credential
    /// A login, which renews several facts at once.
    case login
    /// Somebody else asks.
    case person

    /// Orders as they are told.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What is different; two where one does not suffice.
  public let dimensions: [Dimension]
  /// In words, each of them.
  public let texts: [String]
  /// Where the rule or limit is written that each is about.
  public let places: [TreePlace?]
  /// The changed request, which the kernel was asked.
  public let facts: RequestFacts
  /// What the kernel decides then.
  public let decision: Decision

  /// The change in one line: `membership in group:finance@example.com`.
  public var text: String { texts.joined(separator: ", and ") }

  var json: JSONValue {
    .object([
      "changes": .array(
        dimensions.indices.map { index in
          .object([
            "dimension": .string("\(dimensions[index])"), "text": .string(texts[index]), "place": places[index]?.json,
          ])
        }),
      "verdict": .string("\(decision.verdict)"), "reason": .string("\(decision.reason)"), "request": facts.json,
    ])
  }
}

/// The kernel, with how often it was asked.
final class AskedKernel {
  private let bundle: OpenBundle
  private var buffers = DecisionBuffers()
  private(set) var askCount = 0

  init(_ bundle: OpenBundle) { self.bundle = bundle }

  func decide(_ facts: RequestFacts) -> Decision {
    askCount += 1
    return bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds, using: &buffers)
  }
}

/// Something about a request that can be made different.
struct Edit {
  /// A value between which and another the verdict may turn.
  struct Slide {
    /// The value that has the verdict as it is.
    let from: Int64
    /// The value that is tried first.
    let to: Int64
  }

  let dimension: Change.Dimension
  var place: TreePlace?
  /// Where the change has a degree: the least that suffices is looked for.
  var slide: Slide?
  /// What else says the same: of edits with one key the first that suffices is told.
  var key: String?
  /// Whether it is tried only where no smaller change of its dimension was found.
  var isLastResort = false
  /// In words, for a value of the slide; nil where any value does.
  let text: (Int64?) -> String
  let apply: (inout RequestFacts, Int64) -> Void

  init(
    _ dimension: Change.Dimension, place: TreePlace? = nil, slide: Slide? = nil, key: String? = nil,
    text: @escaping (Int64?) -> String, apply: @escaping (inout RequestFacts, Int64) -> Void
  ) {
    self.dimension = dimension
    self.place = place
    self.slide = slide
    self.key = key
    self.text = text
    self.apply = apply
  }

  /// An edit without a degree.
  init(
    _ dimension: Change.Dimension, _ text: String, place: TreePlace? = nil, key: String? = nil,
    apply: @escaping (inout RequestFacts) -> Void
  ) {
    self.init(dimension, place: place, key: key, text: { _ in text }, apply: { facts, _ in apply(&facts) })
  }
}
