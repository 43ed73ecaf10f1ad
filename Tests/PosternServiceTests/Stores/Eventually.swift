// How tests wait for what another process does, and where the programs are that were built beside them.

import Foundation

/// Asks again and again until there is an answer: how long another process takes is its own affair.
func eventually<Value>(
  within limit: Duration = .seconds(20), _ what: String, _ ask: () async throws -> Value?
) async throws -> Value {
  let end = ContinuousClock.now + limit
  var last = ""
  repeat {
    do {
      if let value = try await ask() { return value }
      last = ""
    } catch {
      last = "; last: \(error)"
    }
    try await Task.sleep(for: .milliseconds(10))
  } while ContinuousClock.now < end
  throw FixtureFault(description: "\(what): not within \(limit)\(last)")
}

/// How long something takes.
func duration(of work: () async throws -> Void) async rethrows -> Duration {
  let start = ContinuousClock.now
  try await work()
  return ContinuousClock.now - start
}

/// Programs that were built beside the tests.
enum BuiltProgram {
  /// The test runner stands in the folder of the build.
  static func path(_ name: String) -> String {
    let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: runner).deletingLastPathComponent().appending(path: name).path()
  }
}
