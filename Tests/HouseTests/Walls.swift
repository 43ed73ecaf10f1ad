// Who may import whom: the walls of docs/architecture.md, as data. A folder of `Sources` that is not here is refused.

/// What one module may import.
struct Wall: Sendable {
  let module: String
  /// Modules that any of its files may import.
  var imports: Set<String> = []
  /// Modules that one of its files may import, and no other.
  var singleFileImports: Set<String> = []
  /// The files that may hold unsafe code; nil: those that import C.
  var unsafeFiles: Set<String>?

  static let all: [Wall] = [
    Wall(module: "CLibYAML"),
    Wall(module: "COpenSSL"),
    Wall(module: "CHiredis"),
    Wall(module: "CPostern"),
    Wall(module: "PosternKernel", imports: ["CPostern"], unsafeFiles: ["Words.swift", "CInterface.swift"]),
    Wall(module: "PosternCEL", unsafeFiles: []),
    Wall(
      module: "PosternLanguage", imports: ["PosternCEL", "Synchronization"],
      singleFileImports: ["CLibYAML", "Glibc", "CPostern", "Dispatch"]),
    Wall(
      module: "PosternBundle", imports: ["PosternKernel", "CPostern", "Synchronization"],
      singleFileImports: ["COpenSSL", "Dispatch"],
      unsafeFiles: ["Signing.swift", "VerifiedBundle.swift"]),
    Wall(
      module: "PosternCompiler",
      imports: ["PosternLanguage", "PosternCEL", "PosternBundle", "PosternKernel", "CPostern", "Synchronization"],
      singleFileImports: ["Glibc"]),
    Wall(
      module: "PosternReview", imports: ["PosternCompiler", "PosternLanguage", "PosternKernel"], unsafeFiles: []),
    Wall(module: "PosternImport", imports: ["PosternLanguage"], unsafeFiles: []),
    // What protoc wrote, and nothing else.
    Wall(module: "EnvoyAuthorization", unsafeFiles: []),
    // Never the language or the compiler: what answers requests cannot parse policy.
    Wall(
      module: "PosternService",
      imports: [
        "PosternBundle", "PosternKernel", "CPostern", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "AsyncHTTPClient",
        "Crypto", "JWTKit", "Logging", "ServiceLifecycle", "UnixSignals", "Configuration", "SystemPackage",
        "Synchronization", "GRDB", "EnvoyAuthorization",
      ],
      singleFileImports: ["FoundationEssentials", "Glibc", "CHiredis", "GRPCCore", "GRPCNIOTransportHTTP2Posix"]),
    Wall(
      module: "postern",
      imports: [
        "PosternImport", "PosternReview", "PosternCompiler", "PosternLanguage", "PosternCEL", "PosternBundle",
        "PosternKernel", "ArgumentParser", "Glibc", "NIOCore", "NIOPosix", "NIOHTTP1",
      ], singleFileImports: ["Foundation", "FoundationEssentials", "AsyncHTTPClient", "NIOSSL"]),
    Wall(module: "posternd", imports: ["PosternService", "Glibc"], unsafeFiles: []),
  ]

  static func of(_ module: String) -> Wall? { all.first { $0.module == module } }

  /// What is C: unsafe code stands only where it is imported.
  static let modulesOfC: Set<String> = ["CLibYAML", "COpenSSL", "CHiredis", "CPostern", "Glibc"]
}

extension SwiftFile {
  /// The modules that the file imports, with the index of the line.
  var imports: [(module: String, line: Int)] {
    let pattern = /^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:\w+\s+)?import\s+(?:[a-z]+\s+)?(\w+)/
    return code.enumerated().compactMap { index, line in
      line.firstMatch(of: pattern).map { (String($0.output.1), index) }
    }
  }

  /// Imports that the wall around the file's module does not let through.
  func wallViolations() -> [Violation] {
    guard let module else { return [] }
    guard let wall = Wall.of(module) else {
      return [violation(line: 0, "the module \(module) has no wall: add it to Tests/HouseTests/Walls.swift")]
    }
    return imports.filter { !wall.imports.union(wall.singleFileImports).contains($0.module) }
      .map { violation(line: $0.line, "\(module) may not import \($0.module): move the code to where it may") }
  }

  /// Unsafe code in a file that may hold none.
  func unsafeViolations() -> [Violation] {
    guard let module, let wall = Wall.of(module) else { return [] }
    let touchesC = imports.contains { Wall.modulesOfC.contains($0.module) }
    if wall.unsafeFiles?.contains(name) ?? touchesC { return [] }
    // Simple boundaries: by the default ones of Unicode a dot between letters divides no words.
    let pattern = /\b(?:unsafe|Unsafe[A-Z]\w+|withUnsafe\w+|unsafe[A-Z]\w+)\b/.wordBoundaryKind(.simple)
    return code.enumerated().compactMap { index, line in
      line.contains(pattern)
        ? violation(line: index, "unsafe code stands only where C is: write it safely, or move it there") : nil
    }
  }
}

/// Files that import a module which another file of theirs imports already, and alone should.
func singleFileViolations(_ files: [SwiftFile]) -> [Violation] {
  var first: [String: String] = [:]
  var violations: [Violation] = []
  for file in files {
    guard let module = file.module, let wall = Wall.of(module) else { continue }
    for item in file.imports where wall.singleFileImports.contains(item.module) {
      let key = "\(module) \(item.module)"
      if let other = first[key] {
        violations.append(file.violation(line: item.line, "\(item.module) belongs to one file of \(module): \(other)"))
      }
      first[key] = first[key] ?? file.path
    }
  }
  return violations
}
