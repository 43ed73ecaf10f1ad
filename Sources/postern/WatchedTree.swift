// A policy tree whose files may change under a command: what is known of them is their times and sizes, asked for again and again,
// which works on every file system. Refuses nothing: what cannot be read now may be there a moment later.

internal import Glibc

/// A folder that is looked at twice a second.
struct WatchedTree {
  let folder: String

  private static let pauseMicroseconds: UInt32 = 500_000
  /// Deeper than a policy tree can be; a symbolic link that leads back ends here.
  private static let depthLimit = 32

  /// What the file system says of one file.
  struct Entry: Equatable {
    var seconds: Int
    var nanoseconds: Int
    var byteCount: Int
  }

  /// The files below the folder as they are now, by their paths.
  func entries() -> [String: Entry] {
    var entries: [String: Entry] = [:]
    visit(folder, depth: 0, &entries)
    return entries
  }

  /// Returns once the files are no longer as they were.
  func waitForChange(from entries: [String: Entry]) {
    while self.entries() == entries { usleep(Self.pauseMicroseconds) }
  }

  private func visit(_ path: String, depth: Int, _ entries: inout [String: Entry]) {
    guard depth <= Self.depthLimit, let stream = unsafe opendir(path) else { return }
    defer { unsafe closedir(stream) }
    while let entry = unsafe readdir(stream) {
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      guard bytes.first != UInt8(ascii: ".") else { continue }
      look(at: path + "/" + String(decoding: bytes, as: UTF8.self), depth: depth, &entries)
    }
  }

  private func look(at path: String, depth: Int, _ entries: inout [String: Entry]) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR { return visit(path, depth: depth + 1, &entries) }
    entries[path] = Entry(
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, byteCount: Int(status.st_size))
  }
}
