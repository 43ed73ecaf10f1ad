// Files that a command writes. A file is replaced whole or not at all: the bytes are written beside it, brought to the disk,
// and renamed over it, so that no reader and no crash ever sees half of them. Refuses to leave a part behind where it fails.

internal import Glibc

/// A file to replace.
struct OutputFile {
  let path: String
  /// What a file that is new may be used for, and by whom; nil: by whom the user lets it.
  var newFileMode: mode_t?

  func replace(with bytes: [UInt8]) throws {
    switch kind() {
    case .folder: throw failure("it is a folder")
    case .device: try writeInPlace(bytes)
    case .file(let target, let mode): try replace(target, mode: mode, bytes)
    }
  }

  private enum Kind {
    case folder
    /// A device, a pipe: what cannot be renamed over.
    case device
    /// The path behind symbolic links, with the mode that the file has or will get.
    case file(target: String, mode: mode_t)
  }

  private func kind() -> Kind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .file(target: path, mode: newFileMode ?? 0o666 & ~Self.umask) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file(target: resolved(), mode: status.st_mode & 0o777)
    default: return .device
    }
  }

  /// What the user takes away from new files; the system tells it only by setting it.
  private static var umask: mode_t {
    let mask = Glibc.umask(0o077)
    _ = Glibc.umask(mask)
    return mask
  }

  private func resolved() -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private func writeInPlace(_ bytes: [UInt8]) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(SystemError.text()) }
    defer { close(descriptor) }
    guard Descriptor.write(bytes, to: descriptor) else { throw failure(SystemError.text()) }
  }

  private func replace(_ target: String, mode: mode_t, _ bytes: [UInt8]) throws {
    let folder = Self.folder(of: target)
    // `mkstemp` fills in a name that nobody has, whatever a killed run left behind.
    var beside = Array("\(folder)/.\(Self.name(of: target)).XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&beside)
    guard descriptor >= 0 else { throw failure(SystemError.text()) }
    // The first failure is the one that is told; `close` reports what a network disk could not keep.
    var reason: String?
    if !Descriptor.write(bytes, to: descriptor) || fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0 {
      reason = SystemError.text()
    }
    if close(descriptor) != 0 && reason == nil { reason = SystemError.text() }
    if reason == nil, unsafe rename(beside, target) != 0 { reason = SystemError.text() }
    if let reason {
      unsafe unlink(beside)
      throw failure(reason)
    }
    Self.syncFolder(folder)
  }

  private static func name(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the new name last; where the file system cannot, the old file may come back after a crash, still whole.
  private static func syncFolder(_ folder: String) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private func failure(_ reason: String) -> CommandFailure {
    CommandFailure("cannot write \(path): \(reason)")
  }
}
