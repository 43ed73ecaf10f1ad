// What several threads make is what one would have made: values are taken in order, and of a tree with mistakes in many
// files the same is reported, whatever the number of workers and the size of a batch.

import Synchronization
import Testing

@testable import PosternLanguage

@Suite("Pipeline")
struct PipelineTests {
  @Test(
    "each value is made once, and taken in order",
    arguments: [
      [], [0..<0], [0..<1], [0..<100], [0..<1, 1..<2, 2..<3], [0..<40, 40..<40, 40..<41, 41..<90],
    ] as [[Range<Int>]], [1, 2, 7])
  func order(_ batches: [Range<Int>], _ workerLimit: Int) {
    let madeCount = Atomic(0)
    let taken = Mutex<[Int]>([])
    Pipeline.run(batches, workerLimit: workerLimit) { index in
      madeCount.add(1, ordering: .relaxed)
      return index * index
    } take: { index, value in
      #expect(value == index * index)
      taken.withLock { $0.append(index) }
    }
    #expect(taken.withLock { $0 } == batches.flatMap(Array.init))
    #expect(madeCount.load(ordering: .relaxed) == batches.reduce(0) { $0 + $1.count })
  }

  @Test("a batch ends with the file that fills it, and every file is in one")
  func batches() {
    let tree = SourceTree(
      files: [3, 0, 9, 1, 1, 0].enumerated().map { index, byteCount in
        SourceFile(path: "\(index).yaml", bytes: [UInt8](repeating: 0x20, count: byteCount))
      })
    #expect(tree.batches(byteCount: 4) == [0..<3, 3..<6])
    #expect(tree.batches(byteCount: 0) == (0..<6).map { $0..<$0 + 1 })
    #expect(tree.batches(byteCount: 100) == [0..<6])
    #expect(SourceTree(files: []).batches(byteCount: 4) == [])
  }

  /// An organization and apps that share members, hosts and, now and then, names; every third file is mangled.
  private static func faultyTree(_ seed: UInt64) -> [SourceFile] {
    var generator = MangledInputTests.Generator(state: seed)
    var files = [SourceFile(path: "organization.yaml", bytes: Array(Tree.organization.utf8))]
    for app in 0..<60 {
      let name = Int.random(in: 0..<50, using: &generator)
      var text = "kind: App\nname: app\(name)\nroutes: [\"app\(name).example.com/\", \"portal.example.com/\(app)\"]\n"
      text += "iam:\n  bindings:\n    - role: roles/iap.httpsResourceAccessor\n      members:\n"
      for _ in 0..<6 {
        let member = Int.random(in: 0..<40, using: &generator)
        text +=
          "        - \(["user", "group", "nobody"][min(member % 12, 2) % 3]):m\(member)@example\(member % 3).com\n"
      }
      let bytes = Array(text.utf8)
      files.append(
        SourceFile(
          path: "f\(app % 4)/\(app).yaml",
          bytes: app % 3 == 0 ? MangledInputTests.mangled(bytes, &generator) : bytes))
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  @Test(
    "a tree with mistakes in many files is reported alike by one worker and by several",
    arguments: 1...12 as ClosedRange<UInt64>)
  func reports(_ seed: UInt64) {
    let tree = SourceTree(files: Self.faultyTree(seed))
    let alone = Policy.read(tree, workerLimit: 1, batchByteCount: .max).diagnostics
    #expect(Set(alone.compactMap(\.span?.fileIndex)).count > 10, "seed \(seed)")
    for (workerLimit, batchByteCount) in [(2, .max), (8, .max), (1, 0), (2, 0), (8, 1_000), (8, 4_000)] {
      let together = Policy.read(tree, workerLimit: workerLimit, batchByteCount: batchByteCount).diagnostics
      #expect(together == alone, "seed \(seed), \(workerLimit) workers, batches of \(batchByteCount)")
    }
  }
}
