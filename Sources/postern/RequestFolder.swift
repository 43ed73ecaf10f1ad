// A folder of request files. Refuses the whole folder where one of them cannot be read, for a table with a hole misleads.

internal import PosternLanguage

/// The request files below a folder.
struct RequestFolder {
  let path: String

  /// Name without its extension, and facts, in the order of names.
  func files() throws -> [(name: String, facts: RequestFacts)] {
    let tree = SourceTree(folder: path)
    guard tree.diagnostics.isEmpty else {
      StandardError.write(Report(tree.diagnostics, files: tree.files, pathPrefix: path + "/").text())
      throw CommandFailure("cannot read the requests below \(path)")
    }
    return try tree.files.map { file in
      let shown = SourceFile(path: CheckedTree.pathPrefix(path) + file.path, bytes: file.bytes)
      return (name(file.path), try RequestOptions.facts(shown))
    }
  }

  private func name(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? path
  }
}
