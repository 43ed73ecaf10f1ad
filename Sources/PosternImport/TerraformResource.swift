// The resources of Terraform's Google provider that hold IAP's configuration, as data.
// Source: github.com/hashicorp/terraform-provider-google, google/services/iap/iam_iap_*.go: the schema of each gives the fields,
// its `GetResourceId` the name that they make.

/// IAM resources by what their types begin with; `_iam_policy`, `_iam_binding` and `_iam_member` follow.
struct TerraformTarget: Sendable {
  let type: String
  /// The name of the resource, fields in braces.
  let name: String

  static let all: [TerraformTarget] = [
    TerraformTarget(type: "google_iap_web", name: "projects/{project}/iap_web"),
    TerraformTarget(type: "google_iap_web_type_compute", name: "projects/{project}/iap_web/compute"),
    TerraformTarget(type: "google_iap_web_type_app_engine", name: "projects/{project}/iap_web/appengine-{app_id}"),
    TerraformTarget(
      type: "google_iap_web_backend_service",
      name: "projects/{project}/iap_web/compute/services/{web_backend_service}"),
    TerraformTarget(
      type: "google_iap_web_region_backend_service",
      name: "projects/{project}/iap_web/compute-{region}/services/{web_region_backend_service}"),
    TerraformTarget(
      type: "google_iap_app_engine_service", name: "projects/{project}/iap_web/appengine-{app_id}/services/{service}"),
    TerraformTarget(
      type: "google_iap_app_engine_version",
      name: "projects/{project}/iap_web/appengine-{app_id}/services/{service}/versions/{version_id}"),
    TerraformTarget(
      type: "google_iap_web_cloud_run_service",
      name: "projects/{project}/iap_web/cloud_run-{location}/services/{cloud_run_service_name}"),
    TerraformTarget(
      type: "google_iap_web_forwarding_rule_service",
      name: "projects/{project}/iap_web/forwarding_rule/services/{forwarding_rule_service_name}"),
    TerraformTarget(
      type: "google_iap_web_region_forwarding_rule_service",
      name: "projects/{project}/iap_web/forwarding_rule-{region}/services/{forwarding_rule_region_service_name}"),
  ]

  /// The fields that the name is made of, in order.
  var fields: [String] { name.matches(of: /\{(\w+)\}/).map { String($0.output.1) } }

  /// What a type of resource sets, and on what.
  static func of(_ type: String) -> (target: TerraformTarget, form: Form)? {
    for form in Form.allCases where type.hasSuffix(form.rawValue) {
      let stem = type.dropLast(form.rawValue.count)
      if let target = all.first(where: { $0.type == stem }) { return (target, form) }
    }
    return nil
  }

  /// Whether anything of a type is carried over.
  static func isRead(_ type: String) -> Bool {
    ["google_iap_settings", "google_iam_deny_policy"].contains(type) || of(type) != nil
  }

  enum Form: String, CaseIterable, Sendable {
    case policy = "_iam_policy"
    case binding = "_iam_binding"
    case member = "_iam_member"
  }

  /// Why a type of resource is not carried over, and the way out.
  static func refusal(of type: String) -> (why: String, help: String?) {
    if let known = refusals.first(where: { type.hasPrefix($0.prefix) }) { return (known.why, known.help) }
    if type.hasPrefix("google_iap_") { return ("a resource of IAP that import does not know", "write it by hand") }
    return ("no resource of IAP", "nothing is to be done, unless it protects an app in some other way")
  }

  private static let refusals: [(prefix: String, why: String, help: String?)] = [
    (
      "google_iap_client", "clients of OAuth and their secrets are the gate's, not the policy's",
      "name the client as `clientID` of a login provider"
    ),
    ("google_iap_brand", "consent screens are the login provider's", nil),
    ("google_iap_tunnel", "it is TCP forwarding, which this gate does not do", nil),
    (
      "google_iap_agent_registry", "agents and their tools are no apps of this gate",
      "write an app for what is reached over HTTP"
    ),
    (
      "google_iap_location_web", "it is the IAM policy of a location, which the hierarchy does not have",
      "write its bindings at the folder of the project"
    ),
    (
      "google_project_iam", "it is the IAM policy of a project, not of a resource of IAP",
      "write its bindings of roles/iap.httpsResourceAccessor at the project's folder"
    ),
    (
      "google_folder_iam", "it is the IAM policy of a folder, not of a resource of IAP",
      "write its bindings of roles/iap.httpsResourceAccessor at the folder"
    ),
    (
      "google_organization_iam", "it is the IAM policy of an organization, not of a resource of IAP",
      "write its bindings of roles/iap.httpsResourceAccessor at the organization"
    ),
  ]
}
