// Files that a command reads: bundles, keys, requests. Refuses what is larger than any of them can be.

internal import Glibc
internal import PosternLanguage

/// A file by its path, or standard input by `-`.
struct InputFile {
  let path: String

  /// Larger than any bundle: a million apps take some hundred megabytes.
  static let bundleByteLimit = 8 << 30
  static let requestByteLimit = 16 << 20

  /// The name that messages use.
  var shownPath: String { path == "-" ? "standard input" : path }

  /// Whether it is a folder.
  var isFolder: Bool { isOfKind(S_IFDIR) }

  /// Whether it is a regular file.
  var isFile: Bool { isOfKind(S_IFREG) }

  private func isOfKind(_ kind: mode_t) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == kind
  }

  /// All bytes.
  func bytes(limit: Int) throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    guard let bytes = Descriptor.read(descriptor, limit: limit) else { throw failure() }
    guard bytes.count <= limit else {
      throw CommandFailure("cannot read \(shownPath): it is larger than \(limit >> 20) MiB")
    }
    return bytes
  }

  private func failure() -> CommandFailure {
    CommandFailure("cannot read \(shownPath): \(SystemError.text())")
  }
}
