// Deny policies of IAM v2. Only rules that cover access through IAP are carried: the language refuses the others. A rule that
// covers it and cannot be carried whole leaves a hole, which `postern check` refuses: without it more people would get in.
// Sources: website/docs/r/iam_deny_policy.html.markdown of hashicorp/terraform-provider-google, and
// cloud.google.com/iam/docs/reference/rest/v2/policies.

internal import PosternLanguage

extension Reading {
  /// `gcloud iam policies get --kind=denypolicies`.
  mutating func readDenyPolicy(_ value: SourceValue) {
    for key in ["kind", "uid", "etag", "displayName", "createTime", "updateTime", "managingAuthority"] {
      ledger.explain(value.entries?.first { $0.key == key }?.value, .context("what the policy is"))
    }
    let name = value["name"]?.text
    ledger.explain(value["name"], .placed("where it belongs"))
    // `policies/{attachment point}/denypolicies/{id}`
    let parts = (name ?? "").split(separator: "/").map(String.init)
    guard parts.count == 4, parts[0] == "policies", let resource = ResourceName(attachmentPoint: parts[1]) else {
      lose(value, "its name says no organization, folder or project that it is attached to")
      return add("deny policy", name: name, value)
    }
    add("deny policy", name: name, value, at: .resource(resource), [.deny(denyRules(value["rules"], name: name ?? ""))])
  }

  /// The rules of a deny policy, in either spelling.
  mutating func denyRules(_ value: SourceValue?, name: String) -> [TreeValue] {
    guard let value else { return [] }
    guard let items = value.items else {
      lose(value, "`rules` is no list")
      return [Self.denyHole(name)]
    }
    return items.compactMap { denyRule($0, name: name) }
  }

  private mutating func denyRule(_ item: SourceValue, name: String) -> TreeValue? {
    guard let rule = Self.block(item.value("denyRule", "deny_rule")),
      let permissions = rule.value("deniedPermissions", "denied_permissions")?.items
    else {
      lose(item, "the rule has no list of denied permissions", help: "the tree has a place to fill in")
      return Self.denyHole(name)
    }
    guard permissions.contains(where: { $0.text.map(AccessPermission.isCovered) ?? true }) else {
      lose(item, "none of the permissions that it denies is access through IAP", help: "nothing is to be done here")
      return nil
    }
    let excepted = rule.value("exceptionPermissions", "exception_permissions")?.items ?? []
    guard !excepted.contains(where: { $0.text.map(AccessPermission.isCovered) ?? false }) else {
      lose(item, "it excepts access through IAP from what it denies", help: "nothing is to be done here")
      return nil
    }
    guard let carried = carryRule(rule), isPlainItem(item) else {
      ledger.explain(
        item.leaves, .lost("the rule has a field that import cannot carry", help: "the tree has a place to fill in"))
      return Self.denyHole(name)
    }
    var result: [(key: String, value: TreeValue)] = []
    if let description = item["description"], let scalar = description.scalar {
      result.append(("description", TreeValue(scalar, description.leaves)))
    }
    for entry in item.entries ?? [] where entry.value.isNull { ledger.explain(entry.value, .empty) }
    return .object(result + [("denyRule", carried)])
  }

  private func isPlainItem(_ item: SourceValue) -> Bool {
    guard let entries = item.entries else { return false }
    return hasOnly(entries, ["description", "denyRule", "deny_rule"])
  }

  /// nil where any field cannot be carried.
  private mutating func carryRule(_ rule: SourceValue) -> TreeValue? {
    let lists = ["deniedPrincipals", "exceptionPrincipals", "deniedPermissions", "exceptionPermissions"]
    var result: [(key: String, value: TreeValue)] = []
    for entry in rule.entries ?? [] {
      if entry.value.isEmpty {
        ledger.explain(entry.value, .empty)
        continue
      }
      let key = Self.camelCase(entry.key)
      guard !result.contains(where: { $0.key == key }) else { return nil }
      if lists.contains(key) {
        guard let items = entry.value.items, items.allSatisfy({ $0.text != nil }) else { return nil }
        result.append((key, .list(items.compactMap { item in item.scalar.map { TreeValue($0, item.leaves) } })))
      } else if key == "denialCondition" {
        guard let condition = condition(entry.value) else { return nil }
        result.append((key, condition.value))
      } else {
        return nil
      }
    }
    return .object(result)
  }

  /// A block of Terraform is a list of one.
  static func block(_ value: SourceValue?) -> SourceValue? {
    value?.items?.count == 1 ? value?.items?[0] : value
  }

  static func denyHole(_ name: String) -> TreeValue {
    .object([
      ("description", .text("a rule of \(name)")),
      ("denyRule", .hole("this rule could not be carried over: write it, or take the item away")),
    ])
  }

  /// `denied_principals` as `deniedPrincipals`.
  static func camelCase(_ text: String) -> String {
    let words = text.split(separator: "_").map(String.init)
    return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
