// The platform's time zone files, read as conditions ask for them: the one file here that reads others than bundles. Refuses
// names that lead out of the folder, and files that no time zone is as large as.

internal import Glibc
public import PosternCEL

/// A folder of TZif files by IANA name (RFC 9636), as `/usr/share/zoneinfo` is one.
public struct ZoneFolder: CELTimeZones {
  /// Where Linux keeps them.
  public static let systemPath = "/usr/share/zoneinfo"
  /// The largest file that is read; the platform's have a few thousand bytes.
  private static let byteLimit = 1 << 18

  private let path: String

  /// Takes the folder at `path`, of which nothing is read before it is asked for.
  public init(path: String = ZoneFolder.systemPath) { self.path = path }

  /// The table of a zone; nil where the folder has none of this name.
  public func table(named name: String) -> TimeZoneTable? {
    let isPlain = name.utf8.allSatisfy { Self.isNameByte($0) } && !name.hasPrefix("/") && !name.isEmpty
    guard isPlain, let bytes = Self.bytes(ofFile: path + "/" + name) else { return nil }
    return try? TimeZoneTable(tzif: bytes)
  }

  /// The offset of a zone at an instant, by its file.
  public func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32? {
    table(named: name)?.offsetSeconds(at: secondsSince1970)
  }

  /// The next transition of a zone, by its file.
  public func nextTransition(ofZone name: String, after secondsSince1970: Int64) -> Int64? {
    table(named: name)?.nextTransition(after: secondsSince1970)
  }

  private static func bytes(ofFile path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "rb") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: byteLimit)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, byteLimit, file) }
    bytes.removeLast(byteLimit - count)
    return unsafe ferror(file) == 0 && bytes.count < byteLimit ? bytes : nil
  }

  /// No dot: a name cannot lead upwards.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
