// The files inside a bundle: whole or not there, and nothing that the kernel decides by.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("The source inside a bundle")
struct SourceSectionTests {
  private static let files = [
    SourceFile(path: "a.yaml", bytes: Array("kind: App\n".utf8)), SourceFile(path: "finance/ü.yaml", bytes: []),
  ]

  private static func read(_ bytes: [UInt8]) -> [SourceFile]? { SourceSection.files(bytes, in: 0..<bytes.count) }

  @Test("files come out of the section as they went in")
  func roundTrip() throws {
    let files = try #require(Self.read(SourceSection.bytes(Self.files)))
    #expect(files.map(\.path) == Self.files.map(\.path))
    #expect(files.map(\.bytes) == Self.files.map(\.bytes))
  }

  @Test("a section that is cut short has no files, unless it is cut between two")
  func cut() {
    let bytes = SourceSection.bytes(Self.files)
    let counts = (0...bytes.count).map { Self.read(Array(bytes.prefix($0)))?.count }
    let whole = SourceSection.bytes(Array(Self.files.prefix(1))).count
    for (byteCount, count) in counts.enumerated() {
      #expect(count == [0: 0, whole: 1, bytes.count: 2][byteCount], "\(byteCount) bytes")
    }
  }

  @Test("byte counts that no section can have are no files", arguments: [4, 11])
  func hugeCounts(_ offset: Int) {
    var bytes = SourceSection.bytes(Self.files)
    bytes[offset] = 0xFF
    #expect(Self.read(bytes)?.count == nil)
  }

  @Test("a bundle with its source has the policy's files and decides as one without")
  func decides() throws {
    let policy = RoundTripTests.policy
    let bare = OpenBundle(compiling: policy)
    let whole = OpenBundle(compiling: policy, options: .init(includesSource: true))
    #expect(bare.sourceFiles?.count == nil)
    #expect(whole.sourceFiles?.map(\.path) == policy.files.map(\.path))
    #expect(whole.decidesAs(bare))
  }

  @Test("a bundle of another policy does not decide as this one")
  func decidesOtherwise() throws {
    var policy = RoundTripTests.policy
    let bundle = OpenBundle(compiling: policy)
    policy.apps[0].session.idleTimeout.value = .seconds(61)
    #expect(!bundle.decidesAs(OpenBundle(compiling: policy)))
  }
}
