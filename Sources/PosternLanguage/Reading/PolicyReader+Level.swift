// What the organization, folders and apps write alike, and the two documents that hold little else: folders and apps.

extension PolicyReader {
  mutating func level(_ fields: Fields) -> LevelDraft {
    var level = LevelDraft(span: fields.span)
    level.bindings = bindings(fields["iam"])
    level.denyRules = denyRules(fields["deny"])
    if let node = fields["settings"] { level.settings = settings(node, .settings) }
    if let node = fields["session"] { level.session = session(node) }
    if let node = fields["cors"] { level.corsOrigins = corsOrigins(node) }
    if let node = fields["providers"], let names = texts(node) {
      if names.isEmpty { diagnostics.append(.emptyList("providers", at: node.span)) }
      reportRepeated(names, what: "provider")
      level.providers = Sourced(names, at: node.span)
    }
    return level
  }

  private mutating func corsOrigins(_ node: YAMLNode) -> Sourced<[Sourced<String>]>? {
    guard let fields = fields(node, .cors), let list = fields["origins"], let written = texts(list) else { return nil }
    let origins = written.compactMap { text -> Sourced<String>? in
      do throws(AddressFault) { return Sourced(try WebAddress.origin(text.value), at: text.span) } catch {
        diagnostics.append(.malformedOrigin(text.value, error, at: text.span))
        return nil
      }
    }
    reportRepeated(origins, what: "origin")
    return Sourced(origins, at: list.span)
  }

  /// Reports each text that a list holds for the second time.
  mutating func reportRepeated(_ texts: [Sourced<String>], what: String) {
    var first: [String: Span] = [:]
    for text in texts {
      if let span = first[text.value] {
        diagnostics.append(.duplicateName(what, text.value, at: text.span, first: span))
      } else {
        first[text.value] = text.span
      }
    }
  }

  mutating func readFolder(_ fields: Fields, directoryIndex: Int) {
    let folder = FolderDraft(level: level(fields))
    if let first = directories[directoryIndex].folder {
      diagnostics.append(.duplicateFolder(directories[directoryIndex].path, at: fields.head, first: first.level.span))
      return
    }
    directories[directoryIndex].folder = folder
  }

  // MARK: apps

  mutating func readApp(_ fields: Fields, directoryIndex: Int) {
    let name = fields["name"].flatMap { self.name($0, of: "app") }
    let routes = fields["routes"].map { self.routes($0) } ?? []
    let audience = fields["audience"].flatMap { nonEmptyText($0) }
    let level = self.level(fields)
    guard let name else { return }
    directories[directoryIndex].apps.append(AppDraft(level: level, name: name, routes: routes, audience: audience))
  }

  mutating func name(_ node: YAMLNode, of what: String) -> Sourced<String>? {
    guard let name = text(node) else { return nil }
    if !Self.isName(name.value) { diagnostics.append(.badName(what, name.value, at: name.span)) }
    return name
  }

  private mutating func routes(_ node: YAMLNode) -> [Route] {
    guard let items = list(node) else { return [] }
    if items.isEmpty { diagnostics.append(.emptyList("routes", at: node.span)) }
    return items.compactMap { route($0) }
  }

  private mutating func route(_ node: YAMLNode) -> Route? {
    var written = node
    var allowEscapes = false
    if case .mapping = node.content {
      guard let fields = fields(node, .route), let path = fields["path"] else { return nil }
      allowEscapes = fields["allowEscapes"].flatMap { flag($0) }?.value ?? false
      written = path
    }
    guard let text = text(written, expected: "a route: host and path, or a mapping with `path`") else { return nil }
    do {
      return try Route(parsing: text.value, allowEscapes: allowEscapes, span: text.span)
    } catch {
      diagnostics.append(.routeFault(error, text.value, at: text.span))
      return nil
    }
  }
}
