// Compiling from YAML: the tree of a synthetic organization is written to disk, `postern compile` runs over it, and its time
// and peak memory are the kernel's account of the child.

internal import Foundation
internal import Glibc
internal import PosternCompiler

/// A place for trees and bundles: in memory where there is a file system for it that has room, so that no disk is measured.
struct Workspace {
  let path: String

  /// A small file fills a page and has an entry in its folder's list.
  private static let byteCountOfAnApp = 6_000

  init(appCount: Int) throws {
    let name = "postern-bench-\(getpid())"
    let memory = "/dev/shm"
    let free = try? FileManager.default.attributesOfFileSystem(forPath: memory)[.systemFreeSize] as? Int
    let hasRoom = (free ?? 0) > appCount * Self.byteCountOfAnApp + (256 << 20)
    path = "\(hasRoom ? memory : FileManager.default.temporaryDirectory.path)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

enum Compilation {
  static let command = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "postern")

  static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: command.path) }

  /// Writes the tree, compiles it to `output`, and removes the tree.
  static func run(
    _ organization: SyntheticOrganization, in workspace: Workspace, to output: String, into figures: inout Figures
  ) throws {
    let folder = workspace.file("tree")
    let byteCount = try SyntheticTree.write(organization, folder: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let use = try ChildUse(running: command.path, ["compile", folder, "-o", output, "--revision", "1"])
    let workload = "compile from YAML, \(organization.appCount) apps"
    let hash = try OpenedBundle(file: output).mark
    figures.add(
      workload, "compile, time", use.seconds, "s", hash: hash, ratio: use.seconds / use.processorSeconds,
      to: "its processor time")
    let grants = Double(organization.appCount * 2 * SyntheticOrganization.grantsPerRow)
    figures.addAgainstFirst(workload, "compile, time a grant", use.seconds / grants * 1e6, "us", hash: hash)
    let peak = Double(use.peakByteCount)
    figures.add(
      workload, "compile, peak memory", peak / Double(1 << 20), "MiB", hash: hash, ratio: peak / Double(byteCount),
      to: "the tree's bytes")
  }
}

/// A synthetic organization as a policy tree on disk: a folder of files for each folder, a file for each app. Written as it is made;
/// no more than one folder's document is in memory.
enum SyntheticTree {
  /// Returns the number of bytes written.
  @discardableResult
  static func write(_ synthetic: SyntheticOrganization, folder root: String) throws -> Int {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    var byteCount = try write(organization, to: "\(root)/organization.yaml")
    for folder in 0..<synthetic.folderCount {
      let path = "\(root)/\(SyntheticOrganization.name(ofFolder: folder))"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let text = "kind: Folder\n" + iam(synthetic.members(ofFolder: folder), synthetic)
      byteCount += try write(text, to: "\(path)/folder.yaml")
      for app in synthetic.apps(inFolder: folder) {
        byteCount += try write(
          document(app, synthetic), to: "\(path)/\(SyntheticOrganization.name(ofApp: app)).yaml")
      }
    }
    return byteCount
  }

  private static let organization = """
    kind: Organization
    name: \(SyntheticOrganization.domain)
    loginProviders:
      - {name: \(SyntheticOrganization.provider), source: workspace, issuer: "https://accounts.example.com", clientID: postern, domains: [\(SyntheticOrganization.domain)]}
    session:
      absoluteTimeout: \(SyntheticOrganization.absoluteSeconds)s
      idleTimeout: 15m
      revalidate: \(SyntheticOrganization.revalidateSeconds)s
      onStateUnavailable: deny
      onStoreUnavailable: deny

    """

  private static func document(_ app: Int, _ synthetic: SyntheticOrganization) -> String {
    var text = "kind: App\nname: \(SyntheticOrganization.name(ofApp: app))\nroutes:\n"
    for route in SyntheticOrganization.routes(ofApp: app) {
      text += "  - \(route.host)\(route.path.isEmpty ? "/" : route.path)\n"
    }
    text += "session: {idleTimeout: \(SyntheticOrganization.idleSeconds(ofApp: app))s}\n"
    return text + iam(synthetic.members(ofApp: app), synthetic)
  }

  private static func iam(_ members: [Int], _ synthetic: SyntheticOrganization) -> String {
    let lines = members.map {
      "        - \(synthetic.isUser($0) ? "user" : "group"):\(synthetic.email(ofMember: $0))\n"
    }
    return "iam:\n  bindings:\n    - role: \(SyntheticOrganization.role)\n      members:\n" + lines.joined()
  }

  private static func write(_ text: String, to path: String) throws -> Int {
    let bytes = Array(text.utf8)
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    if file < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(file) }
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    if count != bytes.count { throw POSIXError(.ENOSPC) }
    return count
  }
}
