// Which apps of two bundles are one by their names, and whether the same routes lead to those that are asked about. Refuses nothing.

internal import PosternBundle

/// The apps and routes of two bundles.
struct RouteAgreement {
  /// By the left bundle's apps, whether they are asked about, and which of the right one's they are; -1: none.
  let isMeant: (left: [Bool], right: [Bool])
  let partners: [Int]
  private let left: RouteMap
  private let right: RouteMap
  private let scope: AppScope

  init(_ left: RouteMap, _ right: RouteMap, _ scope: AppScope) {
    self.left = left
    self.right = right
    self.scope = scope
    isMeant = (left.appNames.map(scope.contains), right.appNames.map(scope.contains))
    let meant = isMeant
    let indices = Dictionary(
      right.appNames.indices.lazy.filter { meant.right[$0] }.map { (right.appNames[$0], $0) }
    ) { first, _ in first }
    partners = left.appNames.indices.map { meant.left[$0] ? indices[left.appNames[$0]] ?? -1 : -1 }
  }

  /// Whether every app that is asked about is in both, and every route to one of them.
  func agree() -> Bool {
    let count = isMeant.right.count { $0 }
    // Names are in a bundle once, so as many partners are all.
    guard isMeant.left.count(where: { $0 }) == count, partners.count(where: { $0 >= 0 }) == count else { return false }
    var isPaired = [Bool](repeating: false, count: right.hosts.count)
    for host in left.hosts {
      if let index = right.hostIndices[host.key] {
        isPaired[index] = true
        if !agree(host, right.hosts[index]) { return false }
      } else if isNeeded(host, isMeant.left) {
        return false
      }
    }
    return right.hosts.indices.allSatisfy { isPaired[$0] || !isNeeded(right.hosts[$0], isMeant.right) }
  }

  /// Whether a host that one bundle alone has is about an app that is asked about, or about none.
  private func isNeeded(_ host: RouteMap.Host, _ isMeant: [Bool]) -> Bool {
    host.routes.isEmpty || host.routes.contains { isMeant[$0.app] }
  }

  /// The base app of a host is asked about with all of its routes; of everything but some apps it must be the same in any case.
  private func agree(_ host: RouteMap.Host, _ other: RouteMap.Host) -> Bool {
    let routes = host.routes.filter { isMeant.left[$0.app] }
    let others = other.routes.filter { isMeant.right[$0.app] }
    let areAll = routes.count == host.routes.count && others.count == other.routes.count
    if areAll || scope.isOfTheRest, left.appNames[host.baseApp] != right.appNames[other.baseApp] { return false }
    return routes.count == others.count
      && zip(routes, others).allSatisfy { route, other in
        partners[route.app] == other.app && route.allowsEscapes == other.allowsEscapes && route.path == other.path
      }
  }
}
