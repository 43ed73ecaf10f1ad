// The keys of each kind of document and of what they hold, but for IapSettings (Keys+Settings.swift) and the facts of
// Test documents (Keys+Facts.swift).

extension KeySet {
  /// The kinds of document; `kind` chooses.
  package static let kinds: [KeySet] = [organization, folder, app, groups, accessLevels, oauthClients, test]

  /// Every set that a document of any kind can reach, each once, in the order of first mention.
  package static let all = reachable(from: kinds)

  /// Some sets and every set that they mention, each once, in the order of first mention.
  package static func reachable(from roots: [KeySet]) -> [KeySet] {
    var sets: [KeySet] = []
    func visit(_ set: KeySet) {
      guard !sets.contains(where: { $0.name == set.name }) else { return }
      sets.append(set)
      for key in set.keys { visit(key.shape) }
    }
    func visit(_ shape: Key.Shape) {
      switch shape {
      case .object(let set): visit(set)
      case .list(let element): visit(element)
      case .either(let shapes): shapes.forEach(visit)
      default: break
      }
    }
    roots.forEach(visit)
    return sets
  }

  static let kind = Key("kind", .text, required: true, "What this document is.")

  /// What the organization, folders and apps have in common; all but `iam` and `deny` is inherited, the nearest wins.
  private static let level: [Key] = [
    Key("iam", .object(iam), "Who has access; the shape of `gcloud iap web get-iam-policy`."),
    Key("deny", .list(.object(denyItem)), "Who has none, whatever is granted; the rules of an IAM v2 deny policy."),
    Key("settings", .object(settings), "IapSettings; the shape of `gcloud iap settings get`."),
    Key("session", .object(session), "How long a session lasts."),
    Key("cors", .object(cors), "Which origins may read a 401."),
    Key("providers", .list(.text), "Login providers by name; needed where the organization has several."),
  ]

  static let organization = KeySet(
    "Organization",
    [kind, Key("name", .text, required: true, "The organization's domain.")] + level + [
      Key("loginProviders", .list(.object(loginProvider)), required: true, "Who vouches for people; at most 64."),
      Key("accessRoles", .list(.text), "Custom roles that contain `iap.webServiceVersions.accessViaIAP`."),
      Key("clockSkew", .duration, "How far a time fact may lie ahead; 30s unless set, at most 5m."),
      Key("budget", .object(budget), "The most that any request may cost."),
      Key("guards", .list(.object(policyGuard)), "Statements about the tree that must stay true."),
    ])

  static let folder = KeySet("Folder", [kind] + level)

  static let app = KeySet(
    "App",
    [
      kind,
      Key("name", .text, required: true, "Unique in the tree."),
      Key(
        "routes", .list(.either([.text, .object(route)])), required: true,
        "Hosts and path prefixes that lead to the app."),
      Key("audience", .text, "Of the assertion; unique in the tree; the app's name unless set."),
    ] + level)

  static let route = KeySet(
    "Route",
    [
      Key("path", .text, required: true, "Host and path prefix."),
      Key("allowEscapes", .flag, "Whether `%2F` and `%25` may stand in a path."),
    ])

  // MARK: IAM

  static let iam = google(
    "IAM",
    [
      Key("bindings", .list(.object(binding)), "Roles and who has them."),
      Key("etag", .text, .outputOnly, "Written by Google."),
      Key("version", .count, .outputOnly, "Written by Google."),
      Key(
        "auditConfigs", .anything, .notApplied("the gate logs every decision"), "A warning says that it is not applied."
      ),
    ])

  static let binding = google(
    "Binding",
    [
      Key("role", .text, required: true, "`roles/iap.httpsResourceAccessor`, or one of `accessRoles`."),
      Key("members", .list(.text), required: true, "Who has the role."),
      Key("condition", .object(condition), "When they have it."),
    ])

  static let condition = google(
    "Condition",
    [
      Key("title", .text, "What the condition is called; IAM asks for one."),
      Key("description", .text, "What it is for."),
      Key("expression", .text, required: true, "When it holds, in CEL."),
      Key("location", .text, .outputOnly, "Where the expression comes from; for error messages of other tools."),
    ])

  static let denyItem = google(
    "Deny",
    [
      Key("description", .text, "What the rule is for."),
      Key("denyRule", .object(denyRule), required: true, "One rule of an IAM v2 deny policy."),
    ])

  static let denyRule = google(
    "DenyRule",
    [
      Key("deniedPrincipals", .list(.text), required: true, "Who is denied."),
      Key("exceptionPrincipals", .list(.text), "Who is not, although named above."),
      Key("deniedPermissions", .list(.text), required: true, "Must cover `accessViaIAP`."),
      Key("exceptionPermissions", .list(.text), "Must not cover `accessViaIAP`."),
      Key("denialCondition", .object(condition), "When they are denied."),
    ])

  // MARK: sessions and origins

  static let session = KeySet(
    "Session",
    [
      Key("absoluteTimeout", limit, "From log-in on, whatever happens."),
      Key("idleTimeout", limit, "From the last activity on."),
      Key("revalidate", limit, "Account state is never older than this."),
      Key("activity", .object(activity), "Which requests do not keep a session alive."),
      Key("onStateUnavailable", grace, "What happens while the provider cannot be asked; `deny` unless set."),
      Key("onStoreUnavailable", grace, "What happens while the session store cannot be asked; `deny` unless set."),
      Key("programmatic", .object(programmatic), "Of bearer credentials."),
    ])

  private static let limit: Key.Shape = .either([.duration, .oneOf(["none"]), .object(enforcedLimit)])
  private static let grace: Key.Shape = .either([.oneOf(["deny"]), .object(allowFor)])
  private static let enforce = Key("enforce", .flag, "Whether levels below can only tighten it.")

  static let enforcedLimit = KeySet(
    "Limit",
    [
      Key("max", .either([.duration, .oneOf(["none"])]), required: true, "The limit, or `none`."), enforce,
    ])

  static let allowFor = KeySet(
    "AllowFor",
    [
      Key("allowFor", .duration, required: true, "How long past `revalidate` sessions go on; `0s` is `deny`."), enforce,
    ])

  static let activity = KeySet(
    "Activity",
    [
      Key("exclude", .list(.text), required: true, "Path prefixes whose requests do not keep a session alive."),
      enforce,
    ])

  static let programmatic = KeySet(
    "Programmatic",
    [
      Key("maxAge", .either([.duration, .oneOf(["none"])]), required: true, "The most that a bearer's age may be."),
      enforce,
    ])

  static let cors = KeySet(
    "CORS",
    [
      Key("origins", .list(.text), required: true, "`https://host` with an optional port.")
    ])

  // MARK: the organization's own

  static let loginProvider = KeySet(
    "LoginProvider",
    [
      Key("name", .text, required: true, "Unique in the tree."),
      Key(
        "source", .oneOf(["workspace", "identityPlatform", "workforce", "oidc", "saml"]), required: true,
        "What kind of provider it is."),
      Key("issuer", .text, required: true, "Its issuer; an https URL, of `saml` an entity ID."),
      Key("clientID", .text, required: true, "The gate's client there; of `saml` the gate's entity ID."),
      Key("clientSecret", .text, .secret, "Refused: secrets never stand in a policy tree."),
      Key("domains", .list(.text), "The domains it may speak for; no other provider's people match their members."),
      Key("tenantIds", .list(.text), "Of `identityPlatform`: its tenants."),
      Key("pool", .text, "Of `workforce`: the pool that its people are principals of."),
      Key("sessionDuration", .duration, "Of `workforce`: 15m to 12h; 1h unless set."),
      Key("endSession", .flag, "Whether signing out everywhere ends the provider's own session too; false unless set."),
    ])

  static let budget = KeySet(
    "Budget",
    [
      Key("words", .count, "Instruction words."),
      Key("probes", .count, "Table probes."),
      Key("bytesScanned", .count, "Bytes of input looked at."),
    ])

  static let policyGuard = KeySet(
    "Guard",
    [
      Key("name", .text, required: true, "What the guard is called."),
      Key("app", .text, "The app it is about; all of them unless set."),
      Key("never", .object(never), required: true, "What must never be; exactly one key."),
    ])

  static let never = KeySet(
    "Never",
    [
      Key("principalOutside", .text, "Somebody who is not this member reaches the app."),
      Key("absoluteTimeoutAbove", .duration, "An absolute timeout is longer."),
      Key("idleTimeoutAbove", .duration, "An idle timeout is longer."),
    ])

  // MARK: groups and levels

  static let groups = KeySet(
    "Groups",
    [
      kind, Key("groups", .list(.object(directoryGroup)), required: true, "Directory groups."),
    ])

  static let directoryGroup = KeySet(
    "Group",
    [
      Key("email", .text, required: true, "The group's address."),
      Key("members", .list(.text), required: true, "`user:`, `serviceAccount:`, `group:` and pool subjects."),
    ])

  static let accessLevels = KeySet(
    "AccessLevels",
    [
      kind, Key("levels", .list(.object(accessLevel)), required: true, "Named conditions."),
    ])

  static let accessLevel = KeySet(
    "AccessLevel",
    [
      Key("name", .text, required: true, "A name, or `accessPolicies/N/accessLevels/NAME`."),
      Key("title", .text, "What it is called."),
      Key("description", .text, "What it is for."),
      Key("expression", .text, required: true, "When it holds, in CEL."),
    ])
}
