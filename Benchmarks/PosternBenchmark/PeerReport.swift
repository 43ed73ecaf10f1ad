// Other policy engines on the same work: the organization goes to each of their programs (Benchmarks/peers) as JSON, with the
// trials that it must answer as Postern does before it is measured. Without their Python nothing is measured.

internal import CPostern
internal import Foundation
internal import PosternCompiler

/// What the programs of the peers read: names only, each renders them in its engine's language.
struct PeerWork: Encodable {
  struct PeerApp: Encodable {
    let host: String
    /// Of `folders`.
    let folder: Int
    let members: [String]
    let absoluteSeconds: Int
    let idleSeconds: Int
  }

  struct PeerRequest: Encodable {
    let name: String
    let user: String
    let groups: [String]
    let host: String
    let ageSeconds: Int
    let idleSeconds: Int
    let isAllowed: Bool
  }

  let seconds: Double
  let apps: [PeerApp]
  /// Members of each folder's row.
  let folders: [[String]]
  /// The measured request first.
  let requests: [PeerRequest]

  init(_ organization: SyntheticOrganization, trials: [Trial], seconds: Double) {
    func names(_ members: [Int]) -> [String] { members.sorted().map { organization.email(ofMember: $0) } }
    self.seconds = seconds
    folders = (0..<organization.folderCount).map { names(organization.members(ofFolder: $0)) }
    apps = (0..<organization.appCount).map { app in
      PeerApp(
        host: SyntheticOrganization.host(ofApp: app), folder: organization.folder(ofApp: app),
        members: names(organization.members(ofApp: app)), absoluteSeconds: SyntheticOrganization.absoluteSeconds,
        idleSeconds: SyntheticOrganization.idleSeconds(ofApp: app))
    }
    requests = trials.map { trial in
      PeerRequest(
        name: trial.name, user: trial.facts.email, groups: trial.facts.groups, host: trial.facts.host,
        ageSeconds: Int(RequestFacts.now - trial.facts.createdAt) / 1_000,
        idleSeconds: Int(RequestFacts.now - trial.facts.lastSeenAt) / 1_000, isAllowed: trial.isAllowed)
    }
  }
}

/// What a program of a peer prints for each way it was measured.
struct PeerResult: Decodable {
  let engine: String
  let peer: String
  let nanoseconds: Double
  /// How the time was taken.
  let how: String
  /// The answers to the requests, in order.
  let verdicts: [Bool]
}

enum PeerReport {
  private static let programs = ["cedar", "rego", "casbin"]
  private static let timeoutSeconds = 120.0

  static func run(_ options: Options, into figures: inout Figures) throws {
    guard FileManager.default.isExecutableFile(atPath: options.peerPython) else {
      return figures.omit("peers: there is no \(options.peerPython) (make peers)")
    }
    for size in options.peerSizes { try compare(SyntheticOrganization(appCount: size), options, into: &figures) }
  }

  private static func compare(
    _ organization: SyntheticOrganization, _ options: Options, into figures: inout Figures
  ) throws {
    let trials = Trial.all(organization, app: organization.appCount / 2)
    let workload = "peers, \(organization.appCount) apps"
    let hash = hash(trials.map(\.isAllowed))
    let own = try measureOwn(organization, trials, options.effort, hash, into: &figures)
    let file = FileManager.default.temporaryDirectory.appending(path: "postern-peers-\(getpid()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let work = PeerWork(organization, trials: trials, seconds: options.effort.peerSeconds)
    try JSONEncoder().encode(work).write(to: file)
    for program in programs {
      let results = try results(of: "\(options.peerFolder)/\(program)_peer.py", options.peerPython, file.path)
      if results.isEmpty {
        figures.omit("\(workload): \(program), which failed or took longer than \(number(timeoutSeconds)) s")
      }
      for result in results {
        precondition(result.verdicts == trials.map(\.isAllowed), "\(result.peer) answers as Postern does")
        figures.add(
          workload, "\(result.peer), \(result.how)", result.nanoseconds, "ns", hash: self.hash(result.verdicts),
          ratio: result.nanoseconds / own, to: "Postern", engine: result.engine, appCount: organization.appCount)
      }
    }
  }

  /// Postern's time, beside the floor's.
  private static func measureOwn(
    _ organization: SyntheticOrganization, _ trials: [Trial], _ effort: Effort, _ hash: UInt64,
    into figures: inout Figures
  ) throws -> Double {
    let opened = try OpenedBundle(copying: Compiler.compile(organization.policy(), revision: 1))
    var floor = FloorLoop(FloorTables(organization), trials[0].facts)
    let runs = effort.rounds * effort.batchRuns
    let (own, least) = measuring(DecisionLoop(opened, Workload(trials[0].facts))) { postern in
      RoadCheck.run(organization, app: organization.appCount / 2, &postern, &floor)
      postern.set(trials[0].facts)
      floor.set(trials[0].facts)
      return (
        bestMean(runs: runs, calls: 50, count: Batch.count) { measuredBatch() }.nanoseconds,
        bestMean(runs: runs, calls: 50, count: Batch.count) { Batch.decide(floor) }.nanoseconds
      )
    }
    for (engine, time) in [("the floor", least), ("Postern", own)] {
      figures.add(
        "peers, \(organization.appCount) apps", "\(engine), mean of batches of 64", time, "ns", hash: hash,
        ratio: time / least, to: "the floor", engine: engine, appCount: organization.appCount)
    }
    return own
  }

  private static func hash(_ verdicts: [Bool]) -> UInt64 {
    var hash = DecisionHash()
    for verdict in verdicts { hash.add(verdict ? 1 : 0) }
    return hash.value
  }

  /// Runs a peer's program; empty where it says that it cannot, which it does on standard error, or does not end in time.
  private static func results(of program: String, _ python: String, _ file: String) throws -> [PeerResult] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: python)
    process.arguments = [program, file]
    process.standardOutput = output
    try process.run()
    let timer = DispatchSource.makeTimerSource()
    timer.schedule(deadline: .now() + timeoutSeconds)
    timer.setEventHandler { process.terminate() }
    timer.resume()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    timer.cancel()
    if process.terminationStatus != 0 { return [] }
    return try JSONDecoder().decode([PeerResult].self, from: bytes)
  }
}
