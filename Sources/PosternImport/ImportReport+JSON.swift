// The report for programs.

public import PosternLanguage

extension ImportReport {
  /// One object; its keys never change their order or meaning.
  public var json: JSONValue {
    .object([
      "resources": .array(items.map(Self.object)),
      "names": .array(
        names.map { .object(["what": .string($0.what), "file": .string($0.path), "source": .string($0.source)]) }),
      "skipped": .array(skipped.map { .object(["path": .string($0.path), "why": .string($0.why)]) }),
      "faults": .array(
        faults.map {
          .object([
            "place": Self.object($0.place), "message": .string($0.message), "help": $0.help.map { .string($0) },
          ])
        }),
      "summary": .string(summary),
    ])
  }

  private static func object(_ item: Item) -> JSONValue {
    .object([
      "kind": .string(item.kind),
      "name": item.name.map { .string($0) },
      "place": object(item.place),
      "outcome": .string(item.outcome.rawValue),
      "position": item.position.map { .string($0) },
      "files": .array(item.files.map { .string($0) }),
      "fields": .array(item.fields.map(object)),
    ])
  }

  private static func object(_ placed: PlacedField) -> JSONValue {
    .object([
      "field": .string(placed.field.path),
      "place": object(placed.place),
      "fate": .string(placed.field.remark.kind.rawValue),
      "why": .string(placed.field.remark.why),
      "help": placed.field.remark.help.map { .string($0) },
    ])
  }

  private static func object(_ place: ReportedPlace) -> JSONValue {
    .object([
      "file": .string(place.path),
      "startLine": .integer(Int64(place.span.startLine)),
      "startColumn": .integer(Int64(place.span.startColumn)),
      "endLine": .integer(Int64(place.span.endLine)),
      "endColumn": .integer(Int64(place.span.endColumn)),
    ])
  }
}
