// A regular expression as a table, for a kernel that takes one step a byte and none back. Refuses nothing.

/// A deterministic automaton over classes of bytes that says whether an expression matches somewhere in a valid UTF-8
/// text.
///
/// From `startState`, every byte leads to `transitions[state * classCount + byteClasses[byte]]`; at the text's end
/// `acceptingAtEnd[state]` is the answer. State 0 never accepts, `matchedState` always, whatever follows.
public struct CELRegexTable: Sendable, Hashable {
  /// The class of each of the 256 bytes.
  public let byteClasses: [UInt8]
  /// Between 1 and 256.
  public let classCount: Int
  /// One entry for each state and class.
  public let transitions: [UInt16]
  /// The state before the first byte.
  public let startState: Int
  /// Whether the text matches if it ends in the state; one entry for each state.
  public let acceptingAtEnd: [Bool]
  /// The state that has matched and is never left; nil where only a text's end decides.
  public let matchedState: Int?

  /// The number of states, state 0 included.
  public var stateCount: Int { acceptingAtEnd.count }

  /// Whether the expression matches somewhere in `utf8`, by the steps that a kernel takes.
  public func matches(utf8: some Sequence<UInt8>) -> Bool {
    var state = startState
    for byte in utf8 {
      if state == 0 || state == matchedState { break }
      state = Int(transitions[state * classCount + Int(byteClasses[Int(byte)])])
    }
    return acceptingAtEnd[state]
  }
}

/// The bytes that an automaton never tells apart.
struct RegexByteClasses {
  /// The class of each byte; ascending with the bytes.
  let classes: [UInt8]
  /// The least byte of each class.
  let representatives: [UInt8]

  /// Bytes on either side of an end of an edge differ; so do kinds of bytes that assertions ask for.
  init(_ program: RegexProgram) {
    var begins = Array(repeating: false, count: 257)
    begins[0] = true
    for edge in program.edges {
      begins[Int(edge.low)] = true
      begins[Int(edge.high) + 1] = true
    }
    if !program.assertions.isEmpty {
      for byte in 1...UInt8.max where RegexFollowing(byte) != RegexFollowing(byte - 1) { begins[Int(byte)] = true }
    }
    representatives = (0...UInt8.max).filter { begins[Int($0)] }
    var current = -1
    classes = (0...UInt8.max).map { byte in
      if begins[Int(byte)] { current += 1 }
      return UInt8(current)
    }
  }
}
