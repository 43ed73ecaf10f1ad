// The file of the tokens, with a lock beside it that processes hold while they change it. Replaced whole or not at all. Refuses a file, and a
// folder, that anybody but its owner may open.

internal import Glibc
internal import PosternLanguage

/// Where tokens are kept.
struct TokenFile {
  let folder: String

  var path: String { "\(folder)/tokens.json" }

  private static let byteLimit = 4 << 20

  /// In the folder of the user's configuration (XDG Base Directory).
  init() throws {
    if let base = Environment.value("XDG_CONFIG_HOME"), base.hasPrefix("/") {
      folder = "\(base)/postern"
    } else if let home = Environment.value("HOME"), home.hasPrefix("/") {
      folder = "\(home)/.config/postern"
    } else {
      throw CommandFailure("no place for tokens: set HOME, or XDG_CONFIG_HOME, to a folder of yours")
    }
  }

  /// What is kept; nothing where there is no file.
  func read() throws -> KeptTokens {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return KeptTokens() }
      throw CommandFailure("cannot read \(path): \(SystemError.text())")
    }
    defer { close(descriptor) }
    try check(descriptor, path, kind: S_IFREG, wanted: "600")
    guard let bytes = Descriptor.read(descriptor, limit: Self.byteLimit) else {
      throw CommandFailure("cannot read \(path): \(SystemError.text())")
    }
    guard bytes.count <= Self.byteLimit, let tokens = KeptTokens.read(json: bytes), tokens.version == KeptTokens.version
    else {
      throw CommandFailure("\(path) is not as this postern writes it: remove it, and run `postern login`")
    }
    return tokens
  }

  /// Changes what is kept, as the only one that does so: it is read under the lock, and written where it is another then.
  func change<Result>(_ change: (inout KeptTokens) throws -> Result) throws -> Result {
    let lock = try lock()
    // Closing it is what lets the next one in.
    defer { close(lock) }
    let before = try read()
    var tokens = before
    let result = try change(&tokens)
    if tokens != before {
      try OutputFile(path: path, newFileMode: 0o600).replace(with: Array(tokens.json.prettyText.utf8))
    }
    return result
  }

  // MARK: who may open them

  private func lock() throws -> Int32 {
    try makeFolder()
    let lockPath = "\(folder)/tokens.lock"
    let descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw CommandFailure("cannot open \(lockPath): \(SystemError.text())") }
    while flock(descriptor, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      let reason = SystemError.text()
      close(descriptor)
      throw CommandFailure("cannot lock \(lockPath): \(reason)")
    }
    return descriptor
  }

  private func makeFolder() throws {
    // The folders above it are made as the specification says; that they are there already is no fault.
    var parent = ""
    for part in folder.split(separator: "/") {
      parent += "/\(part)"
      if unsafe mkdir(parent, 0o700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES {
        throw CommandFailure("cannot make the folder \(parent): \(SystemError.text())")
      }
    }
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("cannot open the folder \(folder): \(SystemError.text())") }
    defer { close(descriptor) }
    try check(descriptor, folder, kind: S_IFDIR, wanted: "700")
  }

  /// Refuses what is not the user's alone.
  private func check(_ descriptor: Int32, _ path: String, kind: mode_t, wanted: String) throws {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw CommandFailure("cannot read \(path): \(SystemError.text())")
    }
    if status.st_mode & S_IFMT != kind { throw CommandFailure("\(path) is no place for tokens: remove it") }
    if status.st_uid != geteuid() { throw CommandFailure("\(path) belongs to another user: remove it") }
    if status.st_mode & 0o077 != 0 {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw CommandFailure(
        "others may open \(path) (mode \(mode)): run `chmod \(wanted) \(path)`, and where they could have read it, "
          + "`postern logout` and `postern login`")
    }
  }
}
