// The registers of a condition: values, and texts where they lie. Nothing is copied; a register that holds a text says in which
// of four places it stands.

internal import CPostern

/// A value in a register: two words, so that sixteen of them are cleared at once.
struct Register {
  /// A `postern_tag` or one of the constants below, a `TextPlace`, whether letters are folded, each a byte; then in the high
  /// half, of a text or bytes its byte count, of a list, a set or ranges the number of items.
  private let head: UInt64
  /// The bits of a number, or where a text or a list begins.
  let value: UInt64

  @inline(__always) init() {
    head = 0
    value = 0
  }

  @inline(__always) init(tag: Int, value: UInt64, count: UInt32 = 0, place: TextPlace = .facts) {
    head = UInt64(UInt8(truncatingIfNeeded: tag)) | UInt64(place.rawValue) << 8 | UInt64(count) << 32
    self.value = value
  }

  @inline(__always) var tag: UInt8 { UInt8(truncatingIfNeeded: head) }
  @inline(__always) var place: TextPlace { TextPlace(rawValue: UInt8(truncatingIfNeeded: head >> 8)) }
  @inline(__always) var isFolded: Bool { head >> 16 & 1 == 1 }
  @inline(__always) var count: UInt32 { head.highHalf }
  @inline(__always) var offset: Int { Int(truncatingIfNeeded: value) }

  /// The same text with its ASCII letters in lower case.
  @inline(__always) var folded: Register { Register(head: head | 1 << 16, value: value) }

  @inline(__always) private init(head: UInt64, value: UInt64) {
    self.head = head
    self.value = value
  }

  @inline(__always) func has(_ other: Int) -> Bool { tag == UInt8(truncatingIfNeeded: other) }
}

/// Where a register's text lies.
struct TextPlace: Equatable {
  let rawValue: UInt8

  /// The caller's text.
  static var facts: TextPlace { TextPlace(rawValue: 0) }
  /// The form of the path at hand.
  static var path: TextPlace { TextPlace(rawValue: 1) }
  /// The strings of the bundle.
  static var bundle: TextPlace { TextPlace(rawValue: 2) }
}

/// Tags of constants that no fact can have.
package enum ConstantTag {
  /// Texts in `lists`, pairs of start and count, ascending by bytes.
  package static let textSet = 0x40
  /// Ranges of addresses in `lists`, eight words each, ascending and apart.
  package static let addressRanges = 0x41
  /// A table that says whether a text matches: an index into `automata`.
  package static let automaton = 0x42
  /// An error, to whatever looks at it.
  package static let error = 0x43
}

/// What `loadRequest` loads.
package struct RequestPart: Equatable {
  package let rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  package static var path: RequestPart { RequestPart(0) }
  package static var host: RequestPart { RequestPart(1) }
  package static var method: RequestPart { RequestPart(2) }
  package static var scheme: RequestPart { RequestPart(3) }
  package static var query: RequestPart { RequestPart(4) }
  package static var time: RequestPart { RequestPart(5) }
  /// The app's name.
  package static var resourceName: RequestPart { RequestPart(6) }
  package static let last: UInt16 = 6
}

/// How `testCompare` compares.
package struct Comparison: Equatable {
  package let rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  package static var equal: Comparison { Comparison(0) }
  package static var notEqual: Comparison { Comparison(1) }
  package static var less: Comparison { Comparison(2) }
  package static var lessOrEqual: Comparison { Comparison(3) }
  package static var greater: Comparison { Comparison(4) }
  package static var greaterOrEqual: Comparison { Comparison(5) }
  package static let last: UInt16 = 5
}

/// Which part of the path `testPath` compares.
package struct TextPart: Equatable {
  package let rawValue: UInt8
  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  package static var whole: TextPart { TextPart(0) }
  package static var prefix: TextPart { TextPart(1) }
  package static var suffix: TextPart { TextPart(2) }
  package static let last: UInt8 = 2
}

/// Parts of an instant, by `timePart`.
package struct TimePart: Equatable {
  package let rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  package static var year: TimePart { TimePart(0) }
  /// From 0.
  package static var month: TimePart { TimePart(1) }
  /// From 1.
  package static var date: TimePart { TimePart(2) }
  /// From 0.
  package static var dayOfMonth: TimePart { TimePart(3) }
  /// 0 is Sunday.
  package static var dayOfWeek: TimePart { TimePart(4) }
  /// From 0.
  package static var dayOfYear: TimePart { TimePart(5) }
  package static var hours: TimePart { TimePart(6) }
  package static var minutes: TimePart { TimePart(7) }
  package static var seconds: TimePart { TimePart(8) }
  package static var milliseconds: TimePart { TimePart(9) }
  package static let last: UInt16 = 9
}

/// What a condition came to.
struct Truth: Equatable {
  let rawValue: UInt8

  static var no: Truth { Truth(rawValue: 0) }
  static var yes: Truth { Truth(rawValue: 1) }
  static var error: Truth { Truth(rawValue: 2) }

  @inline(__always) init(rawValue: UInt8) { self.rawValue = rawValue }
  @inline(__always) init(_ holds: Bool) { rawValue = holds ? 1 : 0 }
}

/// What `each` makes of the truths of its items.
package struct Fold: Equatable {
  package let rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  /// Like `&&`: a false one settles it, whatever is in error.
  package static var all: Fold { Fold(0) }
  /// Like `||`.
  package static var exists: Fold { Fold(1) }
  /// Whether one is true, and no more; any error is its own.
  package static var existsOne: Fold { Fold(2) }
  package static let last: UInt16 = 2
}

/// The truths of items, folded.
struct TruthFold {
  private let fold: Fold
  private var trueCount = 0
  private var hasError = false
  /// Whether no further item changes it.
  private(set) var isSettled = false

  init(_ fold: Fold) { self.fold = fold }

  mutating func add(_ truth: Truth) {
    if truth == .yes { trueCount &+= 1 }
    if truth == .error { hasError = true }
    isSettled = fold == .existsOne ? truth == .error : truth == (fold == .all ? .no : .yes)
  }

  var truth: Truth {
    if fold == .existsOne { return hasError ? .error : Truth(trueCount == 1) }
    if isSettled { return Truth(fold == .exists) }
    return hasError ? .error : Truth(fold == .all)
  }
}

/// What conditions are asked about.
struct ConditionRun: ~Escapable {
  let text: Span<UInt8>
  let cells: Span<postern_cell>
  let path: Span<UInt8>
  let now: Int64
  /// Looked at only where a condition asks for them.
  let host: postern_cell
  let method: postern_cell
  let scheme: postern_cell
  let query: postern_cell
  let app: UInt32
  /// When the caller's device was looked at.
  let deviceCheckedAt: Int64
  /// Whether the credential is the caller's here: of an anonymous one nothing is known.
  let isAttached: Bool

  @_lifetime(copy text, copy cells, copy path)
  @inline(__always) init(
    _ request: postern_request, _ credential: postern_credential, text: Span<UInt8>, cells: Span<postern_cell>,
    path: Span<UInt8>, now: Int64, app: UInt32, isAttached: Bool
  ) {
    deviceCheckedAt = credential.device_checked_at
    self.app = app
    self.isAttached = isAttached
    self.text = text
    self.cells = cells
    self.path = path
    self.now = now
    host = request.host
    method = request.method
    scheme = request.scheme
    query = request.query
  }

  /// The host without port and trailing dot: it has been found, so that it is well-formed.
  var hostRange: TextRange {
    let range = TextRange(checked: host)
    return TextRange(offset: range.offset, count: Host.trimmedCount(text.slice(range)) ?? range.count)
  }

  /// Runs the condition at `entry`.
  @inline(__always) func evaluate(_ entry: UInt32, in bundle: borrowing Bundle, turningAt until: inout Int64) -> Truth {
    bundle.evaluate(condition: entry, self, turningAt: &until)
  }
}
