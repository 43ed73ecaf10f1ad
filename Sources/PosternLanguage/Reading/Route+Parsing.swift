// A route's text, `host/path`, parsed. Refuses hosts and paths that no request could carry.

/// What is wrong with a route.
enum RouteFault: Error, Equatable {
  case scheme
  case port
  case host(NameFault)
  /// A `*` that is not the whole first label.
  case wildcard
  case path(PathFault)
  /// Below `/_gcp_iap`, which is the gate's own.
  case reserved
}

extension Route {
  /// The first segment of the gate's own paths; `decision.md` row 3.
  static let reservedSegment = "_gcp_iap"

  init(parsing text: String, allowEscapes: Bool, span: Span) throws(RouteFault) {
    let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
    guard text[..<slash].utf8.last != UInt8(ascii: ":") || !text[slash...].utf8.starts(with: "//".utf8) else {
      throw .scheme
    }
    let (host, isWildcard) = try Self.host(String(text[..<slash]))
    let path: String
    do {
      path = try PathPrefix.normalForm(
        slash == text.endIndex ? "/" : String(text[slash...]), allowEscapes: allowEscapes)
    } catch { throw .path(error) }
    guard !PathPrefix.covers("/" + Self.reservedSegment, path) else { throw .reserved }
    self.init(host: host, isWildcard: isWildcard, path: path, allowEscapes: allowEscapes, span: span)
  }

  private static func host(_ text: String) throws(RouteFault) -> (host: String, isWildcard: Bool) {
    let parent = text.after("*.")
    let name = parent ?? text
    guard !name.utf8.contains(UInt8(ascii: "*")) else { throw .wildcard }
    let isAddress = name.utf8.first == UInt8(ascii: "[")
    guard isAddress ? name.utf8.last == UInt8(ascii: "]") : !name.utf8.contains(UInt8(ascii: ":")) else { throw .port }
    guard parent == nil || !isAddress else { throw .wildcard }
    do {
      let host = try HostName.hostOrAddress(name)
      // A wildcard needs room for one label and a dot.
      let limit = HostName.byteLimit - (parent == nil ? 0 : 2)
      guard host.utf8.count <= limit else { throw NameFault.tooLong(byteLimit: limit) }
      return (host, parent != nil)
    } catch let fault as NameFault { throw .host(fault) } catch { throw .wildcard }
  }
}
