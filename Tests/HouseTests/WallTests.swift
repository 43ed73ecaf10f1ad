// The walls between modules, and the wall around unsafe code.

import Testing

@Suite("Walls")
struct WallTests {
  @Test("a module imports only what its wall lets through")
  func imports() {
    #expect(Repository.sourceFiles.flatMap { $0.wallViolations() } == [])
  }

  @Test("each C library is imported by one file of a module")
  func singleFiles() {
    #expect(singleFileViolations(Repository.sourceFiles) == [])
  }

  @Test("unsafe code stands only in the files that touch C, in two of the kernel, and where a bundle lies in memory")
  func unsafeCode() {
    #expect(Repository.sourceFiles.flatMap { $0.unsafeViolations() } == [])
  }

  @Test("every module has a wall")
  func modulesHaveWalls() {
    #expect(Repository.folders(in: "Sources").filter { Wall.of($0) == nil } == [])
  }

  // MARK: the checks can fail

  @Test(
    "an import through a wall is seen however it is written",
    arguments: [
      "import Foundation", "internal import Foundation", "@preconcurrency public import Foundation",
      "import struct Foundation.Data", "@_spi(Test) import Foundation", "  internal import PosternKernel // why",
    ])
  func forbiddenImport(_ line: String) {
    let file = SwiftFile(path: "Sources/PosternLanguage/A.swift", text: "// A.\n" + line + "\n")
    #expect(file.wallViolations().map(\.line) == [2])
  }

  @Test(
    "what only looks like an import is none",
    arguments: [
      "// import Foundation", "/* /* */\nimport Foundation */", "let text = \"\"\"\nimport Foundation\n\"\"\"",
      "let text = #\"\"\"\nimport Foundation\\(a)\"\nimport Foundation\n\"\"\"#",
    ])
  func noImport(_ text: String) {
    #expect(SwiftFile(path: "Sources/PosternLanguage/A.swift", text: text).wallViolations() == [])
  }

  @Test("a second file that imports a C library is named, with the first")
  func secondFile() {
    let files = ["A", "B"].map {
      SwiftFile(path: "Sources/PosternLanguage/\($0).swift", text: "internal import Glibc\n")
    }
    let found = singleFileViolations(files)
    #expect(found.map(\.path) == ["Sources/PosternLanguage/B.swift"])
    #expect(found.first?.message.contains("Sources/PosternLanguage/A.swift") == true)
  }

  @Test("a module without a wall is refused")
  func unknownModule() {
    #expect(SwiftFile(path: "Sources/Extra/A.swift", text: "let a = 1\n").wallViolations().count == 1)
  }

  @Test(
    "unsafe code is seen in code and not in comments and texts",
    arguments: [
      ("let a = unsafe b", 1), ("func f(_ p: UnsafePointer<UInt8>) {}", 1), ("x.withUnsafeBytes { _ in }", 1),
      ("// unsafe", 0), ("let a = \"unsafe \\(unsafe b)\"", 1), ("let a = \"unsafe\"", 0), ("let isUnsafe = 1", 0),
    ])
  func unsafeIsSeen(_ line: String, _ count: Int) {
    #expect(SwiftFile(path: "Sources/PosternKernel/A.swift", text: line).unsafeViolations().count == count)
  }

  @Test("unsafe code may stand where C is imported, but for the kernel")
  func unsafeBesideC() {
    let text = "internal import COpenSSL\nlet a = unsafe b\n"
    #expect(SwiftFile(path: "Sources/PosternCompiler/A.swift", text: text).unsafeViolations() == [])
    #expect(SwiftFile(path: "Sources/PosternKernel/A.swift", text: text).unsafeViolations().count == 1)
  }
}
