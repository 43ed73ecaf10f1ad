// Whole outputs, kept as files in `Goldens`. With POSTERN_RECORD=1 they are written anew, and that run fails: nobody records by
// accident. Read the difference before you keep it.

import Foundation
import Testing

/// One recorded output.
enum Golden {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let isRecording = ProcessInfo.processInfo.environment["POSTERN_RECORD"] == "1"

  /// Expects `text` to be the recorded one.
  static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    expect(text, isFile: "Tests/CommandTests/Goldens/\(name)", sourceLocation: sourceLocation)
  }

  /// Expects `text` to be what a file of the repository holds.
  static func expect(_ text: String, isFile path: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let file = root.appending(path: path)
    if isRecording {
      #expect(throws: Never.self) { try Data(text.utf8).write(to: file) }
      Issue.record("recorded \(path): read it, and run without POSTERN_RECORD", sourceLocation: sourceLocation)
      return
    }
    let recorded = (try? String(contentsOf: file, encoding: .utf8)) ?? "(nothing is recorded)"
    #expect(text == recorded, "not what \(path) holds", sourceLocation: sourceLocation)
  }
}
