// What a gate writes into its log, for tests that look at it.

import Logging
import Synchronization

/// A log whose lines a test reads.
final class RecordedLog: Sendable {
  private let kept = Mutex<[String]>([])

  /// What was written since it was asked last: the level, the message, and what stands beside it.
  func takeLines() -> [String] {
    kept.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }

  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private func add(_ line: String) { kept.withLock { $0.append(line) } }

  private struct Handler: LogHandler {
    let log: RecordedLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let values = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
      log.add("\(event.level): \(event.message) \(values)")
    }
  }
}
