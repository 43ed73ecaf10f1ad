// The floor over the same organization and requests (Benchmarks/Floor/include/floor.h): what Postern's time is compared with.

internal import CFloor
internal import Glibc
internal import PosternLanguage

/// An organization in the floor's tables, with a request.
@safe struct FloorLoop: ~Copyable {
  private let organization: OpaquePointer
  private let hostBytes = UnsafeMutablePointer<CChar>.allocate(capacity: RequestList.hostByteCount)
  private let pathBytes = UnsafeMutablePointer<CChar>.allocate(capacity: Self.pathByteCount)
  /// Four for each person of a list; otherwise four.
  private let members: UnsafeMutableBufferPointer<UInt32>
  private var request: floor_request
  private var session: floor_session

  static let memberCount = 1 + Subject.groupCount
  private static let pathByteCount = Workload.path.utf8.count

  init(_ policy: Policy, _ subject: Subject, subjectCount: Int = 1) {
    unsafe organization = Self.build(policy)
    unsafe members = .allocate(capacity: Self.memberCount * subjectCount)
    unsafe members.initialize(repeating: FLOOR_NONE)
    unsafe request = floor_request(
      host: floor_text(bytes: hostBytes, count: UInt32(RequestList.hostByteCount)),
      path: floor_text(bytes: pathBytes, count: 0))
    unsafe session = floor_session()
    set(SessionAges())
    set(subject, at: 0)
    select(subjectAt: 0)
    set(host: subject.host, path: Workload.path)
  }

  deinit {
    unsafe floor_destroy(organization)
    unsafe hostBytes.deallocate()
    unsafe pathBytes.deallocate()
    unsafe members.deallocate()
  }

  mutating func set(_ ages: SessionAges) {
    unsafe session.created_at = Workload.nowMilliseconds - ages.createdSeconds * 1_000
    unsafe session.last_seen_at = Workload.nowMilliseconds - ages.idleSeconds * 1_000
    unsafe session.state_checked_at = Workload.nowMilliseconds - ages.stateSeconds * 1_000
  }

  /// Sets the people of a list.
  mutating func set(_ list: RequestList) {
    for (index, subject) in list.subjects.enumerated() { set(subject, at: index) }
  }

  private func set(_ subject: Subject, at index: Int) {
    for (place, member) in subject.members.enumerated() {
      unsafe members[index * Self.memberCount + place] = UInt32(member)
    }
  }

  private mutating func select(subjectAt index: Int) {
    unsafe session.members = UnsafePointer(members.baseAddress).map { unsafe $0 + index * Self.memberCount }
    unsafe session.member_count = UInt32(Self.memberCount)
  }

  private mutating func set(host: String, path: String) {
    precondition(host.utf8.count <= RequestList.hostByteCount && path.utf8.count <= Self.pathByteCount, "there is room")
    for (index, byte) in host.utf8.enumerated() { unsafe hostBytes[index] = CChar(bitPattern: byte) }
    for (index, byte) in path.utf8.enumerated() { unsafe pathBytes[index] = CChar(bitPattern: byte) }
    unsafe request.host.count = UInt32(host.utf8.count)
    unsafe request.path.count = UInt32(path.utf8.count)
  }

  /// Answers a trial, and goes back to the measured request.
  mutating func answer(_ trial: Trial, measured: Subject) -> Answer {
    set(trial.session)
    set(trial.subject, at: 0)
    set(host: trial.subject.host, path: trial.path)
    let answer = decide(at: Workload.nowMilliseconds)
    set(SessionAges())
    set(measured, at: 0)
    set(host: measured.host, path: Workload.path)
    return answer
  }

  /// Decides a batch at instants a millisecond apart; returns a hash of the answers.
  func decideBatch() -> UInt64 {
    var hash = AnswerHash()
    for index in 0..<DecisionLoop.batchCount { hash.add(decide(at: Workload.nowMilliseconds + Int64(index))) }
    return hash.value
  }
}

extension FloorLoop: Decider {
  mutating func place(_ index: Int, of list: RequestList) -> UInt64 {
    select(subjectAt: list.subjectIndex(ofRequest: index))
    for (offset, byte) in list.host(ofRequest: index).enumerated() {
      unsafe hostBytes[offset] = CChar(bitPattern: byte)
    }
    return unsafe UInt64(session.members[0])
  }

  @inline(__always) func decide(at now: Int64) -> Answer {
    var answer = floor_answer()
    unsafe withUnsafePointer(to: request) { request in
      unsafe withUnsafePointer(to: session) { unsafe floor_decide(organization, request, $0, now, &answer) }
    }
    return Answer(isAllowed: answer.allows == 1, appIndex: answer.app, validUntil: answer.valid_until)
  }
}

// MARK: building

extension FloorLoop {
  private static func build(_ policy: Policy) -> OpaquePointer {
    let routes = policy.apps.flatMap(\.routes)
    let hostCount = Set(routes.map(\.host)).count
    let longCount = routes.count { !$0.path.isEmpty }
    let rowNodes = policy.nodes.indices.filter { policy.nodes[$0].kind != .organization }
    guard
      let organization = unsafe floor_create(
        UInt32(hostCount), UInt32(longCount), UInt32(policy.apps.count), UInt32(rowNodes.count))
    else { preconditionFailure("floor_create never returns null") }
    var rows: [Int: UInt32] = [:]
    for node in rowNodes {
      let members = AppRows.members(policy, nodeIndex: node).map { UInt32($0) }
      rows[node] = unsafe floor_add_row(organization, members, UInt32(members.count))
    }
    for app in policy.apps { unsafe add(app, policy, rows, to: organization) }
    return unsafe organization
  }

  private static func add(_ app: App, _ policy: Policy, _ rows: [Int: UInt32], to organization: OpaquePointer) {
    guard let own = rows[app.nodeIndex], let folder = policy.nodes[app.nodeIndex].parentIndex.flatMap({ rows[$0] })
    else { preconditionFailure("an app of a synthetic organization is in a folder, and both have a row") }
    var line = floor_app()
    line.absolute = milliseconds(app.session.absoluteTimeout.value)
    line.idle = milliseconds(app.session.idleTimeout.value)
    line.revalidate = milliseconds(app.session.revalidate.value)
    line.rows = (own, folder)
    let index = unsafe floor_add_app(organization, &line)
    for route in app.routes {
      var host = route.host
      var path = route.path
      host.withUTF8 { host in
        path.withUTF8 { path in
          unsafe floor_add_route(organization, text(host), text(path), index)
        }
      }
    }
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> floor_text {
    unsafe floor_text(
      bytes: UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self), count: UInt32(bytes.count))
  }

  private static func milliseconds(_ limit: Limit) -> Int64 {
    guard case .seconds(let seconds) = limit else { preconditionFailure("a synthetic organization has every limit") }
    return Int64(seconds) * 1_000
  }
}
