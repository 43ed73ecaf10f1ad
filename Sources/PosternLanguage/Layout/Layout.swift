// The canonical layout of policy files: the one door. It asks for YAML and for nothing else of a file, so that a policy with mistakes is
// laid out too. Refuses what is no YAML, what has no canonical layout, and to give out a text that it cannot show to say the same.

/// Lays files out.
package enum Layout {
  /// The file in its canonical layout (docs/layout.md), in UTF-8 without a byte order mark, with LF at the end of lines.
  ///
  /// Laying out twice is laying out once. What comes out is parsed again and compared with what went in.
  /// - `byteLimit`: how large a file may become that was smaller; a test takes less than a tree does.
  package static func bytes(
    of file: SourceFile, byteLimit: Int = SourceTree.Limits().fileBytes
  ) throws(LayoutFault) -> [UInt8] {
    let before = try Placed(file)
    let documents = LayoutReading.documents(before.roots, before.comments, in: before.source)
    let text = LayoutWriter.text(of: documents)
    let bytes = Array(text.utf8)
    // Indentation can make much of a little: what no tree could hold is no better for it.
    guard bytes.count <= max(file.bytes.count, byteLimit) else {
      throw .noLayout("laid out it would be larger than a file may be: divide it", line: 1, column: 1)
    }
    let after: Placed
    do {
      after = try Placed(SourceFile(path: file.path, bytes: bytes))
    } catch {
      throw .notTheSame("what would be written is no YAML that could be laid out")
    }
    if let difference = before.proof.difference(from: after.proof) { throw .notTheSame(difference) }
    return bytes
  }

  /// The nodes and comments of a file.
  struct Placed {
    var source: LayoutSource
    var roots: [PlacedNode] = []
    var comments: [LayoutComment] = []

    init(_ file: SourceFile) throws(LayoutFault) {
      let (nodes, diagnostics) = YAMLParser.parse(file.bytes, fileIndex: 0)
      guard diagnostics.isEmpty else { throw .notYAML(diagnostics) }
      var placing = NodePlacing(LayoutSource(file))
      for node in nodes { roots.append(try placing.placed(node)) }
      source = placing.source
      comments = try CommentScan.comments(of: roots, in: source)
    }

    var proof: LayoutProof { LayoutProof(roots, comments, in: source) }
  }
}
