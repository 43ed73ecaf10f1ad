// What single inputs come to: how files and resources are named, placed and merged.

import PosternImport
import PosternLanguage
import Testing

@Suite("Reading exports")
struct ReadingTests {
  private func files(_ layout: String, _ text: String = "bindings: []\netag: x") -> [String] {
    let input = ImportInput(path: "x/" + layout, layout: layout, content: .bytes(Array(text.utf8)))
    return PolicyImport(of: [input]).files.map(\.path)
  }

  @Test(
    "a file's name says whose its policy is",
    arguments: [
      ("payroll.iam.yaml", "payroll.yaml"), ("payroll.yaml", "payroll.yaml"), ("payroll/iam.json", "payroll.yaml"),
      ("finance/payroll.iam.yml", "finance/payroll.yaml"), ("finance/payroll/iam.yaml", "finance/payroll.yaml"),
      ("finance/folder.iam.yaml", "finance/folder.yaml"), ("organization.iam.yaml", "organization.yaml"),
      ("a/b/c.iam.yaml", "a/b/c.yaml"), ("payroll.eu.iam.yaml", "payroll.eu.yaml"),
    ])
  func names(_ layout: String, _ path: String) {
    #expect(files(layout).contains(path))
  }

  @Test("a policy that nothing names is not carried over", arguments: ["iam.yaml", ""])
  func nameless(_ layout: String) {
    let input = ImportInput(path: "-", layout: layout, content: .bytes(Array("etag: x".utf8)))
    let made = PolicyImport(of: [input])
    #expect(made.files.map(\.path) == ["organization.yaml"])
    #expect(made.report.hasLosses)
    #expect(made.report.text.contains("standard input:1:1: IAM policy: not carried over"))
  }

  @Test("an option names a file before its own name does")
  func appOption() {
    var options = ImportOptions()
    options.apps = [(path: "finance/wages", file: "payroll.iam.yaml")]
    #expect(
      PolicyImport("etag: x", path: "payroll.iam.yaml", options: options).files.map(\.path)
        == ["finance/wages.yaml", "organization.yaml"])
  }

  @Test("options that mean nothing are told")
  func optionFaults() {
    var options = ImportOptions()
    options.apps = [(path: "a", file: "nowhere.yaml")]
    options.hosts = [(app: "nobody", route: "a/")]
    options.places = [
      (resource: "organizations/1", path: "a"), (resource: "x", path: "a"), (resource: "projects/1", path: "/"),
    ]
    #expect(PolicyImport("etag: x", path: "payroll.iam.yaml", options: options).optionFaults.count == 5)
  }

  @Test("settings find the app whose file says the same resource")
  func pairing() {
    let named = { (layout: String, text: String) in
      ImportInput(path: layout, layout: layout, content: .bytes(Array(text.utf8)))
    }
    let made = PolicyImport(of: [
      named("finance/payroll.iam.yaml", "bindings: [{role: r, members: [\"user:a@example.com\"]}]"),
      named(
        "plan.json",
        """
        {"format_version": "1.2", "planned_values": {"root_module": {"resources": [{"address": "x", "mode": "managed",
        "type": "google_iap_web_backend_service_iam_member", "name": "x", "values": {"project": "1",
        "web_backend_service": "7", "role": "r", "member": "user:b@example.com"}}]}},
        "resource_changes": [{"address": "x", "change": {"after_unknown": {}}}]}
        """),
      named("finance/payroll.settings.yaml", "name: projects/1/iap_web/compute/services/7"),
    ])
    #expect(made.files.map(\.path) == ["finance/payroll.yaml", "organization.yaml"])
    #expect(made.text("finance/payroll.yaml")?.contains("- user:a@example.com\n        - user:b@example.com") == true)
  }

  @Test("a folder with settings and no app below it is a place to fill in")
  func emptyFolder() {
    let made = PolicyImport("{name: folders/7, accessSettings: {corsSettings: {allowHttpOptions: true}}}")
    #expect(made.text("folders-7/folder.yaml")?.hasPrefix("kind: # FILL IN") == true)
    #expect(Policy.read(files: made.files).diagnostics.contains { $0.span?.fileIndex == 0 && $0.severity == .error })
  }

  @Test("a project that says nothing holds what stands at `iap_web`")
  func raised() {
    let made = PolicyImport(
      """
      - {name: projects/p/iap_web, accessSettings: {corsSettings: {allowHttpOptions: true}}}
      - {name: projects/p/iap_web/compute/services/a, accessSettings: {corsSettings: {allowHttpOptions: false}}}
      """)
    #expect(made.files.map(\.path) == ["organization.yaml", "p/a.yaml", "p/folder.yaml"])
    #expect(made.text("p/folder.yaml")?.hasPrefix("kind: Folder\n") == true)
  }

  @Test("what a plan knows only after apply is never guessed, and restrictions leave a place to fill in")
  func unknownSettings() {
    let made = PolicyImport(
      """
      {"format_version": "1.2", "planned_values": {"root_module": {"resources": [{"address": "s", "mode": "managed",
      "type": "google_iap_settings", "name": "s", "values": {"name": "projects/p/iap_web/compute/services/a",
      "access_settings": [{"allowed_domains_settings": [{"enable": true, "domains": ["x.example"]}]}]},
      "sensitive_values": {"access_settings": [{"allowed_domains_settings": [{"domains": [true]}]}]}}]}},
      "resource_changes": [{"address": "s", "change": {"after_unknown": {"id": true,
      "access_settings": [{"reauth_settings": [{"max_age": true}]}]}}}]}
      """, path: "plan.json")
    let text = made.text("p/a.yaml") ?? ""
    #expect(text.contains("reauthSettings: # FILL IN"))
    #expect(text.contains("domains: # FILL IN") && !text.contains("x.example"))
    #expect(made.report.text.contains("known only after apply"))
  }
}
