// Who is in which directory groups, through all the groups that hold a group (docs/bundle-format.md, "memberships").
// Refuses nothing: the reader has made sure that no group is in a ring; one that were would be entered once.

internal import PosternKernel
internal import PosternLanguage

/// The transitive memberships of every name, as runs of one list of name indices.
struct Memberships {
  private(set) var lists = ConsPool<UInt32>()
  /// By name index; shorter than the names where the last of them are in no group.
  private(set) var runs: [Run] = []

  /// `memberNames` is the name index of each of the policy's members, or NONE.
  init(_ groups: [DirectoryGroup], memberNames: [UInt32], nameCount: Int) {
    if groups.isEmpty { return }
    let holders = Holders(groups, memberNames: memberNames, nameCount: nameCount)
    var search = Search(holders: holders, nameCount: nameCount)
    runs = [Run](repeating: Run(), count: nameCount)
    for name in 0..<nameCount where !holders.groups(of: UInt32(name)).isEmpty {
      runs[name] = lists.cons(search.groupsAbove(UInt32(name)))
    }
  }

  /// The groups that directly hold each name, as one flat array sorted by name.
  private struct Holders {
    private var starts: [UInt32]
    private var values: [UInt32]

    init(_ groups: [DirectoryGroup], memberNames: [UInt32], nameCount: Int) {
      starts = [UInt32](repeating: 0, count: nameCount + 1)
      var pairs: [(name: UInt32, group: UInt32)] = []
      for group in groups {
        let groupName = memberNames[Int(group.memberIndex)]
        for use in group.members where memberNames[Int(use.memberIndex)] != BundleFormat.none {
          pairs.append((memberNames[Int(use.memberIndex)], groupName))
        }
      }
      for pair in pairs { starts[Int(pair.name) + 1] += 1 }
      for name in 0..<nameCount { starts[name + 1] += starts[name] }
      values = [UInt32](repeating: 0, count: pairs.count)
      var next = starts
      for pair in pairs {
        values[Int(next[Int(pair.name)])] = pair.group
        next[Int(pair.name)] += 1
      }
    }

    func groups(of name: UInt32) -> ArraySlice<UInt32> {
      values[Int(starts[Int(name)])..<Int(starts[Int(name) + 1])]
    }
  }

  /// Walks from a name upwards, each group once.
  private struct Search {
    private let holders: Holders
    /// The number of the walk that last saw each name.
    private var seen: [UInt32]
    private var walk: UInt32 = 0
    private var found: [UInt32] = []

    init(holders: Holders, nameCount: Int) {
      self.holders = holders
      seen = [UInt32](repeating: 0, count: nameCount)
    }

    /// The groups that hold `name` or a group that does, ascending.
    mutating func groupsAbove(_ name: UInt32) -> [UInt32] {
      walk += 1
      found.removeAll(keepingCapacity: true)
      add(holders.groups(of: name))
      var next = 0
      while next < found.count {
        add(holders.groups(of: found[next]))
        next += 1
      }
      found.sort()
      return found
    }

    private mutating func add(_ groups: ArraySlice<UInt32>) {
      for group in groups where seen[Int(group)] != walk {
        seen[Int(group)] = walk
        found.append(group)
      }
    }
  }
}
