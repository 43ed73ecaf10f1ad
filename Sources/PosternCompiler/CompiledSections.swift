// From a policy to the contents of all sections, in one order that is always the same. Total after `Compiler.check`.

internal import PosternBundle
internal import PosternKernel
internal import PosternLanguage
internal import Synchronization

/// The sections of a bundle, before they have places.
struct CompiledSections {
  private(set) var sections: [SectionDraft] = []
  /// What each app may cost.
  private(set) var costs: [Cost] = []
  /// The most bytes of facts that each condition looks at for one form of the path, by its text.
  private(set) var conditionByteCounts: [String: UInt32] = [:]
  /// The zone files that conditions were compiled with.
  let zoneData: ZoneData

  private let policy: Policy
  private let zoneFolder: ZoneFolder
  private var strings = ConsPool<UInt8>()
  /// The name index (before the names are numbered: the handle) of each of the policy's members, or NONE.
  private var memberNames: [UInt32] = []
  private var numbers: PoolNumbers

  init(_ policy: Policy, zoneFolder: ZoneFolder = ZoneFolder()) {
    self.policy = policy
    self.zoneFolder = zoneFolder.holding(policy.zoneNames)
    zoneData = self.zoneFolder.heldData
    numbers = PoolNumbers(policy)
    let (names, referred) = nameEverything()
    let memberships = Memberships(policy.groups, memberNames: memberNames, nameCount: names.names.count)
    var profiles = ProfileSection()
    profiles.add(policy.providers, pools: numbers.ofProvider, referred: referred, names: names, strings: &strings)
    var code = CodeSection(policy)
    var conditions = lowerConditions(lists: &profiles.lists, code: &code)
    conditionByteCounts = conditions.byteCounts
    let deny = DenySections(policy, memberNames: memberNames, conditions: conditions.ofDenyRule)
    let grants: GrantSection
    var routes: RouteSections
    (grants, routes) = grantsAndRoutes(names)
    conditions.writeRuns(policy, grants)
    var apps = AppSections(appCount: policy.apps.count)
    for (index, app) in policy.apps.enumerated() {
      let profile = profiles.entry(
        of: app, referred.apps[index], handles: referred.handles, names: names, strings: &strings)
      let (rows, rowProbes) = rows(of: app, grants)
      let program = code.entry(of: app)
      let references = AppSections.References(
        program: program, profile: profile.index, rows: rows, denySet: deny.setOfNode[app.nodeIndex],
        publicBinding: grants.publicBindings[app.nodeIndex], asksForTenant: app.asksForTenant(policy.providers),
        conditionals: conditions.reachOfNode[app.nodeIndex].start)
      let input = CostInput(
        program: program, profile: profile, providerTenantCount: profiles.providerTenantCount,
        reach: routes.reach[index], rowProbes: rowProbes, conditions: conditions.reachOfNode[app.nodeIndex])
      apps.addLine(app, references, input)
      apps.addRecord(
        app, audience: names.indices[Int(referred.apps[index].audience)], conditionals: references.conditionals,
        strings: &strings)
    }
    costs = apps.costs
    addNames(names, memberships, conditions.lowering.attributes)
    routes.writeHints(lines: apps.lines, grants: grants)
    add(.hosts, routes.hostWords)
    add(.routes, routes.routeWords)
    add(.apps, apps.lines)
    add(.appRecords, apps.records)
    add(.grants, grants.words)
    add(.denyRules, deny.rules)
    add(.denyMembers, deny.members.elements)
    add(.denySets, deny.sets.elements)
    add(.profiles, profiles.profiles.elements)
    let clients = OAuthClientSection.words(policy, strings: &strings, lists: &profiles.lists)
    add(.lists, profiles.lists.elements)
    add(.code, code.words)
    add(.costs, apps.certificates.elements)
    add(.conditionals, conditions.records.elements)
    add(.automata, conditions.lowering.automata.words)
    add(.zones, conditions.lowering.zones.words)
    add(.propagation, profiles.propagation.elements)
    add(.providers, profiles.providers)
    addOrganization(
      names, row: grants.rows.first ?? BundleFormat.none, anonymousMask: deny.anonymousMask,
      requestSlotCount: conditions.lowering.attributes.attributes.count)
    addOptional(.oauthClients, clients)
    addOptional(.gate, GateSection.words(policy, strings: &strings))
    sections.append(SectionDraft(id: .strings, isRequired: true, content: .bytes(strings.elements)))
    sections.sort { $0.id.rawValue < $1.id.rawValue }
  }

  /// Bundles of policies that say nothing of it are what they were without it.
  private mutating func addOptional(_ id: SectionID, _ words: [UInt32]) {
    if !words.isEmpty { sections.append(SectionDraft(id: id, isRequired: false, content: .words(words))) }
  }

  private mutating func add(_ id: SectionID, _ words: [UInt32]) { sections.append(.required(id, words)) }

  /// The pools go into the lowering and come back: two owners would copy them.
  private mutating func lowerConditions(
    lists: inout ConsPool<UInt32>, code: inout CodeSection
  ) -> ConditionSection {
    let taken = (strings: strings, lists: lists)
    strings = ConsPool()
    lists = ConsPool()
    let conditions = ConditionSection(
      policy, zoneFolder: zoneFolder, strings: taken.strings, lists: taken.lists, code: &code)
    strings = conditions.lowering.strings
    lists = conditions.lowering.lists
    return conditions
  }

  /// The two that take longest, beside each other: only the routes add to the strings.
  private mutating func grantsAndRoutes(_ names: NameSection) -> (GrantSection, RouteSections) {
    let taken = Mutex(strings)
    strings = ConsPool()
    let both = concurrently { [policy, memberNames] in
      GrantSection(policy, memberNames: memberNames, names: names)
    } _: { [policy] in
      taken.withLock { RouteSections(policy.apps, strings: &$0) }
    }
    taken.withLock { swap(&$0, &strings) }
    return both
  }

  private mutating func nameEverything() -> (NameSection, ReferredNames) {
    var collector = NameCollector()
    memberNames.reserveCapacity(policy.members.count)
    for member in policy.members {
      memberNames.append(collector.add(member, numbers: &numbers, strings: &strings) ?? BundleFormat.none)
    }
    let referred = ReferredNames(policy, collector: &collector, strings: &strings)
    let names = collector.finish(strings: strings)
    for index in memberNames.indices where memberNames[index] != BundleFormat.none {
      memberNames[index] = names.indices[Int(memberNames[index])]
    }
    return (names, referred)
  }

  /// The app's row, then its folders' inwards out, and the probes of all; the organization's row is answered by
  /// `resolve`.
  private func rows(of app: App, _ grants: GrantSection) -> (rows: [UInt32], probes: UInt32) {
    var rows: [UInt32] = []
    var probes: UInt32 = 0
    var index = app.nodeIndex
    while let parent = policy.nodes[index].parentIndex {
      if grants.rows[index] != BundleFormat.none { rows.append(grants.rows[index]) }
      probes += grants.probes[index]
      index = parent
    }
    return (rows, probes)
  }

  private mutating func addNames(_ names: NameSection, _ memberships: Memberships, _ slots: AttributeSlots) {
    let masks = ProviderMasks(policy.providers, poolNumbers: numbers.ofProvider, poolCount: numbers.poolCount)
    add(.names, names.records(masks: masks, memberships: memberships.runs, strings: strings))
    var placement = PerfectPlacement()
    add(.nameTable, names.table(&placement, strings: strings))
    add(.memberships, memberships.lists.elements)
    var attributes: [UInt32] = []
    for (slot, name) in numbers.attributeNames.enumerated() {
      attributes.append(strings.cons(Array(Self.claimsPrefix.utf8) + name))
      attributes.append(UInt32(slot) << 16)
      attributes.append(0)
    }
    for (slot, attribute) in slots.attributes.enumerated() {
      attributes.append(strings.cons(attribute.path))
      attributes.append(UInt32(attribute.tag) | 1 << 8 | UInt32(slot) << 16)
      attributes.append(0)
    }
    add(.attributes, attributes)
  }

  /// The path of a claim in the attributes section.
  static let claimsPrefix = "request.auth.claims."

  private mutating func addOrganization(
    _ names: NameSection, row: UInt32, anonymousMask: [UInt32], requestSlotCount: Int
  ) {
    var words: [UInt32] = [row, policy.organization.clockSkewSeconds, UInt32(policy.apps.count)]
    words.append(UInt32(numbers.attributeNames.count))
    words.append(UInt32(requestSlotCount))
    words.append(UInt32(numbers.poolCount))
    words.appendZeroes(2)
    words += names.kindStarts
    words.appendZeroes(3)
    words += anonymousMask
    add(.organization, words)
  }
}
