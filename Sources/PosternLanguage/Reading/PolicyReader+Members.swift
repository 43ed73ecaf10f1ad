// Lists of members: the hot path of a large tree. Each distinct text is parsed once (MemberTable.swift); here every use
// is looked up, placed, and compared with the uses before it in the same list.

/// Where a member may be named.
enum MemberPlace {
  case binding, deny, group, `guard`
}

extension PolicyReader {
  /// The members of a list, each with its place; what is no member is reported and left out.
  mutating func memberUses(_ node: YAMLNode, in place: MemberPlace) -> [MemberUse] {
    guard let items = list(node) else { return [] }
    var uses: [MemberUse] = []
    uses.reserveCapacity(items.count)
    listCount += 1
    for item in items {
      guard let use = memberUse(item, in: place) else { continue }
      if lastList[Int(use.memberIndex)] == listCount {
        reportDuplicate(item, use, among: uses)
      } else {
        lastList[Int(use.memberIndex)] = listCount
        uses.append(use)
      }
    }
    return uses
  }

  mutating func memberUse(_ node: YAMLNode, in place: MemberPlace) -> MemberUse? {
    guard case .scalar(let scalar) = node.content, !scalar.text.isEmpty else {
      diagnostics.append(.wrongType(of: node, expected: "a member"))
      return nil
    }
    do {
      let index = try members.index(of: scalar.text, at: node.span)
      while lastList.count <= Int(index) { lastList.append(0) }
      guard allows(members.members[Int(index)], scalar.text, in: place, at: node.span) else { return nil }
      return MemberUse(
        memberIndex: index, line: UInt32(truncatingIfNeeded: node.span.startLine),
        column: UInt32(truncatingIfNeeded: node.span.startColumn))
    } catch {
      diagnostics.append(.memberFault(error, scalar.text, at: node.span))
      return nil
    }
  }

  private mutating func allows(_ member: Member, _ text: String, in place: MemberPlace, at span: Span) -> Bool {
    switch (member, place) {
    case (.deleted, _):
      diagnostics.append(.deletedMember(text, at: span))
    case (.user, .group), (.serviceAccount, .group), (.group, .group), (.poolSubject, .group): break
    case (_, .group):
      diagnostics.append(
        .memberNotAllowed(text, "a group holds users, service accounts, groups and pool subjects", at: span))
      return false
    case (.allUsers, .binding) where text != "allUsers":
      diagnostics.append(.memberNotAllowed(text, "a binding writes `allUsers`", at: span))
      return false
    default: break
    }
    return true
  }

  private mutating func reportDuplicate(_ node: YAMLNode, _ use: MemberUse, among uses: [MemberUse]) {
    guard case .scalar(let scalar) = node.content,
      let first = uses.first(where: { $0.memberIndex == use.memberIndex })
    else { return }
    diagnostics.append(
      .duplicateMember(scalar.text, at: node.span, first: first.span(fileIndex: node.span.fileIndex)))
  }
}

extension MemberUse {
  /// The first character of the use.
  func span(fileIndex: Int32) -> Span {
    let line = Int32(truncatingIfNeeded: line)
    let column = Int32(truncatingIfNeeded: column)
    return Span(fileIndex: fileIndex, startLine: line, startColumn: column, endLine: line, endColumn: column + 1)
  }
}
