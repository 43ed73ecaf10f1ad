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
    let app = Int(layout.u32(host.slot + HostField.rootApp))
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
    ] + rowSteps(line, hints: host.slot + HostField.rows)
  }

  /// The app's own row, walked and without the person, then its folder's, which has the person: the host's line hints at both.
  private func rowSteps(_ line: Int, hints: Int) -> [Step] {
    let grants = layout.section(.grants)
    let rows = (0..<2).map { index in
      let row = layout.u32(line + 16 + 4 * index)
      precondition(layout.u32(hints + 4 * index) == row, "the host's hints are of its app")
      return grants.offset + RecordSize.unit * Int(row)
    }
    return ownRow(rows[0], grants.byteCount) + folderRow(rows[1], grants.byteCount)
  }

  private func ownRow(_ row: Int, _ tableByteCount: Int) -> [Step] {
    let entryCount = Int(layout.u32(row + 4))
    precondition(entryCount <= BundleFormat.walkLimit, "an app's own row is walked")
    let byteCount = RowHeader.byteCount(entryCount: entryCount) + RecordSize.unit * entryCount
    return [Step(name: "the app's row", depth: 3, ranges: [row..<row + byteCount], tableByteCount: tableByteCount)]
  }

  private func folderRow(_ row: Int, _ tableByteCount: Int) -> [Step] {
    let entryCount = Int(layout.u32(row + 4))
    if entryCount <= BundleFormat.walkLimit {
      let byteCount = RowHeader.byteCount(entryCount: entryCount) + RecordSize.unit * entryCount
      return [
        Step(name: "the folder's row", depth: 3, ranges: [row..<row + byteCount], tableByteCount: tableByteCount)
      ]
    }
    let cellBits = UInt32(layout.u16(row + 14))
    let cells = row + RowHeader.byteCount
    let slots = cells + RecordSize.unit << Int(cellBits)
    let keys = subject.members.map {
      MemberKey.key(
        ofName: layout.name(organization.synthetic.email(ofMember: $0), isUser: organization.synthetic.isUser($0)))
    }
    let cellPlaces = keys.map { cells + RecordSize.unit * Int($0 >> (32 - cellBits)) }
    let slotPlaces = zip(keys, cellPlaces).compactMap { key, cell -> Int? in
      if layout.u32(cell + 4) >> RowCell.bit(key) & 1 == 0 { return nil }
      return slots + RecordSize.unit
        * PerfectHash.slot(UInt64(key), pilot: layout.u16(cell), slotCount: layout.u32(row + 16))
    }
    precondition(slotPlaces.contains { keys.contains(layout.u32($0)) }, "the person is in the folder's row")
    precondition(
      keys.count <= Bundle.prefetchedCellCount, "the cells of all members are asked for with the host's line")
    return [
      Step(name: "the folder's row", depth: 3, ranges: [row..<cells], tableByteCount: tableByteCount),
      Step(
        name: "its cells", depth: 3, ranges: cellPlaces.map { $0..<$0 + RecordSize.unit },
        tableByteCount: tableByteCount),
      Step(
        name: "its slots", depth: 4, ranges: slotPlaces.map { $0..<$0 + RecordSize.unit },
        tableByteCount: tableByteCount),
    ]
  }
}
