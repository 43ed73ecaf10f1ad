// What every engine is asked before it is measured: it must answer as Postern does, which is held to the answers here.

internal import CPostern
internal import PosternLanguage

/// A request with the answer that it must get.
struct Trial {
  let name: String
  let subject: Subject
  var path = Workload.path
  var session = SessionAges()
  let isAllowed: Bool

  /// The measured request first, then what must change the answer.
  static func all(_ policy: Policy, appIndex: Int) -> [Trial] {
    let subject = Subject(policy, appIndex: appIndex)
    var lost = subject
    lost.host = "app-none.no.example.com"
    return [
      Trial(name: "the measured request", subject: subject, isAllowed: true),
      Trial(name: "through a group", subject: .throughGroup(policy, appIndex: appIndex), isAllowed: true),
      Trial(name: "a stranger", subject: .stranger(policy, appIndex: appIndex), isAllowed: false),
      Trial(name: "idle too long", subject: subject, session: SessionAges(idleSeconds: 3_600), isAllowed: false),
      Trial(
        name: "a session too old", subject: subject, session: SessionAges(createdSeconds: 9 * 3_600), isAllowed: false),
      Trial(name: "an unknown app", subject: lost, isAllowed: false),
    ]
  }

  /// The first app by its other route, on a host that it shares: engines that know apps only are not asked this.
  static func byLongerRoute(_ policy: Policy) -> Trial {
    let route = policy.apps[0].routes[1]
    var subject = Subject(policy, appIndex: 0)
    subject.host = route.host
    return Trial(name: "by a longer route", subject: subject, path: "\(route.path)/projects/alpha", isAllowed: true)
  }

  var workload: Workload {
    Workload(host: subject.host, path: path, email: subject.email, groups: subject.groups, session: session)
  }
}

/// What is compared of the answers of Postern and of the floor.
struct Answer: Equatable {
  let isAllowed: Bool
  let appIndex: UInt32
  /// Milliseconds since 1970.
  let validUntil: Int64
}

/// FNV-1a over the words of answers.
struct AnswerHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 }

  @inline(__always) mutating func add(_ answer: Answer) {
    add(answer.isAllowed ? 1 : 0)
    add(UInt64(answer.appIndex))
    add(UInt64(bitPattern: answer.validUntil))
  }
}
