// The OAuth clients (docs/bundle-format.md, "oauthClients"), with the bits of the scopes that their documents' patterns stand for.
// A policy without clients has no such section. Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// Writes the records of the OAuth clients.
enum OAuthClientSection {
  /// The section's words; none where the policy has no clients.
  static func words(_ policy: Policy, strings: inout ConsPool<UInt8>, lists: inout ConsPool<UInt32>) -> [UInt32] {
    policy.oauthClients.flatMap { record(of: $0, strings: &strings, lists: &lists) }
  }

  private static func record(
    of client: OAuthClient, strings: inout ConsPool<UInt8>, lists: inout ConsPool<UInt32>
  ) -> [UInt32] {
    let settings = client.settings
    var words: [UInt32] = []
    words.append(strings.cons(client.id.value.utf8))
    words.append(strings.cons(client.displayName.utf8))
    for list in [client.scopes, client.redirectURIs, client.apps] {
      words.append(texts(list, strings: &strings, lists: &lists))
    }
    for mask in [client.mask(of: settings.boundScopes), client.mask(of: settings.passwordChangeEnds)] {
      words += [UInt32(truncatingIfNeeded: mask), UInt32(truncatingIfNeeded: mask >> 32)]
    }
    words += [settings.sessionLengthSeconds, settings.unusedTimeoutSeconds, settings.liveTokens]
    words.append(
      UInt32(client.party.rawValue) | UInt32(settings.reauthentication.rawValue) << 8
        | UInt32(client.flows.rawValue) << 16 | UInt32(client.scopes.count) << 24)
    return words
  }

  /// The texts as pairs of offset and count, in the order written; the run counts texts.
  private static func texts(
    _ texts: [Sourced<String>], strings: inout ConsPool<UInt8>, lists: inout ConsPool<UInt32>
  ) -> Run {
    var words: [UInt32] = []
    for text in texts { words.append(strings.cons(text.value.utf8)) }
    let run = lists.cons(words)
    return Run(start: run.start, count: run.count / 2)
  }
}

extension OAuthClient {
  /// Bit i: one of the patterns stands for scope i.
  fileprivate func mask(of patterns: [ScopePattern]) -> UInt64 {
    var mask: UInt64 = 0
    for (bit, scope) in scopes.enumerated() where patterns.contains(where: { $0.matches(scope.value) }) {
      mask |= 1 << UInt64(bit)
    }
    return mask
  }
}
