// Manifests of Config Connector. Refuses references by the name of another manifest: only the cluster knows what they stand for.
// Sources: github.com/GoogleCloudPlatform/k8s-config-connector, apis/iam/v1beta1/{policy,partialpolicy,policymember}_types.go
// and apis/iap/v1beta1/iapsettings_{types,identity}.go.

internal import PosternLanguage

extension Reading {
  mutating func readManifest(_ value: SourceValue) {
    let kind = value["kind"]?.text ?? ""
    if kind.hasSuffix("List"), let items = value["items"]?.items {
      for key in ["apiVersion", "kind", "metadata"] { ledger.explain(value[key], .context("what the list is")) }
      for item in items { readDocument(item) }
      return addEnvelope(kind, value)
    }
    for key in ["apiVersion", "kind", "metadata", "status"] {
      ledger.explain(value[key], .context("what the manifest is, and the cluster's own"))
    }
    let group = (value["apiVersion"]?.text ?? "").split(separator: "/").first.map(String.init) ?? ""
    let manifest = Manifest(kind: kind, group: group, value: value)
    switch (group, kind) {
    case (Manifest.iamGroup, "IAMPolicy"), (Manifest.iamGroup, "IAMPartialPolicy"): readPolicy(manifest)
    case (Manifest.iamGroup, "IAMPolicyMember"): readMember(manifest)
    case (Manifest.iapGroup, "IAPSettings"): readSettings(manifest)
    default:
      let refusal = manifest.refusal
      lose(value, refusal.why, help: refusal.help)
      add(manifest.shownKind, name: manifest.name, value)
    }
  }

  // MARK: kinds

  private mutating func readPolicy(_ manifest: Manifest) {
    guard let resource = resource(manifest) else { return }
    let isPartial = manifest.kind == "IAMPartialPolicy"
    var grants = Grants(authority: .addition, bindings: [])
    if let spec = manifest.spec {
      grants = policy(spec, authority: isPartial ? .addition : .policy, members: isPartial ? .objects : .texts)
    }
    add(manifest.kind, name: manifest.name, manifest.value, at: .resource(resource), [.grants(grants)])
  }

  private mutating func readMember(_ manifest: Manifest) {
    guard let resource = resource(manifest), let spec = manifest.spec else { return }
    var parts: [Part] = []
    let isPlain = spec.entries.map { hasOnly($0, ["resourceRef", "member", "role", "condition"]) } ?? false
    if isPlain, let member = spec["member"], let scalar = member.scalar {
      let members = [TreeValue(scalar, member.leaves)]
      if let binding = binding(spec, role: spec["role"], members: members, condition: spec["condition"]) {
        parts = [.grants(Grants(authority: .addition, bindings: [binding]))]
      }
    } else {
      lose(
        manifest.value, "its member is that of another manifest, or it has a field that import does not know",
        help: "write the member's address as `member`")
    }
    add(manifest.kind, name: manifest.name, manifest.value, at: .resource(resource), parts)
  }

  /// The resource of IAP that a policy is of; nil with the manifest reported where it is none.
  private mutating func resource(_ manifest: Manifest) -> ResourceName? {
    let reference = manifest.spec?["resourceRef"]
    let external = reference?["external"]?.text
    if let resource = external.flatMap(ResourceName.init(parsing:)), resource.prefixes.count > 1 {
      ledger.explain(reference, .placed("where it belongs"))
      return resource
    }
    if external == nil {
      lose(
        manifest.value, "it refers to another manifest by its name, and only the cluster knows what that is called",
        help: "write `external: projects/P/iap_web/...` in its resourceRef")
    } else {
      lose(
        manifest.value, "what it refers to is no resource of IAP that import knows",
        help: "bindings of roles/iap.httpsResourceAccessor above IAP stand at the folder of the project")
    }
    add(manifest.kind, name: manifest.name, manifest.value)
    return nil
  }

  private mutating func readSettings(_ manifest: Manifest) {
    guard let spec = manifest.spec, let resource = manifest.settingsResource else {
      lose(
        manifest.value, "it does not say outside the cluster of which resource of IAP it is",
        help: "write `resourceID`, or `external` in its references")
      return add(manifest.kind, name: manifest.name, manifest.value)
    }
    for key in Manifest.parents + ["resourceID"] { ledger.explain(spec[key], .placed("where it belongs")) }
    let settings = carrySettings(spec, spelling: .kubernetes)
    add(manifest.kind, name: manifest.name, manifest.value, at: .resource(resource), [.settings(settings)])
  }
}

/// A manifest of Config Connector.
private struct Manifest {
  let kind: String
  let group: String
  let value: SourceValue

  static let iamGroup = "iam.cnrm.cloud.google.com"
  static let iapGroup = "iap.cnrm.cloud.google.com"
  static let parents = [
    "organizationRef", "folderRef", "projectRef", "projectWebRef", "computeServiceRef", "appEngineRef",
  ]

  var spec: SourceValue? { value["spec"] }
  var shownKind: String { kind.isEmpty ? "manifest" : kind }

  /// `namespace/name`
  var name: String? {
    let metadata = value["metadata"]
    let parts = [metadata?["namespace"]?.text, metadata?["name"]?.text].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }

  var refusal: (why: String, help: String?) {
    switch (group, kind) {
    case (Self.iapGroup, "IAPBrand"): ("consent screens are the login provider's", nil)
    case (Self.iapGroup, "IAPIdentityAwareProxyClient"):
      (
        "clients of OAuth and their secrets are the gate's, not the policy's",
        "name the client as `clientID` of a login provider"
      )
    default: ("an unknown kind of resource: \(Diagnostic.quoted(group)) has no part in IAP's access", nil)
    }
  }

  /// As `NewIAPSettingsIdentity` makes it: the `resourceID`, or the one reference that is set.
  var settingsResource: ResourceName? {
    guard let spec else { return nil }
    if let id = spec["resourceID"]?.text { return ResourceName(parsing: id) }
    let set = Self.parents.filter { spec[$0] != nil }
    guard set.count == 1, let parent = set.first, let reference = spec[parent] else { return nil }
    switch parent {
    case "organizationRef": return Self.name(reference, "organizations/", "")
    case "folderRef": return Self.name(reference, "folders/", "")
    case "projectRef": return Self.name(reference, "projects/", "")
    case "projectWebRef": return Self.name(reference["projectRef"], "projects/", "/iap_web")
    case "computeServiceRef": return computeService(reference)
    default: return appEngine(reference)
    }
  }

  private static func name(_ reference: SourceValue?, _ prefix: String, _ suffix: String) -> ResourceName? {
    guard let external = reference?["external"]?.text else { return nil }
    return ResourceName(parsing: (external.hasPrefix(prefix) ? external : prefix + external) + suffix)
  }

  private func computeService(_ reference: SourceValue) -> ResourceName? {
    var suffix = "/iap_web/compute" + (reference["region"]?.text).map { "-" + $0 }.orEmpty
    if let service = reference["serviceRef"] {
      // A self link; the name stands last.
      guard let last = service["external"]?.text?.split(separator: "/").last else { return nil }
      suffix += "/services/" + last
    }
    return Self.name(reference["projectRef"], "projects/", suffix)
  }

  private func appEngine(_ reference: SourceValue) -> ResourceName? {
    guard let application = Self.last(reference["applicationRef"]) else { return nil }
    var suffix = "/iap_web/appengine-" + application
    for (key, part) in [("serviceRef", "/services/"), ("versionRef", "/versions/")] where reference[key] != nil {
      guard let last = Self.last(reference[key]) else { return nil }
      suffix += part + last
    }
    return Self.name(reference["projectRef"], "projects/", suffix)
  }

  private static func last(_ reference: SourceValue?) -> Substring? {
    reference?["external"]?.text?.split(separator: "/").last
  }
}

extension Optional where Wrapped == String {
  fileprivate var orEmpty: String { self ?? "" }
}
