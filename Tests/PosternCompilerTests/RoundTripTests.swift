// What the compiler writes, the kernel's verifier accepts and the kernel decides as the reference evaluator does.

import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Round trip")
struct RoundTripTests {
  /// Every kind of member, provider, route, row and setting once.
  static let policy: Policy = {
    var builder = PolicyBuilder(
      bindings: [[.user(email: "root@example.com"), .poolSubject(pool: "staff", subject: "S1")]],
      denies: [
        .init(denied: [.group(email: "suspended@example.com")], excepted: [.user(email: "cfo@example.com")])
      ])
    builder.addProvider("partners", .identityPlatform, domains: ["partner.example"], tenants: ["t-1", "t-2"])
    builder.addProvider("staff", .workforce, pool: "staff", seconds: 900)
    builder.addProvider("saml", .saml, domains: ["saml.example"], pool: "pupils")
    builder.addGroup("all@example.com", [.group(email: "team@example.com"), .user(email: "zoe@example.com")])
    builder.addGroup("team@example.com", [.user(email: "ada@example.com"), .poolSubject(pool: "staff", subject: "S2")])
    builder.addApp("admin", bindings: [[.allAuthenticatedUsers]], providers: [0, 1, 2, 3]) { app in
      app.access.reauthentication = sourced(
        Reauthentication(method: .secureKey, maxAgeSeconds: 300, policyType: .minimum))
      app.access.loginHint = sourced("example.com")
    }
    builder.addApp("open", bindings: [[.allUsers, .user(email: "ada@example.com")]])
    let long = String(repeating: "a", count: 60) + ".example.com"
    builder.addApp(
      "routes",
      routes: [
        PolicyBuilder.route(long), PolicyBuilder.route("wild.example.com", "/x/y", wildcard: true),
        PolicyBuilder.route("open.example.com", "/deep/er", escapes: true),
      ], bindings: [[.domain("example.com")]]
    ) { app in
      app.session.activityExclude = [sourced("/api/poll"), sourced("/b")]
      app.session.revalidate = sourced(.none)
      app.session.idleTimeout = sourced(.none)
      app.access.allowHTTPOptions = sourced(true)
    }
    let finance = builder.addFolder(
      "finance",
      bindings: [[.group(email: "all@example.com")], (0..<40).map { .user(email: "u\($0)@example.com") }],
      denies: [.init(denied: [.allUsers], excepted: [.domain("example.com"), .pool("staff")])])
    builder.addApp("payroll", parent: finance, bindings: [[.user(email: "cfo@example.com")]]) { app in
      app.access.programmaticClients = [sourced("cli"), sourced("robot")]
      app.access.allowedDomains = sourced(["example.com"])
      app.session.programmaticMaxAge = sourced(.seconds(3_600))
      app.corsOrigins = [sourced("https://portal.example.com")]
    }
    builder.addApp(
      "tenants", parent: finance,
      bindings: [
        [.poolAttribute(pool: "staff", name: "dept", value: "hr"), .poolGroup(pool: "staff", group: "g")],
        [.pool("pupils"), .serviceAccount(email: "robot@example.com"), .deleted("user:x")],
      ], providers: [1, 2, 3]
    ) { app in
      app.access.tenantIDs = [sourced("t-1")]
    }
    return builder.policy
  }()

  static func people() -> [Credential] {
    var people = [Credential()]
    for email in ["root", "ada", "zoe", "cfo", "u7", "nobody"] { people.append(.person("\(email)@example.com")) }
    people.append(.person("cfo@example.com", groups: ["suspended@example.com"]))
    people.append(.person("ada@example.com", groups: ["suspended@example.com"]))
    var partner = Credential.person("pat@partner.example", provider: "partners")
    partner.tenant = Array("t-1".utf8)
    people.append(partner)
    for subject in ["S1", "S2", "S3"] {
      var worker = Credential.person("w@staff.example", provider: "staff")
      worker.principalKind = .workforce
      worker.subject = Array(subject.utf8)
      worker.claims = [Array("dept".utf8): .list([.text(Array("it".utf8)), .text(Array("hr".utf8))])]
      people.append(worker)
    }
    people.append(.person("kim@saml.example", provider: "saml"))
    var robot = Credential.person("robot@example.com")
    robot.kind = .bearer
    robot.principalKind = .serviceAccount
    robot.audience = Array("payroll".utf8)
    robot.authorizedParty = Array("cli".utf8)
    people.append(robot)
    var script = Credential.person("cfo@example.com")
    script.kind = .bearer
    script.audience = Array("robot".utf8)
    people.append(script)
    var blind = Credential.person("u3@example.com")
    blind.groupsComplete = false
    people.append(blind)
    return people
  }

  static func requests() -> [Request] {
    let long = String(repeating: "a", count: 60) + ".example.com"
    let hosts =
      ["admin", "open", "payroll", "tenants"].map { "\($0).example.com" } + [long, "a.wild.example.com", "no"]
    let paths = ["/", "/x/y/z", "/x", "/deep/er/a%2Fb", "/deep//er", "/api/poll", "/_gcp_iap/identity"]
    return hosts.flatMap { host in
      paths.map { Request(host, $0) } + [Request(host, method: "OPTIONS"), Request(host, method: "POST")]
    }
  }

  @Test("the kernel decides a compiled policy as the reference evaluator decides the policy")
  func kernelAgreesWithReference() throws {
    let open = try OpenBundle(Compiler.compile(Self.policy, revision: 7))
    var buffers = DecisionBuffers()
    for credential in Self.people() {
      for request in Self.requests() {
        for step: Int64 in [0, 61_000, 400_000, 1_000_000, 40_000_000] {
          let now = Credential.now + step
          let answer = open.decide(request, credential, at: now, using: &buffers)
          let expected = Self.policy.decide(request, credential, at: now)
          #expect(answer == expected, "\(String(decoding: request.host ?? [], as: UTF8.self)) \(credential) +\(step)")
        }
      }
    }
  }

  @Test("the verifier accepts organizations of every size", arguments: [0, 1, 2, 99, 101, 3_000])
  func verifierAccepts(appCount: Int) throws {
    let open = try OpenBundle(Compiler.compile(SyntheticOrganization(appCount: appCount).policy(), revision: 1))
    #expect(open.appCount == appCount)
  }
}
