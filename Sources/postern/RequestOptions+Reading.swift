// From flags or a request file to the facts of one decision. Refuses what the reader of request files refuses, with its report.

internal import PosternLanguage

extension RequestOptions {
  /// The facts; where they cannot be read, the report is on standard error and the command could not run.
  func facts() throws -> RequestFacts {
    if let request {
      let file = InputFile(path: request)
      let bytes = try file.bytes(limit: InputFile.requestByteLimit)
      return try Self.facts(SourceFile(path: file.shownPath, bytes: bytes))
    }
    return try Self.facts(SourceFile(path: "arguments", bytes: Array(RequestDocument(self).text.utf8)))
  }

  static func facts(_ file: SourceFile) throws -> RequestFacts {
    let reading = RequestFacts.read(file, now: Clock.wallMilliseconds())
    let report = Report(reading.diagnostics, files: [file])
    if let facts = reading.facts {
      if report.warningCount > 0 { StandardError.write(report.text(isColored: StandardError.isTerminal)) }
      return facts
    }
    StandardError.write(report.text(isColored: StandardError.isTerminal))
    throw CommandFailure("\(file.path) is no request")
  }
}
