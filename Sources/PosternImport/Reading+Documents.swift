// Which format a document is of, told by its keys. Refuses to guess: what is none of them is reported with the keys it has.

internal import PosternLanguage

extension Reading {
  mutating func readDocument(_ value: SourceValue) {
    if let items = value.items, !items.isEmpty {
      for item in items { readDocument(item) }
      return
    }
    guard value.entries != nil else {
      lose(value, "it is no mapping, and so no resource")
      return add("document", value)
    }
    let has: (String...) -> Bool = { keys in keys.contains { key in value.entries?.contains { $0.key == key } == true }
    }
    if has("apiVersion") && has("kind") {
      readManifest(value)
    } else if has("planned_values") || (has("format_version") && has("values")) {
      readPlan(value)
    } else if has("accessSettings", "applicationSettings", "access_settings", "application_settings") {
      readSettings(value)
    } else if has("rules")
      && (value["kind"]?.text == "DenyPolicy" || value["name"]?.text?.contains("denypolicies/") == true)
    {
      readDenyPolicy(value)
    } else if has("bindings", "auditConfigs") || has("etag") {
      readPolicy(value)
    } else if has("name"), value["name"]?.text.flatMap(ResourceName.init(parsing:)) != nil {
      readSettings(value)
    } else {
      readUnknown(value)
    }
  }

  private mutating func readUnknown(_ value: SourceValue) {
    let keys = (value.entries ?? []).prefix(5).map { Diagnostic.quoted($0.key) }.joined(separator: ", ")
    lose(
      value, "it is neither an IAM policy, nor IapSettings, nor a Terraform plan, nor a manifest: its keys are \(keys)",
      help: "export it with `gcloud iap`, `terraform show -json` or `kubectl get -o yaml`")
    add("document", value)
  }

  // MARK: gcloud

  /// `gcloud iap web get-iam-policy`: nothing in it says of which resource it is.
  private mutating func readPolicy(_ value: SourceValue) {
    guard let location = fileLocation else {
      lose(
        value, "nothing says of which app it is",
        help: "call the file `NAME.iam.yaml`, or say `--app NAME=\(ReportText.argument(input.path))`")
      return add("IAM policy", value)
    }
    add("IAM policy", value, at: .file(location.position), [.grants(policy(value))])
  }

  /// `gcloud iap settings get`.
  private mutating func readSettings(_ value: SourceValue) {
    let name = value["name"]
    let file = fileLocation
    let resource = name?.text.flatMap(ResourceName.init(parsing:))
    let location: Resource.Location? =
      switch (file, resource) {
      case (let file?, let resource?) where file.isExplicit: .both(file: file.position, resource: resource)
      case (_, let resource?): .resource(resource)
      case (let file?, nil) where file.isExplicit || name == nil: .file(file.position)
      default: nil
      }
    guard let location else {
      lose(
        value, "its name is no resource of IAP that import knows",
        help: "call the file `NAME.settings.yaml`, or say `--app NAME=\(ReportText.argument(input.path))`")
      return add("IapSettings", name: name?.text, value)
    }
    let settings = carrySettings(value, spelling: .api)
    add("IapSettings", name: name?.text, value, at: location, [.settings(settings)])
  }
}
