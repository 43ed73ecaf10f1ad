// A folder of request files. Refuses the whole folder where one of them cannot be read, for a table with a hole misleads.

internal import PosternLanguage

/// The request files below a folder.
struct RequestFolder {
  let path: String

  /// Name without its extension, and facts, in the order of names.
  func files() throws -> [(name: String, facts: RequestFacts)] {
    let tree = SourceTree(folder: path)
    guard InputFile(path: path).isFolder else { throw CommandFailure("cannot read \(path): it is no folder") }
    if tree.files.isEmpty { throw CommandFailure("no request file below \(path): their names end in .json or .yaml") }
    if let fault = tree.diagnostics.first { throw CommandFailure(fault.message) }
    return try tree.files.map { file in
      let shown = SourceFile(path: CheckedTree.pathPrefix(path) + file.path, bytes: file.bytes)
      return (name(file.path), try RequestOptions.facts(shown))
    }
  }

  private func name(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? path
  }
}
