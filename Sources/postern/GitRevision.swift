// A policy tree as git has it: names and blobs of one revision, through `git` itself. Refuses what git refuses, in git's words,
// and trees larger than a policy is.

internal import Glibc
internal import PosternLanguage

/// A revision of the repository that the command stands in.
struct GitRevision {
  let name: String

  private static let byteLimit = 1 << 31

  /// The YAML and JSON files below a folder, by their paths there.
  ///
  /// - Parameter known: contents by their ids; what is read is added, and what is there is not read again.
  func files(below folder: String, known: inout [String: [UInt8]]) throws -> [SourceFile] {
    if name.hasPrefix("-") { throw CommandFailure("'\(name)' is no revision") }
    let folder = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    // A path from here, whatever the folder of the repository that this is.
    let place = folder.isEmpty || folder == "." ? "./" : "./" + folder
    let listing = try git(["ls-tree", "-r", "-z", "--full-name", "\(name)", "--", place == "./" ? "." : folder])
    let prefix = try git(["rev-parse", "--show-prefix"]).dropLast()
    let root = Array(prefix) + (place == "./" ? [] : Array((folder + "/").utf8))
    let entries = listing.split(separator: 0).compactMap { Entry(line: $0, root: root) }
    if entries.isEmpty { throw CommandFailure("\(name) has no policy files below \(folder.isEmpty ? "." : folder)") }
    try readBlobs(of: entries, into: &known)
    return entries.map { SourceFile(path: $0.path, bytes: known[$0.id] ?? []) }
  }

  /// One line of `git ls-tree -z`: `MODE blob ID<tab>PATH`.
  private struct Entry {
    let id: String
    let path: String

    init?(line: ArraySlice<UInt8>, root: [UInt8]) {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
      let head = line[..<tab].split(separator: UInt8(ascii: " "))
      let whole = Array(line[(tab + 1)...])
      guard head.count == 3, head[1].elementsEqual("blob".utf8), whole.starts(with: root) else { return nil }
      let path = String(decoding: whole.dropFirst(root.count), as: UTF8.self)
      let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
      guard !isHidden, [".yaml", ".yml", ".json"].contains(where: path.hasSuffix) else { return nil }
      id = String(decoding: head[2], as: UTF8.self)
      self.path = path
    }
  }

  /// Each blob once: `git cat-file --batch` answers `ID blob SIZE`, a line break, the bytes and a line break.
  private func readBlobs(of entries: [Entry], into known: inout [String: [UInt8]]) throws {
    // In the order of their paths, in which git has packed them.
    var asked: Set<String> = []
    var ids: [String] = []
    for entry in entries where known[entry.id] == nil && asked.insert(entry.id).inserted { ids.append(entry.id) }
    if ids.isEmpty { return }
    let answer = try git(["cat-file", "--batch"], input: ids.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] })
    var rest = answer[...]
    for id in ids {
      guard let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")),
        let size = Int(
          String(decoding: rest[..<lineEnd].split(separator: UInt8(ascii: " ")).last ?? [], as: UTF8.self)),
        rest.endIndex - lineEnd > size + 1
      else { throw CommandFailure("git does not say what stands in \(id)") }
      known[id] = Array(rest[(lineEnd + 1)...].prefix(size))
      rest = rest[(lineEnd + 1 + size + 1)...]
    }
  }

  private func git(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let result = try ChildProcess.run(["git"] + arguments, input: input, limit: Self.byteLimit)
    guard result.status == 0 else { throw CommandFailure("git cannot read \(name): \(result.firstErrorLine)") }
    return result.output
  }
}
