// Files as accidents leave them: bytes of good examples dropped, doubled, swapped and replaced. Whatever comes of it,
// every place lies inside its file and a report can be written.

import Testing

@testable import PosternLanguage

@Suite("Mangled files")
struct MangledInputTests {
  /// Xorshift; the same bytes in every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  private static let replacements: [UInt8] =
    Array("\t\n\r \"'#&*!|>%@`{}[],:?-<~".utf8) + [0x00, 0x7F, 0x85, 0xC3, 0xE2, 0xFF]

  static func mangled(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes.remove(at: index)
      case 1: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: index)
      case 2: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &generator))
      default: bytes[index] = replacements.randomElement(using: &generator) ?? 0
      }
    }
    return bytes
  }

  /// Whether the place is on a line of the file, and no more than one past its end.
  private func isInside(_ span: Span, _ lineCount: Int) -> Bool {
    span.startLine >= 1 && span.startColumn >= 1 && span.endLine <= lineCount + 1
      && (span.endLine, span.endColumn) >= (span.startLine, span.startColumn)
  }

  @Test(
    "every diagnostic of a mangled tree lies in its file, and the report of it can be written",
    arguments: DiagnosticPage.ids)
  func mangledTrees(id: String) throws {
    let example = try DiagnosticPage(id).right
    guard example.info == "yaml" else { return }
    let files = try Example.tree(with: Example.files(example.body))
    var generator = Generator(state: UInt64(id.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
    for _ in 0..<40 {
      let tree = files.map { SourceFile(path: $0.path, bytes: Self.mangled($0.bytes, &generator)) }
      let reading = Policy.read(files: tree)
      for span in reading.diagnostics.compactMap(\.span) {
        let bytes = reading.files[Int(span.fileIndex)].bytes
        #expect(isInside(span, bytes.count { $0 == 0x0A || $0 == 0x0D } + 1), "\(span)")
      }
      #expect((reading.policy == nil) == reading.diagnostics.contains { $0.severity == .error })
      #expect(!Report(reading.diagnostics, files: reading.files).text(isColored: true).isEmpty)
    }
  }
}
