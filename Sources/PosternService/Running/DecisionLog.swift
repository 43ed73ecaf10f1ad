// The decision log: a line of JSON for each decision, with what identifies it and nothing that could be used again: no cookie, no token,
// no query. Lines wait in memory for the next flush; what does not fit is counted, for no request waits for a disk.

internal import CPostern
internal import Synchronization

/// Gathers lines, and writes them when it is told to.
final class DecisionLog: Sendable {
  private struct State {
    var lines: [UInt8] = []
    var lostCount = 0
  }

  private static let byteLimit = 8 << 20
  private let path: String
  private let state = Mutex(State())

  init(path: String) { self.path = path }

  /// How many decisions could not be kept.
  var lostCount: Int { state.withLock { $0.lostCount } }

  func add(_ decided: Gate.Decided, _ request: ClientRequest, _ answer: Answer, revision: UInt64) {
    let line = Self.line(decided, request, answer, revision: revision)
    state.withLock { state in
      if state.lines.count + line.count > Self.byteLimit { state.lostCount += 1 } else { state.lines += line }
    }
  }

  /// Writes what has been gathered.
  func flush() {
    let lines = state.withLock { state in
      defer { state.lines.removeAll(keepingCapacity: true) }
      return state.lines
    }
    if lines.isEmpty || FileAccess.append(lines, to: path) { return }
    state.withLock { $0.lostCount += lines.count { $0 == UInt8(ascii: "\n") } }
  }

  /// One line. Written by hand: it is made for every request.
  static func line(_ decided: Gate.Decided, _ request: ClientRequest, _ answer: Answer, revision: UInt64) -> [UInt8] {
    let decision = decided.decision
    var line = JSONLine()
    line.add("at", decided.now)
    line.add("method", request.method)
    line.add("host", request.hostName)
    line.add("path", request.path)
    line.add("status", Int64(answer.status))
    line.add("reason", answer.reason)
    line.add("revision", Int64(clamping: revision))
    if let app = decided.app { line.add("app", app.name) }
    if decision.rule != UInt32.max {
      line.add(Int(decision.rule_kind) == POSTERN_RULE_DENY ? "denyRule" : "binding", Int64(decision.rule))
    }
    if decision.clock != 0 { line.add("clock", ClockName.text(decision.clock)) }
    if let person = decided.caller.person { line.add("principal", "\(person.provider):\(person.principal)") }
    if let address = request.clientAddress { line.add("client", address) }
    return line.finished
  }
}

/// The names of clocks, as docs/decision.md and the language write them; a test compares.
enum ClockName {
  static func text(_ clock: postern_clock) -> String {
    switch Int(clock) {
    case POSTERN_CLOCK_SKEW: "skew"
    case POSTERN_CLOCK_REVALIDATE: "revalidate"
    case POSTERN_CLOCK_STATE_GRACE: "stateGrace"
    case POSTERN_CLOCK_STORE_GRACE: "storeGrace"
    case POSTERN_CLOCK_TOKEN_START: "tokenStart"
    case POSTERN_CLOCK_TOKEN_END: "tokenEnd"
    case POSTERN_CLOCK_TOKEN_AGE: "tokenAge"
    case POSTERN_CLOCK_ABSOLUTE: "absolute"
    case POSTERN_CLOCK_IDLE: "idle"
    case POSTERN_CLOCK_REAUTHENTICATION: "reauthentication"
    case POSTERN_CLOCK_CONDITION: "condition"
    default: "none"
    }
  }
}

/// A JSON object on one line (RFC 8259).
private struct JSONLine {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  mutating func add(_ name: String, _ value: Int64) {
    begin(name)
    bytes += String(value).utf8
  }

  mutating func add(_ name: String, _ value: String) {
    begin(name)
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: bytes += Array("\\u00".utf8) + [Self.digit(byte >> 4), Self.digit(byte & 15)]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func begin(_ name: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    bytes += name.utf8
    bytes += [UInt8(ascii: "\""), UInt8(ascii: ":")]
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  var finished: [UInt8] { bytes + [UInt8(ascii: "}"), UInt8(ascii: "\n")] }
}
