// `terraform show -json`, of a plan or a state: its values are read, and nothing of how they come about, but for what is known
// only after apply. Refuses other major versions of the format, and to guess unknown or sensitive values.
// Sources: developer.hashicorp.com/terraform/internals/json-format; website/docs/r/iap_settings.html.markdown and
// iap_web_region_backend_service_iam.html.markdown of hashicorp/terraform-provider-google.

internal import PosternLanguage

extension Reading {
  static let unknownWhy = "it is known only after apply"
  static let sensitiveWhy = "the plan marks it as sensitive"

  mutating func readPlan(_ value: SourceValue) {
    guard let version = value["format_version"]?.text, version.hasPrefix("1.") || version.hasPrefix("0.") else {
      lose(value, "it is no format of Terraform that import knows", help: "import knows major version 1")
      return add("Terraform plan", value)
    }
    let values = value["planned_values"] ?? value["values"]
    explainPlan(value)
    if value["complete"]?.text == "false" || value["errored"]?.text == "true" {
      lose(value["complete"], "the plan is not complete: resources may be missing", help: "plan again without targets")
      lose(value["errored"], "the plan ended with an error: resources may be missing", help: "plan again")
    }
    // A state is known whole.
    let unknowns = value["planned_values"].map { _ in unknownValues(of: value["resource_changes"]) }
    if let module = values?["root_module"] { readModule(module, unknowns) }
    addEnvelope("Terraform \(value["planned_values"] == nil ? "state" : "plan")", value)
  }

  /// Keys of a plan that say how its values come about.
  private mutating func explainPlan(_ value: SourceValue) {
    let known = [
      "format_version", "terraform_version", "timestamp", "applyable", "variables", "resource_changes",
      "resource_drift",
      "output_changes", "prior_state", "configuration", "relevant_attributes", "checks", "proposed_unknown",
    ]
    let remark = Remark.context("how the values come about")
    for entry in value.entries ?? [] where known.contains(entry.key) { ledger.explain(entry.value, remark) }
    if value["complete"]?.text == "true" { ledger.explain(value["complete"], remark) }
    if value["errored"]?.text == "false" { ledger.explain(value["errored"], remark) }
    ledger.explain((value["planned_values"] ?? value["values"])?["outputs"], remark)
  }

  /// `after_unknown` by address.
  private func unknownValues(of changes: SourceValue?) -> [String: SourceValue] {
    var result: [String: SourceValue] = [:]
    for change in changes?.items ?? [] where change["deposed"] == nil {
      guard let address = change["address"]?.text, let unknown = change["change"]?["after_unknown"] else { continue }
      result[address] = unknown
    }
    return result
  }

  private mutating func readModule(_ module: SourceValue, _ unknowns: [String: SourceValue]?) {
    ledger.explain(module["address"], .context("how the values come about"))
    for resource in module["resources"]?.items ?? [] { readResource(resource, unknowns) }
    for child in module["child_modules"]?.items ?? [] { readModule(child, unknowns) }
  }

  private mutating func readResource(_ resource: SourceValue, _ unknowns: [String: SourceValue]?) {
    let what = Remark.context("what the resource is")
    for key in [
      "address", "mode", "type", "name", "index", "provider_name", "schema_version", "sensitive_values",
      "deposed_key", "depends_on", "tainted", "identity", "identity_schema_version",
    ] { ledger.explain(resource[key], what) }
    let type = resource["type"]?.text ?? "resource without a type"
    let address = resource["address"]?.text
    guard resource["mode"]?.text != "data" else {
      ledger.explain(resource, .context("a data source, which sets nothing"))
      return add(type, name: address, resource)
    }
    let unknown = address.flatMap { unknowns?[$0] }
    let withheld = Withheld([
      (unknown, Self.unknownWhy), (resource["sensitive_values"], Self.sensitiveWhy),
    ])
    guard let values = resource["values"] else {
      lose(resource, "the plan has no values of it")
      return add(type, name: address, resource)
    }
    let read = TerraformValues(type: type, address: address, resource: resource, values: values, withheld: withheld)
    guard unknowns == nil || unknown != nil || !TerraformTarget.isRead(type) else {
      lose(
        resource, "`resource_changes` does not have it, and so does not say what of it is known only after apply",
        help: "give all that `terraform show -json` prints")
      return add(type, name: address, resource)
    }
    ledger.explain(values["id"], what)
    ledger.explain(values["timeouts"], what)
    if let (target, form) = TerraformTarget.of(type) {
      readIAM(read, target, form)
    } else if type == "google_iap_settings" {
      readSettings(read)
    } else if type == "google_iam_deny_policy" {
      readDeny(read)
    } else {
      let refusal = TerraformTarget.refusal(of: type)
      lose(resource, refusal.why, help: refusal.help)
      add(type, name: address, resource)
    }
  }
}

/// One resource of a plan.
struct TerraformValues {
  let type: String
  let address: String?
  let resource: SourceValue
  let values: SourceValue
  let withheld: Withheld

  /// What is withheld of some fields, in words of the report.
  func marks(of fields: [String], path: String = "values") -> [ReportedField] {
    fields.flatMap { field in
      withheld[field].marks.map { mark in
        ReportedField(path: "\(path).\(field)\(mark.path)", span: mark.value.span, remark: .lost(mark.why))
      }
    }
  }
}

// MARK: resources

extension Reading {
  private mutating func readIAM(_ read: TerraformValues, _ target: TerraformTarget, _ form: TerraformTarget.Form) {
    let values = read.values
    ledger.explain(values["etag"], .context("what the resource is"))
    let marks = read.marks(of: ["role", "member", "members", "policy_data", "condition"])
    let marksOfParts = read.marks(of: ["members"]).filter {
      $0.remark.why == Self.unknownWhy && read.withheld["members"].whole == nil
    }
    guard let resource = resourceName(read, target) else {
      let fields = target.fields.map { "`\($0)`" }.joined(separator: ", ")
      lose(
        read.resource, "the plan does not say of which resource of IAP it is: it has not all of \(fields)",
        help: "write them in the configuration, or say `--project`, and plan again")
      return add(read.type, name: read.address, read.resource, extra: marks + read.marks(of: target.fields))
    }
    guard marks.count == marksOfParts.count else {
      lose(read.resource, "a part of it is unknown or sensitive, and without it another grant would come of it")
      return add(read.type, name: read.address, read.resource, extra: marks)
    }
    let known = ["role", "member", "members", "policy_data", "condition", "etag", "id", "timeouts"] + target.fields
    guard (values.entries ?? []).allSatisfy({ known.contains($0.key) || $0.value.isEmpty }) else {
      lose(read.resource, "it has a field that import does not know; it may narrow whom it is for")
      return add(read.type, name: read.address, read.resource)
    }
    let grants = grants(values, form)
    for entry in values.entries ?? [] where entry.value.isEmpty { ledger.explain(entry.value, .empty) }
    add(
      read.type, name: read.address, read.resource, at: .resource(resource), grants.map { [.grants($0)] } ?? [],
      extra: marksOfParts)
  }

  private mutating func grants(_ values: SourceValue, _ form: TerraformTarget.Form) -> Grants? {
    switch form {
    case .policy: return policyData(values["policy_data"])
    case .binding:
      guard let items = values["members"]?.items else {
        lose(values, "the binding has no list of members")
        return nil
      }
      let members = items.compactMap { item -> TreeValue? in
        guard let scalar = item.scalar, !item.isNull else {
          lose(item, Self.unknownWhy)
          return nil
        }
        return TreeValue(scalar, item.leaves)
      }
      guard !members.isEmpty else {
        lose(values, "the binding has no member that is known")
        return nil
      }
      return binding(values, role: values["role"], members: members, condition: values["condition"])
        .map { Grants(authority: .binding, bindings: [$0]) }
    case .member:
      guard let member = values["member"], let scalar = member.scalar else {
        lose(values, "the binding has no member")
        return nil
      }
      return binding(
        values, role: values["role"], members: [TreeValue(scalar, member.leaves)], condition: values["condition"]
      ).map { Grants(authority: .addition, bindings: [$0]) }
    }
  }

  /// JSON in a text; nil with everything explained where it is none.
  private mutating func policyData(_ data: SourceValue?) -> Grants? {
    guard let data, let text = data.text else {
      lose(data, "it is no text")
      return nil
    }
    let parsed = YAMLParser.parse(Array(text.utf8), fileIndex: Int(data.span.fileIndex))
    guard parsed.diagnostics.isEmpty, parsed.nodes.count == 1, case .mapping = parsed.nodes[0].content else {
      lose(data, "it is no JSON object")
      return nil
    }
    let inner = SourceValue(parsed.nodes[0].standing(at: data.span), in: &ledger)
    ledger.expand(data, to: inner)
    return policy(inner)
  }

  /// The name that fields make; nil where one is missing. A field may hold the whole name by itself, as states do.
  private mutating func resourceName(_ read: TerraformValues, _ target: TerraformTarget) -> ResourceName? {
    var name = target.name
    var result: ResourceName?
    for field in target.fields {
      let value = read.values[field]
      let isWithheld = read.withheld[field].reason != nil
      guard let text = (isWithheld ? nil : value?.text) ?? (field == "project" ? options.project : nil) else {
        continue
      }
      ledger.explain(value, .placed("where it belongs"))
      if text.contains("/iap_web"), let whole = ResourceName(parsing: text) {
        result = whole
      } else {
        name = name.replacing("{\(field)}", with: text)
      }
    }
    return result ?? (name.contains("{") ? nil : ResourceName(parsing: name))
  }

  private mutating func readSettings(_ read: TerraformValues) {
    let marks = read.marks(of: ["name", "access_settings", "application_settings"]).filter {
      $0.remark.why == Self.unknownWhy && !$0.path.hasSuffix(".client_secret_sha256")
    }
    let name = read.values["name"]?.text
    guard let resource = name.flatMap(ResourceName.init(parsing:)) else {
      lose(read.resource, "the plan does not say of which resource of IAP it is, or import does not know that")
      return add(read.type, name: read.address, read.resource, extra: marks)
    }
    let settings = carrySettings(read.values, spelling: .terraform, withheld: read.withheld)
    add(read.type, name: read.address, read.resource, at: .resource(resource), [.settings(settings)], extra: marks)
  }

  private mutating func readDeny(_ read: TerraformValues) {
    let values = read.values
    for key in ["etag", "display_name", "name"] { ledger.explain(values[key], .context("what the resource is")) }
    ledger.explain(values["parent"], .placed("where it belongs"))
    let marks = read.marks(of: ["parent", "rules"])
    guard let resource = values["parent"]?.text.flatMap({ ResourceName(attachmentPoint: $0) }) else {
      lose(read.resource, "it does not say which organization, folder or project it is attached to")
      return add(read.type, name: read.address, read.resource, extra: marks)
    }
    let name = read.address ?? read.type
    var rules: [TreeValue] = []
    if marks.isEmpty {
      rules = denyRules(values["rules"], name: name)
    } else {
      lose(values["rules"], "a part of the rules is unknown or sensitive", help: "the tree has a place to fill in")
      rules = [Self.denyHole(name)]
    }
    add(read.type, name: read.address, read.resource, at: .resource(resource), [.deny(rules)], extra: marks)
  }
}

extension YAMLNode {
  /// The same at one place: what is inside a text has no other.
  fileprivate func standing(at span: Span) -> YAMLNode {
    switch content {
    case .scalar: YAMLNode(content: content, span: span)
    case .sequence(let items): YAMLNode(content: .sequence(items.map { $0.standing(at: span) }), span: span)
    case .mapping(let entries):
      YAMLNode(
        content: .mapping(entries.map { Entry(key: $0.key, value: $0.value.standing(at: span)) }), span: span)
    }
  }
}
