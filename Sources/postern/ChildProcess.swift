// A program that is run to its end, with what it reads and what it writes in files that nobody else sees: no pipe can fill up
// while nobody reads it. Refuses a program that cannot be started.

internal import Glibc

/// Runs programs.
enum ChildProcess {
  /// What came of a program.
  struct Result {
    /// Its exit status; 128 and more where a signal ended it.
    let status: Int32
    let output: [UInt8]
    let error: [UInt8]

    /// What it says is wrong.
    var firstErrorLine: String { String(decoding: error.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
  }

  /// Runs the program that `arguments` begins with, found in `PATH`.
  static func run(_ arguments: [String], input: [UInt8], limit: Int) throws -> Result {
    let files = try (0..<3).map { _ in try anonymousFile() }
    defer { for file in files { close(file) } }
    guard Descriptor.write(input, to: files[0]), lseek(files[0], 0, SEEK_SET) == 0 else {
      throw CommandFailure("cannot hand \(arguments[0]) its input: \(SystemError.text())")
    }
    let status = try wait(for: start(arguments, files), arguments[0])
    return Result(
      status: status, output: try contents(files[1], limit, arguments[0]),
      error: try contents(files[2], limit, arguments[0]))
  }

  /// A file without a name: it is gone when it is closed.
  private static func anonymousFile() throws -> Int32 {
    let folder = Environment.value("TMPDIR") ?? "/tmp"
    var template = Array("\(folder)/postern.XXXXXX".utf8CString)
    let file = unsafe mkstemp(&template)
    if file < 0 { throw CommandFailure("cannot make a file in \(folder): \(SystemError.text())") }
    unsafe unlink(&template)
    // The child gets copies, and not these.
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }

  private static func start(_ arguments: [String], _ files: [Int32]) throws -> pid_t {
    keepDescriptors()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in files.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, file, Int32(target))
    }
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    var child: pid_t = 0
    let failure = unsafe posix_spawnp(&child, arguments[0], &actions, nil, &words, environ)
    if failure != 0 { throw CommandFailure("cannot run \(arguments[0]): \(SystemError.text(failure))") }
    return child
  }

  /// Starts a program that nobody waits for, with nothing to read and nowhere to write; false where it cannot be started.
  static func startAside(_ arguments: [String]) -> Bool {
    let file = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    if file < 0 { return false }
    defer { close(file) }
    return (try? start(arguments, [file, file, file])) != nil
  }

  /// Becomes the program that `arguments` begins with: its input, its output and its exit status are this one's.
  ///
  /// - Parameter inherited: a descriptor that it gets beside the standard ones.
  static func become(_ arguments: [String], inherited: Int32) throws -> Never {
    keepDescriptors()
    _ = fcntl(inherited, F_SETFD, 0)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    // SwiftNIO ignores it, and what is ignored stays so in the next program.
    signal(SIGPIPE, SIG_DFL)
    unsafe execvp(arguments[0], &words)
    throw CommandFailure("cannot run \(arguments[0]): \(SystemError.text())")
  }

  /// Bytes that a program reads from the descriptor after `become`; they are seen nowhere else.
  static func inherited(_ bytes: [UInt8]) throws -> Int32 {
    precondition(bytes.count <= 1 << 16, "a pipe holds 64 KiB before anybody reads it")
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw CommandFailure("cannot make a pipe: \(SystemError.text())") }
    defer { close(ends[1]) }
    guard Descriptor.write(bytes, to: ends[1]) else {
      throw CommandFailure("cannot write to a pipe: \(SystemError.text())")
    }
    return ends[0]
  }

  /// Lets no program have the descriptors of this one: SwiftNIO's would be handed on, and a browser would keep a port open.
  private static func keepDescriptors() {
    for descriptor in 3..<Int32(max(3, min(sysconf(Int32(_SC_OPEN_MAX)), 4_096))) {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  private static func wait(for child: pid_t, _ name: String) throws -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 {
      if errno != EINTR { throw CommandFailure("cannot wait for \(name): \(SystemError.text())") }
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  private static func contents(_ file: Int32, _ limit: Int, _ name: String) throws -> [UInt8] {
    guard lseek(file, 0, SEEK_SET) == 0, let bytes = Descriptor.read(file, limit: limit) else {
      throw CommandFailure("cannot read what \(name) wrote: \(SystemError.text())")
    }
    if bytes.count > limit { throw CommandFailure("\(name) wrote more than \(limit) bytes") }
    return bytes
  }
}
