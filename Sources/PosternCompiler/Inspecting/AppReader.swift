// Reads an app's records back from a verified bundle.

internal import PosternBundle
internal import PosternKernel
internal import PosternLanguage

/// Reads apps of one bundle.
struct AppReader {
  private let bundle: OpenBundle
  private let contents: BundleContents
  private let policy: Policy?
  /// The routes that lead to each app.
  private let routes: [Int: [String]]

  init(_ bundle: OpenBundle, policy: Policy?) {
    self.bundle = bundle
    contents = bundle.contents
    self.policy = policy?.apps.count == bundle.appCount ? policy : nil
    routes = Self.routes(bundle.contents)
  }

  func app(_ index: Int) -> Inspection.AppInspection {
    let line = contents.appLine(index)
    let record = contents.appRecord(index)
    let publicBinding = contents.u32(line + 56)
    return Inspection.AppInspection(
      name: contents.text(record), audience: contents.name(Int(contents.u32(record + 8))),
      place: bundle.place(ofApp: index),
      routes: (routes[index] ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
      providers: providers(contents.u64(line + 8)), rows: rows(line), denyRules: denyRules(contents.u32(line + 48)),
      publicBinding: publicBinding == BundleFormat.none ? nil : publicBinding, lists: lists(line),
      propagation: propagation(line), settings: settings(index), cost: contents.cost(ofApp: index),
      program: Disassembly(contents).program(at: contents.u32(line)), conditionalBindings: conditionalBindings(record))
  }

  /// The run of conditional bindings that the app's record refers to.
  private func conditionalBindings(_ record: Int) -> [Inspection.ConditionalBinding] {
    var index = contents.u32(record + 12)
    var bindings: [Inspection.ConditionalBinding] = []
    while index != BundleFormat.none {
      let run = contents.record(.conditionals, Int(index), byteCount: RecordSize.conditional)
      let binding = contents.u32(run)
      if binding == BundleFormat.none { break }
      bindings.append(
        Inspection.ConditionalBinding(
          bindingID: binding, place: bundle.place(ofBinding: binding),
          condition: condition(contents.u32(run + 4), bundle.provenance?.condition(ofBinding: binding))))
      index += 1
    }
    return bindings
  }

  /// The condition whose program begins at word `entry`.
  private func condition(_ entry: UInt32, _ source: ConditionSource?) -> Inspection.Condition {
    let label = contents.record(.code, Int(entry), byteCount: RecordSize.codeWord)
    return Inspection.Condition(
      source: source, wordCount: contents.u32(label + 4), program: Disassembly(contents).program(at: entry))
  }

  var organizationRow: Inspection.Row? {
    let unit = contents.u32(contents.section(.organization).lowerBound)
    return unit == BundleFormat.none ? nil : row(unit: Int(unit))
  }

  var allDenyRules: [Inspection.DenyRule] {
    (0..<contents.count(.denyRules, recordByteCount: RecordSize.denyRule)).map { index in
      let record = contents.record(.denyRules, index, byteCount: RecordSize.denyRule)
      let flags = contents.u32(record + 16)
      let entry = contents.u32(record + 20)
      let source = bundle.provenance?.condition(ofDenyRule: UInt32(index))
      return Inspection.DenyRule(
        id: UInt32(index),
        denied: (flags & DenyFlag.deniesEveryone == 0 ? [] : ["allUsers"]) + denyMembers(record),
        excepted: (flags & DenyFlag.exceptsEveryone == 0 ? [] : ["allUsers"]) + denyMembers(record + 8),
        place: bundle.place(ofDenyRule: UInt32(index)),
        condition: entry == BundleFormat.none ? nil : condition(entry, source))
    }
  }

  /// The members that the pair at `field` lists.
  private func denyMembers(_ field: Int) -> [String] {
    (0..<Int(contents.u32(field + 4))).map { index in
      let word = contents.section(.denyMembers).lowerBound + 4 * (Int(contents.u32(field)) + index)
      return contents.memberText(Int(contents.u32(word)))
    }
  }

  private func providers(_ mask: UInt64) -> [String] {
    (0..<contents.count(.providers, recordByteCount: RecordSize.provider))
      .filter { mask >> UInt64($0) & 1 == 1 }.map(contents.providerName)
  }

  private func rows(_ line: Int) -> [Inspection.Row] {
    (0..<Int(contents.byte(line + 6))).map { row(unit: Int(contents.u32(line + 16 + 4 * $0))) }
  }

  private func row(unit: Int) -> Inspection.Row {
    let header = contents.section(.grants).lowerBound + unit * RecordSize.unit
    let entryCount = Int(contents.u32(header + 4))
    let firstBindingID = contents.u32(header + 8)
    var row = Inspection.Row(firstBindingID: firstBindingID, entryCount: entryCount, grants: [])
    if entryCount > BundleFormat.walkLimit { return row }
    for index in 0..<entryCount {
      let entry = header + RowHeader.byteCount(entryCount: entryCount) + index * RecordSize.unit
      let bindingID = firstBindingID + contents.u32(entry + 4)
      row.grants.append(
        Inspection.Grant(
          member: contents.memberText(Int(MemberKey.name(ofKey: contents.u32(entry)))), bindingID: bindingID,
          place: bundle.place(ofBinding: bindingID)))
    }
    return row
  }

  private func denyRules(_ set: UInt32) -> [UInt32] {
    if set == BundleFormat.none { return [] }
    let mask = contents.record(.denySets, Int(set), byteCount: RecordSize.denySet)
    return (0..<UInt32(BundleFormat.denyRuleLimit)).filter { contents.byte(mask + Int($0 / 8)) >> ($0 % 8) & 1 == 1 }
  }

  /// What the profile says, without what is empty.
  private func lists(_ line: Int) -> [(name: String, texts: [String])] {
    let profile = contents.record(.profiles, Int(contents.u32(line + 52)), byteCount: RecordSize.profile)
    let hint = contents.text(profile + 52)
    let flags = contents.u16(line + 4)
    let domains = contents.listedNames(profile + 16)
    // Restricted to no domain at all is a restriction too.
    let isRestricted = flags & AppFlag.domainsRestricted != 0
    let lists = [
      ("login hint", hint.isEmpty ? [] : [hint]), ("tenants", contents.listedNames(profile)),
      ("programmatic clients", contents.listedNames(profile + 8)),
      ("allowed domains", isRestricted && domains.isEmpty ? ["none"] : domains),
      ("activity exclude", contents.listedTexts(profile + 24)), ("cors origins", contents.listedTexts(profile + 32)),
      ("allow http options", flags & AppFlag.allowOptions != 0 ? ["true"] : []),
    ]
    return lists.filter { !$0.1.isEmpty }
  }

  /// What the profile says of attributes that are passed on.
  private func propagation(_ line: Int) -> [Inspection.PropagatedAttribute] {
    let profile = contents.record(.profiles, Int(contents.u32(line + 52)), byteCount: RecordSize.profile)
    return (0..<Int(contents.u32(profile + 44))).compactMap { index in
      let record = contents.record(
        .propagation, Int(contents.u32(profile + 40)) + index, byteCount: RecordSize.propagation)
      guard let source = Propagation.Source(rawValue: contents.byte(record + 16)) else { return nil }
      let outputs = contents.byte(record + 17)
      let flags = contents.u16(record + 18)
      let marks = [(PropagationFlag.strict, "strict"), (PropagationFlag.decorated, "decorate")]
      return Inspection.PropagatedAttribute(
        source: "\(source.name).\(contents.text(record))", emittedName: contents.text(record + 8),
        outputs: Propagation.Output.allCases.filter { outputs & $0.rawValue != 0 }.map(\.name),
        marks: marks.filter { flags & $0.0 != 0 }.map(\.1))
    }
  }

  private func settings(_ index: Int) -> [Inspection.Setting] {
    guard let policy, policy.apps[index].name.value == contents.appName(index) else { return [] }
    return policy.apps[index].effectiveSettings(files: policy.files)
  }

  // MARK: routes

  private static func routes(_ contents: BundleContents) -> [Int: [String]] {
    var routes: [Int: [String]] = [:]
    let hosts = slots(contents, .hosts, byteCount: RecordSize.hostLine)
    for line in hosts where contents.byte(line + HostField.flags) & HostFlag.inUse != 0 {
      let app = contents.u32(line + HostField.rootApp)
      if app != BundleFormat.none { routes[Int(app), default: []].append(host(contents, line) + "/") }
    }
    for record in slots(contents, .routes, byteCount: RecordSize.route)
    where contents.byte(record + 6) & RouteFlag.inUse != 0 {
      let line = hosts[Int(contents.u32(record + 8))]
      let path = contents.bytes.slice(
        at: contents.section(.strings).lowerBound + Int(contents.u32(record)), count: Int(contents.u16(record + 4)))
      routes[Int(contents.u32(record + 12)), default: []]
        .append(host(contents, line) + String(decoding: path ?? [], as: UTF8.self))
    }
    return routes
  }

  /// Where the slots of a perfect table lie.
  private static func slots(_ contents: BundleContents, _ id: SectionID, byteCount: Int) -> [Int] {
    let section = contents.section(id)
    let count = Int(contents.u32(section.lowerBound + 8))
    return (0..<count).map { section.upperBound - (count - $0) * byteCount }
  }

  private static func host(_ contents: BundleContents, _ line: Int) -> String {
    let count = Int(contents.byte(line + HostField.byteCount))
    let field = line + HostField.text
    let isInline = count <= BundleFormat.inlineHostByteCount
    let offset = isInline ? field : contents.section(.strings).lowerBound + Int(contents.u32(field))
    let text = String(decoding: contents.bytes.slice(at: offset, count: count) ?? [], as: UTF8.self)
    return contents.byte(line + HostField.flags) & HostFlag.wildcard == 0 ? text : "*." + text
  }
}

extension BundleContents {
  func cost(ofApp index: Int) -> Cost {
    let certificate = record(.costs, Int(u32(appLine(index) + 60)), byteCount: RecordSize.cost)
    return Cost(words: u32(certificate), probes: u32(certificate + 4), bytesScanned: u32(certificate + 8))
  }

  /// A member as policies write it; pools are numbers, since a bundle does not keep their names.
  func memberText(_ index: Int) -> String {
    let name = record(.names, index, byteCount: RecordSize.name)
    let text = text(name)
    let pool = "workforcePools/\(u16(name + 10))"
    return switch NameKind(byte(name + 8)) {
    case .authenticated: "allAuthenticatedUsers"
    case .user: "user:\(text)"
    case .serviceAccount: "serviceAccount:\(text)"
    case .domain: "domain:\(text)"
    case .group: "group:\(text)"
    case .poolSubject: "\(pool)/subject/\(text)"
    case .poolGroup: "\(pool)/group/\(text)"
    case .poolAttribute: "\(pool)/\(attributeText(u16(name + 12)))/\(text)"
    case .pool: "\(pool)/*"
    default: text
    }
  }

  private func attributeText(_ slot: UInt16) -> String {
    let path = text(record(.attributes, Int(slot), byteCount: RecordSize.attribute))
    return "attribute.\(path.dropFirst(CompiledSections.claimsPrefix.count))"
  }
}
