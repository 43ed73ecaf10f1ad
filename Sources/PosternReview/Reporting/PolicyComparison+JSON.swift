// A comparison as JSON, for other tools: the differences in the report's order, each witness as a request file. Refuses nothing.

public import PosternLanguage

extension PolicyComparison {
  /// The report as an object.
  public var json: JSONValue {
    .object([
      "summary": .string(summary),
      "isSame": .bool(isSame),
      "differences": .array(differences.map(\.json)),
    ])
  }
}

extension Difference {
  var json: JSONValue {
    var proofKind = "value"
    var why: String?
    var witness: JSONValue?
    switch proof {
    case .witness(let found): (proofKind, witness) = ("witness", found.json)
    case .refresh(let found):
      (proofKind, witness) = (
        "witness",
        .object(["facts": found.json, "before": found.before.shortJSON, "after": found.after.shortJSON])
      )
    case .value: break
    case .missing(let reason): (proofKind, why) = ("missing", reason)
    }
    return .object([
      "app": appName.map { .string($0) },
      "kind": .string(kind.rawValue),
      "effect": .string(effect.word),
      "subject": .string(subject),
      "before": before.isEmpty ? nil : .string(before),
      "after": after.isEmpty ? nil : .string(after),
      "condition": condition.map { .string($0) },
      "place": place.map { place in
        .object([
          "file": .string(place.file), "line": .integer(Int64(place.line)), "column": .integer(Int64(place.column)),
          "side": .string(place.isOld ? "old" : "new"),
        ])
      },
      "proof": .string(proofKind),
      "why": why.map { .string($0) },
      "witness": witness,
    ])
  }
}

extension Witness {
  fileprivate var json: JSONValue {
    .object(["facts": facts.json, "before": before.shortJSON, "after": after.shortJSON])
  }
}

extension Decision {
  fileprivate var shortJSON: JSONValue {
    .object([
      "verdict": .string("\(verdict)"), "reason": .string("\(reason)"),
      "clock": clock == .none ? nil : .string("\(clock)"),
      "validUntil": verdict == .allow && validUntil != .max ? .integer(validUntil) : nil,
    ])
  }
}
