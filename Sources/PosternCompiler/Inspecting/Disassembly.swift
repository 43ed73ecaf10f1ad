// Programs as people read them, from the opcodes' own facts (`Opcode.shape`). Made only of verified bundles.

internal import CPostern
internal import PosternBundle
internal import PosternKernel
internal import PosternLanguage

/// One instruction word in readable form.
struct DisassembledWord: Equatable {
  /// Counts from the first word of the code section, as jumps do.
  var index: UInt32
  var name: String
  var operands: [String]

  var text: String { ([name] + operands).joined(separator: " ") }
}

/// Reads programs back.
struct Disassembly {
  private let contents: BundleContents

  init(_ contents: BundleContents) { self.contents = contents }

  /// The program that begins at word `entry`: up to the end of the path after which nothing jumps.
  func program(at entry: UInt32) -> [DisassembledWord] {
    let count = contents.count(.code, recordByteCount: RecordSize.codeWord)
    var words: [DisassembledWord] = []
    var furthest = entry
    for index in Int(entry)..<max(Int(entry), count) {
      let word = contents.record(.code, index, byteCount: RecordSize.codeWord)
      guard let shape = Opcode(contents.byte(word)).shape else { break }
      words.append(disassembled(word, shape, index: UInt32(index)))
      if shape.x == .target { furthest = max(furthest, contents.u32(word + 4)) }
      if shape.y == .target { furthest = max(furthest, contents.u32(word + 8)) }
      if shape.z == .target { furthest = max(furthest, contents.u32(word + 12)) }
      if shape.endsPath && furthest <= UInt32(index) { break }
    }
    return words
  }

  private func disassembled(_ word: Int, _ shape: OpcodeShape, index: UInt32) -> DisassembledWord {
    let operands: [(OperandKind, UInt32)] = [
      (shape.a, UInt32(contents.byte(word + 1))), (shape.b, UInt32(contents.u16(word + 2))),
      (shape.x, contents.u32(word + 4)), (shape.y, contents.u32(word + 8)), (shape.z, contents.u32(word + 12)),
    ]
    return DisassembledWord(
      index: index, name: shape.name.description, operands: operands.compactMap { text($0.0, $0.1) })
  }

  /// nil for what need not be shown.
  private func text(_ kind: OperandKind, _ value: UInt32) -> String? {
    switch kind {
    case .unused, .registers: nil
    case .remaining: "most \(value)"
    case .challengeReason: Reason(rawValue: UInt16(truncatingIfNeeded: value)).map { "\($0)" }
    case .credentialKind: Credential.Kind(rawValue: UInt8(truncatingIfNeeded: value)).map { "\($0)" }
    case .principalKind: Credential.PrincipalKind(rawValue: UInt8(truncatingIfNeeded: value)).map { "\($0)" }
    case .provider: contents.providerName(Int(value))
    case .target: "-> \(value)"
    case .seconds: Wording.duration(seconds: value)
    case .optionalSeconds: value == BundleFormat.none ? "none" : Wording.duration(seconds: value)
    case .facts: value == 0 ? nil : Self.names(FactSet(rawValue: UInt8(truncatingIfNeeded: value)))
    case .flag: value == 1 ? "tokenExpired" : "tokenTooOld"
    case .ofCaller: value == 1 ? "of the caller" : nil
    case .labelMark: value == UInt32(LabelMark.usualProgram) ? "usual" : nil
    case .writes, .reads: "r\(value)"
    case .readsTwo: "r\(value & 15) r\(value >> 4)"
    case .converts: "r\(value & 15) from r\(value >> 4)"
    case .combines: "r\(value & 15) with r\(value >> 4)"
    case .visits: "r\(value & 15) as r\(value >> 4)"
    case .conversion: Self.conversions[Int(value)]
    case .arithmetic: Self.operations[Int(value)]
    case .fold: Self.folds[Int(value)]
    case .deviceType: Self.deviceTypes[Int(value)] ?? "\(value)"
    case .slot: attributePath(value)
    case .requestPart: Self.requestParts[Int(value)]
    case .timePart: Self.timeParts[Int(value)]
    case .comparison: Self.comparisons[Int(value)]
    case .textPart: Self.textParts[Int(value)]
    case .anyValue: value == 1 ? "any" : nil
    case .turnValues: Self.turnValues(value)
    case .constantTag: Self.constantTags[Int(value)] ?? "\(value)"
    case .offsetSeconds: value == 0 ? nil : "\(Int32(bitPattern: value))s"
    case .zone: "zone \(value)"
    case .method: ReauthenticationMethod(rawValue: UInt8(truncatingIfNeeded: value)).map { "\($0)" }
    default: "\(value)"
    }
  }

  /// The path of the attribute in a request slot.
  private func attributePath(_ slot: UInt32) -> String {
    let attributes = contents.attributes(scope: 1)
    return Int(slot) < attributes.count ? String(decoding: attributes[Int(slot)].path, as: UTF8.self) : "slot \(slot)"
  }

  private static let requestParts = ["path", "host", "method", "scheme", "query", "time", "resourceName"]
  private static let timeParts = [
    "year", "month", "date", "dayOfMonth", "dayOfWeek", "dayOfYear", "hours", "minutes", "seconds", "milliseconds",
  ]
  private static let conversions = ["int", "uint", "double", "timestamp", "negated", "size", "lowerAscii", "same"]
  private static let operations = ["+", "-", "*", "/", "%"]
  private static let folds = ["all", "exists", "exists_one"]
  private static let textParts = ["whole", "prefix", "suffix"]
  private static let deviceTypes = [POSTERN_BOOL: "bool", POSTERN_TEXT: "text", POSTERN_ADDRESS: "address"]
  private static let comparisons = ["==", "!=", "<", "<=", ">", ">="]
  private static let constantTags = [
    POSTERN_NULL: "null", POSTERN_BOOL: "bool", POSTERN_INT: "int", POSTERN_UINT: "uint", POSTERN_DOUBLE: "double",
    POSTERN_TEXT: "text", POSTERN_BYTES: "bytes", POSTERN_TIMESTAMP: "timestamp", POSTERN_DURATION: "duration",
    ConstantTag.textSet: "set", ConstantTag.addressRanges: "ranges", ConstantTag.automaton: "automaton",
    ConstantTag.error: "error",
  ]

  private static func turnValues(_ bits: UInt32) -> String? {
    let values = [bits & 0xFFFF, bits >> 16].filter { $0 != UInt32(TurnValues.none) }
    return values.isEmpty ? nil : "at " + values.map { "\($0)" }.joined(separator: " ")
  }

  private static func names(_ facts: FactSet) -> String {
    let known: [(fact: FactSet, name: String)] = [
      (.createdAt, "createdAt"), (.lastSeenAt, "lastSeenAt"), (.stateCheckedAt, "stateCheckedAt"),
      (.issuedAt, "issuedAt"), (.expiresAt, "expiresAt"),
    ]
    return known.filter { facts.contains($0.fact) }.map(\.name).joined(separator: " ")
  }
}

extension BundleContents {
  /// The name of a provider.
  func providerName(_ index: Int) -> String { text(record(.providers, index, byteCount: RecordSize.provider)) }
}
