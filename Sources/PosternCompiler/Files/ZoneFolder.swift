// The platform's time zone files, read as conditions ask for them. Refuses names that lead out of the folder.

internal import Foundation
public import PosternCEL
internal import Synchronization

/// A folder of TZif files by IANA name (RFC 9636), as `/usr/share/zoneinfo` is one.
public final class ZoneFolder: CELTimeZones {
  /// Where Linux keeps them.
  public static let systemPath = "/usr/share/zoneinfo"

  private let path: String
  /// A zone that is not there, or is none, is remembered too.
  private let tables = Mutex<[String: TimeZoneTable?]>([:])

  /// Reads nothing yet.
  public init(path: String = ZoneFolder.systemPath) { self.path = path }

  /// The table of a zone; nil where the folder has none of this name.
  public func table(named name: String) -> TimeZoneTable? {
    tables.withLock { tables in
      if let known = tables[name] { return known }
      let table = read(name)
      tables[name] = table
      return table
    }
  }

  public func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32? {
    table(named: name)?.offsetSeconds(at: secondsSince1970)
  }

  private func read(_ name: String) -> TimeZoneTable? {
    let isPlain = name.utf8.allSatisfy { Self.isNameByte($0) } && !name.hasPrefix("/") && !name.isEmpty
    guard isPlain, let data = FileManager.default.contents(atPath: path + "/" + name) else { return nil }
    return try? TimeZoneTable(tzif: [UInt8](data))
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
