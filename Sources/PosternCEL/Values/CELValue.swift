// The values of expressions, and the errors that evaluation ends with. Equality and order here are those of the language:
// numbers across types, texts by code points. Refuses nothing.

/// A value of the Common Expression Language.
///
/// Swift's `==` is identity of representation (the same case with the same content, doubles by bits, texts by bytes), for
/// tests and folding; the language's `==` is `isEqual(to:)`.
public enum CELValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  /// Compared by code points, never by canonical equivalence: use its UTF-8.
  case string(String)
  case bytes([UInt8])
  case list([CELValue])
  case map(CELMap)
  case timestamp(CELTimestamp)
  case duration(CELDuration)
  /// A type as a value; parameters of aggregates are not told apart (`type([1]) == list`).
  case type(String)
  /// `optional.none()` is nil.
  case optional(Boxed?)
  case address(CELAddress)
  case network(CELNetwork)

  /// A value inside an optional.
  public struct Boxed: Sendable {
    private let values: [CELValue]

    /// Puts a value into a box.
    public init(_ value: CELValue) { values = [value] }

    /// The value in the box.
    public var value: CELValue { values[0] }
  }
}

/// A map from bool, int, uint and string keys, in the order in which its entries were written.
public struct CELMap: Sendable {
  /// A key: numbers of equal value are one key (`1`, `1u` and `1.0`).
  public enum Key: Sendable, Hashable {
    case bool(Bool)
    case int(Int64)
    /// Only above `Int64.max`.
    case largeUInt(UInt64)
    case string([UInt8])
  }

  /// Keys and values in the order in which they were written.
  public private(set) var entries: [(key: CELValue, value: CELValue)] = []
  private var indices: [Key: Int] = [:]

  public init() {}

  /// The count of entries.
  public var count: Int { entries.count }

  /// The value of a key; nil where there is none, or `key` can be no key.
  public subscript(key: CELValue) -> CELValue? {
    guard let key = Key(key), let index = indices[key] else { return nil }
    return entries[index].value
  }

  /// Adds an entry; false where the key is there already or can be no key.
  public mutating func insert(_ key: CELValue, _ value: CELValue) -> Bool {
    guard let hashed = Key(key), indices[hashed] == nil else { return false }
    indices[hashed] = entries.count
    entries.append((key, value))
    return true
  }
}

extension CELMap.Key {
  /// nil where the value can be no key. A double is one where it is a whole number, for look-ups.
  public init?(_ value: CELValue) {
    switch value {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .uint(let value): self = value <= UInt64(Int64.max) ? .int(Int64(value)) : .largeUInt(value)
    case .double(let value):
      if let whole = Int64(exactly: value) {
        self = .int(whole)
      } else if let whole = UInt64(exactly: value) {
        self = .largeUInt(whole)
      } else {
        return nil
      }
    case .string(let value): self = .string(Array(value.utf8))
    default: return nil
    }
  }
}

/// An instant from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
public struct CELTimestamp: Sendable, Hashable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let seconds: Int64
  /// 0 to 999,999,999, counted forwards whatever the sign of the seconds.
  public let nanoseconds: Int32

  /// The first second of year 1 and the last of year 9999.
  public static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// nil where the instant is out of range.
  public init?(seconds: Int64, nanoseconds: Int32) {
    guard Self.secondsRange.contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { return nil }
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}

/// A span of time, of the range that the language gives it: whole and fractional seconds as one count of nanoseconds.
public struct CELDuration: Sendable, Hashable {
  /// Seconds, rounded towards zero.
  public let seconds: Int64
  /// -999,999,999 to 999,999,999, with the sign of the seconds.
  public let nanoseconds: Int32

  /// About 10,000 years on either side.
  public static let secondsRange: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

  /// nil where the duration is out of range or the signs differ.
  public init?(seconds: Int64, nanoseconds: Int32) {
    guard Self.secondsRange.contains(seconds), (-999_999_999...999_999_999).contains(nanoseconds) else { return nil }
    guard seconds == 0 || nanoseconds == 0 || (seconds < 0) == (nanoseconds < 0) else { return nil }
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}

/// An IP address: 4 or 16 bytes in network order.
public struct CELAddress: Sendable, Hashable {
  /// The bytes, in network order.
  public let bytes: [UInt8]

  /// `bytes` must be 4 or 16.
  public init(bytes: [UInt8]) {
    precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
    self.bytes = bytes
  }
}

/// A range of addresses: an address and the count of its leading bits that matter.
public struct CELNetwork: Sendable, Hashable {
  /// An address of the range.
  public let address: CELAddress
  /// The count of leading bits that all its addresses share.
  public let prefixLength: Int

  /// `prefixLength` is at most the bits of the address.
  public init(address: CELAddress, prefixLength: Int) {
    precondition((0...address.bytes.count * 8).contains(prefixLength), "a prefix is no longer than the address")
    self.address = address
    self.prefixLength = prefixLength
  }
}

/// An error as a value: what an evaluation that fails comes to.
public struct CELError: Error, Sendable, Hashable {
  /// The kinds of error; the kernel tells none of them apart.
  public enum Kind: String, Sendable, Hashable {
    case noSuchOverload
    case noSuchKey
    case noSuchField
    case noSuchVariable
    case indexOutOfRange
    case divisionByZero
    case overflow
    case invalidArgument
    case duplicateKey
    /// A fact that nobody knows: an address or a region that could not be told.
    case unknown
    /// A limit of `CELLimits`.
    case limit
  }

  /// What kind of error it is.
  public let kind: Kind
  /// In lower case, without a full stop.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
