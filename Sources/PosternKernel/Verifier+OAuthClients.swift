// The OAuth clients. Relies on the sections being in bounds and whole. After this every refresh finds a record whose bits are
// scopes and whose limits are bounded, and every id is found where it belongs.

internal import CPostern

extension Verifier {
  func checkOAuthClients() throws(BundleFault) {
    var record = sections.oauthClients.offset
    let end = record &+ sections.oauthClients.byteCount
    var isFirst = true
    while record < end {
      try checkTexts(ofClient: record)
      try checkNumbers(ofClient: record)
      try require(isFirst || precedes(record &- RecordSize.oauthClient, record), .oauthClientMisplaced)
      isFirst = false
      record &+= RecordSize.oauthClient
    }
  }

  /// Ids and lists are short, so that comparing and reading each record's takes time in the number of records.
  private func checkTexts(ofClient record: Int) throws(BundleFault) {
    let idByteCount = words.u32(record &+ OAuthClientField.id &+ 4)
    let areTexts =
      idByteCount > 0 && idByteCount <= BundleFormat.oauthClientIDByteLimit && isText(at: record &+ OAuthClientField.id)
      && isText(at: record &+ OAuthClientField.displayName)
    try require(areTexts, .oauthClientText)
    let scopeCount = words.u32(record &+ OAuthClientField.scopes &+ 4)
    let areLists =
      scopeCount > 0 && scopeCount <= UInt32(BundleFormat.oauthScopeLimit)
      && words.u32(record &+ OAuthClientField.redirectURIs &+ 4) <= BundleFormat.oauthListLimit
      && words.u32(record &+ OAuthClientField.apps &+ 4) <= BundleFormat.oauthListLimit
      && self.areTexts(record &+ OAuthClientField.scopes) && self.areTexts(record &+ OAuthClientField.redirectURIs)
      && self.areTexts(record &+ OAuthClientField.apps)
    try require(areLists, .oauthClientList)
  }

  private func checkNumbers(ofClient record: Int) throws(BundleFault) {
    let scopeCount = words.byte(record &+ OAuthClientField.scopeCount)
    let masks = words.u64(record &+ OAuthClientField.boundScopes) | words.u64(record &+ OAuthClientField.passwordScopes)
    let areScopes =
      UInt32(scopeCount) == words.u32(record &+ OAuthClientField.scopes &+ 4)
      && (scopeCount == UInt8(truncatingIfNeeded: BundleFormat.oauthScopeLimit) || masks >> UInt64(scopeCount) == 0)
    try require(areScopes, .oauthClientScopes)
    let method = words.byte(record &+ OAuthClientField.method)
    let flows = words.byte(record &+ OAuthClientField.flows)
    let isSound =
      words.byte(record &+ OAuthClientField.party) <= OAuthClientField.thirdParty
      && (method == UInt8(truncatingIfNeeded: POSTERN_METHOD_LOGIN)
        || method == UInt8(truncatingIfNeeded: POSTERN_METHOD_SECURE_KEY))
      && flows > 0 && flows <= OAuthClientField.allFlows
    let isLimited =
      words.u32(record &+ OAuthClientField.sessionLengthSeconds) > 0
      && words.u32(record &+ OAuthClientField.unusedSeconds) > 0
      && words.u32(record &+ OAuthClientField.liveTokenLimit) > 0
    try require(isSound && isLimited, .oauthClientNumbers)
  }

  /// Whether the id of `first` comes before that of `second`, by bytes.
  private func precedes(_ first: Int, _ second: Int) -> Bool {
    let left = Text(words, idOffset(first), byteCount: Int(words.u32(first &+ 4)))
    let right = Text(words, idOffset(second), byteCount: Int(words.u32(second &+ 4)))
    return OAuthClientID.precedes(left, right)
  }

  private func idOffset(_ record: Int) -> Int { sections.strings.offset &+ Int(words.u32(record)) }
}
