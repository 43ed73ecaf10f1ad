// Trees from a seed, written as nobody should and then laid out: the same bundle, the same comments, and nothing left to do.
// POSTERN_LAYOUT_TREES says how many, POSTERN_LAYOUT_SEED where from.

import Foundation
import PosternCompiler
import PosternLanguage
import Testing

@testable import PosternReview

@Suite("Layout of trees")
struct LayoutTreeTests {
  private static func setting(_ name: String, default value: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? value
  }

  private static let requestsOfATree = 20

  /// What was seen, so that a run that shows nothing fails.
  private struct Tally {
    var fileCount = 0
    var changedCount = 0
    var commentCount = 0
    var requestCount = 0
  }

  @Test("a tree that is laid out makes the same bundle and the same decisions, keeps its comments, and is stable")
  func trees() throws {
    let count = Self.setting("POSTERN_LAYOUT_TREES", default: 60)
    let first = Self.setting("POSTERN_LAYOUT_SEED", default: 0x4C61_796F_7574)
    let repository = try TreeFixture.files().filter { !$0.path.hasSuffix(".json") }
    let others = try TreeFixture.files().filter { $0.path.hasSuffix(".json") }
    var tally = Tally()
    for seed in first..<first + count {
      var generator = PairGenerator(seed: seed)
      // Now and then the repository's own tree, which says everything that a tree can say.
      let isRepository = seed % 50 == 0
      let files = isRepository ? repository : generator.trees().after
      do {
        try Self.lay(files, beside: isRepository ? others : [], seed, &generator, &tally)
      } catch {
        Issue.record("POSTERN_LAYOUT_SEED=\(seed): \(error)")
        return
      }
    }
    print(
      "seed \(first): \(count) trees, \(tally.fileCount) files, \(tally.changedCount) changed; \(tally.commentCount) comments; "
        + "\(tally.requestCount) requests")
    #expect(tally.changedCount * 2 > tally.fileCount && tally.commentCount > tally.fileCount)
  }

  private struct Broken: Error, CustomStringConvertible { let description: String }

  private static func lay(
    _ files: [SourceFile], beside others: [SourceFile], _ seed: UInt64, _ generator: inout PairGenerator,
    _ tally: inout Tally
  ) throws {
    var scribbler = TreeScribbler(seed: seed)
    var scribbled: [SourceFile] = []
    var laidOut: [SourceFile] = []
    for file in files {
      let before = scribbler.scribbled(file)
      let after = try layout(before, comments: scribbler.comments)
      scribbled.append(before)
      laidOut.append(after)
      tally.fileCount += 1
      tally.changedCount += before.bytes == after.bytes ? 0 : 1
      tally.commentCount += scribbler.comments.count
    }
    let sides = try [scribbled, laidOut].map { try TreeFixture.tree($0 + others) }
    let bundles = sides.map {
      Compiler.compile($0.policy, revision: 0, options: Compiler.Options(includesProvenance: false))
    }
    if bundles[0] != bundles[1] { throw Broken(description: "another bundle") }
    let stand = try WitnessStand(before: TreeFixture.tree(files + others), after: sides[1])
    for _ in 0..<requestsOfATree {
      tally.requestCount += 1
      if let witness = stand.witness(generator.facts()) { throw Broken(description: witness.sentence) }
    }
  }

  /// The file laid out, with each of its comments once.
  private static func layout(_ file: SourceFile, comments: [String]) throws -> SourceFile {
    func fail(_ what: String) -> Broken {
      Broken(description: "\(what) in \(file.path):\n\(String(decoding: file.bytes, as: UTF8.self))")
    }
    let bytes: [UInt8]
    let again: [UInt8]
    do {
      bytes = try Layout.bytes(of: file)
      again = try Layout.bytes(of: SourceFile(path: file.path, bytes: bytes))
    } catch {
      throw fail("\(error)")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if again != bytes { throw fail("not stable:\n\(text)\n---- then\n\(String(decoding: again, as: UTF8.self))----") }
    let notes = text.matches(of: /note-\d+;/).count
    let isKept = notes == comments.count && comments.allSatisfy { text.contains($0 + "\n") }
    if !isKept { throw fail("\(notes) of \(comments.count) comments") }
    return SourceFile(path: file.path, bytes: bytes)
  }
}
