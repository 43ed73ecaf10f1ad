// `kind: OAuthClients`: clients that hold refresh tokens, and what bounds these. Refuses limits out of their ranges, ids and
// scopes that a request could not carry, addresses that a code must not be sent to, and secrets.

extension PolicyReader {
  static let oauthMethods = ["PASSWORD", "SECURE_KEY"]
  static let oauthParties = ["FIRST_PARTY", "THIRD_PARTY"]
  static let oauthFlows = ["CODE", "DEVICE"]
  static let sessionLengthSeconds: ClosedRange<UInt32> = 3_600...1_209_600
  static let unusedTimeoutSeconds: ClosedRange<UInt32> = 3_600...34_560_000
  static let liveTokens: ClosedRange<UInt32> = 1...1_000
  static let clientIDByteLimit = 128

  mutating func readOAuthClients(_ fields: Fields) {
    let settings = oauthSettings(fields)
    guard let node = fields["clients"], let items = list(node) else { return }
    if items.isEmpty { diagnostics.append(.emptyList("clients", at: node.span)) }
    let clients = items.compactMap { oauthClient($0) }
    guard let settings else { return }
    // What is wrong with a client is reported already: what its scopes would have been, nobody knows.
    if !items.isEmpty && clients.count == items.count { warnOfUnusedPatterns(settings, clients) }
    for var client in clients {
      client.settings = settings
      oauthClients.append(client)
    }
  }

  /// nil where a limit that is needed could not be read.
  private mutating func oauthSettings(_ fields: Fields) -> OAuthSettings? {
    let length = fields["sessionLength"].flatMap { durationSeconds($0, in: Self.sessionLengthSeconds) }
    let method = fields["reauthentication"].flatMap { word($0, Self.oauthMethods) }
    let bound = fields["boundScopes"].map { scopePatterns($0, "boundScopes") }
    let live = fields["liveTokens"].flatMap { count($0) }
    if let live, !Self.liveTokens.contains(live.value) {
      diagnostics.append(.countOutOfRange(Self.liveTokens, at: live.span))
    }
    let unused = fields["unusedTimeout"].flatMap { durationSeconds($0, in: Self.unusedTimeoutSeconds) }
    let password = fields["passwordChangeEnds"].map { scopePatterns($0, "passwordChangeEnds") }
    guard let length, let bound else { return nil }
    return OAuthSettings(
      sessionLengthSeconds: length.value, reauthentication: method?.value == "SECURE_KEY" ? .secureKey : .login,
      boundScopes: bound, liveTokens: live?.value ?? OAuthSettings.defaultLiveTokens,
      unusedTimeoutSeconds: unused?.value ?? OAuthSettings.defaultUnusedTimeoutSeconds,
      passwordChangeEnds: password ?? [])
  }

  /// The client, with settings that its document's replace; nil where it cannot be read whole.
  private mutating func oauthClient(_ node: YAMLNode) -> OAuthClient? {
    guard let fields = fields(node, .oauthClient) else { return nil }
    noteUnapplied(fields)
    let id = fields["id"].flatMap { nonEmptyText($0) }.flatMap { clientID($0) }
    let displayName = fields["displayName"].flatMap { nonEmptyText($0) }
    let party = fields["party"].flatMap { word($0, Self.oauthParties) }
    let flows = clientFlows(fields)
    let addresses = redirectURIs(fields, flows)
    let scopes = fields["scopes"].map { clientScopes($0) }
    let apps = fields["apps"].map { clientList($0, "apps", limit: OAuthClient.listLimit) }
    expectedApps += apps ?? []
    if let apps { reportRepeated(apps, what: "app") }
    guard let id, let displayName, let party, let scopes, let apps else { return nil }
    return OAuthClient(
      id: id, displayName: displayName.value, party: party.value == "FIRST_PARTY" ? .firstParty : .thirdParty,
      flows: flows, redirectURIs: addresses, scopes: scopes, apps: apps,
      settings: OAuthSettings(sessionLengthSeconds: 0, boundScopes: []), span: fields.span)
  }

  private mutating func clientID(_ text: Sourced<String>) -> Sourced<String>? {
    let isID =
      text.value.utf8.count <= Self.clientIDByteLimit
      && text.value.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    if isID { return text }
    diagnostics.append(.badClientID(text.value, at: text.span))
    return nil
  }

  private mutating func clientFlows(_ fields: Fields) -> OAuthClient.Flows {
    guard let node = fields["flows"] else { return [.code, .device] }
    guard let items = list(node) else { return [] }
    if items.isEmpty { diagnostics.append(.emptyList("flows", at: node.span)) }
    let words = items.compactMap { word($0, Self.oauthFlows) }
    reportRepeated(words, what: "flow")
    return words.reduce(into: []) { $0.formUnion($1.value == "CODE" ? .code : .device) }
  }

  /// A list of a client, with something in it and not too much.
  private mutating func clientList(_ node: YAMLNode, _ key: String, limit: Int) -> [Sourced<String>] {
    guard let texts = texts(node) else { return [] }
    if case .sequence(let items) = node.content, items.isEmpty { diagnostics.append(.emptyList(key, at: node.span)) }
    if texts.count > limit { diagnostics.append(.tooManyOfClient(key, limit: limit, at: texts[limit].span)) }
    return texts
  }

  // MARK: scopes

  private mutating func clientScopes(_ node: YAMLNode) -> [Sourced<String>] {
    let scopes = clientList(node, "scopes", limit: OAuthClient.scopeLimit)
    reportRepeated(scopes, what: "scope")
    for scope in scopes {
      if let bad = scope.value.unicodeScalars.first(where: { !Self.isOfScope($0) }) {
        diagnostics.append(.malformedScope(scope.value, bad, at: scope.span))
      } else if scope.value.utf8.contains(UInt8(ascii: "*")) {
        diagnostics.append(.patternAsScope(scope.value, at: scope.span))
      }
    }
    return scopes
  }

  private mutating func scopePatterns(_ node: YAMLNode, _ key: String) -> [ScopePattern] {
    guard let texts = texts(node) else { return [] }
    if case .sequence(let items) = node.content, items.isEmpty { diagnostics.append(.emptyList(key, at: node.span)) }
    reportRepeated(texts, what: "scope")
    for text in texts {
      if let bad = text.value.unicodeScalars.first(where: { !Self.isOfScope($0) }) {
        diagnostics.append(.malformedScope(text.value, bad, at: text.span))
      } else if text.value.utf8.dropLast().contains(UInt8(ascii: "*")) {
        diagnostics.append(.malformedScopePattern(text.value, at: text.span))
      }
    }
    return texts.map { ScopePattern($0) }
  }

  /// The letters of a scope (RFC 6749, 3.3).
  private static func isOfScope(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x21 && scalar.value <= 0x7E && scalar != "\"" && scalar != "\\"
  }

  private mutating func warnOfUnusedPatterns(_ settings: OAuthSettings, _ clients: [OAuthClient]) {
    for pattern in settings.boundScopes + settings.passwordChangeEnds
    where !clients.contains(where: { $0.scopes.contains { pattern.matches($0.value) } }) {
      diagnostics.append(.unusedScopePattern(pattern.text.value, at: pattern.text.span))
    }
  }

  // MARK: redirect URIs

  private mutating func redirectURIs(_ fields: Fields, _ flows: OAuthClient.Flows) -> [Sourced<String>] {
    guard let node = fields["redirectURIs"] else {
      if flows.contains(.code) {
        diagnostics.append(.missingKey("redirectURIs", of: "client with the flow `CODE`", at: fields.head))
      }
      return []
    }
    let addresses = clientList(node, "redirectURIs", limit: OAuthClient.listLimit)
    reportRepeated(addresses, what: "redirect URI")
    for address in addresses { checkRedirectURI(address) }
    return addresses
  }

  /// The gate compares addresses byte for byte, but for the port of a loopback address (RFC 8252, 7.3).
  private mutating func checkRedirectURI(_ text: Sourced<String>) {
    do {
      let address = try WebAddress(parsing: text.value, schemes: ["https", "http"])
      if let bad = address.rest.unicodeScalars.first(where: { !$0.isASCII || $0 == "#" }) {
        throw AddressFault.character(bad)
      }
      guard address.scheme == "http" else { return }
      if !["127.0.0.1", "[::1]"].contains(address.host) {
        diagnostics.append(.redirectOverHTTP(text.value, at: text.span))
      } else if address.port != nil {
        diagnostics.append(.redirectWithPort(text.value, at: text.span))
      }
    } catch let fault as AddressFault {
      diagnostics.append(.malformedRedirect(text.value, fault, at: text.span))
    } catch { return }
  }
}
