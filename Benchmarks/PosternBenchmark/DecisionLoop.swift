// Postern, measured. callgrind collects inside the functions with C names only, so that its counts are those of the kernel's
// calls and of nothing around them.

internal import CPostern
internal import PosternKernel

/// A bundle with everything that a decision needs, allocated beforehand.
@safe struct DecisionLoop: ~Copyable {
  private(set) var opened: OpenedBundle
  private var workload: Workload
  /// One for each person of a list; otherwise one.
  private var identities: UnsafeMutableBufferPointer<UInt32>
  private var identity: UnsafeMutableBufferPointer<UInt32>
  private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Int(POSTERN_SCRATCH_BYTES))

  private static let identityWordCount = Int(POSTERN_IDENTITY_WORDS)

  init(_ opened: OpenedBundle, _ workload: Workload) {
    self.opened = opened
    self.workload = workload
    unsafe identities = Self.identities(count: 1)
    unsafe identity = identities
    unsafe scratch.initialize(repeating: 0)
    resolve()
  }

  deinit {
    unsafe identities.deallocate()
    unsafe scratch.deallocate()
  }

  private static func identities(count: Int) -> UnsafeMutableBufferPointer<UInt32> {
    let words = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: count * identityWordCount)
    unsafe words.initialize(repeating: 0)
    return unsafe words
  }

  private mutating func select(identityAt index: Int) {
    let start = index * Self.identityWordCount
    unsafe identity = UnsafeMutableBufferPointer(rebasing: identities[start..<start + Self.identityWordCount])
  }

  func resolve() {
    var words = unsafe identity.mutableSpan
    opened.bundle.resolve(workload.credential, text: workload.text.span, cells: workload.cells.span, into: &words)
  }

  /// Goes on with another generation, for which the identity must be resolved again.
  mutating func move(to opened: OpenedBundle) {
    self.opened = opened
    resolve()
  }
}

extension DecisionLoop: Decider {
  mutating func set(_ facts: RequestFacts) {
    workload = Workload(facts)
    select(identityAt: 0)
    resolve()
    if !facts.isResolvedHere { unsafe identity[0] ^= 1 }  // The mark of another bundle.
  }

  mutating func set(_ list: RequestList) {
    unsafe identities.deallocate()
    unsafe identities = Self.identities(count: list.subjects.count)
    for (index, subject) in list.subjects.enumerated() {
      select(identityAt: index)
      workload = Workload(RequestFacts(subject))
      resolve()
    }
    workload = Workload(RequestFacts(list.subjects[0]))
    select(identityAt: 0)
  }

  @inline(__always) mutating func place(_ index: Int, of list: RequestList) {
    select(identityAt: list.subjectIndex(ofRequest: index))
    workload.replaceHost(byRequest: index, of: list)
  }

  func touch() -> UInt64 { unsafe identity.reduce(0) { $0 &+ UInt64($1) } }

  @inline(__always) func decide(at now: Int64, into decision: inout postern_decision) {
    var space = unsafe scratch.mutableSpan
    opened.bundle.decide(
      workload.request, text: workload.text.span, cells: workload.cells.span, credential: workload.credential,
      identity: unsafe identity.span, at: now, scratch: &space, into: &decision)
  }
}

/// The loop that the measured C functions run; set before they are called, by the only thread there is.
nonisolated(unsafe) private var measured: UnsafeMutablePointer<DecisionLoop>?

@c(postern_bench_decide) @inline(never)
public func measuredBatch() -> UInt64 {
  guard let loop = unsafe measured else { return 0 }
  return unsafe Batch.decide(loop.pointee)
}

@c(postern_bench_resolve) @inline(never)
public func measuredResolve() { unsafe measured?.pointee.resolve() }

@c(postern_bench_verify) @inline(never)
public func measuredVerification() -> Bool { unsafe measured?.pointee.opened.verify() ?? false }

/// Runs `body` with the loop that the measured functions use.
func measuring<Result>(_ loop: consuming DecisionLoop, _ body: (inout DecisionLoop) throws -> Result) rethrows -> Result
{
  let pointer = UnsafeMutablePointer<DecisionLoop>.allocate(capacity: 1)
  unsafe pointer.initialize(to: loop)
  unsafe measured = pointer
  defer {
    unsafe measured = nil
    unsafe pointer.deinitialize(count: 1)
    unsafe pointer.deallocate()
  }
  return try unsafe body(&pointer.pointee)
}
