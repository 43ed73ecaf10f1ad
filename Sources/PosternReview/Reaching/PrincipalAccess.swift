// Every app that one principal reaches, as far as its name and the directory say: by which binding, on which condition, under which
// timers; and the apps whose bindings hold it and that it is kept out of. Refuses nothing.

internal import PosternCompiler
public import PosternLanguage

/// What a principal reaches.
public struct PrincipalAccess {
  /// The principal, in the one spelling that the tree's reports have.
  public let principal: String
  /// How many apps the policy has.
  public let appCount: Int
  /// The apps that it reaches, in tree order.
  public let apps: [ReachedApp]
  /// The apps that it does not reach although a binding holds it.
  public let obstacles: [Obstacle]

  /// An app that is reached.
  public struct ReachedApp {
    /// The app's name.
    public let name: String
    /// Where the app is written.
    public let place: TreePlace
    /// The bindings that hold the principal: the first without a condition alone, or all of those that have one.
    public let grants: [Grant]
    /// The deny rules that keep it out where their conditions hold.
    public let denials: [ReachedRule]
    /// What bounds a session.
    public let timers: [ReachedTimer]
  }

  /// A binding with the member of it that holds the principal.
  public struct Grant {
    /// The binding.
    public let rule: ReachedRule
    /// The member.
    public let member: String
  }

  /// What keeps a principal out of an app.
  public struct Obstacle {
    /// The app's name.
    public let name: String
    /// The deny rule; nil where no login provider of the app speaks for the principal, or its domain is not allowed.
    public let rule: ReachedRule?
    /// In words.
    public let reason: String
    /// Whether the app is open to everybody, so that it is reached by whoever does not say who they are.
    public let isOpenWithoutLogin: Bool
  }

  /// nil where `text` is no principal that a policy can name.
  public init?(_ text: String, in policy: Policy, pathPrefix: String = "") {
    guard let principal = Member(text) else { return nil }
    if case .deleted = principal { return nil }
    self.principal = principal.canonicalText
    appCount = policy.apps.count
    let search = ReachSearch(principal, policy, RuleReader(policy, pathPrefix: pathPrefix))
    let found = policy.apps.compactMap(search.answer)
    apps = found.compactMap { if case .reached(let app) = $0 { app } else { nil } }
    obstacles = found.compactMap { if case .keptOut(let obstacle) = $0 { obstacle } else { nil } }
  }
}

/// One principal, asked at each app: as whom a login provider speaks for, and as somebody of the same name for whom it does not.
private struct ReachSearch {
  enum Answer {
    case reached(PrincipalAccess.ReachedApp)
    case keptOut(PrincipalAccess.Obstacle)
  }

  private let principal: Member
  private let policy: Policy
  private let reader: RuleReader
  private let spokenFor: PrincipalHolding
  private let unspokenFor: PrincipalHolding

  init(_ principal: Member, _ policy: Policy, _ reader: RuleReader) {
    self.principal = principal
    self.policy = policy
    self.reader = reader
    spokenFor = PrincipalHolding(principal, in: policy, isSpokenFor: true)
    unspokenFor = PrincipalHolding(principal, in: policy, isSpokenFor: false)
  }

  /// nil where no binding holds the principal.
  func answer(_ app: App) -> Answer? {
    var answers: [Answer] = []
    if reader.isPublic(app) || policy.hasProvider(speakingFor: principal, at: app) {
      answers += answer(app, spokenFor, isDomainKnown: true).map { [$0] } ?? []
    } else if !grants(app, spokenFor).isEmpty {
      answers.append(.keptOut(obstacle(app, "no login provider of the app speaks for it", nil)))
    }
    if policy.hasProvider(notSpeakingFor: principal, at: app) {
      answers += answer(app, unspokenFor, isDomainKnown: false).map { [$0] } ?? []
    }
    return answers.first { if case .reached = $0 { true } else { false } } ?? answers.first
  }

  private func answer(_ app: App, _ holding: PrincipalHolding, isDomainKnown: Bool) -> Answer? {
    let grants = grants(app, holding)
    guard !grants.isEmpty else { return nil }
    let denials = reader.denyRules(of: app).filter { denies($0, holding) }
    if let denial = denials.first(where: { policy.denyRules[$0].condition == nil }) {
      return .keptOut(obstacle(app, "a deny rule", reader.readableDenyRule(denial, at: app)))
    }
    if !isDomainAllowed(app, isDomainKnown: isDomainKnown) {
      return .keptOut(obstacle(app, "its domain is not among the allowed ones", nil))
    }
    return .reached(
      PrincipalAccess.ReachedApp(
        name: app.name.value, place: reader.place(app.span), grants: grants,
        denials: denials.map { reader.readableDenyRule($0, at: app) }, timers: reader.timers(of: app)))
  }

  private func obstacle(_ app: App, _ reason: String, _ rule: ReachedRule?) -> PrincipalAccess.Obstacle {
    PrincipalAccess.Obstacle(
      name: app.name.value, rule: rule, reason: reason, isOpenWithoutLogin: reader.isPublic(app))
  }

  private func grants(_ app: App, _ holding: PrincipalHolding) -> [PrincipalAccess.Grant] {
    let held = reader.bindings(of: app).compactMap { item -> PrincipalAccess.Grant? in
      holding.holder(among: item.binding.members).map {
        PrincipalAccess.Grant(rule: reader.readable(item, at: app), member: $0.canonicalText)
      }
    }
    return held.first { $0.rule.condition == nil }.map { [$0] } ?? held
  }

  private func denies(_ index: Int, _ holding: PrincipalHolding) -> Bool {
    let rule = policy.denyRules[index]
    return holding.holder(among: rule.deniedPrincipals) != nil
      && holding.holder(among: rule.exceptionPrincipals) == nil
  }

  /// Row 9: a domain counts only from a provider that declares it. Of a pool's people, and of a group's, it is not known here.
  private func isDomainAllowed(_ app: App, isDomainKnown: Bool) -> Bool {
    guard !reader.isPublic(app), let allowed = app.access.allowedDomains?.value else { return true }
    switch principal {
    case .user, .serviceAccount, .domain: return isDomainKnown && principal.domain.map(allowed.contains) ?? false
    default: return isDomainKnown
    }
  }
}
