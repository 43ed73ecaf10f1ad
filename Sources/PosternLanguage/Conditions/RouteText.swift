// What the host and the path of a request on one route are known to be. Refuses nothing; what is not known is nil.

/// The texts that an attribute may have on one route.
enum RouteText {
  /// This text alone: the host of a route without a wildcard.
  case exactly(String)
  /// One label, a dot and this host: the host of a route with a wildcard.
  case oneLabelBefore(String)
  /// This prefix by whole segments, or what is below it: a path in either form.
  case atOrBelow(String)

  /// The texts of `request.host` on a route.
  init(hostOf route: Route) { self = route.isWildcard ? .oneLabelBefore(route.host) : .exactly(route.host) }

  /// The texts of `request.path` on a route.
  init(pathOf route: Route) { self = .atOrBelow(route.path) }

  /// Whether the attribute is `text`.
  func equals(_ text: String) -> Bool? {
    switch self {
    case .exactly(let host): host.utf8.elementsEqual(text.utf8)
    case .oneLabelBefore(let parent):
      text.utf8.count > parent.utf8.count + 1 && isEndOfHost(text, below: parent) ? nil : false
    case .atOrBelow(let prefix): PathPrefix.covers(prefix, text) ? nil : false
    }
  }

  /// Whether the attribute begins with `text`.
  func startsWith(_ text: String) -> Bool? {
    switch self {
    case .exactly(let host): return host.utf8.starts(with: text.utf8)
    case .oneLabelBefore(let parent):
      let label = text.utf8.prefix { $0 != UInt8(ascii: ".") }
      let rest = text.utf8.dropFirst(label.count)
      guard label.allSatisfy(Self.isLabelByte), rest.isEmpty || !label.isEmpty else { return false }
      return ".\(parent)".utf8.starts(with: rest) ? nil : false
    case .atOrBelow(let prefix):
      if (prefix.isEmpty ? "/" : prefix).utf8.starts(with: text.utf8) { return true }
      return PathPrefix.covers(prefix, text) ? nil : false
    }
  }

  /// Whether the attribute ends with `text`.
  func endsWith(_ text: String) -> Bool? {
    switch self {
    case .exactly(let host): return host.utf8.reversed().starts(with: text.utf8.reversed())
    case .oneLabelBefore(let parent):
      if ".\(parent)".utf8.reversed().starts(with: text.utf8.reversed()) { return true }
      return isEndOfHost(text, below: parent) ? nil : false
    case .atOrBelow: return nil
    }
  }

  /// Whether it is the parent with a dot before it, and before that what a label may end with.
  private func isEndOfHost(_ text: String, below parent: String) -> Bool {
    let end = ".\(parent)".utf8
    return text.utf8.reversed().starts(with: end.reversed())
      && text.utf8.dropLast(end.count).allSatisfy(Self.isLabelByte)
  }

  /// Letters in lower case, digits and hyphens are what a request's host is made of.
  private static func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
