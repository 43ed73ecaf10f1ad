// The OAuth clients of a bundle laid open: what each may be granted, and what bounds its refresh tokens. Refuses nothing.

internal import PosternBundle
internal import PosternLanguage

extension Inspection {
  /// An OAuth client as the bundle has it.
  struct Client: Equatable {
    var contents: OAuthClientContents

    var party: String { contents.party == .firstParty ? "FIRST_PARTY" : "THIRD_PARTY" }
    var reauthentication: String { contents.needsSecureKey ? "SECURE_KEY" : "PASSWORD" }

    var flows: [String] {
      [(OAuthClientContents.Flows.code, "CODE"), (.device, "DEVICE")].filter { contents.flows.contains($0.0) }.map(\.1)
    }

    /// Of the client's scopes, those with a bit in a mask.
    func scopes(_ mask: UInt64) -> [String] {
      contents.scopes.enumerated().filter { mask >> UInt64($0.offset) & 1 == 1 }.map(\.element)
    }
  }

  /// The clients whose tokens are good for one of those apps; all where no apps are named.
  static func clients(_ contents: BundleContents, appNames: Set<String>?) -> [Client] {
    contents.oauthClients.filter { client in
      appNames.map { names in client.apps.contains { names.contains($0) } } ?? true
    }.map { Client(contents: $0) }
  }
}

extension Inspection.Client {
  var lines: [String] {
    let lists: [(String, [String])] = [
      ("flows", flows), ("redirect URIs", contents.redirectURIs), ("apps", contents.apps), ("scopes", contents.scopes),
      ("bound scopes", scopes(contents.boundScopes)), ("password change ends", scopes(contents.passwordChangeEnds)),
    ]
    let rows =
      [["display name", contents.displayName], ["party", party]]
      + lists.filter { !$0.1.isEmpty }.map { [$0.0, $0.1.joined(separator: ", ")] } + [
        ["session length", Wording.duration(seconds: contents.sessionLengthSeconds)],
        ["re-authentication", reauthentication],
        ["unused timeout", Wording.duration(seconds: contents.unusedTimeoutSeconds)],
        ["live tokens", "\(contents.liveTokens)"],
      ]
    return ["OAuth client \(contents.id)"] + Inspection.table(rows)
  }

  var json: JSONValue {
    .object([
      "id": .string(contents.id), "displayName": .string(contents.displayName), "party": .string(party),
      "flows": Self.texts(flows), "redirectURIs": Self.texts(contents.redirectURIs), "apps": Self.texts(contents.apps),
      "scopes": Self.texts(contents.scopes), "boundScopes": Self.texts(scopes(contents.boundScopes)),
      "passwordChangeEnds": Self.texts(scopes(contents.passwordChangeEnds)),
      "sessionLengthSeconds": .integer(Int64(contents.sessionLengthSeconds)),
      "reauthentication": .string(reauthentication),
      "unusedTimeoutSeconds": .integer(Int64(contents.unusedTimeoutSeconds)),
      "liveTokens": .integer(Int64(contents.liveTokens)),
    ])
  }

  private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
