// From the hierarchy to the files of a policy tree. What exports do not say and no option says is written as a hole, which
// `postern check` refuses at its line: a tree that compiles is one that somebody chose.

internal import PosternLanguage

/// The files of a tree, each with the node that it holds.
struct TreeFiles {
  struct File {
    var path: String
    var nodeIndex: Int
    var document: TreeValue
  }

  private(set) var files: [File] = []
  private(set) var names: [ImportReport.Name] = []
  /// Hosts of options whose app there is none of.
  private(set) var unknownHosts: [String] = []
  private let hierarchy: Hierarchy
  private let options: ImportOptions
  private var appNames: [Int: String] = [:]
  /// Nodes whose content stands in a folder above.
  private var raisedIndices: Set<Int> = []

  init(_ hierarchy: Hierarchy, options: ImportOptions) {
    self.hierarchy = hierarchy
    self.options = options
    nameApps()
    files.append(File(path: "organization.yaml", nodeIndex: 0, document: organization()))
    var taken = TreeNames()
    _ = taken.take("organization.yaml")
    write(below: 0, folder: "", &taken)
    let known = Set(appNames.values)
    unknownHosts = options.hosts.map(\.app).filter { !known.contains($0) }
  }

  // MARK: names

  private mutating func nameApps() {
    let apps = hierarchy.nodes.indices.filter { hierarchy.nodes[$0].isApp }
    var counts: [String: Int] = [:]
    for index in apps { counts[plainName(index).lowercased(), default: 0] += 1 }
    var taken = TreeNames()
    for index in apps {
      let plain = plainName(index)
      let prefix = folderName(above: index).map {
        TreeNames.name($0 + "-" + (hierarchy.nodes[index].level?.name ?? ""))
      }
      let isShared = counts[plain.lowercased(), default: 0] > 1
      appNames[index] = taken.take(isShared ? prefix ?? plain : plain, or: prefix)
    }
  }

  private func plainName(_ index: Int) -> String { TreeNames.name(hierarchy.nodes[index].level?.name ?? "") }

  /// The nearest folder that is no mere type of resource.
  private func folderName(above index: Int) -> String? {
    var current = hierarchy.nodes[index].parentIndex
    while let node = current.map({ hierarchy.nodes[$0] }), let level = node.level {
      if level.kind == .folder { return level.name }
      current = node.parentIndex
    }
    return nil
  }

  // MARK: files

  /// Folders that are only there if something stands in them let their children through.
  private mutating func write(below index: Int, folder: String, _ taken: inout TreeNames) {
    for child in hierarchy.nodes[index].childIndices {
      let node = hierarchy.nodes[child]
      if node.level?.kind == .optionalFolder && (!node.hasContent || raisedIndices.contains(child)) {
        write(below: child, folder: folder, &taken)
      } else if node.isApp && node.childIndices.isEmpty {
        writeApp(child, holdsContent: true, folder: folder, &taken)
      } else {
        writeFolder(child, folder: folder, &taken)
      }
    }
  }

  private mutating func writeFolder(_ index: Int, folder: String, _ taken: inout TreeNames) {
    let node = hierarchy.nodes[index]
    let path = folder + taken.take(TreeNames.name(node.level?.name ?? "")) + "/"
    var inner = TreeNames()
    _ = inner.take("folder.yaml")
    if let content = contentIndex(of: index) {
      raisedIndices.insert(content)
      let kind: TreeValue =
        hierarchy.hasApp(at: index)
        ? .text("Folder") : .hole("write Folder here once the apps that this is for stand below it")
      let document = TreeValue.object([("kind", kind)] + self.content(of: hierarchy.nodes[content]))
      files.append(File(path: path + "folder.yaml", nodeIndex: content, document: document))
      names.append(ImportReport.Name(what: "folder", path: path, source: source(of: hierarchy.nodes[content])))
    }
    if node.isApp { writeApp(index, holdsContent: false, folder: path, &inner) }
    write(below: index, folder: path, &inner)
  }

  /// The node whose content a folder holds: itself, or the one through which all that stands below it goes, as `iap_web`
  /// of a project that says nothing.
  private func contentIndex(of index: Int) -> Int? {
    let node = hierarchy.nodes[index]
    if node.hasContent { return index }
    guard !node.isApp, node.childIndices.count == 1, let child = node.childIndices.first,
      hierarchy.nodes[child].level?.kind == .optionalFolder
    else { return nil }
    return contentIndex(of: child)
  }

  private mutating func writeApp(_ index: Int, holdsContent: Bool, folder: String, _ taken: inout TreeNames) {
    let node = hierarchy.nodes[index]
    guard let name = appNames[index] else { return }
    let file = taken.take(name + ".yaml", or: name + "-app.yaml")
    var document: [(key: String, value: TreeValue)] = [
      ("kind", .text("App")), ("name", .text(name)), ("routes", routes(of: name)),
    ]
    if holdsContent { document += content(of: node) }
    files.append(File(path: folder + file, nodeIndex: index, document: .object(document)))
    names.append(ImportReport.Name(what: "app \(name)", path: folder + file, source: source(of: node)))
  }

  private func source(of node: Hierarchy.Node) -> String {
    node.source.isEmpty ? "named by what stands below it" : node.source
  }

  private func routes(of name: String) -> TreeValue {
    let routes = options.hosts.filter { $0.app == name }.map { TreeValue.text($0.route) }
    return routes.isEmpty ? .hole("hosts and paths that lead to the app, as in [\(name).example.com/]") : .list(routes)
  }

  private func content(of node: Hierarchy.Node) -> [(key: String, value: TreeValue)] {
    var result: [(key: String, value: TreeValue)] = []
    if !node.grants.isEmpty { result.append(("iam", node.grants.value)) }
    if !node.deny.isEmpty { result.append(("deny", .list(node.deny))) }
    if let settings = node.settings { result.append(("settings", settings)) }
    return result
  }

  // MARK: the organization

  private func organization() -> TreeValue {
    var result: [(key: String, value: TreeValue)] = [
      ("kind", .text("Organization")),
      ("name", options.organization.map { .text($0) } ?? .hole("the organization's domain")),
      ("loginProviders", loginProviders),
    ]
    if !options.defaultProviders.isEmpty {
      result.append(("providers", .list(options.defaultProviders.map { .text($0) })))
    } else if options.providers.count > 1 {
      result.append(("providers", .hole("which of them vouch for the people of every app")))
    }
    result.append(("session", session))
    return .object(result + content(of: hierarchy.nodes[0]))
  }

  private var loginProviders: TreeValue {
    if options.providers.isEmpty { return .hole("who vouches for people: name, source, issuer, clientID, domains") }
    return .list(
      options.providers.map { fields in
        var result: [(key: String, value: TreeValue)] = []
        for field in fields where !result.contains(where: { $0.key == field.key }) {
          let values = fields.filter { $0.key == field.key }.map { TreeValue.text($0.value) }
          let isList = ["domains", "tenantIds"].contains(field.key)
          result.append((field.key, isList ? .list(values) : values[0]))
        }
        return .object(result)
      })
  }

  /// The clocks that every app needs: none of them has a default.
  private var session: TreeValue {
    let needed = ["absoluteTimeout", "idleTimeout", "revalidate"]
    var result: [(key: String, value: TreeValue)] = options.session.map { ($0.key, .text($0.value)) }
    for key in needed where !result.contains(where: { $0.key == key }) {
      result.append((key, .hole("a duration such as 8h, or none")))
    }
    return .object(result)
  }
}
