// The C library as one more engine: Tests/C/decide.c, linked with libpostern.a, over a pipe. `make test-agreement` builds it
// and names it in POSTERN_C_DECIDER; without the variable the other engines are compared alone.

internal import CPostern
internal import Foundation
internal import Glibc
import PosternBundle
import PosternLanguage
internal import Synchronization

@testable internal import PosternCompiler

struct CLibraryEngine: Engine {
  static let name = "C library"
  private let bundle: OpenBundle
  /// What the process knows the bundle by.
  private let number: Int

  init(_ policy: Policy) throws {
    let bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
    let bytes = bundle.bytes
    number = try CLibraryDecider.shared.withLock { try $0.open(bytes) }
    self.bundle = bundle
  }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    let (bytes, number) = (bundle.bytes, number)
    let record = CaseRecord(request, credential, at: now, on: bundle)
    return CLibraryDecider.shared.withLock { $0.decide(record, on: bytes, number: number) }
  }

  func decide(_ refresh: Refresh, at now: Int64) -> RefreshDecision {
    let (bytes, number) = (bundle.bytes, number)
    let record = CaseRecord(bundle.pack(refresh), at: now)
    return CLibraryDecider.shared.withLock { $0.decideRefresh(record, on: bytes, number: number) }
  }
}

/// A record of the head comment of decide.c.
private struct CaseRecord: Sendable {
  private(set) var bytes: [UInt8] = []

  private mutating func append<Number: BitwiseCopyable>(_ value: Number) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func append<Number: BitwiseCopyable>(contentsOf values: [Number]) {
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Kind 1: opens a bundle.
  init(opening bundle: [UInt8]) {
    append(UInt32(1))
    append(UInt32(0))
    append(UInt64(bundle.count))
    append(contentsOf: bundle)
  }

  /// Kind 2: decides a request.
  init(_ request: Request, _ credential: Credential, at now: Int64, on bundle: OpenBundle) {
    var (identityFacts, requestFacts) = (FactBuffer(), FactBuffer())
    let packedCredential = bundle.pack(credential, into: &identityFacts)
    let packedRequest = bundle.pack(request, of: credential, into: &requestFacts)
    append(UInt32(2))
    append(UInt32(credential.kind == .none ? 0 : 1))
    append(now)
    append(UInt64(identityFacts.cells.count))
    append(UInt64(identityFacts.text.count))
    append(UInt64(requestFacts.cells.count))
    append(UInt64(requestFacts.text.count))
    append(packedCredential)
    append(packedRequest)
    append(contentsOf: identityFacts.cells)
    append(contentsOf: requestFacts.cells)
    append(contentsOf: identityFacts.text)
    append(contentsOf: requestFacts.text)
  }

  /// Kind 3: decides a refresh.
  init(_ refresh: postern_refresh, at now: Int64) {
    append(UInt32(3))
    append(UInt32(0))
    append(now)
    append(refresh)
  }
}

/// The process that decides; it serves the engines of all policies, with one bundle open at a time.
struct CLibraryDecider: ~Copyable {
  static let path = ProcessInfo.processInfo.environment["POSTERN_C_DECIDER"]
  static let shared = Mutex(CLibraryDecider())

  /// The rule of the format that the library found broken.
  struct Refusal: Error {
    var rule: UInt64
  }

  private var input: Int32 = -1
  private var output: Int32 = -1
  private var openNumber = 0
  private var lastNumber = 0

  /// Opens a bundle in the process; what it is known by from now on.
  mutating func open(_ bundle: [UInt8]) throws -> Int {
    try start()
    lastNumber += 1
    try reopen(bundle, number: lastNumber)
    return lastNumber
  }

  private mutating func reopen(_ bundle: [UInt8], number: Int) throws(Refusal) {
    if number == openNumber { return }
    send(CaseRecord(opening: bundle))
    let rule: UInt64 = answer(0)
    if rule != 0 { throw Refusal(rule: rule) }
    openNumber = number
  }

  fileprivate mutating func decide(_ record: CaseRecord, on bundle: [UInt8], number: Int) -> Decision {
    // A bundle that opened once opens again; if not, the answer is that of zeroed memory, and the engines disagree.
    guard (try? reopen(bundle, number: number)) != nil else { return Decision() }
    send(record)
    return Decision(answer(postern_decision()))
  }

  fileprivate mutating func decideRefresh(_ record: CaseRecord, on bundle: [UInt8], number: Int) -> RefreshDecision {
    guard (try? reopen(bundle, number: number)) != nil else { return RefreshDecision() }
    send(record)
    return RefreshDecision(answer(postern_refresh_decision()))
  }

  private mutating func start() throws {
    guard input < 0, let path = Self.path else { return }
    let process = Process()
    let (requests, answers) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: path)
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
    // Descriptors of our own: those of the pipes are closed with them.
    input = dup(requests.fileHandleForWriting.fileDescriptor)
    output = dup(answers.fileHandleForReading.fileDescriptor)
  }

  /// A process that is gone ends the test run, after its own words on standard error.
  private func send(_ record: CaseRecord) {
    var done = 0
    while done < record.bytes.count {
      let count = unsafe record.bytes.withUnsafeBytes { bytes in
        unsafe write(input, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      }
      precondition(count > 0, "the C library's process takes no more records")
      done += count
    }
  }

  private func answer<Answer: BitwiseCopyable>(_ zero: Answer) -> Answer {
    var answer = zero
    unsafe withUnsafeMutableBytes(of: &answer) { bytes in
      var done = 0
      while done < bytes.count {
        let count = unsafe read(output, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        precondition(count > 0, "the C library's process ended before its answer")
        done += count
      }
    }
    return answer
  }
}
