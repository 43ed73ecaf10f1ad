// Time zones as the platform stores them: TZif files (RFC 9636) of version 2 and later, their 64-bit block and their
// footer. Refuses version 1, leap seconds, and every byte that is not as the format has it; nothing here traps on what
// it reads.

extension TimeZoneTable {
  /// The table of a TZif file, its footer's rule expanded to the year 2100.
  ///
  /// Before the first transition stands the first type of standard time.
  public init(tzif bytes: [UInt8]) throws(Refusal) {
    var reader = TZifReader(bytes)
    let legacy = try reader.header()
    guard legacy.version >= TZifHeader.lowestVersion else { throw .unsupportedVersion }
    try reader.skip(legacy.byteCount(timeSize: 4))
    let block = try TZifBlock(&reader, try reader.header())
    let rule = try TimeZoneRule(footer: try reader.footer())
    try Self.check(rule, against: block)
    let all = block.transitions + (rule?.transitions(after: block.transitions.last?.at) ?? [])
    self.initialOffsetSeconds = block.initialOffsetSeconds
    self.transitions = Self.changes(all, from: block.initialOffsetSeconds)
  }

  /// What the file lists and what its rule says shall be one offset where they meet.
  private static func check(_ rule: TimeZoneRule?, against block: TZifBlock) throws(Refusal) {
    let last = block.transitions.last
    guard let rule else {
      guard let last, last.at >= endSecondsSince1970 else { throw .missingRule }
      return
    }
    guard let last else {
      guard rule.standardOffsetSeconds == block.initialOffsetSeconds else { throw .contradictingRule }
      return
    }
    guard last.at >= endSecondsSince1970 || rule.offsetSeconds(at: last.at) == last.offsetSeconds else {
      throw .contradictingRule
    }
  }

  /// Without the transitions that change no offset but a zone's name, and without those past the end.
  private static func changes(
    _ transitions: [(at: Int64, offsetSeconds: Int32)], from initial: Int32
  ) -> [(at: Int64, offsetSeconds: Int32)] {
    var current = initial
    return transitions.filter { transition in
      guard transition.at < endSecondsSince1970, transition.offsetSeconds != current else { return false }
      current = transition.offsetSeconds
      return true
    }
  }
}

/// The counts at the start of each block (RFC 9636 section 3.1).
private struct TZifHeader {
  let version: UInt8
  let universalFlagCount: Int
  let standardFlagCount: Int
  let leapCount: Int
  let transitionCount: Int
  let typeCount: Int
  let nameByteCount: Int

  static let lowestVersion = UInt8(ascii: "2")

  /// Bytes of the block that follows; at most 2^32 times 40, which an Int holds.
  func byteCount(timeSize: Int) -> Int {
    transitionCount * (timeSize + 1) + typeCount * 6 + nameByteCount + leapCount * (timeSize + 4) + standardFlagCount
      + universalFlagCount
  }
}

/// Reads big-endian numbers; each read is checked against the bytes that are left.
private struct TZifReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func skip(_ count: Int) throws(TimeZoneTable.Refusal) {
    _ = try take(count)
  }

  mutating func take(_ count: Int) throws(TimeZoneTable.Refusal) -> ArraySlice<UInt8> {
    guard count <= bytes.count - offset else { throw .truncated }
    defer { offset += count }
    return bytes[offset..<(offset + count)]
  }

  mutating func unsigned(byteCount: Int) throws(TimeZoneTable.Refusal) -> UInt64 {
    try take(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func count() throws(TimeZoneTable.Refusal) -> Int {
    Int(try unsigned(byteCount: 4))
  }

  mutating func header() throws(TimeZoneTable.Refusal) -> TZifHeader {
    guard try take(4).elementsEqual("TZif".utf8) else { throw .notTimeZoneFile }
    let version = UInt8(try unsigned(byteCount: 1))
    try skip(15)
    return TZifHeader(
      version: version, universalFlagCount: try count(), standardFlagCount: try count(), leapCount: try count(),
      transitionCount: try count(), typeCount: try count(), nameByteCount: try count())
  }

  /// The text between the two line feeds that end the file.
  mutating func footer() throws(TimeZoneTable.Refusal) -> [UInt8] {
    let lineFeed = UInt8(ascii: "\n")
    let rest = bytes[offset...]
    guard rest.count >= 2 else { throw .truncated }
    let text = rest.dropFirst().dropLast()
    guard rest.first == lineFeed, rest.last == lineFeed, !text.contains(lineFeed) else { throw .invalidRule }
    return Array(text)
  }
}

/// The transitions of a 64-bit block.
private struct TZifBlock {
  let transitions: [(at: Int64, offsetSeconds: Int32)]
  let initialOffsetSeconds: Int32

  /// The offsets that RFC 9636 section 3.2 allows.
  private static let offsetRange: ClosedRange<Int32> = -89_999...93_599

  /// No transition is earlier (RFC 9636 section 3.2), so that no sum of instants here overflows.
  private static let earliestTransition: Int64 = -1 << 59

  init(_ reader: inout TZifReader, _ header: TZifHeader) throws(TimeZoneTable.Refusal) {
    try Self.check(header)
    var times = TZifReader(Array(try reader.take(header.transitionCount * 8)))
    let typeIndices = try reader.take(header.transitionCount)
    let types = try Self.types(&reader, count: header.typeCount)
    try reader.skip(header.nameByteCount + header.standardFlagCount + header.universalFlagCount)
    var transitions: [(at: Int64, offsetSeconds: Int32)] = []
    transitions.reserveCapacity(typeIndices.count)
    for typeIndex in typeIndices {
      let at = Int64(bitPattern: try times.unsigned(byteCount: 8))
      guard at >= Self.earliestTransition else { throw .invalidTransition }
      guard transitions.last.map({ $0.at < at }) ?? true else { throw .unorderedTransitions }
      guard Int(typeIndex) < types.count else { throw .unknownType }
      transitions.append((at, types[Int(typeIndex)].offsetSeconds))
    }
    self.transitions = transitions
    initialOffsetSeconds = (types.first { !$0.isDaylight } ?? types[0]).offsetSeconds
  }

  private static func check(_ header: TZifHeader) throws(TimeZoneTable.Refusal) {
    guard header.version >= TZifHeader.lowestVersion else { throw .unsupportedVersion }
    guard header.leapCount == 0 else { throw .leapSeconds }
    let flagCounts = [header.standardFlagCount, header.universalFlagCount]
    guard
      (1...256).contains(header.typeCount), header.nameByteCount > 0,
      flagCounts.allSatisfy({ $0 == 0 || $0 == header.typeCount })
    else { throw .invalidCounts }
  }

  /// At least one, as the header was checked.
  private static func types(
    _ reader: inout TZifReader, count: Int
  ) throws(TimeZoneTable.Refusal) -> [(offsetSeconds: Int32, isDaylight: Bool)] {
    var types: [(offsetSeconds: Int32, isDaylight: Bool)] = []
    for _ in 0..<count {
      let offset = Int32(truncatingIfNeeded: try reader.unsigned(byteCount: 4))
      guard offsetRange.contains(offset) else { throw .invalidOffset }
      types.append((offset, try reader.unsigned(byteCount: 1) != 0))
      // Where the type's name stands, which nothing here asks for.
      try reader.skip(1)
    }
    return types
  }
}
