// Requests to every app of an organization in an order that no prefetcher knows, made before anything is measured.

internal import PosternCompiler

/// A list of requests: a host each, and one person for each folder, who is in its row.
struct RequestList: Sendable {
  let subjects: [Subject]
  let count: Int
  private let hosts: [UInt8]
  private let subjectIndices: [UInt32]

  static let hostByteCount = 24

  /// One request to each app, permuted.
  init(_ organization: SyntheticOrganization) {
    let subjects = (0..<organization.folderCount).map {
      Subject(organization, app: organization.apps(inFolder: $0).lowerBound)
    }
    var generator = SplitMix(state: 0x7265_7175_6573_7473)
    let order = (0..<organization.appCount).shuffled(using: &generator)
    self.init(subjects: subjects, requests: order.map { ($0, organization.folder(ofApp: $0)) })
  }

  /// Requests to apps all over the organization, each by another person of the app's folder in three groups drawn for it: what a
  /// count of instructions is the mean of, for a person whose groups meet false hits of a row's filter takes more.
  init(spreadOver organization: SyntheticOrganization) {
    var generator = SplitMix(state: 0x7370_7265_6164_0000)
    let subjects = (0..<Self.spreadCount).map {
      Subject(organization, app: $0 * organization.appCount / Self.spreadCount, drawnBy: &generator)
    }
    self.init(subjects: subjects, requests: subjects.enumerated().map { ($1.appIndex, $0) })
  }

  static let spreadCount = 256

  /// One request.
  init(_ subject: Subject) { self.init(subjects: [subject], requests: [(subject.appIndex, 0)]) }

  private init(subjects: [Subject], requests: [(appIndex: Int, subjectIndex: Int)]) {
    self.subjects = subjects
    count = requests.count
    hosts = requests.flatMap { Array(SyntheticOrganization.host(ofApp: $0.appIndex).utf8) }
    subjectIndices = requests.map { UInt32($0.subjectIndex) }
    precondition(hosts.count == count * Self.hostByteCount, "the generator's hosts have 24 bytes up to a million apps")
  }

  func subjectIndex(ofRequest index: Int) -> Int { Int(subjectIndices[index]) }

  func host(ofRequest index: Int) -> ArraySlice<UInt8> {
    hosts[index * Self.hostByteCount..<(index + 1) * Self.hostByteCount]
  }

  /// Writes a host into `text`. No slice of the list is made: counting its owners would be a write that all threads share.
  @inline(__always) func copyHost(ofRequest index: Int, to offset: Int, of text: inout [UInt8]) {
    let start = index * Self.hostByteCount
    var target = text.mutableSpan
    for place in 0..<Self.hostByteCount { target[offset + place] = hosts[start + place] }
  }
}

/// SplitMix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
