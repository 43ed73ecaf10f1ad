// What one document says, before anything is inherited: drafts. A draft holds what could be read; whatever could not is
// already reported, and a tree with an error never becomes a `Policy`.

/// What the organization, a folder or an app may write alike.
struct LevelDraft {
  /// Of the document.
  var span: Span
  var bindings: [Binding] = []
  var denyRules: [DenyRule] = []
  var settings: [Setting] = []
  var session = SessionDraft()
  var corsOrigins: Sourced<[Sourced<String>]>?
  var providers: Sourced<[Sourced<String>]>?

  init(span: Span) { self.span = span }
}

/// A leaf of IapSettings as one level writes it.
struct Setting {
  enum Value {
    case text(String)
    case flag(Bool)
    case texts([Sourced<String>])
    case reauthentication(Reauthentication)
  }

  var field: SettingField
  var value: Value
  var span: Span
}

/// A value of a session as one level writes it.
struct Written<Value> {
  var value: Sourced<Value>
  /// Whether levels below can only tighten it.
  var isEnforced: Bool
}

extension Written: Sendable where Value: Sendable {}

/// `session` of one level.
struct SessionDraft {
  var absoluteTimeout: Written<Limit>?
  var idleTimeout: Written<Limit>?
  var revalidate: Written<Limit>?
  var onStateUnavailable: Written<Unavailability>?
  var onStoreUnavailable: Written<Unavailability>?
  var activityExclude: Written<[Sourced<String>]>?
  var programmaticMaxAge: Written<Limit>?
}

/// `kind: Organization`.
struct OrganizationDraft {
  var level: LevelDraft
  var name: Sourced<String>
  var providers: [LoginProvider] = []
  /// Those of `providers`, and of such as could not be read whole: what is wrong with them is reported already.
  var providerNames: Set<String> = []
  var accessRoles: [Sourced<String>] = []
  var clockSkewSeconds = Organization.defaultClockSkewSeconds
  var budget: Sourced<Budget>?
  var guards: [PolicyGuard] = []
}

/// `kind: Folder`: what a directory says of itself.
struct FolderDraft {
  var level: LevelDraft
}

/// `kind: App`.
struct AppDraft {
  var level: LevelDraft
  var name: Sourced<String>
  var routes: [Route]
  var audience: Sourced<String>?
}

/// A directory of the tree: a folder of the resource hierarchy, or, at the root, the organization.
struct Directory {
  /// Names from the root, joined with `/`.
  var path: String
  var name: String
  var parentIndex: Int?
  var folder: FolderDraft?
  var apps: [AppDraft] = []
  var childIndices: [Int] = []
}
