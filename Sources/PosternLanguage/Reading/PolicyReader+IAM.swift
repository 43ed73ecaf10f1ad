// `iam` and `deny`: bindings and deny rules in Google's own shapes, with IAM's own rules about conditions.
// Refuses conditions without a title or on public members and basic roles, and deny rules that deny nothing here.

extension PolicyReader {
  static let accessRole = "roles/iap.httpsResourceAccessor"
  /// Roles on which IAM allows no condition.
  static let basicRoles = ["roles/owner", "roles/editor", "roles/viewer"]

  // MARK: bindings

  mutating func bindings(_ node: YAMLNode?) -> [Binding] {
    guard let node, let fields = fields(node, .iam) else { return [] }
    noteUnapplied(fields)
    guard let items = fields["bindings"].flatMap({ list($0) }) else { return [] }
    let bindings = items.compactMap { binding($0) }
    if bindings.contains(where: { $0.condition != nil }) {
      diagnostics += ConditionalBindings(bindings, members).faults()
    }
    return bindings
  }

  private mutating func binding(_ node: YAMLNode) -> Binding? {
    guard let fields = fields(node, .binding) else { return nil }
    let role = fields["role"].flatMap { nonEmptyText($0) }
    let uses = fields["members"].map { memberUses($0, in: .binding) } ?? []
    let condition = fields["condition"].flatMap { self.condition($0) }
    guard let role else { return nil }
    if let condition { checkCondition(condition, role: role, uses) }
    if role.value == Self.accessRole {
      return Binding(
        role: Self.accessRole, grantsAccess: true, members: uses, condition: condition, span: fields.span)
    }
    otherRoles.append(role)
    return Binding(role: role.value, grantsAccess: false, members: uses, condition: condition, span: fields.span)
  }

  mutating func condition(_ node: YAMLNode) -> Condition? {
    guard let fields = fields(node, .condition) else { return nil }
    let title = fields["title"].flatMap { text($0) }
    if title?.value.isEmpty ?? true { diagnostics.append(.conditionWithoutTitle(at: title?.span ?? fields.head)) }
    _ = fields["description"].flatMap { text($0) }
    guard let expression = fields["expression"].flatMap({ nonEmptyText($0) }) else { return nil }
    return Condition(title: title?.value ?? "", expression: expression)
  }

  private mutating func checkCondition(_ condition: Condition, role: Sourced<String>, _ uses: [MemberUse]) {
    if Self.basicRoles.contains(role.value) {
      diagnostics.append(.conditionNotAllowed(role.value, at: role.span))
    }
    for use in uses {
      let member = members.members[Int(use.memberIndex)]
      guard member == .allUsers || member == .allAuthenticatedUsers else { continue }
      diagnostics.append(.conditionNotAllowed(member.canonicalText, at: use.span(fileIndex: role.span.fileIndex)))
    }
  }

  /// Warns of the keys of a mapping that are accepted and not applied, and refuses secrets.
  mutating func noteUnapplied(_ fields: Fields) {
    for entry in fields.entries {
      switch entry.key.handling {
      case .notApplied(let why):
        diagnostics.append(.notApplied(entry.key.name, why, at: entry.keySpan))
      case .secret:
        diagnostics.append(.secretInPolicy(entry.key.name, at: entry.keySpan))
      default: break
      }
    }
  }

  // MARK: deny rules

  mutating func denyRules(_ node: YAMLNode?) -> [DenyRule] {
    guard let node, let items = list(node) else { return [] }
    return items.compactMap { item in
      guard let outer = fields(item, .denyItem) else { return nil }
      _ = outer["description"].flatMap { text($0) }
      return outer["denyRule"].flatMap { denyRule($0) }
    }
  }

  private mutating func denyRule(_ node: YAMLNode) -> DenyRule? {
    guard let fields = fields(node, .denyRule) else { return nil }
    let denied = fields["deniedPrincipals"].map { memberUses($0, in: .deny) } ?? []
    let excepted = fields["exceptionPrincipals"].map { memberUses($0, in: .deny) } ?? []
    let condition = fields["denialCondition"].flatMap { self.condition($0) }
    checkPermissions(fields)
    if let principals = fields["deniedPrincipals"], case .sequence(let items) = principals.content, items.isEmpty {
      diagnostics.append(.emptyList("deniedPrincipals", at: principals.span))
    }
    return DenyRule(
      nodeIndex: 0, deniedPrincipals: denied, exceptionPrincipals: excepted, condition: condition, span: fields.span)
  }

  private mutating func checkPermissions(_ fields: Fields) {
    guard let node = fields["deniedPermissions"], let denied = texts(node) else { return }
    let excepted = fields["exceptionPermissions"].flatMap { texts($0) } ?? []
    guard denied.contains(where: { AccessPermission.isCovered(by: $0.value) }) else {
      diagnostics.append(.denyRuleWithoutEffect(at: node.span, exception: nil))
      return
    }
    if let exception = excepted.first(where: { AccessPermission.isCovered(by: $0.value) }) {
      diagnostics.append(.denyRuleWithoutEffect(at: exception.span, exception: exception.value))
    }
  }
}

/// The one permission that the gate asks for.
package enum AccessPermission {
  private static let resource = "webServiceVersions"
  private static let verb = "accessViaIAP"
  /// IAM v2 names the service by its host, IAM v1 by its short name.
  private static let services = ["iap.googleapis.com/", "iap."]

  /// Whether a permission of a deny rule, perhaps with `*` for a part, covers access through the gate.
  package static func isCovered(by text: String) -> Bool {
    guard let rest = services.lazy.compactMap({ text.after($0) }).first else { return false }
    if rest == "*" { return true }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2 && (parts[0] == "*" || parts[0] == resource) && (parts[1] == "*" || parts[1] == verb)
  }
}
