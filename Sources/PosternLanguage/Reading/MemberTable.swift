// The distinct members of a tree, each parsed once, found again by its text: a tree of a million grants names far fewer
// members. Texts compare by bytes, never by Unicode's canonical equivalence: two pool subjects that only look alike are
// two.

/// Members in the order in which they are first named.
struct MemberTable {
  private(set) var members: [Member] = []
  /// Where each of them is first named.
  private(set) var firstSpans: [Span] = []
  /// By the texts met and by the canonical texts.
  private var indices: [ByteText: UInt32] = [:]
  private var faults: [ByteText: MemberFault] = [:]

  /// A text that is equal to another only byte for byte.
  private struct ByteText: Hashable {
    let text: String

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// The index of the member that a text names.
  mutating func index(of text: String, at span: Span) throws(MemberFault) -> UInt32 {
    let key = ByteText(text: text)
    if let index = indices[key] { return index }
    if let fault = faults[key] { throw fault }
    do {
      let index = intern(try Member(parsing: text), at: span)
      indices[key] = index
      return index
    } catch {
      faults[key] = error
      throw error
    }
  }

  private mutating func intern(_ member: Member, at span: Span) -> UInt32 {
    let key = ByteText(text: member.canonicalText)
    if let index = indices[key] { return index }
    let index = UInt32(truncatingIfNeeded: members.count)
    members.append(member)
    firstSpans.append(span)
    indices[key] = index
    return index
  }
}
