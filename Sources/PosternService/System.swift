// What the gate asks the C library: what time it is, and what an address is. Nothing else of this module reads a clock, so that a test
// can say what time it is. Refuses texts that are no address.

internal import Glibc

/// The clock that every limit is compared with.
public struct GateClock: Sendable {
  private let read: @Sendable () -> Int64

  /// A clock that reads as `read` says, in milliseconds since 1970.
  public init(_ read: @escaping @Sendable () -> Int64) { self.read = read }

  /// The system's wall clock, to the millisecond.
  ///
  /// Limits are compared with instants that other nodes and providers state, so a monotonic clock would not do. One that is
  /// stepped back makes facts lie ahead of it, and the kernel refuses what lies further ahead than the organization's clock skew
  /// (docs/decision.md, row 8.1).
  public static let system = GateClock {
    var time = timespec()
    let isRead = unsafe clock_gettime(CLOCK_REALTIME, &time)
    precondition(isRead == 0, "every Linux has a wall clock")
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Milliseconds since 1970.
  public var now: Int64 { read() }
}

/// An address of a client, an IPv4 address that is mapped into IPv6 as itself.
struct ClientAddress: Equatable {
  /// As RFC 5952 writes it.
  let text: String
  /// 4 or 16 bytes.
  let bytes: [UInt8]

  private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

  init?(_ text: String) {
    guard let bytes = Self.parse(text, AF_INET, byteCount: 4) ?? Self.parse(text, AF_INET6, byteCount: 16) else {
      return nil
    }
    let isMapped = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix)
    self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    self.text = Self.text(self.bytes)
  }

  private static func parse(_ text: String, _ family: Int32, byteCount: Int) -> [UInt8]? {
    // What C would read as the end of the text is no part of an address.
    if text.utf8.contains(0) { return nil }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  private static func text(_ bytes: [UInt8]) -> String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    let isWritten = unsafe inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil
    precondition(isWritten, "the longest address fits")
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Addresses that begin alike (RFC 4632, 3.1).
struct AddressRange: Equatable, Sendable {
  private let bytes: [UInt8]
  private let bitCount: Int

  /// Reads `10.0.0.0/8`, `fd00::/8`, or one address; nil where it is none of them.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = ClientAddress(String(parts[0])) else { return nil }
    let limit = address.bytes.count * 8
    guard let bitCount = parts.count == 2 ? Int(parts[1]) : limit, (0...limit).contains(bitCount) else { return nil }
    bytes = address.bytes
    self.bitCount = bitCount
  }

  func contains(_ address: ClientAddress) -> Bool {
    if address.bytes.count != bytes.count { return false }
    let whole = bitCount / 8
    if !bytes.prefix(whole).elementsEqual(address.bytes.prefix(whole)) { return false }
    if bitCount % 8 == 0 { return true }
    return (bytes[whole] ^ address.bytes[whole]) >> UInt8(8 - bitCount % 8) == 0
  }
}

/// What the gate reads and writes of the file system.
enum FileAccess {
  /// The bytes of a file; nil where it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "rbe") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      bytes += chunk[..<count]
      if count < chunk.count { return unsafe ferror(file) == 0 ? bytes : nil }
    }
  }

  /// Whether there is something of that name, readable or not.
  static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0 || errno != ENOENT
  }

  /// Writes a file that only its owner may read, in place of any that is there, whole or not at all.
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let draft = path + ".new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if descriptor < 0 { return false }
    let isKept = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
    close(descriptor)
    return unsafe isKept && rename(draft, path) == 0
  }

  /// Puts bytes behind what a file holds already; false where not all of them could be written.
  static func append(_ bytes: [UInt8], to path: String) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if descriptor < 0 { return false }
    defer { close(descriptor) }
    return writeAll(bytes, to: descriptor)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return false }
      written += count
    }
    return true
  }

  /// Makes a folder that only its owner may look into; true where it is there already.
  static func makeFolder(_ path: String) -> Bool { unsafe mkdir(path, 0o700) == 0 || errno == EEXIST }

  /// Puts a file in another's place, with that mode.
  static func move(_ path: String, to target: String, mode: UInt32) -> Bool {
    unsafe chmod(path, mode) == 0 && rename(path, target) == 0
  }

  /// Removes a file, or an empty folder.
  static func remove(_ path: String) { _ = unsafe Glibc.remove(path) }

  /// Makes an empty file that only its owner may read; true where it is there already.
  static func makeFile(_ path: String) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  /// The first and the last bytes of a file, at most `count` of each; nil where it cannot be read.
  static func ends(_ path: String, byteCount: Int) -> [UInt8]? {
    guard let file = unsafe fopen(path, "rbe") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let headByteCount = unsafe fread(&bytes, 1, byteCount, file)
    let head = Array(bytes.prefix(headByteCount))
    // A file that is shorter stays where it is read to.
    _ = unsafe fseek(file, -byteCount, SEEK_END)
    let tailByteCount = unsafe fread(&bytes, 1, byteCount, file)
    return head + bytes.prefix(tailByteCount)
  }
}

/// What the process may use of the machine.
enum ProcessLimit {
  /// Lets the process have as many connections and files open as it may allow itself: services are often started with 1,024.
  static func raiseOpenFiles() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

/// The variables that the process was started with.
public enum ProcessEnvironment {
  /// Values by their names.
  public static var variables: [String: String] {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
      unsafe entry += 1
    }
    return variables
  }
}
