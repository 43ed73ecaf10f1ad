// An inspection as JSON, for other tools.

internal import PosternBundle
public import PosternLanguage

extension Inspection {
  /// The inspection with the same content as `text`.
  public var json: JSONValue {
    .object([
      "revision": .init(unsigned: revision),
      "compiler": .string(compilerVersion),
      "manifest": .string(manifestDigest),
      "timeZones": zoneData?.json,
      "signed": .bool(isSigned),
      "sections": .array(
        sections.map { .object(["name": .string($0.name), "bytes": .integer(Int64($0.byteCount))]) }),
      "counts": .object(counts.map { JSONValue.Member($0.name, .integer(Int64($0.count))) }),
      "organizationRow": organizationRow?.json,
      "denyRules": .array(denyRules.map(\.json)),
      "oauthClients": clients.isEmpty ? nil : .array(clients.map(\.json)),
      "apps": .array(apps.map(\.json)),
    ])
  }
}

extension ZoneData {
  fileprivate var json: JSONValue {
    .object(["version": .string(version), "files": .string(Wording.hexadecimal(digest))])
  }
}

extension Inspection.AppInspection {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "audience": .string(audience),
      "place": place?.json,
      "routes": .array(routes.map(JSONValue.string)),
      "providers": .array(providers.map(JSONValue.string)),
      "lists": .object(lists.map { JSONValue.Member($0.name, .array($0.texts.map(JSONValue.string))) }),
      "publicBinding": publicBinding.map { .integer(Int64($0)) },
      "denyRules": .array(denyRules.map { .integer(Int64($0)) }),
      "cost": cost.json,
      "rows": .array(rows.map(\.json)),
      "propagation": .array(propagation.map(\.json)),
      "settings": .array(settings.map(\.json)),
      "program": Inspection.json(of: program),
      "conditionalBindings": .array(
        conditionalBindings.map { binding in
          .object([
            "binding": .integer(Int64(binding.bindingID)), "place": binding.place?.json,
            "condition": binding.condition.json,
          ])
        }),
    ])
  }
}

extension Inspection.Condition {
  fileprivate var json: JSONValue {
    .object([
      "title": source.map { .string($0.title) }, "expression": source.map { .string($0.expression) },
      "words": .integer(Int64(wordCount)), "bytesScanned": source.map { .integer(Int64($0.byteCount)) },
      "program": Inspection.json(of: program),
    ])
  }
}

extension Cost {
  /// The measures by the names that a budget has.
  public var json: JSONValue {
    .object([
      "words": .integer(Int64(words)), "probes": .integer(Int64(probes)),
      "bytesScanned": .integer(Int64(bytesScanned)),
    ])
  }
}

extension Inspection.Row {
  fileprivate var json: JSONValue {
    let grants: [JSONValue] = grants.map { grant in
      .object([
        "member": .string(grant.member), "binding": .integer(Int64(grant.bindingID)), "place": grant.place?.json,
      ])
    }
    return .object([
      "firstBinding": .integer(Int64(firstBindingID)), "members": .integer(Int64(entryCount)),
      "grants": .array(grants),
    ])
  }
}

extension Inspection.DenyRule {
  fileprivate var json: JSONValue {
    .object([
      "id": .integer(Int64(id)), "denied": .array(denied.map(JSONValue.string)),
      "excepted": .array(excepted.map(JSONValue.string)), "place": place?.json, "condition": condition?.json,
    ])
  }
}

extension Inspection.PropagatedAttribute {
  fileprivate var json: JSONValue {
    .object([
      "source": .string(source), "emittedName": .string(emittedName),
      "outputs": .array(outputs.map(JSONValue.string)), "marks": .array(marks.map(JSONValue.string)),
    ])
  }
}

extension Inspection.Setting {
  fileprivate var json: JSONValue {
    .object(["name": .string(name), "value": .string(value), "place": place.map(JSONValue.string)])
  }
}

extension Place {
  /// The place as an object of its parts.
  public var json: JSONValue {
    .object([
      "file": .string(file), "line": .integer(Int64(line)), "column": .integer(Int64(column)),
      "title": title.map(JSONValue.string),
    ])
  }
}

extension JSONValue {
  /// A number, as text where a reader of JSON could not keep it exactly (RFC 8259, 6: 53 bits).
  package init(unsigned value: UInt64) {
    self = value >> 53 == 0 ? .integer(Int64(value)) : .string(String(value))
  }
}

extension Inspection {
  fileprivate static func json(of program: [DisassembledWord]) -> JSONValue {
    .array(program.map { .object(["index": .integer(Int64($0.index)), "word": .string($0.text)]) })
  }
}
