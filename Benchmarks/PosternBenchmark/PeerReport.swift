// Other policy engines on the same work: the organization goes to each of their programs (Benchmarks/peers) as JSON, with the
// trials that it must answer as Postern does before it is measured. Without their Python nothing is measured.

internal import Foundation
internal import PosternCompiler
internal import PosternLanguage

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

  init(_ policy: Policy, trials: [Trial], seconds: Double) {
    func names(_ node: Int) -> [String] {
      Set(AppRows.members(policy, nodeIndex: node)).sorted().map { policy.members[$0].address }
    }
    let folderNodes = policy.nodes.indices.filter { policy.nodes[$0].kind == .folder }
    let positions = Dictionary(uniqueKeysWithValues: folderNodes.enumerated().map { ($1, $0) })
    self.seconds = seconds
    folders = folderNodes.map(names)
    apps = policy.apps.map { app in
      PeerApp(
        host: app.routes[0].host, folder: policy.nodes[app.nodeIndex].parentIndex.flatMap { positions[$0] } ?? 0,
        members: names(app.nodeIndex), absoluteSeconds: Self.seconds(app.session.absoluteTimeout.value),
        idleSeconds: Self.seconds(app.session.idleTimeout.value))
    }
    requests = trials.map { trial in
      PeerRequest(
        name: trial.name, user: trial.subject.email, groups: trial.subject.groups, host: trial.subject.host,
        ageSeconds: Int(trial.session.createdSeconds), idleSeconds: Int(trial.session.idleSeconds),
        isAllowed: trial.isAllowed)
    }
  }

  private static func seconds(_ limit: Limit) -> Int {
    guard case .seconds(let seconds) = limit else { preconditionFailure("a synthetic organization has every limit") }
    return Int(seconds)
  }
}

/// What a program of a peer prints for each way it was measured.
struct PeerResult: Decodable {
  let peer: String
  let nanoseconds: Double
  /// How the time was taken.
  let how: String
  /// The answers to the requests, in order.
  let verdicts: [Bool]
}

enum PeerReport {
  private static let programs = ["cedar", "rego", "casbin"]
  private static let widths = [26, 8, 16, 15, 18]
  private static let timeoutSeconds = 120.0

  static func run(_ options: Options, into figures: inout Figures) throws {
    guard FileManager.default.isExecutableFile(atPath: options.peerPython) else {
      return show("peers: there is no \(options.peerPython) (make peers), nothing was measured")
    }
    show("peers: the measured request on the same organizations, after the same answers to six")
    show(["peer", "apps", "ns a decision", "times Postern", "hash"], widths: widths)
    for size in options.peerSizes { try compare(appCount: size, options, into: &figures) }
  }

  private static func compare(appCount: Int, _ options: Options, into figures: inout Figures) throws {
    let policy = SyntheticOrganization(appCount: appCount).policy()
    let trials = Trial.all(policy, appIndex: appCount / 2)
    let workload = "peers, \(appCount) apps"
    let own = try measurePostern(policy, trials, options.effort)
    let verdicts = hash(trials.map(\.isAllowed))
    row("Postern", appCount, own, own, verdicts)
    figures.add(workload, "Postern", own, "ns", hash: verdicts)
    let file = FileManager.default.temporaryDirectory.appending(path: "postern-peers-\(getpid()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let work = PeerWork(policy, trials: trials, seconds: options.effort.peerSeconds)
    try JSONEncoder().encode(work).write(to: file)
    for program in programs {
      let results = try results(of: "\(options.peerFolder)/\(program)_peer.py", options.peerPython, file.path)
      if results.isEmpty { show(["\(program): not measured", String(appCount)], widths: widths) }
      for result in results {
        precondition(result.verdicts == trials.map(\.isAllowed), "\(result.peer) answers as Postern does")
        row(result.peer, appCount, result.nanoseconds, own, hash(result.verdicts), how: result.how)
        figures.add(workload, "\(result.peer), \(result.how)", result.nanoseconds, "ns", hash: hash(result.verdicts))
        figures.add(workload, "\(result.peer) to Postern", result.nanoseconds / own, "times")
      }
    }
  }

  private static func row(
    _ peer: String, _ appCount: Int, _ time: Double, _ own: Double, _ hash: UInt64, how: String = "mean of batches"
  ) {
    let cells = [peer, String(appCount), decimal(time), decimal(time / own), hexadecimal(hash)]
    show(zip(cells, widths).map { pad($0, $1) }.joined() + "  " + how)
  }

  private static func measurePostern(_ policy: Policy, _ trials: [Trial], _ effort: Effort) throws -> Double {
    let bytes = Compiler.compile(policy, revision: 1)
    return measuring(try DecisionLoop(bytes: bytes, workload: trials[0].workload)) { loop in
      for trial in trials {
        precondition(loop.answer(trial.workload).isAllowed == trial.isAllowed, "Postern answers: \(trial.name)")
      }
      return bestMean(runs: effort.batchRuns, calls: 50, count: DecisionLoop.batchCount) { measuredBatch() }.nanoseconds
    }
  }

  private static func hash(_ verdicts: [Bool]) -> UInt64 {
    var hash = AnswerHash()
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
