// An OAuth client, as the bundle says it is (docs/bundle-format.md, "oauthClients"). Refuses addresses to come back to that it does not list.

internal import CPostern
internal import PosternBundle

/// A command-line tool, a desktop program, a job: whatever holds a refresh token in place of a browser's session.
struct OAuthClient: Sendable {
  /// Into the bundle's section.
  let index: Int
  let id: String
  let displayName: String
  /// In the order of the kernel's bits.
  let scopes: [String]
  let redirectURIs: [String]
  /// The names of the apps that its tokens are good for.
  let apps: [String]
  let isFirstParty: Bool
  /// How its person re-authenticates; a number as in postern.h.
  let method: UInt8
  let allowsCode: Bool
  let allowsDevice: Bool
  let liveTokenLimit: Int
  /// How long a refresh token that nobody uses is kept.
  let unusedMilliseconds: Int64

  init(_ contents: OAuthClientContents, index: Int) {
    self.index = index
    id = contents.id
    displayName = contents.displayName
    scopes = contents.scopes
    redirectURIs = contents.redirectURIs
    apps = contents.apps
    isFirstParty = contents.party == .firstParty
    method = UInt8(contents.needsSecureKey ? POSTERN_METHOD_SECURE_KEY : POSTERN_METHOD_LOGIN)
    allowsCode = contents.flows.contains(.code)
    allowsDevice = contents.flows.contains(.device)
    liveTokenLimit = Int(contents.liveTokens)
    unusedMilliseconds = Int64(contents.unusedTimeoutSeconds) * 1_000
  }

  /// What the kernel is told of every refresh of a grant of these scopes.
  func refresh(of person: Person, _ granted: [String]) -> postern_refresh {
    var refresh = postern_refresh()
    refresh.client = UInt32(index)
    refresh.principal_kind = person.principalKind
    for scope in granted {
      if let bit = scopes.firstIndex(of: scope) {
        refresh.granted_scopes |= 1 << UInt64(bit)
      } else {
        refresh.flags |= UInt8(POSTERN_REFRESH_UNKNOWN_SCOPE)
      }
    }
    return refresh
  }

  /// The scopes of a request, each once; nil where the client may not have one of them. Whoever asks for none asks for all.
  func requested(_ text: String?) -> [String]? {
    let words = (text ?? "").split(separator: " ").map(String.init)
    if words.isEmpty { return scopes }
    return words.allSatisfy(scopes.contains) ? scopes.filter(words.contains) : nil
  }

  /// Whether it is one of the listed addresses, byte for byte; on this machine's own addresses the port is left open (RFC 8252, 7.3).
  func takes(redirectURI: String) -> Bool {
    redirectURIs.contains(redirectURI)
      || LoopbackAddress(redirectURI).map { asked in redirectURIs.contains { LoopbackAddress($0) == asked } } ?? false
  }
}

/// An address of the machine that the browser is on, without its port. Names are none: they may lead elsewhere (RFC 8252, 8.3).
struct LoopbackAddress: Equatable {
  private let host: String
  private let rest: String

  init?(_ uri: String) {
    guard let host = ["127.0.0.1", "[::1]"].first(where: { uri.hasPrefix("http://\($0)") }) else { return nil }
    var rest = uri.dropFirst("http://\(host)".count)
    if rest.hasPrefix(":") {
      rest = rest.dropFirst()
      let port = rest.prefix { $0 != "/" && $0 != "?" }
      guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy(\.isDigit), UInt16(port) != nil else { return nil }
      rest = rest.dropFirst(port.count)
    }
    guard rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("?"), !rest.contains("#") else { return nil }
    self.host = host
    self.rest = rest.isEmpty ? "/" : String(rest)
  }
}
