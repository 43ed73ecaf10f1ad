// What a policy tree says, typed and with its places: the one value that the reference evaluator reads and the compiler
// compiles. Inheritance is already applied: every app carries its effective settings.
// `Policy.read` is the only producer; a value of this type has passed every check of the language.

/// A checked policy tree.
public struct Policy: Sendable {
  /// The files read, in the order of their paths' bytes.
  public var files: [SourceFile]
  /// The root, without what every node has.
  public var organization: Organization
  /// The login providers; at most `Policy.providerLimit`.
  public var providers: [LoginProvider]
  /// The resource tree in tree order: the organization first, every parent before its children. Below each node stand
  /// its apps by name, then its folders by name, in byte order.
  public var nodes: [Node]
  /// The apps, in tree order.
  public var apps: [App]
  /// Every deny rule, in tree order; a rule's id is its index. At most `Policy.denyRuleLimit`.
  public var denyRules: [DenyRule]
  /// The distinct members that bindings, deny rules and groups name; `MemberUse.memberIndex` points here.
  public var members: [Member]
  /// The groups of the directory.
  public var groups: [DirectoryGroup]
  /// The named conditions.
  public var accessLevels: [AccessLevel]
  /// The OAuth clients, in the order of their ids' bytes.
  public var oauthClients: [OAuthClient]
  /// The test documents.
  public var tests: [TestDocument]

  /// The most login providers: a bundle has one bit for each.
  public static let providerLimit = 64
  /// The most deny rules: a bundle has one bit for each.
  public static let denyRuleLimit = 256
  /// Folders above an app, the app's own node included, the organization not.
  public static let depthLimit = 8

  public init(
    files: [SourceFile], organization: Organization, providers: [LoginProvider], nodes: [Node], apps: [App],
    denyRules: [DenyRule], members: [Member], groups: [DirectoryGroup], accessLevels: [AccessLevel],
    oauthClients: [OAuthClient] = [], tests: [TestDocument]
  ) {
    self.files = files
    self.organization = organization
    self.providers = providers
    self.nodes = nodes
    self.apps = apps
    self.denyRules = denyRules
    self.members = members
    self.groups = groups
    self.accessLevels = accessLevels
    self.oauthClients = oauthClients
    self.tests = tests
  }
}

/// The root of the tree, without what every node has.
public struct Organization: Sendable {
  /// The organization's domain.
  public var name: Sourced<String>
  /// How far a time fact may lie ahead, in seconds; `decision.md` row 8.
  public var clockSkewSeconds: UInt32
  /// The most that a request may cost.
  public var budget: Sourced<Budget>?
  /// What must stay true of the tree.
  public var guards: [PolicyGuard]

  /// The skew where none is written.
  public static let defaultClockSkewSeconds: UInt32 = 30

  public init(name: Sourced<String>, clockSkewSeconds: UInt32, budget: Sourced<Budget>?, guards: [PolicyGuard]) {
    self.name = name
    self.clockSkewSeconds = clockSkewSeconds
    self.budget = budget
    self.guards = guards
  }
}

/// The most that any request may cost, over all apps; a limit left out is not checked.
public struct Budget: Hashable, Sendable {
  /// The most instruction words.
  public var words: UInt32?
  /// The most table probes.
  public var probes: UInt32?
  /// The most bytes of input that are looked at.
  public var bytesScanned: UInt32?

  public init(words: UInt32?, probes: UInt32?, bytesScanned: UInt32?) {
    self.words = words
    self.probes = probes
    self.bytesScanned = bytesScanned
  }
}

/// A statement about the tree that must stay true; proving it is the review's business.
public struct PolicyGuard: Sendable {
  /// What the guard is called.
  public var name: Sourced<String>
  /// The app that it is about; nil for all.
  public var appName: Sourced<String>?
  /// The one key under `never` with its text.
  public var kind: Kind
  /// Where the guard is written.
  public var span: Span

  /// What may never be.
  public enum Kind: Hashable, Sendable {
    /// Nobody but this member ever reaches the app.
    case principalOutside(MemberUse)
    /// No app's absolute timeout is longer, in seconds.
    case absoluteTimeoutAbove(seconds: UInt32)
    /// No app's idle timeout is longer, in seconds.
    case idleTimeoutAbove(seconds: UInt32)
  }

  public init(name: Sourced<String>, appName: Sourced<String>?, kind: Kind, span: Span) {
    self.name = name
    self.appName = appName
    self.kind = kind
    self.span = span
  }
}

/// Who vouches for people: an OpenID or SAML provider.
public struct LoginProvider: Hashable, Sendable {
  /// What kind of provider it is, which decides when its tokens end.
  public enum Source: UInt8, CaseIterable, Sendable {
    case workspace = 0
    case identityPlatform = 1
    case workforce = 2
    case oidc = 3
    case saml = 4
  }

  /// The provider's name in the policy.
  public var name: Sourced<String>
  /// What kind of provider it is.
  public var source: Source
  /// The issuer of its tokens.
  public var issuer: Sourced<String>
  /// Our client at the provider.
  public var clientID: String
  /// The domains that this provider may speak for, lower case.
  public var domains: [Sourced<String>]
  /// The tenants whose people it may vouch for.
  public var tenantIDs: [Sourced<String>]
  /// The workforce pool that its people are `principal://` members of.
  public var pool: String?
  /// Of `workforce`: 900 to 43,200 seconds.
  public var sessionDurationSeconds: UInt32
  /// Whether signing out everywhere ends the provider's own session too.
  public var endsSession: Bool
  /// Where the provider is written.
  public var span: Span

  /// The duration where none is written.
  public static let defaultSessionDurationSeconds: UInt32 = 3_600

  public init(
    name: Sourced<String>, source: Source, issuer: Sourced<String>, clientID: String, domains: [Sourced<String>],
    tenantIDs: [Sourced<String>], pool: String?, sessionDurationSeconds: UInt32, endsSession: Bool = false, span: Span
  ) {
    self.name = name
    self.source = source
    self.issuer = issuer
    self.clientID = clientID
    self.domains = domains
    self.tenantIDs = tenantIDs
    self.pool = pool
    self.sessionDurationSeconds = sessionDurationSeconds
    self.endsSession = endsSession
    self.span = span
  }
}

/// A node of the resource tree: the organization, a folder or an app.
public struct Node: Sendable {
  /// What a node is.
  public enum Kind: Sendable { case organization, folder, app }

  /// What the node is.
  public var kind: Kind
  /// Folder names from the root, then the app's name, joined with `/`; empty for the organization.
  public var path: String
  /// Index of the parent in `Policy.nodes`; nil for the organization.
  public var parentIndex: Int?
  /// In file order; those of roles that grant nothing here included, so that ids do not depend on roles.
  public var bindings: [Binding]
  /// The id of `bindings[0]`; ids count on through the tree.
  public var firstBindingID: UInt32
  /// Indices into `Policy.denyRules`.
  public var denyRuleRange: Range<Int>

  public init(
    kind: Kind, path: String, parentIndex: Int?, bindings: [Binding], firstBindingID: UInt32, denyRuleRange: Range<Int>
  ) {
    self.kind = kind
    self.path = path
    self.parentIndex = parentIndex
    self.bindings = bindings
    self.firstBindingID = firstBindingID
    self.denyRuleRange = denyRuleRange
  }
}

/// One IAM binding: members who have a role, perhaps on a condition.
public struct Binding: Sendable {
  /// The role as written.
  public var role: String
  /// Whether the role carries `iap.webServiceVersions.accessViaIAP`.
  public var grantsAccess: Bool
  /// Who has the role.
  public var members: [MemberUse]
  /// What must hold besides.
  public var condition: Condition?
  /// Where the binding is written.
  public var span: Span

  public init(role: String, grantsAccess: Bool, members: [MemberUse], condition: Condition?, span: Span) {
    self.role = role
    self.grantsAccess = grantsAccess
    self.members = members
    self.condition = condition
    self.span = span
  }
}

/// A member where it is named: 12 bytes, for there are millions.
public struct MemberUse: Hashable, Sendable {
  /// Index into `Policy.members`.
  public var memberIndex: UInt32
  /// The line, from 1.
  public var line: UInt32
  /// The column, from 1, in Unicode scalars.
  public var column: UInt32

  public init(memberIndex: UInt32, line: UInt32, column: UInt32) {
    self.memberIndex = memberIndex
    self.line = line
    self.column = column
  }
}

/// Who a binding or deny rule speaks of; `decision.md`, "Who a member means". E-mails and domains are lower case.
public enum Member: Hashable, Sendable {
  /// `allUsers`, and `principalSet://goog/public:all` of a deny rule.
  case allUsers
  case allAuthenticatedUsers
  case user(email: String)
  case serviceAccount(email: String)
  case group(email: String)
  case domain(String)
  case poolSubject(pool: String, subject: String)
  case poolGroup(pool: String, group: String)
  case poolAttribute(pool: String, name: String, value: String)
  case pool(String)
  /// `deleted:...`: kept as written, matches nobody.
  case deleted(String)
}

/// One IAM v2 deny rule that covers access through the gate.
public struct DenyRule: Sendable {
  /// Index of the node that it stands at.
  public var nodeIndex: Int
  /// Whom the rule denies.
  public var deniedPrincipals: [MemberUse]
  /// Whom it does not deny all the same.
  public var exceptionPrincipals: [MemberUse]
  /// What must hold besides.
  public var condition: Condition?
  /// Where the rule is written.
  public var span: Span

  public init(
    nodeIndex: Int, deniedPrincipals: [MemberUse], exceptionPrincipals: [MemberUse], condition: Condition?, span: Span
  ) {
    self.nodeIndex = nodeIndex
    self.deniedPrincipals = deniedPrincipals
    self.exceptionPrincipals = exceptionPrincipals
    self.condition = condition
    self.span = span
  }
}

/// A directory group of a `Groups` document.
public struct DirectoryGroup: Sendable {
  /// The group itself, as an index into `Policy.members`.
  public var memberIndex: UInt32
  /// Users, service accounts, groups and pool subjects in it; never in a ring.
  public var members: [MemberUse]
  /// Where the group is written.
  public var span: Span

  public init(memberIndex: UInt32, members: [MemberUse], span: Span) {
    self.memberIndex = memberIndex
    self.members = members
    self.span = span
  }
}

/// A named condition that others refer to.
public struct AccessLevel: Sendable {
  /// The level's name.
  public var name: Sourced<String>
  /// The condition that it names.
  public var condition: Condition

  public init(name: Sourced<String>, condition: Condition) {
    self.name = name
    self.condition = condition
  }
}
