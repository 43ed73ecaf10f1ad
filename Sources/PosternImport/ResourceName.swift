// Google's names of what Cloud IAP protects. Refuses names of other services and of TCP forwarding.
// Source: github.com/GoogleCloudPlatform/k8s-config-connector, apis/iap/v1beta1/iapsettings_identity.go, and
// github.com/hashicorp/terraform-provider-google, google/services/iap/iam_iap_*.go (`GetResourceId` of each).

/// `organizations/N`, `folders/N`, `projects/P` with what stands below it in IAP.
struct ResourceName: Hashable, Sendable {
  /// In the form that all spellings of the name share.
  let text: String
  /// The names of the levels, the whole name last; an organization has none above it.
  let prefixes: [String]
  /// What stands at each of `prefixes`; nothing for an organization.
  let levels: [Position.Level]

  /// The name of the documentation of Terraform's provider has `service` and `version` where the API has the plural.
  init?(parsing written: String) {
    var parts = written.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if written.hasPrefix("//iap.googleapis.com/") { parts.removeFirst(3) }
    guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    switch parts[0] {
    case "organizations" where parts.count == 2: self.init(prefixes: [parts.joined(separator: "/")], levels: [])
    case "folders" where parts.count == 2:
      self.init(
        prefixes: [parts.joined(separator: "/")],
        levels: [Position.Level(kind: .folder, name: "folders-" + parts[1])])
    case "projects": self.init(project: parts)
    default: return nil
    }
  }

  private init(prefixes: [String], levels: [Position.Level]) {
    self.prefixes = prefixes
    self.levels = levels
    text = prefixes.last ?? ""
  }

  private init?(project parts: [String]) {
    var prefixes = ["projects/" + parts[1]]
    var levels = [Position.Level(kind: .folder, name: parts[1])]
    func add(_ part: String, _ kind: Position.Level.Kind, _ name: String) {
      prefixes.append((prefixes.last ?? "") + "/" + part)
      levels.append(Position.Level(kind: kind, name: name))
    }
    if parts.count > 2 {
      guard parts[2] == "iap_web" else { return nil }
      add("iap_web", .optionalFolder, "iap_web")
    }
    if parts.count > 3 {
      guard Self.isType(parts[3]) else { return nil }
      add(parts[3], .optionalFolder, parts[3])
    }
    if parts.count > 4 {
      guard parts.count > 5, ["services", "service"].contains(parts[4]) else { return nil }
      add("services/" + parts[5], .app, parts[5])
    }
    if parts.count > 6 {
      guard parts.count == 8, ["versions", "version"].contains(parts[6]), parts[3].hasPrefix("appengine-") else {
        return nil
      }
      add("versions/" + parts[7], .app, parts[5] + "-" + parts[7])
    }
    self.init(prefixes: prefixes, levels: levels)
  }

  private static func isType(_ part: String) -> Bool {
    if ["compute", "forwarding_rule"].contains(part) { return true }
    return ["compute-", "appengine-", "forwarding_rule-", "cloud_run-"].contains {
      part.hasPrefix($0) && part.utf8.count > $0.utf8.count
    }
  }

  /// What stands at the attachment point of a deny policy, URL-encoded:
  /// `cloudresourcemanager.googleapis.com%2Fprojects%2FP`.
  init?(attachmentPoint: String) {
    let decoded = attachmentPoint.replacing("%2F", with: "/").replacing("%2f", with: "/")
    let service = "cloudresourcemanager.googleapis.com/"
    guard decoded.hasPrefix(service) else { return nil }
    self.init(parsing: String(decoded.dropFirst(service.count)))
    guard prefixes.count == 1 else { return nil }
  }
}
