// Values on their way down the tree: the nearest level that writes one wins, and where a level says `enforce: true` the
// levels below can only tighten. Refuses what is looser than an enforced value, and points at the place that enforces
// it.

/// A value that one can compare for tightness.
protocol Tightenable {
  /// Whether nothing that the other value forbids is allowed by this one.
  func isAsTight(as other: Self) -> Bool
}

extension Limit: Tightenable {
  func isAsTight(as other: Limit) -> Bool {
    switch (self, other) {
    case (_, .none): true
    case (.none, .seconds): false
    case (.seconds(let own), .seconds(let most)): own <= most
    }
  }
}

extension Unavailability: Tightenable {
  func isAsTight(as other: Unavailability) -> Bool { graceSeconds <= other.graceSeconds }

  private var graceSeconds: UInt32 {
    switch self {
    case .deny: 0
    case .allowFor(let seconds): seconds
    }
  }
}

/// Lists of excluded paths only grow: each path of the other list is covered by one of these.
extension Array: Tightenable where Element == Sourced<String> {
  func isAsTight(as other: [Sourced<String>]) -> Bool { uncovered(of: other) == nil }

  /// The first path of another list that none of these covers.
  func uncovered(of other: [Sourced<String>]) -> Sourced<String>? {
    other.first { path in !contains { PathPrefix.covers($0.value, path.value) } }
  }
}

/// The value in force at a level.
struct Inherited<Value: Tightenable> {
  private(set) var value: Sourced<Value>?
  /// The value that the levels below cannot loosen.
  private(set) var enforced: Sourced<Value>?
  /// How far down the tree the value was written; the organization is 0.
  private(set) var depth = 0

  /// Takes what a level writes; false where it is looser than what is enforced above, which then stays.
  mutating func take(_ written: Written<Value>?, depth: Int) -> Bool {
    guard let written else { return true }
    if let enforced, !written.value.value.isAsTight(as: enforced.value) { return false }
    value = written.value
    self.depth = depth
    if written.isEnforced { enforced = written.value }
    return true
  }
}
