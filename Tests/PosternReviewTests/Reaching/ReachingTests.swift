// Who reaches an app, and what a principal reaches: members, groups of the directory, deny rules, providers, domains.

import PosternReview
import Testing

@Suite("Reach")
struct ReachingTests {
  @Test("an app is reached by the members of its bindings, its folders' and the organization's, inwards out")
  func bindings() throws {
    let access = try who("payroll")
    #expect(
      access.bindings.map(\.node) == ["app finance/payroll", "app finance/payroll", "folder finance", "organization"])
    #expect(
      access.bindings.map { $0.members.map(\.text) } == [
        ["group:finance@example.com"], ["user:bob@example.com"], ["domain:partner.example"],
        ["user:root@example.com"],
      ])
    #expect(access.memberCount == 4)
  }

  @Test("a group of the directory is resolved to its people, each once; a group that it does not know is one of them")
  func directory() throws {
    #expect(
      try who("payroll").bindings[0].members[0].people == [
        "user:ann@example.com", "user:cfo@example.com", "group:temps@example.com",
      ])
  }

  @Test("conditions, deny rules with their exceptions, and timers are part of the answer")
  func surroundings() throws {
    let access = try who("payroll")
    #expect(access.bindings[1].condition?.expression == #"request.method == "GET""#)
    #expect(access.denyRules.map { $0.members.map(\.text) } == [["user:eve@example.com", "group:gone@example.com"]])
    #expect(access.denyRules.map { $0.exceptions.map(\.text) } == [["user:root@example.com"]])
    #expect(access.timers.first?.name == "absoluteTimeout")
    #expect(access.timers.first?.value == "8h")
    #expect(access.timers.first?.place == "p/organization.yaml:6:28")
  }

  @Test("a binding of everybody makes the app public")
  func everybody() throws {
    #expect(try who("status").isPublic)
    #expect(try !who("payroll").isPublic)
  }

  @Test("a member for whom no login provider of the app speaks is told as such, and not counted")
  func unspokenFor() throws {
    let wiki = try who("wiki")
    #expect(wiki.bindings[0].members.map(\.isSpokenFor) == [true, true, false])
    #expect(wiki.memberCount == 3)
  }

  @Test("an app that is not there has no answer")
  func noApp() throws {
    #expect(try AppAccess(app: "nowhere", in: Self.side().policy) == nil)
  }

  @Test(
    "a principal reaches the apps whose bindings hold it, by itself, by a group of the directory, by its domain",
    arguments: [
      ("user:ann@example.com", ["status", "payroll"]), ("user:dan@example.com", ["status", "wiki"]),
      ("user:cfo@example.com", ["status", "payroll"]), ("group:finance@example.com", ["status", "payroll"]),
      ("principalSet://goog/group/finance@example.com", ["status", "payroll"]),
      ("user:x@partner.example", ["status", "payroll"]), ("domain:partner.example", ["status", "payroll"]),
      ("user:root@example.com", ["status", "wiki", "payroll"]), ("user:eve@example.com", []),
      ("user:nobody@example.net", ["status"]),
    ])
  func reaches(_ principal: String, _ apps: [String]) throws {
    #expect(try Set(can(principal).apps.map(\.name)) == Set(apps))
  }

  @Test("what holds a principal is named: the group, not the person in it")
  func through() throws {
    let payroll = try #require(can("user:ann@example.com").apps.first { $0.name == "payroll" })
    #expect(payroll.grants.map(\.member) == ["group:finance@example.com"])
  }

  @Test("a binding without a condition stands for all others; without one, every condition is told")
  func conditions() throws {
    let bob = try #require(can("user:bob@example.com").apps.first { $0.name == "payroll" })
    #expect(bob.grants.map(\.rule.condition?.title) == ["reads"])
    let ann = try #require(can("user:ann@example.com").apps.first { $0.name == "payroll" })
    #expect(ann.grants.count == 1 && ann.grants[0].rule.condition == nil)
  }

  @Test("a deny rule keeps out whom it names and does not except")
  func denied() throws {
    let eve = try can("user:eve@example.com")
    #expect(eve.apps.isEmpty)
    #expect(eve.obstacles.map(\.name).sorted() == ["status", "wiki"])
    #expect(eve.obstacles.filter(\.isOpenWithoutLogin).map(\.name) == ["status"])
    #expect(eve.obstacles.allSatisfy { $0.rule?.place.text == "p/organization.yaml:10:7" })
  }

  @Test("a deny rule with a condition leaves the app reached, and is told with it")
  func conditionalDenial() throws {
    let dan = try #require(can("user:dan@example.com").apps.first { $0.name == "wiki" })
    #expect(dan.denials.map(\.condition?.title) == ["no writing"])
  }

  @Test("an app none of whose login providers speaks for the principal is not reached")
  func provider() throws {
    let subject = "principal://iam.googleapis.com/locations/global/workforcePools/crew/subject/s1"
    #expect(try can(subject).obstacles.map(\.name) == ["wiki"])
    #expect(try can(subject).obstacles.map(\.reason) == ["no login provider of the app speaks for it"])
  }

  @Test("whoever logs in gets in where a binding says so, also by a provider that does not speak for them")
  func anybody() throws {
    let side = try TreeFixture.tree([
      "organization.yaml": TestedTree.organization,
      "wiki.yaml": """
      kind: App
      name: wiki
      routes: [wiki.example.com/]
      iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [allAuthenticatedUsers]}]}

      """,
    ])
    #expect(PrincipalAccess("user:x@elsewhere.example", in: side.policy)?.apps.map(\.name) == ["wiki"])
    let subject = "principal://iam.googleapis.com/locations/global/workforcePools/crew/subject/s1"
    #expect(PrincipalAccess(subject, in: side.policy)?.apps.map(\.name) == [])
  }

  @Test("an app that does not allow the principal's domain is not reached")
  func domain() throws {
    let side = try TreeFixture.tree([
      "organization.yaml": TestedTree.organization,
      "wiki.yaml": """
      kind: App
      name: wiki
      routes: [wiki.example.com/]
      iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
      settings: {accessSettings: {allowedDomainsSettings: {enable: true, domains: [other.example]}}}

      """,
    ])
    let access = try #require(PrincipalAccess("user:ann@example.com", in: side.policy))
    #expect(access.apps.isEmpty)
    #expect(access.obstacles.map(\.reason) == ["its domain is not among the allowed ones"])
  }

  @Test("a subject of a pool is held by the whole pool")
  func pool() throws {
    let subject = "principal://iam.googleapis.com/locations/global/workforcePools/crew/subject/s1"
    #expect(try Set(can(subject).apps.map(\.name)) == ["status", "yard"])
  }

  @Test("what no binding could name is no principal", arguments: ["ann", "user:", "deleted:user:a@example.com?uid=1"])
  func noPrincipal(_ text: String) throws {
    #expect(try PrincipalAccess(text, in: Self.side().policy) == nil)
  }

  private func who(_ app: String) throws -> AppAccess {
    try #require(AppAccess(app: app, in: Self.side().policy, pathPrefix: "p/"))
  }

  private func can(_ principal: String) throws -> PrincipalAccess {
    try #require(PrincipalAccess(principal, in: Self.side().policy, pathPrefix: "p/"))
  }

  private static func side() throws -> ReviewSide {
    try TreeFixture.tree([
      "organization.yaml": organization, "groups.yaml": groups, "finance/folder.yaml": folder,
      "finance/payroll.yaml": payroll, "wiki.yaml": wiki, "status.yaml": status, "yard.yaml": yard,
    ])
  }

  private static let access = "iap.googleapis.com/webServiceVersions.accessViaIAP"
  private static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://a.example", clientID: p, domains: [example.com, partner.example]}
      - {name: crew, source: workforce, issuer: "https://b.example", clientID: p, pool: crew}
    session: {absoluteTimeout: 8h, idleTimeout: none, revalidate: none}
    providers: [workspace]
    deny:
      - denyRule:
          deniedPrincipals: ["user:eve@example.com", "group:gone@example.com"]
          exceptionPrincipals: ["user:root@example.com"]
          deniedPermissions: [\(access)]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:root@example.com"]}]}

    """
  private static let groups = """
    kind: Groups
    groups:
      - {email: finance@example.com, members: ["group:leads@example.com", "user:cfo@example.com", "group:temps@example.com"]}
      - {email: leads@example.com, members: ["user:ann@example.com", "user:cfo@example.com"]}

    """
  private static let folder = """
    kind: Folder
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["domain:partner.example"]}]}

    """
  private static let payroll = """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    iam:
      bindings:
        - {role: roles/iap.httpsResourceAccessor, members: ["group:finance@example.com"]}
        - role: roles/iap.httpsResourceAccessor
          members: ["user:bob@example.com"]
          condition: {title: reads, expression: 'request.method == "GET"'}

    """
  private static let wiki = """
    kind: App
    name: wiki
    routes: [wiki.example.com/]
    iam:
      bindings:
        - role: roles/iap.httpsResourceAccessor
          members:
            - user:dan@example.com
            - user:eve@example.com
            - principalSet://iam.googleapis.com/locations/global/workforcePools/crew/*
    deny:
      - denyRule:
          deniedPrincipals: ["user:dan@example.com"]
          deniedPermissions: [\(access)]
          denialCondition: {title: no writing, expression: 'request.method == "POST"'}

    """
  private static let status = """
    kind: App
    name: status
    routes: [status.example.com/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [allUsers]}]}

    """
  private static let yard = """
    kind: App
    name: yard
    routes: [yard.example.com/]
    providers: [crew]
    iam:
      bindings:
        - role: roles/iap.httpsResourceAccessor
          members: ["principalSet://iam.googleapis.com/locations/global/workforcePools/crew/*"]

    """
}
