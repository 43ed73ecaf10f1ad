// From flags or a request file to the facts of one decision, of a request or of a refresh. Refuses what the reader of request files refuses, with its report.

internal import PosternLanguage

/// What a decision is asked about.
enum AskedFacts {
  case request(RequestFacts)
  case refresh(RefreshFacts)
}

extension RequestOptions {
  /// The facts; where they cannot be read, the report is on standard error and the command could not run.
  func facts() throws -> AskedFacts {
    guard let request else {
      return try .request(Self.facts(SourceFile(path: "arguments", bytes: Array(RequestDocument(self).text.utf8))))
    }
    let input = InputFile(path: request)
    let file = try SourceFile(path: input.shownPath, bytes: input.bytes(limit: InputFile.requestByteLimit))
    if !RefreshFacts.isRefresh(file) { return try .request(Self.facts(file)) }
    let reading = RefreshFacts.read(file, now: Clock.wallMilliseconds())
    return try .refresh(Self.told(reading.facts, reading.diagnostics, of: file))
  }

  static func facts(_ file: SourceFile) throws -> RequestFacts {
    let reading = RequestFacts.read(file, now: Clock.wallMilliseconds())
    return try told(reading.facts, reading.diagnostics, of: file)
  }

  /// The facts, with what there is to say of them on standard error.
  private static func told<Facts>(
    _ facts: Facts?, _ diagnostics: [Diagnostic], of file: SourceFile
  ) throws -> Facts {
    let report = Report(diagnostics, files: [file])
    if facts == nil || report.warningCount > 0 {
      StandardError.write(report.text(isColored: StandardError.isTerminal))
    }
    guard let facts else { throw CommandFailure("\(file.path) is no request") }
    return facts
  }
}
