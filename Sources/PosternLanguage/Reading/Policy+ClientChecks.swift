// OAuth clients and apps that name each other by half: the gate takes a client's token for an app only where the client's
// `apps` and the app's `programmaticClients` both say so, and one without the other gives nobody anything.

extension Policy {
  /// A warning for each app of a client that does not accept it, and for each entry of a client that gives it no app.
  func halfNamedClients() -> [Diagnostic] {
    oauthClients.isEmpty ? [] : clientsNotAccepted() + entriesWithoutApp()
  }

  private func clientsNotAccepted() -> [Diagnostic] {
    let indices = Dictionary(apps.enumerated().map { ($1.name.value, $0) }) { first, _ in first }
    return oauthClients.flatMap { client in
      client.apps.compactMap { name in
        guard let app = indices[name.value].map({ apps[$0] }) else { return nil }
        let isAccepted = app.access.programmaticClients.contains { $0.value == client.id.value }
        return isAccepted
          ? nil : .clientNotAccepted(client.id.value, app: app.name.value, at: name.span, appSpan: app.name.span)
      }
    }
  }

  /// A folder's entry stands for every app below it; a client that names some of them is content with those.
  private func entriesWithoutApp() -> [Diagnostic] {
    let clients = Dictionary(oauthClients.map { ($0.id.value, $0) }) { first, _ in first }
    var isUsed: [Span: Bool] = [:]
    var entries: [Sourced<String>] = []
    for app in apps {
      for entry in app.access.programmaticClients {
        guard let client = clients[entry.value] else { continue }
        if isUsed[entry.span] == nil { entries.append(entry) }
        isUsed[entry.span, default: false] =
          isUsed[entry.span, default: false]
          || client.apps.contains { $0.value == app.name.value }
      }
    }
    return entries.filter { isUsed[$0.span] == false }.compactMap { entry in
      clients[entry.value].map { .entryWithoutApp(entry.value, at: entry.span, clientSpan: $0.id.span) }
    }
  }
}
