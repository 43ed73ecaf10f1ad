// Mistakes as data: small trees with `«id»` right before the place that must be reported. The names are sentences; the
// tests that walk them stand in BadInputTests.swift.

import Testing

@testable import PosternLanguage

/// One tree with mistakes.
struct BadInput: Sendable, CustomTestStringConvertible {
  var name: String
  var tree: Tree

  var testDescription: String { name }

  init(_ name: String, organization: String = "", app: String = "", others: [(path: String, text: String)] = []) {
    self.name = name
    tree = .small(organization: organization, app: app, others: others)
  }

  init(_ name: String, files: [(path: String, text: String)]) {
    self.name = name
    tree = Tree(files: files)
  }

  /// An app beside the small tree's own.
  static func app(_ name: String, _ rest: String) -> (path: String, text: String) {
    ("\(name.replacing("«duplicate-name»", with: "")).yaml", "kind: App\nname: \(name)\n\(rest)\n")
  }

  /// The organization of the small tree with other login providers.
  static func providers(_ providers: String, _ rest: String = "") -> (path: String, text: String) {
    (
      "organization.yaml",
      "kind: Organization\nname: example.com\nloginProviders:\n\(providers)\n"
        + "session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}\n\(rest)"
    )
  }

  static let all = documents + names + iam + hosts + routes + sessions + settings + providers + groupsAndTests

  static let documents: [BadInput] = [
    BadInput("a tree without an organization", files: [("a.yaml", "«missing-organization»" + Tree.app)]),
    BadInput("two organizations", others: [("z.yaml", "«duplicate-organization»" + Tree.organization)]),
    BadInput("a folder at the root", others: [("z.yaml", "«misplaced-document»kind: Folder\n")]),
    BadInput("groups in a folder", others: [("f/z.yaml", "«misplaced-document»kind: Groups\ngroups: []\n")]),
    BadInput(
      "two folder documents in one folder",
      others: [("f/folder.yaml", "kind: Folder\n---\n«duplicate-folder»kind: Folder\n")]),
    BadInput("an unknown kind", others: [("z.yaml", "kind: «unknown-kind»Apps\n")]),
    BadInput("no kind", others: [("z.yaml", "«missing-kind»name: x\n")]),
    BadInput("a document that is a list", others: [("z.yaml", "«wrong-type»- kind: App\n")]),
    BadInput("an empty file", others: [("z.yaml", "«empty-file»# nothing\n")]),
    BadInput(
      "an app too deep",
      others: [("1/2/3/4/5/6/7/8/a.yaml", "kind: App\nname: «tree-too-deep»deep\nroutes: [deep.example.com]\n")]),
    BadInput(
      "several mistakes in one mapping",
      app: "«unknown-key»owner: me\n«duplicate-key»name: again\ncors: «wrong-type»[]\n"),
    BadInput("a missing key", others: [("z.yaml", "«missing-key»kind: App\nname: z\n")]),
    BadInput(
      "a wrong value is reported beside the others",
      app: "session: {idleTimeout: «bad-duration»8:30, revalidate: «bad-duration»90}\n"),
    BadInput(
      "a switch that YAML 1.1 would take",
      app: "settings: {accessSettings: {corsSettings: {allowHttpOptions: «bad-boolean»no}}}\n"),
    BadInput("a number that is none", organization: "budget: {words: «bad-integer»1e3}\n"),
    BadInput(
      "durations of all kinds",
      app: """
        session:
          absoluteTimeout: «bad-duration»-1h
          idleTimeout: «bad-duration»99999999d
          revalidate: «out-of-range»0s
          onStateUnavailable: {allowFor: «bad-duration»1.5h}

        """),
  ]

  static let names: [BadInput] = [
    BadInput(
      "two apps with one name",
      others: [app("«duplicate-name»payroll", "routes: [x.example.com]")].map { ("z.yaml", $0.text) }),
    BadInput(
      "two apps with one audience", others: [app("z", "routes: [x.example.com]\naudience: «duplicate-name»payroll")]),
    BadInput(
      "an app without a usable name",
      others: [("z.yaml", "kind: App\nname: «bad-name»pay roll\nroutes: [x.example.com]\n")]),
    BadInput(
      "a folder whose name is not ASCII",
      others: [("größe/z.yaml", "«bad-name»kind: App\nname: z\nroutes: [x.example.com]\n")]),
    BadInput(
      "a guard about no app",
      organization: "guards: [{name: g, app: «unknown-app»payrol, never: {idleTimeoutAbove: 1h}}]\n"),
    BadInput(
      "guards of one name",
      organization: """
        guards:
          - {name: g, never: {idleTimeoutAbove: 1h}}
          - {name: «duplicate-name»g, never: {absoluteTimeoutAbove: 1h}}

        """),
    BadInput(
      "a guard of two kinds",
      organization: "guards: [{name: g, never: {«exactly-one-key»idleTimeoutAbove: 1h, absoluteTimeoutAbove: 1h}}]\n"),
    BadInput("a clock skew that would hide an expiry", organization: "clockSkew: «out-of-range»6m\n"),
    BadInput(
      "roles that are not custom roles",
      organization: "accessRoles: [«malformed-role»roles/owner, organizations/1/roles/x]\n"),
  ]

  /// A binding of IAP's role in an app.
  static func binding(_ members: String, _ rest: String = "") -> String {
    "iam:\n  bindings:\n    - role: roles/iap.httpsResourceAccessor\n      members: [\(members)]\n\(rest)"
  }

  static func deny(_ rule: String) -> String { "deny: [{denyRule: {\(rule)}}]\n" }

  static let iam: [BadInput] = [
    BadInput(
      "members of unknown kinds",
      app: binding("«unknown-member»ann@example.com, «unknown-member»'users:ann@example.com', «unknown-member»everyone")
    ),
    BadInput(
      "malformed addresses",
      app: binding(
        """
        «malformed-email»'user:ann', «malformed-email»'user:@example.com', «malformed-email»'user:a@b@example.com',
        «malformed-email»'group:a b@example.com', «malformed-email»'user:*@example.com', «malformed-email»'user:a@example',
        «malformed-email»'user:ann@example.com?uid=1'
        """)),
    BadInput(
      "malformed domains",
      app: binding(
        "«malformed-domain»'domain:example', «malformed-domain»'domain:-x.example.com', «malformed-domain»'domain:a..example.com'"
      )),
    BadInput(
      "names that only look right",
      app: binding("«name-not-ascii»'domain:exаmple.com', «name-not-ascii»'user:аnn@example.com'")),
    BadInput(
      "principals that nobody is",
      app: binding(
        """
        «malformed-principal»'principal://iam.googleapis.com/locations/global/workforcePools/p/subject/',
        «malformed-principal»'principalSet://iam.googleapis.com/locations/global/workforcePools/p/groups/x',
        «malformed-principal»'principalSet://goog/cloudIdentityCustomerId/C01',
        «malformed-principal»'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/x'
        """)),
    BadInput("a deny rule's public in a binding", app: binding("«member-not-allowed»'principalSet://goog/public:all'")),
    BadInput(
      "a deleted account and a repeated member",
      app: binding(
        "«deleted-member»'deleted:user:a@example.com?uid=1', 'user:a@example.com', «duplicate-member»'user:A@example.com'"
      )),
    BadInput("a member of a domain that nobody declares", app: binding("«undeclared-domain»'user:ann@example.net'")),
    BadInput(
      "a role that grants nothing",
      app: "iam: {bindings: [{role: «role-grants-nothing»roles/viewer, members: ['user:a@example.com']}]}\n"),
    BadInput(
      "a condition without a title",
      app: binding("'user:a@example.com'", "      condition: {«condition-without-title»expression: 'true'}\n")),
    BadInput(
      "conditions where IAM allows none",
      app: binding("«condition-not-allowed»allUsers", "      condition: {title: t, expression: 'true'}\n") + """
            - role: «role-grants-nothing»«condition-not-allowed»roles/owner
              members: ['user:a@example.com']
              condition: {title: t, expression: 'true'}

        """),
    BadInput(
      "a condition without effect",
      app: binding("'user:a@example.com'") + """

            - role: roles/iap.httpsResourceAccessor
              members: [«condition-without-effect»'user:a@example.com']
              condition: {title: t, expression: 'true'}

        """),
    BadInput(
      "more logical operators than IAM takes",
      app: binding(
        "'user:a@example.com'",
        "      condition: {title: t, expression: «portability-limit»'\(String(repeating: "a && ", count: 13))a'}\n")),
    BadInput(
      "a deny rule about another permission",
      app: deny(
        "deniedPrincipals: ['user:a@example.com'], deniedPermissions: «deny-rule-without-effect»[storage.googleapis.com/buckets.get]"
      )),
    BadInput(
      "a deny rule that excepts what it denies",
      app: deny(
        "deniedPrincipals: ['user:a@example.com'], deniedPermissions: [iap.googleapis.com/*], exceptionPermissions: [«deny-rule-without-effect»iap.webServiceVersions.*]"
      )),
    BadInput(
      "a deny rule about nobody",
      app: deny(
        "deniedPrincipals: «empty-list»[], deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]")),
  ]

  static let hosts: [BadInput] = [
    BadInput(
      "hosts that no request can have",
      others: [
        app(
          "z",
          """
          routes:
            - «malformed-host»pay_roll.example.com
            - «malformed-host»-x.example.com
            - «malformed-host»a..example.com
            -«wrong-type»
            - «malformed-host»\(String(repeating: "a.", count: 130))com
            - «name-not-ascii»pаyroll.example.com
            - «name-not-ascii»bücher.example.com
            - «malformed-route»https://x.example.com/
            - «malformed-route»x.example.com:8443/
            - «malformed-route»x.*.example.com/
            - «malformed-route»"*"
          """)
      ]),
    BadInput(
      "origins that no browser sends",
      app:
        "cors: {origins: [«malformed-origin»portal.example.com, «malformed-origin»'https://a.example.com/x', «malformed-origin»'https://*.example.com', «malformed-origin»'https://a.example.com:0', «malformed-origin»'https://u@a.example.com', «name-not-ascii»'https://pаy.example.com']}\n"
    ),
    BadInput(
      "pages that are not https",
      app:
        "settings: {applicationSettings: {accessDeniedPageSettings: {accessDeniedPageUri: «malformed-url»'http://x.example.com'}}}\n"
    ),
  ]

  static let routes: [BadInput] = [
    BadInput(
      "paths that are not in normal form",
      others: [
        app(
          "z",
          """
          routes:
            - «path-not-normal»z.example.com//a
            - «path-not-normal»z.example.com/a/../b
            - «path-not-normal»z.example.com/./a
            - «path-not-normal»z.example.com/a%20b
            - «path-not-normal»z.example.com/a%2fb
            - {path: «path-not-normal»z.example.com/a%2fb, allowEscapes: true}
            - {path: z.example.com/a%2Fb, allowEscapes: true}
            - «route-never-matches»z.example.com/a;b
            - «route-never-matches»z.example.com/a?b
            - «route-never-matches»z.example.com/a/*
            - «route-never-matches»z.example.com/_gcp_iap/x
            - «route-too-deep»z.example.com\(String(repeating: "/a", count: 32))
            - z.example.com\(String(repeating: "/b", count: 31))
          """)
      ]),
    BadInput(
      "two routes of one host and path",
      others: [
        app("z", "routes: [«duplicate-route»payroll.example.com, z.example.com/a, «duplicate-route»Z.example.com/a/]")
      ]),
    BadInput("an app without routes", others: [app("z", "routes: «empty-list»[]")]),
  ]

  static let sessions: [BadInput] = [
    BadInput(
      "an app whose limits nobody writes",
      files: [
        ("organization.yaml", Tree.organization.replacing(", revalidate: 2m", with: "")),
        ("payroll.yaml", Tree.app.replacing("payroll\n", with: "«missing-limit»payroll\n")),
      ]),
    BadInput(
      "an idle timeout that is not below the absolute one",
      app: "session: {absoluteTimeout: 1h, idleTimeout: «timers-contradict»1h}\n"),
    BadInput(
      "an absolute timeout below an inherited idle one", organization: "",
      app: "session: {idleTimeout: 2h, absoluteTimeout: 3h}\n",
      others: [
        ("f/folder.yaml", "kind: Folder\nsession: {idleTimeout: 2h}\n"),
        (
          "f/z.yaml", "kind: App\nname: z\nroutes: [z.example.com]\nsession: {absoluteTimeout: «timers-contradict»1h}\n"
        ),
      ]),
    BadInput(
      "a revalidation above the idle timeout", app: "session: {idleTimeout: 1m, revalidate: «timers-contradict»61s}\n"),
    BadInput(
      "a re-authentication above the absolute timeout",
      app: """
        session: {absoluteTimeout: 1h}
        settings: {accessSettings: {reauthSettings: «timers-contradict»{method: LOGIN, maxAge: 3601s, policyType: DEFAULT}}}

        """),
    BadInput(
      "a limit above an enforced one", organization: "", app: "session: {idleTimeout: 1h}\n",
      others: [
        ("f/folder.yaml", "kind: Folder\nsession: {idleTimeout: {max: 15m, enforce: true}}\n"),
        (
          "f/z.yaml",
          "kind: App\nname: z\nroutes: [z.example.com]\nsession: {idleTimeout: «above-enforced-limit»none}\n"
        ),
      ]),
    BadInput(
      "an exclusion that is not in normal form",
      app:
        "session: {activity: {exclude: [«path-not-normal»api, /ok, «route-never-matches»'/a?b', «duplicate-name»/ok/]}}\n"
    ),
  ]

  static func access(_ text: String) -> String { "settings: {accessSettings: {\(text)}}\n" }

  static let settings: [BadInput] = [
    BadInput(
      "re-authentication without an age",
      app: access("reauthSettings: {«incomplete-reauthentication»method: LOGIN, policyType: MINIMUM}")),
    BadInput(
      "re-authentication without a policy type",
      app: access("reauthSettings: {«incomplete-reauthentication»method: LOGIN, maxAge: 300s}")),
    BadInput(
      "re-authentication that is switched off without a policy type",
      app: access("reauthSettings: {«incomplete-reauthentication»method: METHOD_UNSPECIFIED}")),
    BadInput(
      "re-authentication under 300 s",
      app: access("reauthSettings: {method: LOGIN, maxAge: «out-of-range»299s, policyType: MINIMUM}")),
    BadInput(
      "an unknown method",
      app: access("reauthSettings: {method: «unknown-value»SECURITY_KEY, maxAge: 300s, policyType: MINIMUM}")),
    BadInput(
      "secrets", app: access("oauthSettings: {«secret-in-policy»clientSecret: x, «not-applied»clientSecretSha256: y}")),
    BadInput("a cookie domain", app: "settings: {applicationSettings: {«not-applied»cookieDomain: example.com}}\n"),
    BadInput(
      "snake case and camel case of one field",
      app: "settings: {access_settings: {}, «duplicate-key»accessSettings: {}}\n"),
    BadInput(
      "allowed domains that are none",
      app: access(
        "allowedDomainsSettings: {enable: true, domains: [«malformed-domain»example, «undeclared-domain»example.net]}")),
    BadInput(
      "settings enabled without what they need",
      app: access("allowedDomainsSettings: {enable: «setting-incomplete»true}").replacing(
        "}}\n",
        with:
          "}, applicationSettings: {attributePropagationSettings: {enable: «setting-incomplete»«setting-incomplete»true}}}\n"
      )),
    BadInput(
      "two pools and two sources",
      app: access(
        "workforceIdentitySettings: {workforcePools: [«setting-does-not-fit»a, «at-most-one»«setting-does-not-fit»b]}")),
    BadInput(
      "tenants that are none, and of no provider",
      app: access(
        "gcipSettings: {tenantIds: [«malformed-tenant»«setting-does-not-fit»x1, «setting-does-not-fit»1x, «malformed-tenant»«setting-does-not-fit»_1]}"
      )),
    BadInput(
      "settings of other sources",
      app: access(
        "identitySources: [«setting-does-not-fit»WORKFORCE_IDENTITY_FEDERATION], workforceIdentitySettings: {oauth2: {clientId: «setting-does-not-fit»x}}, gcipSettings: {loginPageUri: «setting-does-not-fit»'https://x.example.com'}"
      )),
    BadInput(
      "a pool that is no name",
      app: access("workforceIdentitySettings: {workforcePools: [«malformed-pool»«setting-does-not-fit»My_Pool]}")),
  ]

  static let providers: [BadInput] = [
    BadInput(
      "no login provider", files: [("organization.yaml", "«missing-key»kind: Organization\nname: example.com\n")]),
    BadInput(
      "login providers with all that can be wrong",
      files: [
        providers(
          """
            - {name: a, source: workspace, issuer: «malformed-url»'http://x.example.com', clientID: x, domains: [example.com], «key-of-other-source»pool: p}
            - {name: «duplicate-name»a, source: oidc, issuer: «malformed-url»'https://x.example.com/?a', clientID: x, domains: [«shared-domain»example.com]}
            - {«missing-key»name: b, source: workforce, issuer: 'https://y.example.com', clientID: x, sessionDuration: «out-of-range»10m, «key-of-other-source»tenantIds: [1a]}
            - {name: c, source: «unknown-value»google, issuer: 'https://y.example.com', clientID: x, «secret-in-policy»clientSecret: y}
            - {name: d, source: workforce, issuer: 'https://z.example.com', clientID: x, pool: «malformed-pool»My_Pool}
          """)
      ]),
    BadInput(
      "an app that names none of several providers",
      files: [
        providers(
          "  - {name: a, source: oidc, issuer: 'https://a.example.com', clientID: x}\n  - {name: b, source: oidc, issuer: 'https://b.example.com', clientID: x}"
        ),
        ("payroll.yaml", Tree.app.replacing("payroll\n", with: "«providers-not-stated»payroll\n")),
      ]),
    BadInput(
      "an unknown provider", app: "providers: [workspace, «unknown-provider»workplace, «duplicate-name»workspace]\n"),
    BadInput("no provider at all", app: "providers: «empty-list»[]\n"),
    BadInput(
      "apps of one host with other providers",
      files: [
        providers(
          "  - {name: a, source: oidc, issuer: 'https://a.example.com', clientID: x}\n  - {name: b, source: oidc, issuer: 'https://b.example.com', clientID: x}"
        ),
        ("payroll.yaml", Tree.app + "providers: [a]\n"),
        app("z", "routes: [«providers-differ-on-host»payroll.example.com/z]\nproviders: [b, a]"),
      ]),
    BadInput(
      "more providers than a bundle holds",
      files: [
        providers(
          (0...64).map {
            "  - {\($0 == 64 ? "«too-many»" : "")name: p\($0), source: oidc, issuer: 'https://p\($0).example.com', clientID: x}"
          }.joined(separator: "\n"), "providers: [p0]\n")
      ]),
    BadInput(
      "more deny rules than a bundle holds",
      organization: "deny:\n"
        + (0...256).map {
          "  - denyRule: \($0 == 256 ? "«too-many»" : ""){deniedPrincipals: ['user:a@example.com'], deniedPermissions: [iap.*]}\n"
        }.joined()),
  ]

  static let groupsAndTests: [BadInput] = [
    BadInput(
      "groups in a ring",
      others: [
        (
          "groups.yaml",
          """
          kind: Groups
          groups:
            - {email: a@example.com, members: ['group:b@example.com']}
            - {email: b@example.com, members: ['user:x@example.com', 'group:c@example.com']}
            - {email: c@example.com, members: [«group-ring»'group:a@example.com']}
            - {email: d@example.com, members: [«group-ring»'group:d@example.com', 'group:a@example.com']}

          """
        )
      ]),
    BadInput(
      "groups twice, and members that a group cannot hold",
      others: [
        (
          "groups.yaml",
          """
          kind: Groups
          groups:
            - {email: a@example.com, members: [«member-not-allowed»'domain:example.com', «member-not-allowed»allUsers]}
            - {email: «duplicate-name»A@example.com, members: []}
            - {email: «malformed-email»'group:b@example.com', members: []}

          """
        )
      ]),
    BadInput(
      "access levels without usable names",
      others: [
        (
          "levels.yaml",
          """
          kind: AccessLevels
          levels:
            - {name: «bad-name»corp-network, expression: 'true'}
            - {name: corp, expression: 'true'}
            - {name: «duplicate-name»corp, expression: 'true'}
            - {name: accessPolicies/1/accessLevels/corp, expression: 'true'}

          """
        )
      ]),
    BadInput(
      "tests with mistakes",
      others: [
        (
          "z.test.yaml",
          """
          kind: Test
          tests:
            - name: one
              now: «bad-time»yesterday
              request: {url: 'https://x.example.com/', «fact-written-twice»host: y}
              credential: {as: «member-not-allowed»'group:a@example.com', createdAt: «bad-time»8h}
              expect: {verdict: «unknown-value»allowed, app: «unknown-app»pay}
            - name: two
              request: {url: «malformed-url»x.example.com, headers: {«unknown-key»cookie: a}}
              expect: {verdict: allow, reason: «unknown-value»grant}

          """
        )
      ]),
  ]
}
