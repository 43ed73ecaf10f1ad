// From who the credential says it is to what this bundle knows of it (docs/decision.md, "Who a member means"). Exact
// comparison throughout; too many members are a refusal, never a truncation, for what was dropped could be a deny.

public import CPostern

extension Bundle {
  /// Resolves `credential` into `identity`, which must have `POSTERN_IDENTITY_WORDS` words.
  ///
  /// `text` and `cells` are what the credential's cells refer to; the bundle's identity slots are the first cells.
  public borrowing func resolve(
    _ credential: postern_credential, text: Span<UInt8>, cells: Span<postern_cell>,
    into identity: inout MutableSpan<UInt32>
  ) {
    guard identity.count >= IdentityLayout.wordCount else { return }
    var index = 0
    while index < IdentityLayout.wordCount {
      identity[index] = 0
      index &+= 1
    }
    var resolution = Resolution(credential, text: text)
    resolution.provider = findProvider(resolution.providerName, text: text)
    collectMembers(&resolution, credential, text: text, cells: cells, into: &identity)
    identity[IdentityLayout.memberCount] = UInt32(truncatingIfNeeded: resolution.members.count)
    writeNames(resolution, text: text, into: &identity)
    writeDenials(groupsAreComplete: resolution.groupsAreComplete, into: &identity)
    finish(resolution, into: &identity)
  }
}

/// The checked texts of a credential, and what has been found so far.
struct Resolution {
  static let emailLimit = 320

  var provider: Int?
  var members = IdentityBuilder()
  var groupsAreComplete: Bool
  let isServiceAccount: Bool
  let providerName: TextRange?
  let subject: TextRange?
  /// Well-formed: one `@` with text on both sides, at most 320 bytes.
  let email: TextRange?
  let isEmailVerified: Bool
  let domain: TextRange?
  let tenant: TextRange?
  let hasTenant: Bool
  let audience: TextRange?
  let authorizedParty: TextRange?
  let hasAuthorizedParty: Bool

  init(_ credential: postern_credential, text: Span<UInt8>) {
    groupsAreComplete =
      credential.groups_complete == 1
      && credential.groups.length <= UInt32(truncatingIfNeeded: BundleFormat.groupLimit)
    isServiceAccount = credential.principal_kind == UInt8(truncatingIfNeeded: POSTERN_PRINCIPAL_SERVICE_ACCOUNT)
    providerName = Self.present(credential.provider, text)
    subject = Self.present(credential.subject, text)
    let email = Self.present(credential.email, text).flatMap { text.isEmail($0) ? $0 : nil }
    self.email = email
    isEmailVerified = credential.email_verified == 1
    let isHosted = credential.hosted_domain.tag != UInt8(truncatingIfNeeded: POSTERN_ABSENT)
    if isHosted {
      domain = Self.present(credential.hosted_domain, text)
    } else {
      domain = credential.email_verified == 1 ? email.map { text.domain(ofEmail: $0) } : nil
    }
    tenant = Self.present(credential.tenant, text)
    hasTenant = credential.tenant.tag != UInt8(truncatingIfNeeded: POSTERN_ABSENT)
    audience = Self.present(credential.audience, text)
    authorizedParty = Self.present(credential.authorized_party, text)
    hasAuthorizedParty = credential.authorized_party.tag != UInt8(truncatingIfNeeded: POSTERN_ABSENT)
  }

  /// The range of a text that is there and lies inside the buffer.
  static func present(_ cell: postern_cell, _ text: Span<UInt8>) -> TextRange? {
    guard let range = TextRange(cell, textCount: text.count, limit: Int.max), !range.isAbsent else { return nil }
    return range
  }
}

extension Span where Element == UInt8 {
  /// Whether `range` is an e-mail address as docs/decision.md bounds it.
  func isEmail(_ range: TextRange) -> Bool {
    if range.count > Resolution.emailLimit { return false }
    var atCount = 0
    var atIndex = 0
    var index = 0
    while index < range.count {
      if self[range.offset &+ index] == UInt8(ascii: "@") {
        atCount &+= 1
        atIndex = index
      }
      index &+= 1
    }
    return atCount == 1 && atIndex > 0 && atIndex < range.count &- 1
  }

  /// What follows the `@` of an e-mail address.
  func domain(ofEmail range: TextRange) -> TextRange {
    var index = 0
    while index < range.count, self[range.offset &+ index] != UInt8(ascii: "@") { index &+= 1 }
    return TextRange(offset: range.offset &+ index &+ 1, count: range.count &- index &- 1)
  }
}

extension Bundle {
  private borrowing func findProvider(_ name: TextRange?, text: Span<UInt8>) -> Int? {
    guard let name else { return nil }
    var index = 0
    while index < sections.providerCount {
      let record = providerRecord(index)
      let offset = sections.strings.offset &+ Int(words.u32(record))
      if equals(offset, count: Int(words.u32(record &+ 4)), text.slice(name)) { return index }
      index &+= 1
    }
    return nil
  }

  @inline(__always) func providerRecord(_ index: Int) -> Int {
    sections.providers.offset &+ RecordSize.provider &* index
  }

  // MARK: members

  private borrowing func collectMembers(
    _ resolution: inout Resolution, _ credential: postern_credential, text: Span<UInt8>,
    cells: Span<postern_cell>, into identity: inout MutableSpan<UInt32>
  ) {
    guard let provider = resolution.provider else { return }
    let search = MemberSearch(provider: provider, pool: words.u16(providerRecord(provider) &+ 26))
    let nothing = TextRange(offset: 0, count: 0)
    add(.authenticated, nothing, isFolded: false, search, text, &resolution, &identity)
    if let email = resolution.email {
      if resolution.isServiceAccount {
        add(.serviceAccount, email, isFolded: true, search, text, &resolution, &identity)
      } else if resolution.isEmailVerified {
        add(.user, email, isFolded: true, search, text, &resolution, &identity)
      }
    }
    if let domain = resolution.domain {
      add(.domain, domain, isFolded: true, search, text, &resolution, &identity)
    }
    if search.hasPool {
      add(.pool, nothing, isFolded: false, search, text, &resolution, &identity)
      if let subject = resolution.subject {
        add(.poolSubject, subject, isFolded: false, search, text, &resolution, &identity)
      }
      collectAttributes(search, text: text, cells: cells, &resolution, &identity)
    }
    collectGroups(credential.groups, search, text: text, cells: cells, &resolution, &identity)
  }

  private borrowing func collectGroups(
    _ list: postern_cell, _ search: MemberSearch, text: Span<UInt8>, cells: Span<postern_cell>,
    _ resolution: inout Resolution, _ identity: inout MutableSpan<UInt32>
  ) {
    guard let items = CellList(list, cellCount: cells.count) else {
      // A list that is no list, or lies outside: what groups there are is not known.
      if list.tag != UInt8(truncatingIfNeeded: POSTERN_ABSENT) { resolution.groupsAreComplete = false }
      return
    }
    var index = 0
    while index < min(items.count, BundleFormat.groupLimit) {
      if let group = Resolution.present(cells[items.start &+ index], text) {
        if text.isEmail(group) {
          add(.group, group, isFolded: true, search, text, &resolution, &identity)
        }
        if search.hasPool {
          add(.poolGroup, group, isFolded: false, search, text, &resolution, &identity)
        }
      }
      index &+= 1
    }
  }

  private borrowing func collectAttributes(
    _ search: MemberSearch, text: Span<UInt8>, cells: Span<postern_cell>,
    _ resolution: inout Resolution, _ identity: inout MutableSpan<UInt32>
  ) {
    let slotCount = Int(words.u32(sections.organization.offset &+ 12))
    var slot = 0
    while slot < min(slotCount, cells.count) {
      var search = search
      search.attributeSlot = UInt16(truncatingIfNeeded: slot)
      if let value = Resolution.present(cells[slot], text) {
        add(.poolAttribute, value, isFolded: false, search, text, &resolution, &identity)
      } else if let items = CellList(cells[slot], cellCount: cells.count) {
        var index = 0
        while index < items.count {
          if let value = Resolution.present(cells[items.start &+ index], text) {
            add(.poolAttribute, value, isFolded: false, search, text, &resolution, &identity)
          }
          index &+= 1
        }
      }
      slot &+= 1
    }
  }

  /// Adds the member of this kind and text, and every group that it is in, where the provider may assert it.
  private borrowing func add(
    _ kind: NameKind, _ range: TextRange, isFolded: Bool, _ search: MemberSearch, _ text: Span<UInt8>,
    _ resolution: inout Resolution, _ identity: inout MutableSpan<UInt32>
  ) {
    let isOfPool = kind.rawValue >= NameKind.poolSubject.rawValue && kind.rawValue <= NameKind.pool.rawValue
    let name = findName(
      kind, text.slice(range), isFolded: isFolded, pool: isOfPool ? search.pool : 0,
      attributeSlot: kind == .poolAttribute ? search.attributeSlot : 0)
    guard let name, name.providerMask >> UInt64(search.provider) & 1 == 1 else { return }
    resolution.members.insert(name: name.index, into: &identity)
    var index = 0
    while index < name.memberships.count {
      resolution.members.insert(name: name.memberships.value(index, words: words), into: &identity)
      index &+= 1
    }
  }

  // MARK: other names

  private borrowing func writeNames(
    _ resolution: Resolution, text: Span<UInt8>, into identity: inout MutableSpan<UInt32>
  ) {
    identity[IdentityLayout.provider] = resolution.provider.map { UInt32(truncatingIfNeeded: $0) } ?? BundleFormat.none
    identity[IdentityLayout.hasTenant] = resolution.hasTenant ? 1 : 0
    identity[IdentityLayout.tenant] = indexOfName(.tenant, resolution.tenant, text)
    identity[IdentityLayout.audience] = indexOfName(.client, resolution.audience, text)
    identity[IdentityLayout.hasAuthorizedParty] = resolution.hasAuthorizedParty ? 1 : 0
    identity[IdentityLayout.authorizedParty] = indexOfName(.client, resolution.authorizedParty, text)
    identity[IdentityLayout.allowedDomain] = BundleFormat.none
    guard let domain = resolution.domain, let provider = resolution.provider else { return }
    guard let name = findName(.allowedDomain, text.slice(domain), isFolded: true) else { return }
    if name.providerMask >> UInt64(provider) & 1 == 1 { identity[IdentityLayout.allowedDomain] = name.index }
  }

  private borrowing func indexOfName(_ kind: NameKind, _ range: TextRange?, _ text: Span<UInt8>) -> UInt32 {
    guard let range else { return BundleFormat.none }
    return findName(kind, text.slice(range), isFolded: false)?.index ?? BundleFormat.none
  }

  // MARK: answers given once

  private borrowing func writeDenials(groupsAreComplete: Bool, into identity: inout MutableSpan<UInt32>) {
    var rule = 0
    while rule < sections.denyRuleCount {
      let record = sections.denyRules.offset &+ RecordSize.denyRule &* rule
      let flags = words.u32(record &+ 16)
      let isExcepted = flags & DenyFlag.exceptsEveryone != 0 || holdsAny(denyMembers(record &+ 8), identity.span)
      if !isExcepted {
        let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: rule & 31)
        let isDenied = flags & DenyFlag.deniesEveryone != 0 || holdsAny(denyMembers(record), identity.span)
        if isDenied { identity[IdentityLayout.denied &+ rule >> 5] |= bit }
        let isUnknown = flags & DenyFlag.namesGroup != 0 && !groupsAreComplete
        if isDenied || isUnknown { identity[IdentityLayout.deniedOrUnknown &+ rule >> 5] |= bit }
      }
      rule &+= 1
    }
  }

  private borrowing func denyMembers(_ pair: Int) -> WordList {
    WordList(offset: sections.denyMembers.offset &+ 4 &* Int(words.u32(pair)), count: Int(words.u32(pair &+ 4)))
  }

  /// Whether any member of `list` is among those collected; the filter is complete by now.
  private borrowing func holdsAny(_ list: WordList, _ identity: Span<UInt32>) -> Bool {
    let members = IdentityView(identity)
    var index = 0
    while index < members.memberCount {
      if list.contains(MemberKey.name(ofKey: members.key(index)), words: words) { return true }
      index &+= 1
    }
    return false
  }

  private borrowing func finish(_ resolution: Resolution, into identity: inout MutableSpan<UInt32>) {
    identity[IdentityLayout.mark] = UInt32(truncatingIfNeeded: mark)
    identity[IdentityLayout.mark &+ 1] = UInt32(truncatingIfNeeded: mark >> 32)
    identity[IdentityLayout.status] =
      resolution.members.isTooLarge ? IdentityLayout.tooLarge : IdentityLayout.resolved
    identity[IdentityLayout.kindMask] = kindMask(identity.span)
    let row = words.u32(sections.organization.offset)
    identity[IdentityLayout.organizationBinding] =
      row == BundleFormat.none ? BundleFormat.none : binding(inRow: row, IdentityView(identity.span))
  }

  /// One bit for each kind of member that is held.
  private borrowing func kindMask(_ identity: Span<UInt32>) -> UInt32 {
    let members = IdentityView(identity)
    var mask: UInt32 = 0
    var index = 0
    while index < members.memberCount {
      mask |= 1 << UInt32(name(MemberKey.name(ofKey: members.key(index))).kind)
      index &+= 1
    }
    return mask
  }
}

/// What the search for members starts from.
struct MemberSearch {
  let provider: Int
  let pool: UInt16
  var attributeSlot: UInt16 = 0

  var hasPool: Bool { pool != BundleFormat.noPool }
}

/// A list's cells, known to lie inside the caller's.
struct CellList {
  let start: Int
  let count: Int

  init?(_ cell: postern_cell, cellCount: Int) {
    if cell.tag != UInt8(truncatingIfNeeded: POSTERN_LIST) { return nil }
    let itemCount = Int(cell.length)
    if itemCount > cellCount || cell.value > UInt64(cellCount &- itemCount) { return nil }
    start = Int(truncatingIfNeeded: cell.value)
    count = itemCount
  }
}
