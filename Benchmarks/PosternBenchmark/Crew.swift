// Threads that begin together, each on a processor of its own.

internal import CFloor
internal import Foundation
internal import Synchronization

/// So many threads, and what each of them found.
final class Crew<Finding: Sendable>: Sendable {
  private let count: Int
  private let waiting = Atomic<Int>(0)
  private let findings: Mutex<[Int: Finding]>
  private let done = DispatchSemaphore(value: 0)

  private init(count: Int) {
    self.count = count
    findings = Mutex([:])
  }

  /// Runs `work` on `count` threads, and returns what they found in their order. Each prepares itself, then calls what it is
  /// given, which returns when all are ready.
  static func run(_ count: Int, _ work: @escaping @Sendable (_ index: Int, _ ready: () -> Void) -> Finding) -> [Finding]
  {
    let crew = Crew(count: count)
    for index in 0..<count {
      Thread {
        _ = machine_pin(Int32(index))
        let finding = work(index) { crew.waitForAll() }
        crew.findings.withLock { $0[index] = finding }
        crew.done.signal()
      }.start()
    }
    for _ in 0..<count { crew.done.wait() }
    return crew.findings.withLock { found in (0..<count).compactMap { found[$0] } }
  }

  private func waitForAll() {
    waiting.add(1, ordering: .sequentiallyConsistent)
    while waiting.load(ordering: .sequentiallyConsistent) < count {}
  }
}
