// What leads to which app of a bundle: hosts and paths as texts, whatever slots they lie in. Refuses bundles in which two hosts or
// two apps have one name, and hosts that are not ASCII, of which texts could be equal and bytes not.

internal import PosternBundle
internal import PosternKernel

/// The apps' names of one bundle, and its hosts with what they lead to.
struct RouteMap {
  /// A path below a host; that of the host's root is empty.
  struct Route {
    let path: ArraySlice<UInt8>
    let app: Int
    let allowsEscapes: Bool
  }

  /// A host line with its routes, by the bytes of their paths.
  struct Host {
    /// `=` or, of a wildcard, `*` and the text.
    let key: String
    /// The app that answers where no route leads further.
    let baseApp: Int
    fileprivate(set) var routes: [Route] = []
  }

  let appNames: [String]
  private(set) var hosts: [Host] = []
  /// Indices into `hosts`.
  private(set) var hostIndices: [String: Int] = [:]

  init?(_ contents: BundleContents) {
    appNames = (0..<contents.appCount).map(contents.appName)
    guard Set(appNames).count == appNames.count, addHosts(contents) else { return nil }
  }

  private mutating func addHosts(_ contents: BundleContents) -> Bool {
    let lines = Self.slots(contents, .hosts, byteCount: RecordSize.hostLine)
    var indexOfSlot = [Int](repeating: -1, count: lines.count)
    hosts.reserveCapacity(lines.count)
    hostIndices.reserveCapacity(lines.count)
    for (slot, line) in lines.enumerated() where contents.byte(line + HostField.flags) & HostFlag.inUse != 0 {
      guard let key = Self.key(contents, line), hostIndices.updateValue(hosts.count, forKey: key) == nil
      else { return false }
      indexOfSlot[slot] = hosts.count
      var host = Host(key: key, baseApp: Int(contents.u32(line + HostField.baseApp)))
      let root = contents.u32(line + HostField.rootApp)
      if root != BundleFormat.none {
        let allowsEscapes = contents.byte(line + HostField.flags) & HostFlag.rootAllowsEscapes != 0
        host.routes.append(Route(path: [], app: Int(root), allowsEscapes: allowsEscapes))
      }
      hosts.append(host)
    }
    for record in Self.slots(contents, .routes, byteCount: RecordSize.route) {
      let flags = contents.byte(record + 6)
      if flags & RouteFlag.inUse == 0 { continue }
      let start = contents.section(.strings).lowerBound + Int(contents.u32(record))
      // The verifier has proved that the host's slot is in use.
      hosts[indexOfSlot[Int(contents.u32(record + 8))]].routes.append(
        Route(
          path: contents.bytes[start..<start + Int(contents.u16(record + 4))], app: Int(contents.u32(record + 12)),
          allowsEscapes: flags & RouteFlag.allowEscapes != 0))
    }
    for index in hosts.indices where hosts[index].routes.count > 1 {
      hosts[index].routes.sort { $0.path.lexicographicallyPrecedes($1.path) }
    }
    return true
  }

  /// Where the slots of a perfect table lie.
  private static func slots(_ contents: BundleContents, _ id: SectionID, byteCount: Int) -> [Int] {
    let section = contents.section(id)
    let count = Int(contents.u32(section.lowerBound + 8))
    return (0..<count).map { section.upperBound - (count - $0) * byteCount }
  }

  private static func key(_ contents: BundleContents, _ line: Int) -> String? {
    let count = Int(contents.byte(line + HostField.byteCount))
    let field = line + HostField.text
    let isInline = count <= BundleFormat.inlineHostByteCount
    let start = isInline ? field : contents.section(.strings).lowerBound + Int(contents.u32(field))
    let text = contents.bytes[start..<start + count]
    if text.contains(where: { $0 >= 0x80 }) { return nil }
    let isWildcard = contents.byte(line + HostField.flags) & HostFlag.wildcard != 0
    return (isWildcard ? "*" : "=") + String(decoding: text, as: UTF8.self)
  }
}
