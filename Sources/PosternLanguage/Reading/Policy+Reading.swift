// From a folder, or from files in memory, to a policy: the one door to the typed model. Reports every mistake in one
// run, in file order, and gives a policy only where there is none.

internal import Synchronization

extension Policy {
  /// What came of reading a tree; `policy` is nil where a diagnostic is an error.
  public typealias Reading = (policy: Policy?, diagnostics: [Diagnostic], files: [SourceFile])

  /// Reads the policy tree in a folder.
  public static func read(folder: String) -> Reading {
    read(SourceTree(folder: folder))
  }

  /// Reads a policy tree from memory; paths are those below the root.
  public static func read(files: [SourceFile]) -> Reading {
    read(SourceTree(files: files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }))
  }

  /// Reads a policy tree whose files are already found.
  public static func read(_ tree: SourceTree) -> Reading { read(tree, workerLimit: .max) }

  /// The same with so many threads at most, and so many bytes of files parsed at once: with one result, whatever they are.
  package static func read(_ tree: SourceTree, workerLimit: Int, batchByteCount: Int = batchByteCount) -> Reading {
    let (reader, found) = documents(of: tree, workerLimit, tree.batches(byteCount: batchByteCount))
    var diagnostics = found
    let isWhole = !diagnostics.contains { $0.severity == .error }
    let areAllParsed = diagnostics.isEmpty
    diagnostics += reader.diagnostics
    guard !tree.files.isEmpty else { return (nil, diagnostics, []) }
    // The organization may stand in what could not be read: nothing true can be said of the rest.
    guard isWhole || reader.organization != nil else { return (nil, inFileOrder(diagnostics), tree.files) }
    var assembly = PolicyAssembly(reader)
    let policy = assembly.run(files: tree.files, areAllParsed: areAllParsed)
    diagnostics += assembly.diagnostics
    let isRefused = diagnostics.contains { $0.severity == .error }
    // Who names whom is known only where all could be read.
    if !isRefused, let policy { diagnostics += policy.halfNamedClients() }
    return (isRefused ? nil : policy, inFileOrder(diagnostics), tree.files)
  }

  /// The nodes of a file take some forty times its bytes; smaller batches are less work than handing them on.
  package static let batchByteCount = 1 << 18

  /// Parses on all processors, and reads what was parsed file by file.
  private static func documents(
    of tree: SourceTree, _ workerLimit: Int, _ batches: [Range<Int>]
  ) -> (PolicyReader, [Diagnostic]) {
    let read = Mutex((reader: PolicyReader(), diagnostics: tree.diagnostics))
    Pipeline.run(batches, workerLimit: workerLimit) { index in
      tree.documents(ofFile: index)
    } take: { index, parsed in
      read.withLock {
        $0.diagnostics += parsed.diagnostics
        $0.reader.read(parsed.nodes, path: tree.files[index].path)
      }
    }
    return read.withLock { $0 }
  }

  /// By place; of one place in the order of finding. What has no place comes first.
  private static func inFileOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted { left, right in
      guard let leftSpan = left.element.span else { return right.element.span != nil || left.offset < right.offset }
      guard let rightSpan = right.element.span else { return false }
      return leftSpan == rightSpan ? left.offset < right.offset : leftSpan.precedes(rightSpan)
    }.map(\.element)
  }
}
