// The files that an import reads. Refuses nothing: what cannot be read, and what is not looked at in a folder, is an input that
// says so, so that the report can.

internal import PosternImport
internal import PosternLanguage

/// Inputs by their paths: files, folders with what lies in them, standard input.
struct ImportFiles {
  private(set) var inputs: [ImportInput] = []

  /// Plans of large configurations are larger than any policy file.
  static let fileByteLimit = 512 << 20

  /// `others` are files that options name; they are read unless they are among the inputs anyway.
  init(_ paths: [String], also others: [String]) throws {
    for path in paths { add(path) }
    for path in others where !inputs.contains(where: { $0.path == path }) { add(path) }
  }

  private mutating func add(_ path: String) {
    guard path != "-" else {
      // Nothing that is called like a file: it names no app.
      return inputs.append(ImportInput(path: "-", layout: "", content: content(of: path)))
    }
    guard InputFile(path: path).isFolder else {
      return inputs.append(ImportInput(path: path, layout: Self.layout(of: path), content: content(of: path)))
    }
    addFolder(path)
  }

  /// `payroll.iam.yaml` of any path that ends so, and `payroll/iam.yaml`.
  private static func layout(of path: String) -> String {
    let parts = path.split(separator: "/")
    let name = parts.last ?? ""
    let isContent = ["iam.", "settings."].contains { name.hasPrefix($0) }
    return parts.suffix(isContent ? 2 : 1).joined(separator: "/")
  }

  private func content(of path: String) -> ImportInput.Content {
    do {
      return .bytes(try InputFile(path: path).bytes(limit: Self.fileByteLimit))
    } catch {
      return .unreadable("\(error)")
    }
  }

  private mutating func addFolder(_ path: String) {
    var limits = SourceTree.Limits()
    limits.fileBytes = Self.fileByteLimit
    let tree = SourceTree(folder: path, limits: limits)
    let prefix = CheckedTree.pathPrefix(path)
    for (index, file) in tree.files.enumerated() {
      let fault = tree.diagnostics.first { $0.span.map { Int($0.fileIndex) == index } ?? false }
      inputs.append(
        ImportInput(
          path: prefix + file.path, layout: file.path,
          content: fault.map { .unreadable($0.message) } ?? .bytes(file.bytes)))
    }
    for skipped in tree.skippedPaths {
      let why = "it is hidden, or its name ends in none of .yaml, .yml and .json"
      inputs.append(ImportInput(path: prefix + skipped, layout: skipped, content: .skipped(why)))
    }
    for diagnostic in tree.diagnostics where diagnostic.span == nil {
      inputs.append(ImportInput(path: path, layout: "", content: .unreadable(diagnostic.message)))
    }
  }
}
