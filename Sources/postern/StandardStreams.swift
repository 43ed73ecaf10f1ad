// Standard output and error. Refuses to lose an answer unseen: what cannot be written (a full disk behind `>`) is a failure of
// the command, where `print` would say nothing.

internal import Glibc

/// Where answers go.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  static func write(_ text: String) throws {
    guard Descriptor.write(Array(text.utf8), to: STDOUT_FILENO) else {
      throw CommandFailure("cannot write to standard output: \(SystemError.text())")
    }
  }
}

/// Where remarks go; they may be lost.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func write(_ text: String) { _ = Descriptor.write(Array(text.utf8), to: STDERR_FILENO) }
}

/// Whole reads and writes.
enum Descriptor {
  /// Writes all of `bytes`; false with `errno` where it cannot.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      var rest = unsafe buffer[...]
      while unsafe !rest.isEmpty {
        let count = unsafe Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return false }
        unsafe rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// Reads to the end, but not more than `limit` bytes and one; nil with `errno` where it cannot.
  static func read(_ descriptor: Int32, limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var status = stat()
    // What grows as it is read is copied again and again.
    if unsafe fstat(descriptor, &status) == 0 { bytes.reserveCapacity(min(Int(status.st_size), limit) + 1) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}

/// The system's words for what went wrong.
enum SystemError {
  static func text(_ number: Int32 = errno) -> String {
    // Every number has a text, that of an unknown one included.
    unsafe String(cString: strerror(number)).lowercasedFirst
  }
}

extension String {
  /// With a small first letter: `Permission denied` inside a sentence.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
