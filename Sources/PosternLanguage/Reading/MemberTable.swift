// The distinct members of a tree, each parsed once, found again by its text: a tree of a million grants names far fewer
// members.

/// Members in the order in which they are first named.
struct MemberTable {
  private(set) var members: [Member] = []
  /// Where each of them is first named.
  private(set) var firstSpans: [Span] = []
  /// By the texts met and by the canonical texts: two spellings of one member are one.
  private var indices = ByteTextIndex()

  /// The index of the member that a text names.
  mutating func index(of text: String, at span: Span) throws(MemberFault) -> UInt32 {
    if let index = indices.number(of: text) { return index }
    let member = try Member(parsing: text)
    let canonical = member.canonicalText
    let index = intern(member, canonical, at: span)
    if !canonical.utf8.elementsEqual(text.utf8) { indices.add(text, index) }
    return index
  }

  private mutating func intern(_ member: Member, _ canonical: String, at span: Span) -> UInt32 {
    if let index = indices.number(of: canonical) { return index }
    let index = UInt32(truncatingIfNeeded: members.count)
    members.append(member)
    firstSpans.append(span)
    indices.add(canonical, index)
    return index
  }
}
