// Inputs that nobody would export: each is read to its end, told of, and writes nothing but files of a tree.

import PosternImport
import PosternLanguage
import Testing

@Suite("Hostile inputs")
struct HostileTests {
  private static let role = "roles/iap.httpsResourceAccessor"

  @Test(
    "what is no YAML is a mistake at its place, and nothing is written",
    arguments: [
      "bindings: [", "\u{0}", "a: b\n\u{7}", "\"\\u0000\"", "a: &x [*x]", String(repeating: "[", count: 200),
      "a: *nowhere", "!!python/object:x {}", "", "# nothing\n", "a:\n\t- b", "{\"a\": \"\\ud83d\\ude00\"}",
    ])
  func noYAML(_ text: String) {
    let made = PolicyImport(text)
    #expect(made.report.hasFaults && made.files.isEmpty)
    #expect(made.report.text.contains("input.yaml:1:") || made.report.text.contains("input.yaml:2:"))
    #expect(made.report.text.contains("nothing is written"))
  }

  @Test("bytes that are no text are a mistake")
  func noText() {
    let input = ImportInput(path: "a.yaml", layout: "a.yaml", content: .bytes([0xFF, 0xFE, 0x00]))
    #expect(PolicyImport(of: [input]).report.hasFaults)
  }

  @Test("one input that cannot be read keeps the others from being written")
  func unreadable() {
    let good = ImportInput(path: "a.iam.yaml", layout: "a.iam.yaml", content: .bytes(Array("bindings: []".utf8)))
    let bad = ImportInput(path: "b.iam.yaml", layout: "b.iam.yaml", content: .unreadable("permission denied"))
    let made = PolicyImport(of: [good, bad])
    #expect(made.files.isEmpty)
    #expect(made.report.text.contains("b.iam.yaml:1:1: error: permission denied"))
  }

  @Test(
    "names of resources never lead out of the folder, hide or take another's place",
    arguments: [
      "..", ".", ".hidden", "../../etc/passwd", "a\\b", "a b", "büro", "a\u{202E}b", "-rf", "CON", "folder",
      "organization", "folder.yaml", "organization.yaml", String(repeating: "x", count: 400), "a:b", "%2e%2e", "~",
    ])
  func names(_ name: String) {
    let settings = { (project: String, service: String) in
      """
      - name: '\(project)/iap_web/compute/services/\(service)'
        accessSettings: {corsSettings: {allowHttpOptions: true}}

      """
    }
    let made = PolicyImport(settings("projects/\(name)", "a") + settings("projects/p", name))
    let pattern = /([A-Za-z0-9][A-Za-z0-9_.-]*\/)*[A-Za-z0-9][A-Za-z0-9_.-]*\.yaml/
    #expect(made.files.filter { $0.path.wholeMatch(of: pattern) == nil }.map(\.path) == [])
    #expect(Set(made.files.map { $0.path.lowercased() }).count == made.files.count)
    #expect(made.files.allSatisfy { $0.path.split(separator: "/").allSatisfy { $0.utf8.count < 200 } })
    let names = made.report.hasFaults ? [] : Policy.read(files: made.files).diagnostics.filter { $0.id == "bad-name" }
    #expect(names.map(\.message) == [])
  }

  @Test(
    "files of an input's folder never lead out of the tree",
    arguments: ["../x.iam.yaml", "/etc/x/iam.yaml", "a/../../iam.yaml"])
  func layouts(_ layout: String) {
    let input = ImportInput(path: layout, layout: layout, content: .bytes(Array("bindings: []\netag: x".utf8)))
    #expect(PolicyImport(of: [input]).files.allSatisfy { !$0.path.contains("..") && !$0.path.hasPrefix("/") })
  }

  @Test("two apps of one name get two names, and both are told")
  func sameName() {
    let made = PolicyImport(
      """
      - {name: projects/a/iap_web/compute/services/web, accessSettings: {oauthSettings: {loginHint: a}}}
      - {name: projects/b/iap_web/compute/services/web, accessSettings: {oauthSettings: {loginHint: b}}}
      - {name: projects/b/iap_web/compute-r/services/web, accessSettings: {oauthSettings: {loginHint: c}}}
      """)
    #expect(made.files.map(\.path) == ["a/a-web.yaml", "b/b-web-2.yaml", "b/b-web.yaml", "organization.yaml"])
    #expect(made.report.text.contains("app a-web: a/a-web.yaml, named by projects/a/iap_web/compute/services/web"))
    #expect(!made.report.hasLosses)
  }

  @Test("secrets are nowhere, whatever they stand beside")
  func secrets() {
    let secret = "GOCSPX-secret-text"
    for text in [
      "accessSettings: {oauthSettings: {clientSecret: \(secret)}}",
      "accessSettings: {oauthSettings: [{clientSecret: \(secret)}]}",
      "accessSettings: {oauthSettings: \(secret)}",
      "accessSettings: {workforceIdentitySettings: {oauth2: {client_secret: \(secret), clientSecret: \(secret)}}}",
      "access_settings: {oauth_settings: {client_secret: \(secret)}}",
      "bindings: []\nauditConfigs: [{oauth_client_secret: \(secret)}, {x: {mySecrets: [\(secret)]}}]",
      "bindings: [{role: r, members: [], oauthClientSecret: \(secret)}]",
      "apiVersion: iap.cnrm.cloud.google.com/v1beta1\nkind: IAPIdentityAwareProxyClient\nspec: {secret: \(secret)}",
      "unknown: {clientSecret: \(secret)}",
    ] {
      let made = PolicyImport(text, path: "a.settings.yaml")
      #expect(!made.report.text.contains(secret) && !made.report.json.prettyText.contains(secret), "\(text)")
      #expect(made.files.allSatisfy { !String(decoding: $0.bytes, as: UTF8.self).contains(secret) }, "\(text)")
      #expect(made.report.hasLosses, "\(text)")
    }
  }

  @Test(
    "a binding of which a part cannot be carried is not carried without it",
    arguments: [
      "condition: {title: t}", "condition: {title: t, expression: null}", "condition: {title: t, expression: [x]}",
      "condition: {title: t, expression: x, until: y}", "condition: text", "condition: [x, y]", "condition: {}x",
      "conditionV2: {expression: x}", "condition: {expression: x}, condition: {expression: y}",
    ])
  func partialBindings(_ field: String) {
    let text = "bindings: [{role: \(Self.role), members: [\"user:ann@example.com\"], \(field)}]\netag: x"
    let made = PolicyImport(text, path: "a.iam.yaml")
    guard !made.report.hasFaults else { return }
    #expect(made.text("a.yaml")?.contains("ann@") == false)
    #expect(made.report.hasLosses)
  }

  @Test("a deny rule that covers access and cannot be carried whole leaves a place to fill in")
  func denyHole() {
    let made = PolicyImport(
      """
      name: policies/cloudresourcemanager.googleapis.com%2Fprojects%2Fp/denypolicies/x
      kind: DenyPolicy
      rules:
      - denyRule:
          deniedPrincipals: [principalSet://goog/public:all]
          deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
          deniedResources: [x]
      """)
    #expect(made.text("p/folder.yaml")?.contains("denyRule: # FILL IN") == true)
    let diagnostics = Policy.read(files: made.files).diagnostics
    #expect(diagnostics.contains { $0.severity == .error })
  }

  @Test("a hundred thousand bindings are carried, in time that does not grow with their square")
  func manyBindings() {
    var text = "bindings:\n"
    for index in 0..<100_000 {
      text +=
        "- {role: \(Self.role), members: [\"user:u\(index)@example.com\"], condition: {title: t, expression: x\(index)}}\n"
    }
    let made = PolicyImport(text, path: "many.iam.yaml")
    #expect(!made.report.hasLosses)
    #expect(made.text("many.yaml")?.contains("user:u99999@example.com") == true)
  }

  @Test("twenty thousand members of Terraform are one binding")
  func manyMembers() {
    let resources = (0..<20_000).map { index in
      """
      {"address": "m[\(index)]", "mode": "managed", "type": "google_iap_web_iam_member", "name": "m",
       "values": {"project": "p", "role": "\(Self.role)", "member": "user:u\(index)@example.com"}}
      """
    }
    let changes = (0..<20_000).map { "{\"address\": \"m[\($0)]\", \"change\": {\"after_unknown\": {}}}" }
    let plan = """
      {"format_version": "1.2", "terraform_version": "1.9.5",
       "planned_values": {"root_module": {"resources": [\(resources.joined(separator: ",\n"))]}},
       "resource_changes": [\(changes.joined(separator: ",\n"))]}
      """
    let made = PolicyImport(plan, path: "plan.json")
    #expect(!made.report.hasLosses)
    #expect(made.text("p/folder.yaml")?.matches(of: /role:/).count == 1)
  }

  @Test("aliases stand for what they name")
  func aliases() {
    let made = PolicyImport(
      """
      bindings:
      - role: \(Self.role)
        members: &people ["user:ann@example.com"]
      - role: roles/viewer
        members: *people
      """, path: "a.iam.yaml")
    #expect(!made.report.hasLosses)
    #expect(made.text("a.yaml")?.matches(of: /user:ann@example.com/).count == 2)
  }

  @Test("a plan of another major version, or one that is not complete, is told of")
  func plans() {
    #expect(PolicyImport("{\"format_version\": \"2.0\", \"planned_values\": {}}").report.hasLosses)
    for part in ["\"complete\": false", "\"errored\": true", "\"deferred_changes\": [{\"reason\": \"x\"}]"] {
      let plan = "{\"format_version\": \"1.2\", \"planned_values\": {\"root_module\": {}}, \(part)}"
      #expect(PolicyImport(plan).report.hasLosses, "\(part)")
    }
  }
}
