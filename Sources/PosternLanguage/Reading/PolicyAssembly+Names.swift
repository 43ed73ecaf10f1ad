// Names that must be unique in the whole tree, names that must be known in it, and routes that lead to two apps. All of
// it in file order, so that the second place is the one reported and the first is the note.

extension PolicyAssembly {
  mutating func checkNames() {
    let apps = appsInFileOrder()
    checkAppNames(apps)
    checkRoutes(apps)
    checkLevelNames()
    checkClientIDs()
    checkReferences()
    warnOfUndeclaredDomains()
  }

  /// Where an app's draft is.
  private struct DraftPlace {
    var directoryIndex: Int
    var appIndex: Int
    var span: Span
  }

  private func appsInFileOrder() -> [DraftPlace] {
    var places: [DraftPlace] = []
    for (directoryIndex, directory) in reader.directories.enumerated() {
      for (appIndex, app) in directory.apps.enumerated() {
        places.append(DraftPlace(directoryIndex: directoryIndex, appIndex: appIndex, span: app.name.span))
      }
    }
    return places.sorted { $0.span.precedes($1.span) }
  }

  private mutating func checkAppNames(_ places: [DraftPlace]) {
    var names: [String: Span] = [:]
    var audiences: [String: Span] = [:]
    for place in places {
      let app = reader.directories[place.directoryIndex].apps[place.appIndex]
      if let first = names[app.name.value] {
        diagnostics.append(.duplicateName("app", app.name.value, at: app.name.span, first: first))
        continue
      }
      names[app.name.value] = app.name.span
      let audience = app.audience ?? app.name
      if let first = audiences[audience.value] {
        diagnostics.append(.duplicateName("audience", audience.value, at: audience.span, first: first))
      } else {
        audiences[audience.value] = audience.span
      }
    }
  }

  private struct RouteKey: Hashable {
    var host: HostKey
    /// As bytes: paths that differ in their bytes are different paths.
    var path: [UInt8]
  }

  private mutating func checkRoutes(_ places: [DraftPlace]) {
    var firsts: [RouteKey: Span] = [:]
    for place in places {
      for route in reader.directories[place.directoryIndex].apps[place.appIndex].routes {
        let host = HostKey(host: route.host, isWildcard: route.isWildcard)
        let key = RouteKey(host: host, path: Array(route.path.utf8))
        if let first = firsts[key] {
          diagnostics.append(.duplicateRoute(route.text, at: route.span, first: first))
        } else {
          firsts[key] = route.span
        }
      }
    }
  }

  private mutating func checkLevelNames() {
    var names: [String: Span] = [:]
    for level in reader.accessLevels {
      if let first = names[level.name.value] {
        diagnostics.append(.duplicateName("access level", level.name.value, at: level.name.span, first: first))
      } else {
        names[level.name.value] = level.name.span
      }
    }
  }

  private mutating func checkClientIDs() {
    var ids: [String: Span] = [:]
    for client in reader.oauthClients {
      if let first = ids[client.id.value] {
        diagnostics.append(.duplicateName("OAuth client", client.id.value, at: client.id.span, first: first))
      } else {
        ids[client.id.value] = client.id.span
      }
    }
  }

  /// Apps that guards, tests and OAuth clients name.
  private mutating func checkReferences() {
    let references = (reader.organization?.guards.compactMap(\.appName) ?? []) + reader.expectedApps
    if references.isEmpty { return }
    let names = Set(reader.directories.flatMap { $0.apps.map(\.name.value) })
    for name in references where !names.contains(name.value) {
      diagnostics.append(.unknownApp(name.value, known: names.sorted(), at: name.span))
    }
  }

  /// Members whose domain no provider may speak for match nobody: in a deny rule, a rule without effect.
  private mutating func warnOfUndeclaredDomains() {
    guard reader.organization?.providerNames.count == providers.count else { return }
    let declared = Set(providers.flatMap { $0.domains.map(\.value) })
    let directoryGroups = Set(reader.groups.map(\.memberIndex))
    for (index, member) in reader.members.members.enumerated() {
      guard let domain = member.domain, !declared.contains(domain),
        !directoryGroups.contains(UInt32(truncatingIfNeeded: index))
      else { continue }
      diagnostics.append(
        .undeclaredDomain(domain, member: member.canonicalText, at: reader.members.firstSpans[index]))
    }
  }
}

extension Route {
  /// The route as an author would write it.
  var text: String { (isWildcard ? "*." : "") + host + (path.isEmpty ? "/" : path) }
}

extension Span {
  /// File order.
  func precedes(_ other: Span) -> Bool {
    (fileIndex, startLine, startColumn, endLine, endColumn)
      < (other.fileIndex, other.startLine, other.startColumn, other.endLine, other.endColumn)
  }
}

extension Member {
  /// The domain that a provider must declare for this member to match anybody.
  package var domain: String? {
    switch self {
    case .user(let email), .serviceAccount(let email), .group(let email):
      email.utf8.firstIndex(of: UInt8(ascii: "@")).map { String(email[email.utf8.index(after: $0)...]) }
    case .domain(let domain): domain
    default: nil
    }
  }
}
