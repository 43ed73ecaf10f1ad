// Folders of time zone files, made up.

import Foundation

struct ZoneFiles {
  private let folder: URL

  /// An empty folder.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "postern-zones-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  var path: String { folder.path() }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// A zone of 3,600 s that changes to 7,200 s at an instant in seconds since 1970.
  static func shift(at instant: Int64 = 1_000_000_000) -> [UInt8] {
    let head = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
    let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4]
    let times = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: instant >> $0) } + [1]
    let types: [UInt8] = [0, 0, 0x0E, 0x10, 0, 0, 0, 0, 0x1C, 0x20, 0, 0, 0, 0, 0, 0]
    return head + [UInt8](repeating: 0, count: 24) + head + counts + times + types + Array("\nEET-2\n".utf8)
  }
}
