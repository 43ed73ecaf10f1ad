// What leads to an app: routes gained and lost, each with a request that goes another way. Refuses nothing.

internal import PosternLanguage

/// The routes of one app, compared.
struct RouteComparison {
  let differences: [Difference]

  init(_ pair: AppPair, _ stand: WitnessStand) {
    let old = pair.before.routes.map(RouteKey.init)
    let new = pair.after.routes.map(RouteKey.init)
    let (oldSet, newSet) = (Set(old), Set(new))
    func difference(_ route: Route, isOld: Bool) -> Difference {
      let witness = stand.bestWitness(Self.candidates(route))
      return Difference(
        appName: pair.after.name.value, kind: .route, effect: isOld ? .narrows : .widens, subject: "route",
        before: isOld ? Self.text(route) : "", after: isOld ? "" : Self.text(route),
        place: .init(route.span, in: isOld ? pair.beforePolicy : pair.afterPolicy, isOld: isOld), proof: .of(witness))
    }
    let lost = pair.before.routes.filter { !newSet.contains(RouteKey($0)) }.map { difference($0, isOld: true) }
    let gained = pair.after.routes.filter { !oldSet.contains(RouteKey($0)) }.map { difference($0, isOld: false) }
    differences = gained + lost
  }

  /// A stranger's request for the page, for what stands below it, and for an escaped slash, whatever the method.
  private static func candidates(_ route: Route) -> [RequestFacts] {
    ["", "/~", "/a%2Fb"].map { rest in
      var request = route.request
      request.path = Array((rest.isEmpty && route.path.isEmpty ? "/" : route.path + rest).utf8)
      return RequestFacts(ofStranger: request)
    }
  }

  private static func text(_ route: Route) -> String {
    RouteKey(route).text + (route.allowEscapes ? " (escapes allowed)" : "")
  }
}
