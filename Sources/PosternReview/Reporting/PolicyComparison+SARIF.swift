// A comparison as SARIF 2.1.0 (OASIS): a result for each difference, where the new tree says it. What stands in the old tree
// only has no place that a code host could show, and is told in the message. Refuses nothing.

public import PosternLanguage

extension PolicyComparison {
  /// The log of one run; `version` is that of the tool, `pathPrefix` leads from the repository to the tree.
  public func sarif(version: String, pathPrefix: String) -> JSONValue {
    let ids = Array(Set(differences.map(\.ruleID))).sorted()
    let rules = ids.map { id in
      JSONValue.object(["id": .string(id), "shortDescription": .object(["text": .string("A policy change: \(id).")])])
    }
    let driver = JSONValue.object(["name": "postern diff", "version": .string(version), "rules": .array(rules)])
    let run = JSONValue.object([
      "tool": .object(["driver": driver]), "columnKind": "unicodeCodePoints",
      "results": .array(differences.map { $0.sarif(ids: ids, pathPrefix: pathPrefix) }),
    ])
    return .object([
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": .array([run]),
    ])
  }
}

extension Difference {
  fileprivate var ruleID: String { "\(kind.rawValue)-\(effect.word)" }

  /// What widens or is not proven is an error, what loosens a warning, the rest a note.
  private var level: String {
    if isUnproven || effect == .widens { return "error" }
    return effect == .loosens ? "warning" : "note"
  }

  fileprivate func sarif(ids: [String], pathPrefix: String) -> JSONValue {
    var message = "\(appName ?? "organization"), \(sentence)"
    if let condition { message += " where \(condition)" }
    message += "; \(proofSentence)"
    if let place, place.isOld { message += "; was at \(place.text)" }
    return .object([
      "ruleId": .string(ruleID), "ruleIndex": ids.firstIndex(of: ruleID).map { .integer(Int64($0)) },
      "level": .string(level), "message": .object(["text": .string(message)]),
      "locations": .array(place.flatMap { $0.isOld ? nil : $0 }.map { [$0.sarif(pathPrefix: pathPrefix)] } ?? []),
    ])
  }
}

extension Difference.Place {
  fileprivate func sarif(pathPrefix: String) -> JSONValue {
    .object([
      "physicalLocation": .object([
        "artifactLocation": .object(["uri": .string(Report.uri(pathPrefix + file))]),
        "region": .object(["startLine": .integer(Int64(line)), "startColumn": .integer(Int64(column))]),
      ])
    ])
  }
}
