// Reads the files of a policy tree from a folder: the only file of this module that calls the C library.
// Takes every `.yaml`, `.yml` and `.json` file below the folder, in the order of their paths' bytes. Names that begin
// with a dot are skipped, symbolic links are followed. Refuses what it cannot read, rings of links, names that no
// report could show, and trees past a bound; it reports all of them and goes on.

internal import Glibc
internal import Synchronization

/// The files of a policy tree.
public struct SourceTree: Sendable {
  /// In the order of their paths' bytes. What could not be read is here too, empty, so that a report can name it.
  public private(set) var files: [SourceFile] = []
  /// Names below the folder that were not looked at, by their paths: hidden ones, and files of other kinds.
  package private(set) var skippedPaths: [String] = []
  /// What is wrong with the folder.
  public private(set) var diagnostics: [Diagnostic] = []
  /// Files that have a diagnostic here: their bytes say nothing.
  private var refusedFileIndices: Set<Int> = []
  /// Whether a bound of the whole tree is passed: no more files are taken.
  private var isFull = false

  /// The most that a tree may be; a test takes less.
  public struct Limits: Sendable {
    /// The most bytes of one file.
    public var fileBytes = 16 << 20
    /// The most bytes of all files.
    public var treeBytes = 2 << 30
    /// The most files.
    public var files = 2_000_000
    /// Folders below each other; more than `Policy.depthLimit`, so that the policy's own bound is the one people meet.
    public var folders = 64

    public init() {}
  }

  /// Reads every policy file below `folder`.
  public init(folder: String, limits: Limits = Limits()) {
    var walk = Walk(root: folder, folderLimit: limits.folders)
    walk.run()
    skippedPaths = walk.skipped.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    walk.found.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    read(walk.found, below: folder, limits)
    if let fault = walk.rootFault {
      diagnostics.append(.unreadableFile(folder, reason: fault, at: nil))
    } else if files.isEmpty {
      diagnostics.append(.emptyTree(folder))
    }
  }

  /// Takes files that are already in memory, as they are.
  public init(files: [SourceFile]) {
    self.files = files
    if files.isEmpty { diagnostics.append(.emptyTree("")) }
  }

  /// The documents of one file; none of a file that could not be read.
  package func documents(ofFile fileIndex: Int) -> (nodes: [YAMLNode], diagnostics: [Diagnostic]) {
    guard !refusedFileIndices.contains(fileIndex) else { return ([], []) }
    return YAMLParser.parse(files[fileIndex].bytes, fileIndex: fileIndex)
  }

  /// The files' indices in batches, each of which ends with the file that brings it to so many bytes.
  func batches(byteCount limit: Int) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var start = 0
    var byteCount = 0
    for index in files.indices {
      byteCount += files[index].bytes.count
      guard byteCount >= limit || index == files.count - 1 else { continue }
      batches.append(start..<index + 1)
      start = index + 1
      byteCount = 0
    }
    return batches
  }

  /// Files that are read at once: what is read past a bound is no more than two batches of the largest.
  private static let batchFileCount = 32

  private mutating func read(_ found: [Walk.Found], below root: String, _ limits: Limits) {
    let batches = stride(from: 0, to: found.count, by: Self.batchFileCount).map {
      $0..<min($0 + Self.batchFileCount, found.count)
    }
    let taking = Mutex((tree: self, byteCount: 0))
    let isFull = Atomic(false)
    Pipeline.run(batches) { index -> FileBytes? in
      let isRead = found[index].fault == nil && !isFull.load(ordering: .relaxed)
      return isRead ? FileBytes.read(root + "/" + found[index].path, byteLimit: limits.fileBytes) : nil
    } take: { index, bytes in
      if isFull.load(ordering: .relaxed) { return }
      taking.withLock {
        $0.tree.take(found[index], bytes, limits, &$0.byteCount)
        if $0.tree.isFull { isFull.store(true, ordering: .relaxed) }
      }
    }
    self = taking.withLock { $0.tree }
  }

  /// Takes the next file of the folder; `bytes` are those of one without a fault.
  private mutating func take(_ entry: Walk.Found, _ bytes: FileBytes?, _ limits: Limits, _ byteCount: inout Int) {
    let start = Span(startOfFile: files.count)
    guard files.count < limits.files else {
      isFull = true
      return refuse(entry.path, .treeTooLarge(Diagnostic.counted(limits.files, "file"), at: start))
    }
    switch entry.fault {
    case .name:
      refuse(entry.path, .badFileName(entry.path, at: start))
    case .loop:
      refuse(entry.path, .symlinkLoop(entry.path, at: start))
    case .depth:
      refuse(entry.path, .foldersTooDeep(entry.path, limit: limits.folders, at: start))
    case .unreadable(let reason):
      refuse(entry.path, .unreadableFile(entry.path, reason: reason, at: start))
    case nil:
      byteCount += take(bytes, entry.path, byteLimit: limits.fileBytes, at: start)
      guard byteCount <= limits.treeBytes else {
        isFull = true
        refusedFileIndices.insert(files.count - 1)
        return diagnostics.append(.treeTooLarge(Diagnostic.byteText(limits.treeBytes), at: start))
      }
    }
  }

  /// Returns the number of bytes.
  private mutating func take(_ bytes: FileBytes?, _ path: String, byteLimit: Int, at start: Span) -> Int {
    switch bytes {
    case .bytes(let bytes):
      files.append(SourceFile(path: path, bytes: bytes))
      return bytes.count
    case .tooLarge:
      refuse(path, .documentTooLarge(byteLimit: byteLimit, at: start))
    case .failed(let reason):
      refuse(path, .unreadableFile(path, reason: reason, at: start))
    case nil:
      preconditionFailure("a file without a fault is read before it is taken")
    }
    return 0
  }

  private mutating func refuse(_ path: String, _ diagnostic: Diagnostic) {
    refusedFileIndices.insert(files.count)
    files.append(SourceFile(path: path, bytes: []))
    diagnostics.append(diagnostic)
  }
}

/// The names below a folder.
private struct Walk {
  struct Found {
    enum Fault {
      case name, loop, depth
      case unreadable(String)
    }
    /// Below the root, with `/`.
    var path: String
    var fault: Fault?
  }

  /// A folder by what it is, whatever it is called.
  struct Identity: Equatable {
    var device: UInt64
    var inode: UInt64
  }

  let root: String
  let folderLimit: Int
  var found: [Found] = []
  var skipped: [String] = []
  var rootFault: String?
  private var ancestors: [Identity] = []

  init(root: String, folderLimit: Int) {
    self.root = root
    self.folderLimit = folderLimit
  }

  mutating func run() { visit("") }

  /// Recursion is bounded by `folderLimit`.
  private mutating func visit(_ path: String) {
    let full = path.isEmpty ? root : root + "/" + path
    var status = stat()
    guard unsafe stat(full, &status) == 0 else { return fail(path, FileBytes.errorText()) }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    guard !ancestors.contains(identity) else { return found.append(Found(path: path, fault: .loop)) }
    guard ancestors.count <= folderLimit else {
      return found.append(Found(path: path, fault: .depth))
    }
    guard let names = names(of: full) else { return fail(path, FileBytes.errorText()) }
    ancestors.append(identity)
    for name in names { enter(name, below: path, full: full) }
    ancestors.removeLast()
  }

  private mutating func fail(_ path: String, _ reason: String) {
    if path.isEmpty {
      rootFault = reason
    } else {
      found.append(Found(path: path, fault: .unreadable(reason)))
    }
  }

  private mutating func enter(_ name: Name, below path: String, full: String) {
    let child = path.isEmpty ? name.text : path + "/" + name.text
    guard name.text.utf8.first != UInt8(ascii: ".") else { return skipped.append(child) }
    let isPolicy = Self.isPolicyFile(name.text)
    guard name.isValid else {
      if isPolicy || name.isFolder(in: full) {
        found.append(Found(path: child, fault: .name))
      } else {
        skipped.append(child)
      }
      return
    }
    if name.isFolder(in: full) {
      visit(child)
    } else if isPolicy {
      found.append(Found(path: child, fault: nil))
    } else {
      skipped.append(child)
    }
  }

  static func isPolicyFile(_ name: String) -> Bool {
    [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
  }

  /// An entry of a folder. A name that is no UTF-8 is kept with U+FFFD in it, for the report alone.
  struct Name {
    var text: String
    var isValid: Bool
    /// `d_type`: what the folder says the entry is.
    var type: UInt8

    func isFolder(in parent: String) -> Bool {
      if Int(type) == Int(DT_DIR) { return true }
      guard Int(type) == Int(DT_LNK) || Int(type) == Int(DT_UNKNOWN) else { return false }
      var status = stat()
      return unsafe stat(parent + "/" + text, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
  }

  /// The names of a folder; nil with `errno` where it cannot be read.
  private func names(of folder: String) -> [Name]? {
    guard let stream = unsafe opendir(folder) else { return nil }
    defer { unsafe closedir(stream) }
    var names: [Name] = []
    while let entry = unsafe readdir(stream) {
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      guard bytes != Array(".".utf8), bytes != Array("..".utf8) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      let isShown = !text.unicodeScalars.contains { $0.value < 0x20 || SourceText.isRefused($0.value) }
      let isValid = isShown && Array(text.utf8) == bytes
      unsafe names.append(Name(text: text, isValid: isValid, type: entry.pointee.d_type))
    }
    return names
  }
}

/// The bytes of one file.
private enum FileBytes {
  case bytes([UInt8])
  case tooLarge
  case failed(String)

  /// Never waits: a pipe or a device is refused before it is read.
  static func read(_ path: String, byteLimit: Int) -> FileBytes {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return .failed(errorText()) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return .failed(errorText()) }
    guard status.st_mode & S_IFMT == S_IFREG else { return .failed("not a regular file") }
    guard status.st_size <= byteLimit else { return .tooLarge }
    return contents(of: descriptor, byteCount: Int(status.st_size))
  }

  /// One byte more than the size is asked for: a file that grows while it is read is not taken half.
  private static func contents(of descriptor: Int32, byteCount: Int) -> FileBytes {
    var isFailed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount + 1) { buffer, count in
      while count <= byteCount {
        // The buffer has `byteCount + 1` bytes and so an address, and `count` of them are taken.
        let received = unsafe Glibc.read(descriptor, buffer.baseAddress! + count, byteCount + 1 - count)
        if received < 0 && errno == EINTR { continue }
        isFailed = received < 0
        guard received > 0 else { return }
        count += received
      }
    }
    if isFailed { return .failed(errorText()) }
    return bytes.count == byteCount ? .bytes(bytes) : .failed("it changed while it was read")
  }

  /// `errno` in the words of a diagnostic.
  static func errorText() -> String {
    let number = errno
    return errorTexts.first { $0.number == number }?.text ?? "error \(number) of the system"
  }

  private static let errorTexts: [(number: Int32, text: String)] = [
    (EACCES, "permission denied"),
    (EPERM, "permission denied"),
    (ENOENT, "no such file or folder"),
    (ENOTDIR, "not a folder"),
    (EISDIR, "a folder, not a file"),
    (ELOOP, "too many symbolic links"),
    (ENAMETOOLONG, "the path is too long"),
    (EMFILE, "too many open files"),
    (ENFILE, "too many open files"),
    (ENXIO, "not a regular file"),
    (EIO, "the disk failed"),
  ]
}
