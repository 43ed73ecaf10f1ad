// The loops that are measured. callgrind collects inside the two functions with C names only, so that its counts are those
// of the kernel's calls and of nothing around them.

internal import CPostern
internal import Glibc
internal import PosternKernel

/// A bundle and a workload with everything that a decision needs, allocated beforehand.
@safe struct DecisionLoop: ~Copyable {
  private let bytes: UnsafeRawBufferPointer
  private let bundle: Bundle
  private var workload: Workload
  /// One for each person of a request list; otherwise one.
  private let identities: UnsafeMutableBufferPointer<UInt32>
  private var identity: UnsafeMutableBufferPointer<UInt32>
  private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Int(POSTERN_SCRATCH_BYTES))

  static let batchCount = 64

  /// Copies `bytes` into memory of its own and verifies them there. There is room for `identityCount` identities, of which
  /// the first is that of `workload`.
  init(bytes source: [UInt8], workload: Workload, identityCount: Int = 1) throws(BundleFault) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
    unsafe copy.copyBytes(from: source)
    unsafe bytes = UnsafeRawBufferPointer(copy)
    bundle = try unsafe Bundle(verifying: Words(owned: bytes))
    self.workload = workload
    unsafe identities = .allocate(capacity: identityCount * Int(POSTERN_IDENTITY_WORDS))
    unsafe identities.initialize(repeating: 0)
    unsafe identity = UnsafeMutableBufferPointer(rebasing: identities.prefix(Int(POSTERN_IDENTITY_WORDS)))
    unsafe scratch.initialize(repeating: 0)
    resolve()
  }

  private mutating func select(identityAt index: Int) {
    let count = Int(POSTERN_IDENTITY_WORDS)
    unsafe identity = UnsafeMutableBufferPointer(rebasing: identities[index * count..<(index + 1) * count])
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe identities.deallocate()
    unsafe scratch.deallocate()
  }

  func resolve() {
    var words = unsafe identity.mutableSpan
    bundle.resolve(workload.credential, text: workload.text.span, cells: workload.cells.span, into: &words)
  }

  /// Verifies the bundle again.
  func verify() -> Bool {
    do throws(BundleFault) {
      let again = try unsafe Bundle(verifying: Words(owned: bytes))
      return again.revision == bundle.revision
    } catch {
      return false
    }
  }

  /// Answers another request, and goes back to its own.
  mutating func answer(_ other: Workload) -> Answer {
    let own = workload
    workload = other
    resolve()
    let answer = decide(at: Workload.nowMilliseconds)
    workload = own
    resolve()
    return answer
  }

  /// Resolves the identities of the people of a list.
  mutating func resolve(_ list: RequestList) {
    let own = workload
    for (index, subject) in list.subjects.enumerated() {
      select(identityAt: index)
      workload = Workload(host: subject.host, email: subject.email, groups: subject.groups)
      resolve()
    }
    workload = own
    select(identityAt: 0)
  }

  /// Decides a batch at instants a second apart; returns a hash of the answers.
  func decideBatch() -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var space = unsafe scratch.mutableSpan
    var decision = postern_decision()
    for index in 0..<Self.batchCount {
      bundle.decide(
        workload.request, text: workload.text.span, cells: workload.cells.span, credential: workload.credential,
        identity: unsafe identity.span, at: Workload.nowMilliseconds + Int64(index), scratch: &space, into: &decision)
      hash =
        (hash ^ UInt64(decision.verdict) ^ UInt64(decision.reason) << 8 ^ UInt64(decision.rule) << 24)
        &* 0x0000_0100_0000_01B3
      hash = (hash ^ UInt64(bitPattern: decision.valid_until)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }

  /// One decision, to show what is measured.
  func decideOnce() -> postern_decision {
    var space = unsafe scratch.mutableSpan
    var decision = postern_decision()
    bundle.decide(
      workload.request, text: workload.text.span, cells: workload.cells.span, credential: workload.credential,
      identity: unsafe identity.span, at: Workload.nowMilliseconds, scratch: &space, into: &decision)
    return decision
  }
}

extension DecisionLoop: Decider {
  mutating func place(_ index: Int, of list: RequestList) -> UInt64 {
    select(identityAt: list.subjectIndex(ofRequest: index))
    workload.replaceHost(list.host(ofRequest: index))
    return unsafe identity.reduce(0) { $0 &+ UInt64($1) }
  }

  @inline(__always) func decide(at now: Int64) -> Answer {
    var space = unsafe scratch.mutableSpan
    var decision = postern_decision()
    bundle.decide(
      workload.request, text: workload.text.span, cells: workload.cells.span, credential: workload.credential,
      identity: unsafe identity.span, at: now, scratch: &space, into: &decision)
    return Answer(
      isAllowed: Int(decision.verdict) == POSTERN_ALLOW, appIndex: decision.app, validUntil: decision.valid_until)
  }
}

/// The loop that the measured C functions run; set before they are called, by the only thread there is.
nonisolated(unsafe) private var measured: UnsafeMutablePointer<DecisionLoop>?

@c(postern_bench_decide) @inline(never)
public func measuredBatch() -> UInt64 { unsafe measured?.pointee.decideBatch() ?? 0 }

@c(postern_bench_resolve) @inline(never)
public func measuredResolve() { unsafe measured?.pointee.resolve() }

@c(postern_bench_verify) @inline(never)
public func measuredVerification() -> Bool { unsafe measured?.pointee.verify() ?? false }

/// Runs `body` with the loop that the measured functions use.
func measuring<Result>(_ loop: consuming DecisionLoop, _ body: (inout DecisionLoop) -> Result) -> Result {
  let pointer = UnsafeMutablePointer<DecisionLoop>.allocate(capacity: 1)
  unsafe pointer.initialize(to: loop)
  unsafe measured = pointer
  defer {
    unsafe measured = nil
    unsafe pointer.deinitialize(count: 1)
    unsafe pointer.deallocate()
  }
  return unsafe body(&pointer.pointee)
}

/// Monotonic time in nanoseconds.
func nanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The best mean of several runs, in nanoseconds for one call of `body` that does `count` things.
func bestMean(runs: Int, calls: Int, count: Int, _ body: () -> UInt64) -> (nanoseconds: Double, hash: UInt64) {
  var best = Double.infinity
  var hash: UInt64 = 0
  for _ in 0..<runs {
    let start = nanoseconds()
    for _ in 0..<calls { hash = body() }
    best = min(best, Double(nanoseconds() - start) / Double(calls * count))
  }
  return (best, hash)
}
