// A report as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format): one run, a rule for each id that occurs.

extension Report {
  /// The log of one run; `version` is that of the tool.
  public func sarif(version: String) -> JSONValue {
    let ids = Set(diagnostics.map(\.id)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let driver = JSONValue.object([
      "name": "postern", "version": .string(version), "rules": .array(ids.map(rule)),
    ])
    let run = JSONValue.object([
      "tool": .object(["driver": driver]),
      "columnKind": "unicodeCodePoints",
      "results": .array(diagnostics.map { result($0, ids: ids) }),
    ])
    return .object([
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": .array([run]),
    ])
  }

  private func rule(_ id: String) -> JSONValue {
    let summary = Diagnostic.catalogue.first { $0.id == id }?.summary
    return .object([
      "id": .string(id),
      "shortDescription": summary.map { text($0) },
      "help": text((summary.map { $0 + " " } ?? "") + "Run `postern explain \(id)` for an example and its correction."),
    ])
  }

  private func result(_ diagnostic: Diagnostic, ids: [String]) -> JSONValue {
    let message = diagnostic.message + (diagnostic.help.map { "; " + $0 } ?? "")
    let related = diagnostic.notes.map { location($0.span, message: $0.message) }
    return .object([
      "ruleId": .string(diagnostic.id),
      "ruleIndex": ids.firstIndex(of: diagnostic.id).map { .integer(Int64($0)) },
      "level": .string(diagnostic.severity.rawValue),
      "message": text(message),
      "locations": .array(diagnostic.span.map { [location($0, message: nil)] } ?? []),
      "relatedLocations": related.isEmpty ? nil : .array(related),
    ])
  }

  private func location(_ span: Span, message: String?) -> JSONValue {
    let region = JSONValue.object([
      "startLine": .integer(Int64(span.startLine)), "startColumn": .integer(Int64(span.startColumn)),
      "endLine": .integer(Int64(span.endLine)), "endColumn": .integer(Int64(span.endColumn)),
    ])
    let place = JSONValue.object([
      "artifactLocation": .object(["uri": .string(Self.uri(path(of: span)))]), "region": region,
    ])
    return .object(["physicalLocation": place, "message": message.map { text($0) }])
  }

  private func text(_ text: String) -> JSONValue { .object(["text": .string(text)]) }

  /// A path as a relative URI: everything but unreserved characters and `/` escaped (RFC 3986, section 2.3).
  package static func uri(_ path: String) -> String {
    var uri = ""
    for byte in path.utf8 {
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80 && (character.isLetter || character.isNumber || "-._~/".contains(character)) {
        uri.append(character)
      } else {
        uri += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return uri
  }
}
