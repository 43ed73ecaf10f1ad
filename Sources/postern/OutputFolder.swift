// A folder that a command writes. Everything is written beside, below a hidden name in the folder, and moved when all of it is
// there. Refuses a folder that holds anything, and to write over a name that came up meanwhile.

internal import Glibc
internal import PosternLanguage

/// A folder to fill.
struct OutputFolder {
  let path: String

  /// Fails where anything stands in the folder, or where it is none.
  func refuseContents() throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw failure(SystemError.text()) }
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw failure("it is no folder") }
    guard let names = Self.names(in: path) else { throw failure(SystemError.text()) }
    if let name = names.first {
      throw failure("it is not empty, '\(name)' stands in it: give a new or an empty folder")
    }
  }

  /// Writes files by their paths below the folder, which hold no `..` and no name that begins with a dot.
  func write(_ files: [SourceFile]) throws {
    try refuseContents()
    let isMade = unsafe mkdir(path, 0o777) == 0
    if !isMade && errno != EEXIST { throw failure(SystemError.text()) }
    var beside = Array("\(path)/.import.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&beside) != nil else {
      let reason = SystemError.text()
      if isMade { unsafe rmdir(path) }
      throw failure(reason)
    }
    let staging = String(decoding: beside.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      Self.remove(staging)
      // Not empty where all went well.
      if isMade { unsafe rmdir(path) }
    }
    for file in files { try write(file, below: staging) }
    for name in Self.names(in: staging) ?? [] { try move(name, from: staging) }
  }

  private func write(_ file: SourceFile, below staging: String) throws {
    let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
    precondition(parts.allSatisfy { !$0.isEmpty && $0.first != "." }, "a path below the folder")
    var folder = staging
    for part in parts.dropLast() {
      folder += "/" + part
      guard unsafe mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw failure(SystemError.text()) }
    }
    let descriptor = unsafe open(staging + "/" + file.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(SystemError.text()) }
    let isWritten = Descriptor.write(file.bytes, to: descriptor)
    let reason = SystemError.text()
    guard close(descriptor) == 0 && isWritten else { throw failure(isWritten ? SystemError.text() : reason) }
  }

  private func move(_ name: String, from staging: String) throws {
    let target = path + "/" + name
    var status = stat()
    guard unsafe lstat(target, &status) != 0 else { throw failure("'\(name)' came up in it meanwhile") }
    guard unsafe rename(staging + "/" + name, target) == 0 else { throw failure(SystemError.text()) }
  }

  private static func remove(_ folder: String) {
    for name in names(in: folder) ?? [] {
      let path = folder + "/" + name
      if unsafe unlink(path) != 0 { remove(path) }
    }
    unsafe rmdir(folder)
  }

  /// The names in a folder; nil with `errno` where it cannot be read.
  private static func names(in folder: String) -> [String]? {
    guard let stream = unsafe opendir(folder) else { return nil }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      let name = String(decoding: bytes, as: UTF8.self)
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private func failure(_ reason: String) -> CommandFailure { CommandFailure("cannot write \(path): \(reason)") }
}
