// Compiling from YAML: the tree of a synthetic organization is written to disk, `postern compile` runs over it, and its time
// and peak memory are read from the kernel's account of the child.

internal import Foundation
internal import Glibc
internal import PosternCompiler
internal import PosternLanguage

enum Compilation {
  static func run(appCount: Int, into figures: inout Figures) throws {
    let command = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "postern")
    guard FileManager.default.isExecutableFile(atPath: command.path) else {
      show("compile from YAML: there is no postern beside postern-bench, nothing was measured")
      return
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "postern-bench-tree-\(getpid())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try SyntheticTree.write(appCount: appCount, folder: folder.path)
    let output = folder.path + ".ptb"
    defer { try? FileManager.default.removeItem(atPath: output) }
    let start = nanoseconds()
    let usage = try spawn(command.path, ["compile", folder.path, "-o", output])
    let seconds = Double(nanoseconds() - start) / 1e9
    let workload = "compile from YAML, \(appCount) apps"
    figures.add(workload, "time", seconds, "s")
    figures.add(workload, "peak memory", Double(usage.ru_maxrss / 1024), "MiB")
    show(
      "compile \(appCount) apps, \(appCount * 10) grants, from YAML: \(decimal(seconds)) s, "
        + "peak \(usage.ru_maxrss / 1024) MiB")
  }

  /// Runs a program to its end and returns what it used.
  private static func spawn(_ path: String, _ arguments: [String]) throws -> rusage {
    var child = pid_t()
    var vector: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) }
    unsafe vector.append(nil)
    defer { for index in unsafe vector.indices { unsafe free(vector[index]) } }
    let failure = unsafe posix_spawn(&child, path, nil, nil, vector, environ)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT) }
    var status: Int32 = 0
    var usage = rusage()
    _ = unsafe wait4(child, &status, 0, &usage)
    guard status == 0 else { throw CocoaError(.executableRuntimeMismatch) }
    return usage
  }
}

/// A synthetic organization as a policy tree on disk.
enum SyntheticTree {
  static func write(appCount: Int, folder: String) throws {
    let policy = SyntheticOrganization(appCount: appCount).policy()
    let root = URL(filePath: folder)
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    try write(organization, to: root.appending(path: "organization.yaml"))
    for node in policy.nodes where node.kind == .folder {
      let directory = root.appending(path: node.path)
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try write("kind: Folder\n" + iam(node, policy), to: directory.appending(path: "folder.yaml"))
    }
    for app in policy.apps {
      let node = policy.nodes[app.nodeIndex]
      let parent = node.parentIndex.map { policy.nodes[$0].path } ?? ""
      let file = root.appending(path: parent).appending(path: app.name.value + ".yaml")
      try write(text(app, node, policy), to: file)
    }
  }

  private static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://accounts.example.com", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m, onStateUnavailable: deny, onStoreUnavailable: deny}

    """

  private static func text(_ app: App, _ node: Node, _ policy: Policy) -> String {
    var text = "kind: App\nname: \(app.name.value)\nroutes:\n"
    for route in app.routes { text += "  - \(route.host)\(route.path.isEmpty ? "/" : route.path)\n" }
    return text + iam(node, policy)
  }

  private static func iam(_ node: Node, _ policy: Policy) -> String {
    var text = "iam:\n  bindings:\n"
    for binding in node.bindings {
      text += "    - role: \(binding.role)\n      members:\n"
      var seen: Set<UInt32> = []
      for use in binding.members where seen.insert(use.memberIndex).inserted {
        text += "        - \(spelled(policy.members[Int(use.memberIndex)]))\n"
      }
    }
    return text
  }

  private static func spelled(_ member: Member) -> String {
    switch member {
    case .user(let email): "user:\(email)"
    case .group(let email): "group:\(email)"
    default: "allAuthenticatedUsers"
    }
  }

  private static func write(_ text: String, to url: URL) throws {
    try Data(text.utf8).write(to: url)
  }
}
