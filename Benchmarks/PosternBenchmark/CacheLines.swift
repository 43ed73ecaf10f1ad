// The cache lines of the bundle that the measured decision touches, by construction: walked over the file as
// docs/bundle-format.md describes it, not observed. The dependent steps are those whose address is only known from what the
// step before has read; a step may miss where its table is larger than a core's own cache.

internal import Foundation
internal import Glibc
internal import PosternCompiler
internal import PosternKernel

struct CacheLines {
  /// What is read in one step, from a table of so many bytes.
  private struct Step {
    let name: String
    /// The number of steps that end with this one, each of which must wait for the one before.
    let depth: Int
    let ranges: [Range<Int>]
    let tableByteCount: Int
  }

  private let organization: MeasuredOrganization
  private let layout: BundleLayout
  private let subject: Subject

  init(_ organization: MeasuredOrganization) {
    self.organization = organization
    layout = BundleLayout(organization.opened)
    subject = Subject(organization.synthetic, app: organization.app)
  }

  func add(into figures: inout Figures) {
    let workload = "cache lines, \(organization.appCount) apps"
    let hash = organization.opened.mark
    let own = ownSteps()
    let cacheByteCount = max(Int(sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))), 256 << 10)
    var lines: Set<Int> = []
    var missing: Set<Int> = []
    for step in own {
      let touched = Set(step.ranges.flatMap { $0.lowerBound / 64...($0.upperBound - 1) / 64 }).subtracting(lines)
      lines.formUnion(touched)
      if step.tableByteCount > cacheByteCount && !touched.isEmpty { missing.insert(step.depth) }
      figures.addAgainstFirst(
        workload, "\(step.depth). \(step.name)", Double(touched.count), "lines", hash: hash)
    }
    figures.addAgainstFirst(workload, "lines of the request's own", Double(lines.count), "lines", hash: hash)
    figures.addAgainstFirst(
      workload, "dependent steps", Double(own.map(\.depth).max() ?? 0), "steps", hash: hash)
    figures.addAgainstFirst(
      workload, "dependent steps in tables beyond \(cacheByteCount >> 10) KiB", Double(missing.count), "steps",
      hash: hash)
  }

  /// What another request would find elsewhere. Organization, program and profile are the same for every app, and stay cached.
  private func ownSteps() -> [Step] {
    let hosts = layout.section(.hosts)
    let host = layout.place(
      of: Array(subject.host.utf8), context: PerfectHash.hostContext(isWildcard: false), in: .hosts,
      slotByteCount: RecordSize.hostLine)
    let app = Int(layout.u32(host.slot + 16))
    precondition(app == organization.app, "the host's line leads to its app")
    let apps = layout.section(.apps)
    let line = apps.offset + RecordSize.app * app
    let pilotByteCount = 2 * Int(layout.u32(hosts.offset + 12))
    return [
      Step(name: "the host's pilot", depth: 1, ranges: [host.pilot..<host.pilot + 2], tableByteCount: pilotByteCount),
      Step(
        name: "the host's line", depth: 2, ranges: [host.slot..<host.slot + RecordSize.hostLine],
        tableByteCount: hosts.byteCount - pilotByteCount),
      Step(name: "the app's line", depth: 3, ranges: [line..<line + RecordSize.app], tableByteCount: apps.byteCount),
    ] + rowSteps(line)
  }

  /// The app's own row, walked and without the person; then its folder's, which has the person.
  private func rowSteps(_ line: Int) -> [Step] {
    let grants = layout.section(.grants)
    let rows = (0..<2).map { grants.offset + RecordSize.unit * Int(layout.u32(line + 16 + 4 * $0)) }
    let names = ["the app's row", "the folder's row"]
    return zip(names, rows).flatMap { name, row in
      let entryCount = Int(layout.u32(row + 4))
      if entryCount <= BundleFormat.walkLimit {
        return [
          Step(
            name: name, depth: 4, ranges: [row..<row + RecordSize.unit * (2 + entryCount)],
            tableByteCount: grants.byteCount)
        ]
      }
      return probes(name, row, grants.byteCount)
    }
  }

  private func probes(_ name: String, _ row: Int, _ tableByteCount: Int) -> [Step] {
    let (seed, slotCount) = (layout.u32(row + 16), layout.u32(row + 20))
    let pilotCount = UInt32(layout.u16(row + 14))
    let pilots = row + 3 * RecordSize.unit
    let slots = pilots + (2 * Int(pilotCount) + 7) / 8 * RecordSize.unit
    let members = subject.members.map {
      layout.name(organization.synthetic.email(ofMember: $0), isUser: organization.synthetic.isUser($0))
    }
    let hashes = members.map { PerfectHash.hash(member: $0, seed: seed) }
    let pilotPlaces = hashes.map { pilots + 2 * PerfectHash.pilotIndex($0, pilotCount: pilotCount) }
    let slotPlaces = zip(hashes, pilotPlaces).map { hash, pilot in
      slots + RecordSize.unit * PerfectHash.slot(hash, pilot: layout.u16(pilot), slotCount: slotCount)
    }
    precondition(zip(slotPlaces, members).contains { layout.u32($0) == $1 }, "the person is in \(name)")
    return [
      Step(name: name, depth: 4, ranges: [row..<pilots], tableByteCount: tableByteCount),
      Step(name: "its pilots", depth: 5, ranges: pilotPlaces.map { $0..<$0 + 2 }, tableByteCount: tableByteCount),
      Step(
        name: "its slots", depth: 6, ranges: slotPlaces.map { $0..<$0 + RecordSize.unit },
        tableByteCount: tableByteCount),
    ]
  }
}
