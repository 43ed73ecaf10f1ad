// What Google's tools print, compiles: IapSettings and IAM policies as exported, in both spellings and both formats.

import Testing

@testable import PosternLanguage

@Suite("Google's own shapes")
struct ReadingGoogleTests {
  static let camelCase = """
    settings:
      name: organizations/1/iap_web
      accessSettings:
        corsSettings: {allowHttpOptions: true}
        oauthSettings: {loginHint: example.com, clientId: c, programmaticClients: [p, q]}
        reauthSettings: {method: SECURE_KEY, maxAge: 3600s, policyType: MINIMUM}
        allowedDomainsSettings: {enable: true, domains: [Example.com]}
      applicationSettings:
        csmSettings: {rctokenAud: mesh}
        accessDeniedPageSettings:
          accessDeniedPageUri: https://denied.example.com/
          generateTroubleshootingUri: false
          remediationTokenGenerationEnabled: true
        attributePropagationSettings:
          enable: true
          expression: attributes.saml_attributes.selectByName("a")
          outputCredentials: [HEADER, RCTOKEN, JWT]

    """

  static let snakeCase = """
    settings:
      name: organizations/1/iap_web
      access_settings:
        cors_settings: {allow_http_options: true}
        oauth_settings: {login_hint: example.com, client_id: c, programmatic_clients: [p, q]}
        reauth_settings: {method: SECURE_KEY, max_age: 3600s, policy_type: MINIMUM}
        allowed_domains_settings: {enable: true, domains: [Example.com]}
      application_settings:
        csm_settings: {rctoken_aud: mesh}
        access_denied_page_settings:
          access_denied_page_uri: https://denied.example.com/
          generate_troubleshooting_uri: false
          remediation_token_generation_enabled: true
        attribute_propagation_settings:
          enable: true
          expression: attributes.saml_attributes.selectByName("a")
          output_credentials: [HEADER, RCTOKEN, JWT]

    """

  @Test("every field of IapSettings reaches the app, in either spelling", arguments: [camelCase, snakeCase])
  func settings(_ text: String) throws {
    let app = try #require(Tree.small(app: text).read().policy?.apps.first)
    #expect(app.access.allowHTTPOptions?.value == true)
    #expect(app.access.loginHint?.value == "example.com" && app.access.oauthClientID?.value == "c")
    #expect(app.access.programmaticClients.map(\.value) == ["p", "q"])
    let reauthentication = Reauthentication(method: .secureKey, maxAgeSeconds: 3_600, policyType: .minimum)
    #expect(app.access.reauthentication?.value == reauthentication)
    #expect(app.access.allowedDomains?.value == ["example.com"])
    #expect(app.application.rctokenAudience?.value == "mesh")
    #expect(app.application.accessDeniedPageURI?.value == "https://denied.example.com/")
    #expect(app.application.generateTroubleshootingURI?.value == false)
    #expect(app.application.remediationTokenGeneration?.value == true)
    #expect(app.application.attributePropagation?.value.outputs == [.header, .rctoken, .jwt])
    #expect(app.application.attributePropagation?.value.attributes.map(\.name) == ["a"])
  }

  @Test("a setting that is not enabled is not in force")
  func disabled() throws {
    let text = """
      settings:
        accessSettings: {allowedDomainsSettings: {enable: false, domains: [example.com]}}
        applicationSettings: {attributePropagationSettings: {enable: false, expression: x}}

      """
    let app = try #require(Tree.small(app: text).read().policy?.apps.first)
    #expect(app.access.allowedDomains == nil && app.application.attributePropagation == nil)
  }

  @Test("every leaf of IapSettings is enforced, written by Google, refused or warned about")
  func handling() {
    let unhandled = KeySet.all.filter { $0.name.hasSuffix("Settings") || $0.name == "WorkforceOAuth2" }.flatMap { set in
      set.keys.filter { key in
        switch (key.handling, key.shape) {
        case (.read, .object): false
        case (.read, _): set.name != "ReauthSettings"
        default: false
        }
      }
    }
    #expect(unhandled.map(\.name) == [])
  }

  @Test("an exported IAM policy reads as it is, in YAML and in JSON")
  func policy() throws {
    let yaml = """
      iam:
        bindings:
        - members:
          - user:ann@example.com
          role: roles/iap.httpsResourceAccessor
        etag: BwXhqDWvSOA=
        version: 1

      """
    let json = """
      {"kind": "App", "name": "other", "routes": ["other.example.com"], "iam": {"bindings": [{"role":
      "roles/iap.httpsResourceAccessor", "members": ["user:ann@example.com"]}], "etag": "BwXhqDWvSOA=", "version": 3}}
      """
    let policy = try #require(Tree.small(app: yaml, others: [("other.json", json)]).read().policy)
    #expect(policy.nodes.map(\.bindings.count) == [0, 1, 1])
    #expect(policy.members == [.user(email: "ann@example.com")])
  }

  @Test("a role grants access only if it is IAP's own or the organization says so")
  func roles() throws {
    let tree = Tree.small(
      organization: "accessRoles: [projects/p/roles/gate]\n",
      app: """
        iam:
          bindings:
            - {role: projects/p/roles/gate, members: ['user:ann@example.com']}
            - {role: projects/p/roles/other, members: ['user:ann@example.com']}

        """)
    let reading = tree.read()
    #expect(reading.policy?.nodes[1].bindings.map(\.grantsAccess) == [true, false])
    #expect(reading.diagnostics.map(\.id) == ["role-grants-nothing"])
  }

  @Test("conditions are read, each where it is written")
  func conditions() throws {
    let tree = Tree.small(
      organization: """
        deny:
          - denyRule:
              deniedPrincipals: ['user:eve@example.com']
              deniedPermissions: [iap.*]
              denialCondition: {title: t, expression: 'true'}

        """,
      app: """
        iam:
          bindings:
            - role: roles/iap.httpsResourceAccessor
              members: ['user:ann@example.com']
              condition: {title: office hours, description: d, expression: 'levels.corp && request.path == "/"'}

        """,
      others: [
        ("levels.yaml", "kind: AccessLevels\nlevels: [{name: corp, expression: 'request.time > timestamp(0)'}]\n")
      ])
    let policy = try #require(tree.read().policy)
    let condition = try #require(policy.nodes[1].bindings[0].condition)
    #expect(condition.expression.value == #"levels.corp && request.path == "/""#)
    #expect(condition.reading?.levelIndices == [0])
    #expect(condition.reading?.timeUses.isEmpty == false)
    #expect(policy.denyRules[0].condition?.reading?.timeUses.isEmpty == true)
    #expect(policy.accessLevels.map(\.condition.title) == ["corp"])
    let span = condition.span(of: 15..<27)
    #expect((span.startLine, span.startColumn, span.endColumn) == (8, 84, 96))
  }

  @Test("a folder's name, its order in the tree and the order of files change nothing but indices of files")
  func order() throws {
    let files = Tree.small(others: [("f/z.yaml", "kind: App\nname: z\nroutes: [z.example.com]\n")]).files
    let one = try #require(Policy.read(files: files).policy)
    let other = try #require(Policy.read(files: files.reversed()).policy)
    #expect(one.apps.map(\.name) == other.apps.map(\.name))
    #expect(one.files.map(\.path) == other.files.map(\.path))
  }
}
