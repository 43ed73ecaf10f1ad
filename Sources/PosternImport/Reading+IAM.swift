// Bindings. One is carried whole or not at all: without its condition, or a field that import does not know, it would grant
// more than was written. Refuses bindings without a role or a list of members.

internal import PosternLanguage

extension Reading {
  /// How the members of a binding are written.
  enum MemberForm {
    case texts
    /// `{member: ...}` or `{memberFrom: ...}`: Config Connector's IAMPartialPolicy.
    case objects
  }

  /// A policy in the shape of the API: `bindings`, `etag`, `version`, `auditConfigs`.
  mutating func policy(
    _ value: SourceValue, authority: Grants.Authority = .policy, members form: MemberForm = .texts
  ) -> Grants {
    var grants = Grants(authority: authority, bindings: [])
    var seen: Set<String> = []
    for entry in value.entries ?? [] where seen.insert(entry.key).inserted {
      switch entry.key {
      case "bindings":
        guard let items = entry.value.items else {
          if !entry.value.isNull { lose(entry.value, "`bindings` is no list") }
          ledger.explain(entry.value, .empty)
          continue
        }
        if items.isEmpty { ledger.explain(entry.value, .empty) }
        grants.bindings += items.compactMap { binding($0, members: form) }
      case "etag", "version":
        guard let scalar = entry.value.scalar, !entry.value.isNull else { continue }
        grants.others.append((entry.key, TreeValue(scalar, entry.value.leaves)))
      case "auditConfigs", "audit_configs":
        if let copy = copy(entry.value) { grants.others.append(("auditConfigs", copy)) }
      default: break
      }
    }
    return grants
  }

  mutating func binding(_ value: SourceValue, members form: MemberForm) -> Binding? {
    guard let entries = value.entries, hasOnly(entries, ["role", "members", "condition"]) else {
      lose(value, "the binding has a field that import does not know, or one twice; it may narrow whom it is for")
      return nil
    }
    guard let items = value["members"]?.items else {
      lose(value, "the binding has no list of members")
      return nil
    }
    let members = items.compactMap { member($0, form) }
    var binding = binding(value, role: value["role"], members: members, condition: value["condition"])
    if items.isEmpty, let list = value["members"] {
      binding?.emptyMembers = TreeValue(content: .list([]), leaves: Array(list.leaves))
    }
    return binding
  }

  /// nil with everything explained where it is not to be carried.
  mutating func binding(
    _ source: SourceValue, role: SourceValue?, members: [TreeValue], condition: SourceValue?
  ) -> Binding? {
    guard let role, let roleText = role.text, let scalar = role.scalar else {
      lose(source, "the binding has no role")
      return nil
    }
    var key = roleText
    var conditionValue: TreeValue?
    if let condition, !condition.isEmpty, condition.entries?.isEmpty != true {
      guard let read = self.condition(condition) else {
        lose(
          source, "its condition has a field that import does not know, or no expression",
          help: "write the binding by hand, with its condition")
        return nil
      }
      conditionValue = read.value
      key += "\u{0}" + read.key
    }
    ledger.explain(condition, .empty)
    return Binding(
      role: TreeValue(scalar, role.leaves), members: members, condition: conditionValue, key: key, source: source)
  }

  private mutating func member(_ value: SourceValue, _ form: MemberForm) -> TreeValue? {
    var written = value
    if form == .objects, let entries = value.entries {
      guard let member = value["member"], entries.count == 1 else {
        lose(
          value, "the member is that of another resource in the cluster, whose address does not stand here",
          help: "write its address as `member: serviceAccount:...`")
        return nil
      }
      written = member
    }
    guard let scalar = written.scalar, !written.isNull else {
      lose(value, "it is no text, or known only after apply")
      return nil
    }
    return TreeValue(scalar, written.leaves)
  }

  // MARK: conditions

  /// nil where a field is not known, or the expression is missing.
  mutating func condition(_ value: SourceValue) -> (value: TreeValue, key: String)? {
    let keys = ["title", "description", "expression", "location"]
    // Terraform writes a block as a list of one.
    let block = value.items?.count == 1 ? value.items?[0] : value
    guard let block, let entries = block.entries, hasOnly(entries, keys), block["expression"]?.text?.isEmpty == false
    else { return nil }
    var result: [(key: String, value: TreeValue)] = []
    var key = ""
    for name in keys {
      guard let value = entries.first(where: { $0.key == name })?.value else { continue }
      guard let scalar = value.scalar else { return nil }
      if value.isEmpty {
        ledger.explain(value, .empty)
        continue
      }
      key += "\u{0}\(name)=\(scalar.text)"
      result.append((name, TreeValue(scalar, value.leaves)))
    }
    return (.object(result), key)
  }

  /// Whether every field that says anything is one of these, once.
  func hasOnly(_ entries: [SourceValue.Entry], _ known: [String]) -> Bool {
    var seen: Set<String> = []
    return entries.allSatisfy { entry in
      (known.contains(entry.key) || entry.value.isNull) && seen.insert(entry.key).inserted
    }
  }
}
