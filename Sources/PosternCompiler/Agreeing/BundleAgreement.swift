// Whether apps decide the same in two bundles, proved record by record: numbers of names, rows, texts and programs may differ,
// what they stand for may not. Refuses nothing; where a proof is missing it says no, and never yes without one.

internal import PosternBundle
internal import PosternKernel

/// Which apps are asked about.
public enum AppScope {
  /// Those with these names.
  case only(Set<String>)
  /// All others, and every host's base app.
  case allBut(Set<String>)

  func contains(_ name: String) -> Bool {
    switch self {
    case .only(let names): names.contains(name)
    case .allBut(let names): !names.contains(name)
    }
  }

  var isOfTheRest: Bool { if case .allBut = self { true } else { false } }
}

/// Apps of two bundles held against each other by everything that the kernel reads of them.
public struct BundleAgreement {
  private let names: NameAgreement
  private var rows: RowAgreement
  private var programs: ProgramAgreement
  private var profiles: Set<UInt64> = []
  private let left: BundleContents
  private let right: BundleContents
  private let routes: (left: RouteMap, right: RouteMap)

  /// nil where what is not any one app's differs: providers, the organization, deny rules, or the groups that people are in.
  ///
  /// nil too where a bundle holds pages of the gate's.
  public init?(_ left: OpenBundle, _ right: OpenBundle) {
    self.left = left.contents
    self.right = right.contents
    // What is the gate's alone names apps by their numbers, which this does not follow.
    guard left.contents.section(.gate).isEmpty, right.contents.section(.gate).isEmpty else { return nil }
    guard let names = NameAgreement(left.contents, right.contents), let routes = left.routes, let others = right.routes
    else { return nil }
    self.names = names
    self.routes = (routes, others)
    rows = RowAgreement(left.contents, right.contents)
    programs = ProgramAgreement(left.contents, right.contents)
    guard agreeOnProviders(), agreeOnOrganization(), agreeOnDenyRules() else { return nil }
  }

  /// Whether both have the same OAuth clients, with the same limits.
  public var agreesOnClients: Bool { left.oauthClients == right.oauthClients }

  /// Whether every app of either bundle that is asked about is in both, decides the same there, and is reached by the same routes.
  public mutating func agrees(on scope: AppScope) -> Bool {
    let pairs = RouteAgreement(routes.left, routes.right, scope)
    guard pairs.agree() else { return false }
    for (app, other) in pairs.partners.enumerated() where other >= 0 {
      if !agree(app: app, other) { return false }
    }
    return true
  }

  // MARK: apps

  private mutating func agree(app: Int, _ other: Int) -> Bool {
    let (line, otherLine) = (left.appLine(app), right.appLine(other))
    let (record, otherRecord) = (left.appRecord(app), right.appRecord(other))
    let none = BundleFormat.none
    // Flags and the number of rows; the providers' mask.
    guard left.u32(line + 4) == right.u32(otherLine + 4), left.u64(line + 8) == right.u64(otherLine + 8),
      (left.u32(line + 56) == none) == (right.u32(otherLine + 56) == none),
      names.agree(left.u32(record + 8), right.u32(otherRecord + 8)),
      programs.agree(left.u32(line), right.u32(otherLine)),
      agree(denySet: left.u32(line + 48), right.u32(otherLine + 48)),
      agree(profile: left.u32(line + 52), right.u32(otherLine + 52)),
      agree(run: left.u32(record + 12), right.u32(otherRecord + 12))
    else { return false }
    return (0..<Int(left.byte(line + 6))).allSatisfy { index in
      rows.agree(left.u32(line + 16 + 4 * index), right.u32(otherLine + 16 + 4 * index), names)
    }
  }

  /// Rules have the same numbers on both sides.
  private func agree(denySet: UInt32, _ other: UInt32) -> Bool {
    if denySet == BundleFormat.none || other == BundleFormat.none { return denySet == other }
    let mask = left.record(.denySets, Int(denySet), byteCount: RecordSize.denySet)
    let otherMask = right.record(.denySets, Int(other), byteCount: RecordSize.denySet)
    return left.bytes[mask..<mask + RecordSize.denySet] == right.bytes[otherMask..<otherMask + RecordSize.denySet]
  }

  /// The run of conditional bindings, in their order.
  private mutating func agree(run: UInt32, _ other: UInt32) -> Bool {
    if run == BundleFormat.none || other == BundleFormat.none { return run == other }
    var (index, otherIndex) = (Int(run), Int(other))
    while true {
      let record = left.record(.conditionals, index, byteCount: RecordSize.conditional)
      let otherRecord = right.record(.conditionals, otherIndex, byteCount: RecordSize.conditional)
      let isLast = left.u32(record) == BundleFormat.none
      guard isLast == (right.u32(otherRecord) == BundleFormat.none) else { return false }
      if isLast { return true }
      guard programs.agree(left.u32(record + 4), right.u32(otherRecord + 4)),
        rows.agree(left.u32(record + 8), right.u32(otherRecord + 8), names)
      else { return false }
      index += 1
      otherIndex += 1
    }
  }

  private mutating func agree(profile: UInt32, _ other: UInt32) -> Bool {
    let key = UInt64(profile) << 32 | UInt64(other)
    if profiles.contains(key) { return true }
    let record = left.record(.profiles, Int(profile), byteCount: RecordSize.profile)
    let otherRecord = right.record(.profiles, Int(other), byteCount: RecordSize.profile)
    guard [0, 8, 16].allSatisfy({ names.agree(list: record + $0, otherRecord + $0) }),
      [24, 32].allSatisfy({ left.listedBytes(record + $0) == right.listedBytes(otherRecord + $0) }),
      left.propagation(record + 40) == right.propagation(otherRecord + 40),
      left.u32(record + 48) == right.u32(otherRecord + 48),
      left.textBytes(record + 52) == right.textBytes(otherRecord + 52)
    else { return false }
    profiles.insert(key)
    return true
  }

  // MARK: what is everyone's

  private func agreeOnProviders() -> Bool {
    let count = left.count(.providers, recordByteCount: RecordSize.provider)
    guard count == right.count(.providers, recordByteCount: RecordSize.provider) else { return false }
    return (0..<count).allSatisfy { index in
      let record = left.record(.providers, index, byteCount: RecordSize.provider)
      let other = right.record(.providers, index, byteCount: RecordSize.provider)
      return [0, 8, 16].allSatisfy { left.textBytes(record + $0) == right.textBytes(other + $0) }
        // Source, pool and session duration.
        && left.u64(record + 24) == right.u64(other + 24) && names.agree(list: record + 32, other + 32)
        && left.listedBytes(record + 40) == right.listedBytes(other + 40)
    }
  }

  /// The organization's row, the clock skew, the pools, and which deny rules an anonymous caller matches.
  private mutating func agreeOnOrganization() -> Bool {
    let (record, other) = (left.section(.organization).lowerBound, right.section(.organization).lowerBound)
    let (row, otherRow) = (left.u32(record), right.u32(other))
    guard left.u32(record + 4) == right.u32(other + 4), left.u32(record + 20) == right.u32(other + 20),
      left.bytes[record + 96..<record + 128] == right.bytes[other + 96..<other + 128]
    else { return false }
    if row == BundleFormat.none || otherRow == BundleFormat.none { return row == otherRow }
    return rows.agree(row, otherRow, names)
  }

  private mutating func agreeOnDenyRules() -> Bool {
    let count = left.count(.denyRules, recordByteCount: RecordSize.denyRule)
    guard count == right.count(.denyRules, recordByteCount: RecordSize.denyRule) else { return false }
    return (0..<count).allSatisfy { index in
      let record = left.record(.denyRules, index, byteCount: RecordSize.denyRule)
      let other = right.record(.denyRules, index, byteCount: RecordSize.denyRule)
      let (condition, otherCondition) = (left.u32(record + 20), right.u32(other + 20))
      let areConditional = condition != BundleFormat.none && otherCondition != BundleFormat.none
      return left.u32(record + 16) == right.u32(other + 16)
        && names.agree(denyMembers: record, other) && names.agree(denyMembers: record + 8, other + 8)
        && (areConditional ? programs.agree(condition, otherCondition) : condition == otherCondition)
    }
  }
}

extension BundleContents {
  /// The texts that the pair at `field` lists, as bytes.
  func listedBytes(_ field: Int) -> [[UInt8]] {
    (0..<Int(u32(field + 4))).map { textBytes(section(.lists).lowerBound + 4 * (Int(u32(field)) + 2 * $0)) }
  }

  /// The attributes that the pair at `field` lists: both names, and the word of lists, outputs and flags.
  fileprivate func propagation(_ field: Int) -> [[[UInt8]]] {
    (0..<Int(u32(field + 4))).map { index in
      let record = record(.propagation, Int(u32(field)) + index, byteCount: RecordSize.propagation)
      return [textBytes(record), textBytes(record + 8), Array(bytes[record + 16..<record + 20])]
    }
  }
}
