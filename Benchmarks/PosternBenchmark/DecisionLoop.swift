// The loops that are measured. callgrind collects inside the two functions with C names only, so that its counts are those
// of the kernel's calls and of nothing around them.

internal import CPostern
internal import Glibc
internal import PosternKernel

/// A bundle and a workload with everything that a decision needs, allocated beforehand.
@safe struct DecisionLoop: ~Copyable {
  private let bytes: UnsafeRawBufferPointer
  private let bundle: Bundle
  private let workload: Workload
  private let identity = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: Int(POSTERN_IDENTITY_WORDS))
  private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Int(POSTERN_SCRATCH_BYTES))

  static let batchCount = 64

  /// Copies `bytes` into memory of its own and verifies them there.
  init(bytes source: [UInt8], workload: Workload) throws(BundleFault) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
    unsafe copy.copyBytes(from: source)
    unsafe bytes = UnsafeRawBufferPointer(copy)
    bundle = try unsafe Bundle(verifying: Words(owned: bytes))
    self.workload = workload
    unsafe identity.initialize(repeating: 0)
    unsafe scratch.initialize(repeating: 0)
    resolve()
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe identity.deallocate()
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

/// The loop that the measured C functions run; set before they are called, by the only thread there is.
nonisolated(unsafe) private var measured: UnsafeMutablePointer<DecisionLoop>?

@c(postern_bench_decide) @inline(never)
public func measuredBatch() -> UInt64 { unsafe measured?.pointee.decideBatch() ?? 0 }

@c(postern_bench_resolve) @inline(never)
public func measuredResolve() { unsafe measured?.pointee.resolve() }

@c(postern_bench_verify) @inline(never)
public func measuredVerification() -> Bool { unsafe measured?.pointee.verify() ?? false }

/// Runs `body` with the loop that the measured functions use.
func measuring<Result>(_ loop: consuming DecisionLoop, _ body: () -> Result) -> Result {
  let pointer = UnsafeMutablePointer<DecisionLoop>.allocate(capacity: 1)
  unsafe pointer.initialize(to: loop)
  unsafe measured = pointer
  defer {
    unsafe measured = nil
    unsafe pointer.deinitialize(count: 1)
    unsafe pointer.deallocate()
  }
  return body()
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
