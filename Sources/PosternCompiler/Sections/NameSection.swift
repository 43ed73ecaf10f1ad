// The names: everything that an identity can be, collected, sorted, numbered, and written with the perfect table that
// finds them (docs/bundle-format.md, "names"). Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// A name before it has a number.
struct NameDraft {
  /// Kind, pool and attribute slot, as they sort.
  let order: UInt64
  let prefix: UInt64
  let text: Run
  let handle: UInt32

  var kind: UInt8 { UInt8(truncatingIfNeeded: order >> 32) }
  var pool: UInt16 { UInt16(truncatingIfNeeded: order >> 16) }
  var attributeSlot: UInt16 { UInt16(truncatingIfNeeded: order) }
}

/// Collects names in any order; a handle stands for each until all are there.
struct NameCollector {
  private(set) var drafts: [NameDraft] = []

  /// Adds a name with its text, which lies in `strings`.
  mutating func add(
    _ kind: NameKind, _ text: Run, pool: UInt16 = 0, attributeSlot: UInt16 = 0, in strings: ConsPool<UInt8>
  ) -> UInt32 {
    let handle = UInt32(drafts.count)
    let order = UInt64(kind.rawValue) << 32 | UInt64(pool) << 16 | UInt64(attributeSlot)
    drafts.append(NameDraft(order: order, prefix: strings.prefix(text), text: text, handle: handle))
    return handle
  }

  /// Sorts and numbers the names; equal ones become one.
  consuming func finish(strings: ConsPool<UInt8>) -> NameSection {
    drafts.sort { left, right in
      if left.order != right.order { return left.order < right.order }
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      return left.text != right.text && strings.precedes(left.text, right.text)
    }
    return NameSection(sorted: drafts, strings: strings)
  }
}

/// The numbered names.
struct NameSection {
  private(set) var names: [NameDraft]
  /// The index of each handle's name.
  private(set) var indices: [UInt32]
  /// Names of kind k are those from `kindStarts[k]` to `kindStarts[k + 1]`.
  private(set) var kindStarts: [UInt32] = []

  /// Equal names become one in the storage of `drafts`, for there may be millions.
  fileprivate init(sorted drafts: consuming [NameDraft], strings: ConsPool<UInt8>) {
    indices = [UInt32](repeating: 0, count: drafts.count)
    names = drafts
    var count = 0
    for position in names.indices {
      let draft = names[position]
      if count == 0 || !Self.isEqual(names[count - 1], draft, strings) {
        names[count] = draft
        count += 1
      }
      indices[Int(draft.handle)] = UInt32(count - 1)
    }
    names.removeLast(names.count - count)
    var next = 0
    for kind in 0...NameKind.count {
      while next < names.count && Int(names[next].kind) < kind { next += 1 }
      kindStarts.append(UInt32(next))
    }
  }

  private static func isEqual(_ last: NameDraft, _ draft: NameDraft, _ strings: ConsPool<UInt8>) -> Bool {
    guard last.order == draft.order, last.text.count == draft.text.count else { return false }
    return last.text == draft.text
      || strings.elements[last.text.range].elementsEqual(strings.elements[draft.text.range])
  }

  /// The indices of several handles, ascending and distinct.
  func ascendingIndices(_ handles: some Sequence<UInt32>) -> [UInt32] {
    var result: [UInt32] = []
    for index in handles.map({ indices[Int($0)] }).sorted() where index != result.last { result.append(index) }
    return result
  }

  /// The section's records.
  func records(masks: ProviderMasks, memberships: [Run], strings: ConsPool<UInt8>) -> [UInt32] {
    var words: [UInt32] = []
    words.reserveCapacity(names.count * RecordSize.name / 4)
    for (index, name) in names.enumerated() {
      words.append(name.text)
      words.append(UInt32(name.kind) | UInt32(name.pool) << 16)
      words.append(UInt32(name.attributeSlot))
      words.append64(masks.mask(of: name, strings: strings))
      words.append(index < memberships.count ? memberships[index] : Run())
    }
    return words
  }

  /// The perfect table that finds a name.
  func table(_ placement: inout PerfectPlacement, strings: ConsPool<UInt8>) -> [UInt32] {
    placement.place(keyCount: names.count) { seed, key in
      let name = names[key]
      let context = PerfectHash.nameContext(
        kind: NameKind(name.kind), pool: name.pool, attributeSlot: name.attributeSlot)
      return strings.perfectHash(name.text, seed: seed, context: context)
    }
    var words = [UInt32].tableHead(placement)
    let slotsStart = words.count
    words.append(contentsOf: repeatElement(BundleFormat.none, count: Int(placement.slotCount)))
    for (index, slot) in placement.slots.enumerated() { words[slotsStart + Int(slot)] = UInt32(index) }
    return words
  }
}

/// Which providers may assert a name (docs/decision.md, "Who a member means").
struct ProviderMasks {
  private var ofDomain: [ArraySlice<UInt8>: UInt64] = [:]
  private var ofPool: [UInt64]

  init(_ providers: [LoginProvider], poolNumbers: [UInt16], poolCount: Int) {
    ofPool = [UInt64](repeating: 0, count: poolCount)
    for (index, provider) in providers.enumerated() {
      for domain in provider.domains { ofDomain[ArraySlice(domain.value.utf8), default: 0] |= 1 << UInt64(index) }
      if poolNumbers[index] != BundleFormat.noPool { ofPool[Int(poolNumbers[index])] |= 1 << UInt64(index) }
    }
  }

  func mask(of name: NameDraft, strings: ConsPool<UInt8>) -> UInt64 {
    let text = strings.elements[name.text.range]
    switch NameKind(name.kind) {
    case .user, .serviceAccount, .group: return ofDomain[Self.domain(ofEmail: text)] ?? 0
    case .domain, .allowedDomain: return ofDomain[text] ?? 0
    case .poolSubject, .poolGroup, .poolAttribute, .pool: return ofPool[Int(name.pool)]
    default: return UInt64.max
    }
  }

  /// What follows the `@`; empty, which nobody declares, where there is none.
  private static func domain(ofEmail email: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let at = email.lastIndex(of: UInt8(ascii: "@")) else { return [] }
    return email[(at + 1)...]
  }
}
