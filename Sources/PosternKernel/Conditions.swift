// Conditions: straight runs of words with forward jumps, over sixteen registers. Every test has three ways out, true, false
// and error, so that CEL's absorption of errors is jumps and nothing else. The verifier has proved that runs end, that
// registers are written before they are read, and that constants lie in the bundle.

internal import CPostern

extension Bundle {
  /// Runs the condition at `entry`; `until` becomes the next instant at which it may turn, where that comes first. Many ask
  /// for the path alone: the registers are set up where a word first uses one.
  @inline(never)
  borrowing func evaluate(
    condition entry: UInt32, _ facts: borrowing ConditionRun, turningAt until: inout Int64
  ) -> Truth {
    var index = Int(entry) &+ 1
    while true {
      let word = codeWord(index)
      let head = CodeHead(bits: word.u64(0))
      if head.usesRegisters { return evaluateWithRegisters(from: index, facts) }
      if head.isTurn {
        countTurn(head, word, facts, &until)
        index &+= 1
        continue
      }
      let step = step(head, word, at: index, facts)
      if let truth = step.truth { return truth }
      index = step.index
    }
  }

  @inline(never)
  private borrowing func evaluateWithRegisters(from start: Int, _ facts: borrowing ConditionRun) -> Truth {
    var registers = InlineArray<16, Register>(repeating: Register())
    return run(from: start, &registers, facts)
  }

  /// Runs to an end: of the condition, or of the body of an `each`, in which there is no other.
  private borrowing func run(
    from start: Int, _ registers: inout InlineArray<16, Register>, _ facts: borrowing ConditionRun
  ) -> Truth {
    var index = start
    while true {
      let word = codeWord(index)
      let head = CodeHead(bits: word.u64(0))
      if !head.usesRegisters {
        let step = step(head, word, at: index, facts)
        if let truth = step.truth { return truth }
        index = step.index
        continue
      }
      var target: UInt32 = 0
      switch head.opcode {
      case Opcode.loadConstant.rawValue:
        registers[head.destination] = Self.constant(tag: head.b, start: word.u32(8), count: word.u32(12))
      case Opcode.loadRequest.rawValue:
        var loaded = Register()
        if load(RequestPart(head.b), facts, &loaded) { registers[head.destination] = loaded } else { target = head.x }
      case Opcode.loadFact.rawValue:
        var loaded = Register()
        let isLoaded = load(slot: Int(head.b), isOfCaller: word.u32(8) == 1, facts, &loaded)
        if isLoaded { registers[head.destination] = loaded } else { target = head.x }
      case Opcode.loadDevice.rawValue:
        var loaded = Register()
        let isLoaded = load(deviceSlot: Int(head.b), tag: Int(word.u32(8)), facts, &loaded)
        if isLoaded { registers[head.destination] = loaded } else { target = head.x }
      case Opcode.timePart.rawValue:
        let part = Self.timePart(
          registers[head.right], TimePart(head.b), offsetSeconds: Int32(bitPattern: word.u32(8)))
        if let part { registers[head.destination] = part } else { target = head.x }
      case Opcode.zonedTimePart.rawValue:
        let part = zonedTimePart(registers[head.right], TimePart(head.b), zone: Int(word.u32(8)))
        if let part { registers[head.destination] = part } else { target = head.x }
      case Opcode.convert.rawValue:
        let converted = convert(registers[head.right], Conversion(head.b), facts)
        if let converted { registers[head.destination] = converted } else { target = head.x }
      case Opcode.arithmetic.rawValue:
        let result = Self.compute(registers[head.left], Arithmetic(head.b), registers[head.right])
        if let result { registers[head.destination] = result } else { target = head.x }
      case Opcode.each.rawValue:
        target = word.target(of: visit(head, bodyAt: Self.index(past: UInt32(index &+ 1)), &registers, facts))
      default:
        target = word.target(of: test(head, registers[head.left], registers[head.right], facts))
      }
      index = target == 0 ? index &+ 1 : Self.index(past: target)
    }
  }

  /// Runs a body for every item of a list, or every key of a map, and folds what it comes to.
  @inline(never)
  private borrowing func visit(
    _ head: CodeHead, bodyAt body: Int, _ registers: inout InlineArray<16, Register>, _ facts: borrowing ConditionRun
  ) -> Truth {
    let list = registers[head.left]
    if !list.has(POSTERN_LIST) && !list.has(POSTERN_MAP) { return .error }
    let step = list.has(POSTERN_MAP) ? 2 : 1
    var fold = TruthFold(Fold(head.b))
    var index = 0
    while index < Int(list.count), !fold.isSettled {
      // What is no value may lie outside the facts: it must not come into a register.
      var item = Register()
      if load(facts.cells[list.offset &+ index], facts, &item) {
        registers[head.right] = item
        fold.add(run(from: body, &registers, facts))
      } else {
        fold.add(.error)
      }
      index &+= step
    }
    return fold.truth
  }

  /// The word at `index` of the code.
  @inline(__always) private borrowing func codeWord(_ index: Int) -> Block<16> {
    Block<16>(words, sections.code.offset &+ RecordSize.codeWord &* index)
  }

  /// Past the label that is jumped to: word 0 is a label too, and jumps lead forward, so that 0 is no target.
  @inline(__always) private static func index(past target: UInt32) -> Int { Int(target) &+ 1 }

  /// A word that uses no register: what the run comes to, or the index at which it goes on.
  @inline(__always)
  private borrowing func step(
    _ head: CodeHead, _ word: Block<16>, at index: Int, _ facts: borrowing ConditionRun
  ) -> (truth: Truth?, index: Int) {
    switch head.opcode {
    case Opcode.label.rawValue: return (nil, index &+ 1)
    case Opcode.yes.rawValue: return (.yes, index)
    case Opcode.no.rawValue: return (.no, index)
    case Opcode.testPath.rawValue:
      let truth = testPath(TextPart(head.a), textOffset: Int(word.u32(12)), byteCount: Int(head.b), facts.path)
      return (nil, Self.index(past: word.target(of: truth)))
    case Opcode.testFact.rawValue:
      let truth = isPresent(slot: Int(head.b), isOfCaller: head.a == 1, facts)
      return (nil, Self.index(past: word.target(of: truth)))
    case Opcode.fault.rawValue: return (.error, index)
    // A word of another kind of program: nothing that it could mean would be a grant.
    default: return (.error, index)
    }
  }

  @inline(__always)
  private borrowing func test(
    _ head: CodeHead, _ left: Register, _ right: Register, _ facts: borrowing ConditionRun
  ) -> Truth {
    switch head.opcode {
    case Opcode.testCompare.rawValue: compare(left, right, Comparison(head.b), facts)
    case Opcode.testPrefix.rawValue: testPart(left, right, facts, atEnd: false)
    case Opcode.testSuffix.rawValue: testPart(left, right, facts, atEnd: true)
    case Opcode.testMember.rawValue: isMember(left, right, facts)
    case Opcode.testMatches.rawValue: matches(left, right, facts)
    default: left.has(POSTERN_BOOL) ? Truth(left.value == 1) : .error
    }
  }
}

extension Block<16> {
  /// Where a test goes on.
  @inline(__always) func target(of truth: Truth) -> UInt32 {
    truth == .yes ? u32(4) : truth == .no ? u32(8) : u32(12)
  }
}

extension CodeHead {
  /// Whether the word is one of those from `loadConstant` to `testTrue`, or from `convert` on.
  @inline(__always) var usesRegisters: Bool {
    (opcode >= Opcode.loadConstant.rawValue && opcode <= Opcode.testTrue.rawValue)
      || opcode >= Opcode.convert.rawValue
  }
  /// Whether the word says when the condition may turn; such words come before any that uses a register.
  @inline(__always) var isTurn: Bool {
    opcode >= Opcode.turnAtInstant.rawValue && opcode <= Opcode.turnOfDevice.rawValue
  }
  /// The register that is written.
  @inline(__always) var destination: Int { Int(a & 15) }
  @inline(__always) var left: Int { Int(a & 15) }
  @inline(__always) var right: Int { Int(a >> 4) }
}

extension Bundle {
  // MARK: loading

  @inline(__always)
  private static func constant(tag: UInt16, start: UInt32, count: UInt32) -> Register {
    switch Int(tag) {
    case POSTERN_TEXT, POSTERN_BYTES:
      Register(tag: Int(tag), value: UInt64(start), count: count, place: .bundle)
    case ConstantTag.textSet, ConstantTag.addressRanges, ConstantTag.automaton:
      Register(tag: Int(tag), value: UInt64(start), count: count)
    default: Register(tag: Int(tag), value: UInt64(start) | UInt64(count) << 32)
    }
  }

  /// Loads a part of the request; false where it is an error.
  @inline(__always)
  private borrowing func load(
    _ part: RequestPart, _ facts: borrowing ConditionRun, _ register: inout Register
  ) -> Bool {
    switch part {
    case .path:
      register = Register(tag: POSTERN_TEXT, value: 0, count: UInt32(facts.path.count), place: .path)
      return true
    case .host:
      let isText = load(facts.hostRange, facts, &register)
      register = register.folded
      return isText
    case .method: return load(TextRange(checked: facts.method), facts, &register)
    case .scheme: return load(facts.scheme.knownRange, facts, &register)
    case .query: return load(facts.query.knownRange, facts, &register)
    case .resourceName:
      let record = appRecord(facts.app)
      register = Register(
        tag: POSTERN_TEXT, value: UInt64(words.u32(record)), count: words.u32(record &+ 4), place: .bundle)
      return true
    default:
      register = Register(tag: POSTERN_TIMESTAMP, value: UInt64(bitPattern: facts.now))
      return ConditionLimit.timestamps.contains(facts.now)
    }
  }

  @inline(__always)
  private borrowing func load(
    _ range: TextRange?, _ facts: borrowing ConditionRun, _ register: inout Register
  ) -> Bool {
    guard let range else { return false }
    register = Register(
      tag: POSTERN_TEXT, value: UInt64(range.offset), count: UInt32(truncatingIfNeeded: range.count))
    return Path.isUTF8(facts.text, range)
  }

  /// Loads the fact of a slot; false where it is absent, unknown, or not what its tag says.
  @inline(__always)
  borrowing func load(
    slot: Int, isOfCaller: Bool, _ facts: borrowing ConditionRun, _ register: inout Register
  ) -> Bool {
    if slot >= facts.cells.count || (isOfCaller && !facts.isAttached) { return false }
    return load(facts.cells[slot], facts, &register)
  }

  /// The register of a cell; false where it is no value or lies outside the facts.
  @inline(__always)
  borrowing func load(_ cell: postern_cell, _ facts: borrowing ConditionRun, _ register: inout Register) -> Bool {
    switch Int(cell.tag) {
    case POSTERN_NULL, POSTERN_BOOL, POSTERN_INT, POSTERN_UINT, POSTERN_DOUBLE:
      register = Register(tag: Int(cell.tag), value: cell.value)
      return true
    case POSTERN_TIMESTAMP:
      register = Register(tag: POSTERN_TIMESTAMP, value: cell.value)
      return ConditionLimit.timestamps.contains(Int64(bitPattern: cell.value))
    case POSTERN_DURATION:
      register = Register(tag: POSTERN_DURATION, value: cell.value)
      return ConditionLimit.durations.contains(Int64(bitPattern: cell.value))
    case POSTERN_TEXT, POSTERN_BYTES, POSTERN_ADDRESS:
      guard let range = cell.range(in: facts.text.count) else { return false }
      register = Register(tag: Int(cell.tag), value: cell.value, count: cell.length)
      if cell.tag == UInt8(truncatingIfNeeded: POSTERN_ADDRESS) { return range.count == 4 || range.count == 16 }
      return cell.tag == UInt8(truncatingIfNeeded: POSTERN_BYTES)
        || Path.isUTF8(facts.text, range)
    case POSTERN_LIST, POSTERN_MAP:
      let isInside = cell.value <= UInt64(facts.cells.count) && Int(cell.length) <= facts.cells.count &- Int(cell.value)
      register = Register(tag: Int(cell.tag), value: cell.value, count: cell.length)
      return isInside && cell.length <= UInt32(truncatingIfNeeded: ConditionLimit.items)
    default: return false
    }
  }

  private borrowing func isPresent(slot: Int, isOfCaller: Bool, _ facts: borrowing ConditionRun) -> Truth {
    if isOfCaller && !facts.isAttached { return .error }
    if slot >= facts.cells.count { return .no }
    let tag = Int(facts.cells[slot].tag)
    return tag == POSTERN_UNKNOWN ? .error : Truth(tag != POSTERN_ABSENT)
  }
}

/// Bounds on what a condition looks at.
package enum ConditionLimit {
  /// Items of a list, or keys and values of a map, in the facts; more is an error value.
  package static let items = 64
  /// Bytes of a text in the facts; more is an error value.
  package static let textBytes = 16_384
  /// Bytes of the host, of the method or the scheme, and of the query.
  package static let hostBytes = Host.byteLimit
  package static let methodBytes = RequestView.methodLimit
  package static let queryBytes = RequestView.queryLimit
  package static let registers = 16
  /// Words of a body that runs for every item of a list.
  package static let bodyWords = 16
  /// Milliseconds since 1970 of the years 1 to 9999, as CEL bounds instants.
  package static var timestamps: ClosedRange<Int64> { -62_135_596_800_000...253_402_300_799_999 }
  /// Milliseconds of about 10,000 years, as CEL bounds durations.
  package static var durations: ClosedRange<Int64> { -315_576_000_000_999...315_576_000_000_999 }
}

extension postern_cell {
  /// The range of a checked text; nil where it is absent.
  @inline(__always) var knownRange: TextRange? { isAbsent ? nil : TextRange(checked: self) }

  /// The range of a text, bytes or an address; nil where it lies outside the buffer or is too long.
  @inline(__always) func range(in textCount: Int) -> TextRange? {
    let count = Int(length)
    if count > ConditionLimit.textBytes || count > textCount || value > UInt64(textCount &- count) { return nil }
    return TextRange(offset: Int(truncatingIfNeeded: value), count: count)
  }
}

extension Bundle {
  // MARK: time

  /// A part of an instant in a zone of fixed offset; nil where the register holds no instant.
  static func timePart(_ register: Register, _ part: TimePart, offsetSeconds: Int32) -> Register? {
    if !register.has(POSTERN_TIMESTAMP) { return nil }
    let (local, overflow) = Int64(bitPattern: register.value).addingReportingOverflow(Int64(offsetSeconds) &* 1_000)
    if overflow { return nil }
    let value = CivilInstant(milliseconds: local).part(part)
    return Register(tag: POSTERN_INT, value: UInt64(bitPattern: value))
  }
}

extension Bundle {
  /// The same in a zone of the bundle.
  borrowing func zonedTimePart(_ register: Register, _ part: TimePart, zone index: Int) -> Register? {
    if !register.has(POSTERN_TIMESTAMP) { return nil }
    let second = CivilInstant(milliseconds: Int64(bitPattern: register.value)).second
    guard let period = zone(index).period(at: second, words) else { return nil }
    return Self.timePart(register, part, offsetSeconds: period.offsetSeconds)
  }

  /// A time zone of the bundle.
  borrowing func zone(_ index: Int) -> ZoneTable {
    ZoneTable(words, sections.zones.offset &+ Int(words.u32(sections.zones.offset &+ 4 &+ 4 &* index)))
  }
}

/// An instant by the calendar (proleptic Gregorian), without a zone.
struct CivilInstant {
  /// Days since 1970-01-01.
  let day: Int64
  let millisecondOfDay: Int64

  init(milliseconds: Int64) {
    let dayMilliseconds: Int64 = 86_400_000
    let quotient = milliseconds / dayMilliseconds
    let remainder = milliseconds % dayMilliseconds
    day = remainder < 0 ? quotient &- 1 : quotient
    millisecondOfDay = remainder < 0 ? remainder &+ dayMilliseconds : remainder
  }

  /// Seconds since 1970, rounded down, as the day is.
  var second: Int64 { day &* 86_400 &+ millisecondOfDay / 1_000 }

  func part(_ part: TimePart) -> Int64 {
    switch part {
    case .hours: return millisecondOfDay / 3_600_000
    case .minutes: return millisecondOfDay / 60_000 % 60
    case .seconds: return millisecondOfDay / 1_000 % 60
    case .milliseconds: return millisecondOfDay % 1_000
    // 1970-01-01 was a Thursday.
    case .dayOfWeek: return ((day &+ 4) % 7 &+ 7) % 7
    default: return date(part)
    }
  }

  /// Years that begin in March: the leap day is the last of its year, and months have a formula.
  private func date(_ part: TimePart) -> Int64 {
    let shifted = day &+ 719_468
    let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
    let dayOfEra = shifted &- era &* 146_097
    let yearOfEra = (dayOfEra &- dayOfEra / 1_460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfMarchYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let marchMonth = (5 &* dayOfMarchYear &+ 2) / 153
    let dayOfMonth = dayOfMarchYear &- (153 &* marchMonth &+ 2) / 5
    let month = marchMonth < 10 ? marchMonth &+ 2 : marchMonth &- 10
    let year = yearOfEra &+ era &* 400 &+ (month <= 1 ? 1 : 0)
    switch part {
    case .year: return year
    case .month: return month
    case .date: return dayOfMonth &+ 1
    case .dayOfMonth: return dayOfMonth
    default:
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      // January and February are days 306 to 365 of the year that began in March before.
      return month <= 1 ? dayOfMarchYear &- 306 : dayOfMarchYear &+ 59 &+ (isLeap ? 1 : 0)
    }
  }
}
