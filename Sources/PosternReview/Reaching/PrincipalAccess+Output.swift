// What a principal reaches, for people and for scripts.

internal import PosternCompiler
public import PosternLanguage

extension PrincipalAccess {
  /// The answer for a terminal, with a line break at its end.
  public var text: String {
    let count = apps.isEmpty ? "none" : "\(apps.count)"
    var lines = ["\(principal) reaches \(count) of \(appCount == 1 ? "1 app" : "\(appCount) apps")"]
    for app in apps { lines += [""] + app.lines }
    if !obstacles.isEmpty {
      lines += ["", "kept out"]
      lines += Inspection.table(obstacles.map(\.cells))
    }
    return Wording.lines(lines)
  }

  /// The answer as an object.
  public var json: JSONValue {
    .object([
      "principal": .string(principal), "appCount": .integer(Int64(appCount)), "apps": .array(apps.map(\.json)),
      "keptOut": .array(
        obstacles.map { obstacle in
          .object([
            "app": .string(obstacle.name), "reason": .string(obstacle.reason), "denyRule": obstacle.rule?.json,
            "openWithoutLogin": .bool(obstacle.isOpenWithoutLogin),
          ])
        }),
    ])
  }
}

extension PrincipalAccess.Obstacle {
  fileprivate var cells: [String] {
    [name] + (rule?.cells ?? [reason]) + (isOpenWithoutLogin ? ["only while logged in"] : [])
  }
}

extension PrincipalAccess.ReachedApp {
  fileprivate var lines: [String] {
    var lines = ["\(name), \(place.text)"]
    for grant in grants {
      lines += Inspection.table([grant.rule.cells + ["as \(grant.member)"]])
      if let condition = grant.rule.conditionText { lines.append("    only if \(condition)") }
    }
    for rule in denials {
      lines += Inspection.table([rule.cells])
      if let condition = rule.conditionText { lines.append("    kept out if \(condition)") }
    }
    return lines + Inspection.table(timers.map { [$0.name, $0.value, $0.place ?? ""] })
  }

  fileprivate var json: JSONValue {
    .object([
      "app": .string(name), "place": place.json,
      "grants": .array(
        grants.map { .object(["member": .string($0.member), "binding": $0.rule.json]) }),
      "denyRules": .array(denials.map(\.json)), "timers": .array(timers.map(\.json)),
    ])
  }
}
