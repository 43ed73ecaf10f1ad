// The platform's time zone files, read as conditions ask for them: the one file here that reads others than bundles. Refuses
// names that lead out of the folder, and files that no time zone is as large as.

internal import Glibc
internal import PosternBundle
public import PosternCEL

/// A folder of TZif files by IANA name (RFC 9636), as `/usr/share/zoneinfo` is one.
public struct ZoneFolder: CELTimeZones {
  /// Where Linux keeps them.
  public static let systemPath = "/usr/share/zoneinfo"
  /// The largest file that is read; the platform's have a few thousand bytes.
  private static let byteLimit = 1 << 18

  private let path: String
  /// Files that were read beforehand, by the zone's name.
  private var held: [String: [UInt8]] = [:]
  /// What these say; a zone whose file is none has no table.
  private var tables: [String: TimeZoneTable] = [:]

  /// Takes the folder at `path`, of which nothing is read before it is asked for.
  public init(path: String = ZoneFolder.systemPath) { self.path = path }

  /// The table of a zone; nil where the folder has none of this name.
  public func table(named name: String) -> TimeZoneTable? {
    if let table = tables[name] { return table }
    guard let bytes = held[name] ?? bytes(ofZone: name) else { return nil }
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

  private func bytes(ofZone name: String) -> [UInt8]? {
    let isPlain = name.utf8.allSatisfy { Self.isNameByte($0) } && !name.hasPrefix("/") && !name.isEmpty
    return isPlain ? Self.bytes(ofFile: path + "/" + name) : nil
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

extension ZoneFolder {
  /// The folder with the files of these zones read, once, as they are from now on.
  package func holding(_ names: Set<String>) -> ZoneFolder {
    var folder = self
    for name in names {
      folder.held[name] = bytes(ofZone: name)
      folder.tables[name] = folder.table(named: name)
    }
    return folder
  }

  /// What is known of the files that are held; nothing, whatever the folder, where none is.
  var heldData: ZoneData {
    if held.isEmpty { return ZoneData() }
    let files = held.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let lines = files.map { "\(Wording.hexadecimal(SHA256.digest(of: $0.value)))  \($0.key)\n" }.joined()
    return ZoneData(version: version, digest: SHA256.digest(of: Array(lines.utf8)))
  }

  /// The files that name the release, and what stands before it in their first line: of the database's own form, of
  /// macOS, of the database's sources.
  private static let versionFiles = [("tzdata.zi", "# version "), ("+VERSION", ""), ("version", "")]

  private var version: String {
    for (file, mark) in Self.versionFiles {
      guard let bytes = Self.bytes(ofFile: path + "/" + file), bytes.starts(with: mark.utf8) else { continue }
      let version = bytes.dropFirst(mark.utf8.count).prefix { $0 != UInt8(ascii: "\n") }
      let isPlain = version.allSatisfy { (0x21..<0x7F).contains($0) } && version.count <= Manifest.versionByteCount
      if isPlain && !version.isEmpty { return String(decoding: version, as: UTF8.self) }
    }
    return ""
  }
}
