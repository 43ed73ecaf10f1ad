// The floor over the same organization and requests (Benchmarks/Floor/include/floor.h): what Postern's time is compared with.

internal import CFloor
internal import CPostern
internal import Glibc
internal import PosternCompiler

/// An organization in the floor's tables. They never change once they are built, so that threads may share them.
@safe final class FloorTables: @unchecked Sendable {
  fileprivate let organization: OpaquePointer

  static let mark: UInt64 = 0x666C_6F6F_7200_0001
  private static let skewMilliseconds: Int64 = 30_000

  /// `flags` are every app's.
  init(_ synthetic: SyntheticOrganization, flags: UInt32 = 0) {
    let longRouteCount = (synthetic.appCount + 9) / 10
    guard
      let organization = unsafe floor_create(
        UInt32(synthetic.appCount + 1), UInt32(longRouteCount), UInt32(synthetic.appCount),
        UInt32(synthetic.appCount + synthetic.folderCount), Self.mark, 1, Self.skewMilliseconds)
    else { preconditionFailure("floor_create never returns null") }
    unsafe self.organization = organization
    for folder in 0..<synthetic.folderCount {
      let row = add(synthetic.members(ofFolder: folder), binding: synthetic.binding(ofFolder: folder))
      for app in synthetic.apps(inFolder: folder) {
        add(app, rows: (add(synthetic.members(ofApp: app), binding: synthetic.binding(ofApp: app)), row), flags: flags)
      }
    }
  }

  deinit { unsafe floor_destroy(organization) }

  var byteCount: UInt64 { unsafe floor_byte_count(organization) }

  private func add(_ members: [Int], binding: Int) -> UInt32 {
    let entries = members.map { floor_entry(member: UInt32($0), binding: UInt32(binding)) }
    return unsafe floor_add_row(organization, entries, UInt32(entries.count))
  }

  private func add(_ app: Int, rows: (UInt32, UInt32), flags: UInt32) {
    var line = floor_app()
    line.absolute = Int64(SyntheticOrganization.absoluteSeconds) * 1_000
    line.idle = Int64(SyntheticOrganization.idleSeconds(ofApp: app)) * 1_000
    line.revalidate = Int64(SyntheticOrganization.revalidateSeconds) * 1_000
    line.providers = 1
    line.flags = flags
    line.rows = rows
    let index = unsafe floor_add_app(organization, &line)
    for route in SyntheticOrganization.routes(ofApp: app) {
      let host = CText(route.host)
      let path = CText(route.path)
      unsafe floor_add_route(organization, host.text, path.text, index)
    }
  }
}

/// A text in memory of its own, or none.
@safe private struct CText: ~Copyable {
  private let bytes: UnsafeMutableBufferPointer<CChar>?

  init(_ text: String?) {
    unsafe bytes = text.map { text in
      let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count)
      _ = unsafe bytes.initialize(from: text.utf8.map { CChar(bitPattern: $0) })
      return unsafe bytes
    }
  }

  deinit { unsafe bytes?.deallocate() }

  var text: floor_text {
    unsafe floor_text(bytes: UnsafePointer(bytes?.baseAddress), count: UInt64(bytes?.count ?? 0))
  }

  mutating func replace(_ other: ArraySlice<UInt8>) {
    for (offset, byte) in other.enumerated() { unsafe bytes?[offset] = CChar(bitPattern: byte) }
  }
}

/// The floor's tables with a request.
@safe struct FloorLoop: ~Copyable {
  private let tables: FloorTables
  private var texts = RequestTexts()
  /// As many for each person of a list as the measured person has; otherwise those of one person.
  private var members: UnsafeMutableBufferPointer<UInt32>
  private var request = unsafe floor_request()
  private var session = unsafe floor_session()

  private struct RequestTexts: ~Copyable {
    var method = CText(nil)
    var host = CText(nil)
    var path = CText(nil)
    var query = CText(nil)
    var upgrade = CText(nil)
    var secPurpose = CText(nil)
    var tenant = CText(nil)
  }

  private static let memberCount = 1 + Subject.groupCount
  private static let noProvider: UInt32 = 31

  init(_ tables: FloorTables, _ facts: RequestFacts) {
    self.tables = tables
    unsafe members = .allocate(capacity: 0)
    set(facts)
  }

  deinit { unsafe members.deallocate() }
}

extension FloorLoop: Decider {
  mutating func set(_ facts: RequestFacts) {
    setRequest(facts)
    set(members: facts.members)
    unsafe session.mark = FloorTables.mark ^ (facts.isResolvedHere ? 0 : 1)
    unsafe session.kind = UInt8(facts.kind)
    unsafe session.principal_kind = UInt8(facts.principalKind)
    unsafe session.account_state = UInt8(facts.accountState)
    unsafe session.provider = facts.provider == SyntheticOrganization.provider ? 0 : Self.noProvider
    unsafe session.tenant = texts.tenant.text
    unsafe session.created_at = facts.createdAt
    unsafe session.last_seen_at = facts.lastSeenAt
    unsafe session.state_checked_at = facts.stateCheckedAt
    unsafe session.issued_at = facts.issuedAt
    unsafe session.login_at = facts.loginAt
    unsafe session.second_factor_at = facts.secondFactorAt
    unsafe session.security_key_at = facts.securityKeyAt
    unsafe session.members = UnsafePointer(members.baseAddress)
    unsafe session.member_count = UInt64(facts.members.count)
  }

  private mutating func setRequest(_ facts: RequestFacts) {
    texts = RequestTexts(
      method: CText(facts.method), host: CText(facts.host), path: CText(facts.path), query: CText(facts.query),
      upgrade: CText(facts.upgrade), secPurpose: CText(facts.secPurpose), tenant: CText(facts.tenant))
    unsafe request.method = texts.method.text
    unsafe request.host = texts.host.text
    unsafe request.path = texts.path.text
    unsafe request.query = texts.query.text
    unsafe request.upgrade = texts.upgrade.text
    unsafe request.sec_purpose = texts.secPurpose.text
  }

  private mutating func set(members numbers: [Int]) {
    unsafe members.deallocate()
    unsafe members = .allocate(capacity: numbers.count)
    _ = unsafe members.initialize(from: numbers.map { UInt32($0) })
  }

  mutating func set(_ list: RequestList) {
    set(RequestFacts(list.subjects[0]))
    set(members: list.subjects.flatMap(\.members))
  }

  @inline(__always) mutating func place(_ index: Int, of list: RequestList) {
    let start = list.subjectIndex(ofRequest: index) * Self.memberCount
    unsafe session.members = UnsafePointer(members.baseAddress).map { unsafe $0 + start }
    texts.host.replace(list.host(ofRequest: index))
  }

  func touch() -> UInt64 { (0..<Self.memberCount).reduce(0) { unsafe $0 &+ UInt64(session.members[$1]) } }

  @inline(__always) func decide(at now: Int64, into decision: inout postern_decision) {
    unsafe withUnsafePointer(to: request) { request in
      unsafe withUnsafePointer(to: session) { unsafe floor_decide(tables.organization, request, $0, now, &decision) }
    }
  }
}
