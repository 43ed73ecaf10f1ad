// `kind: Groups` and `kind: AccessLevels`. Refuses a group that is written twice and a level without a usable name.

extension PolicyReader {
  mutating func readGroups(_ fields: Fields) {
    guard let items = fields["groups"].flatMap({ list($0) }) else { return }
    for item in items {
      guard let group = self.fields(item, .directoryGroup) else { continue }
      let email = group["email"].flatMap { nonEmptyText($0) }
      let uses = group["members"].map { memberUses($0, in: .group) } ?? []
      guard let email, let index = groupIndex(email) else { continue }
      groups.append(DirectoryGroup(memberIndex: index, members: uses, span: email.span))
    }
  }

  private mutating func groupIndex(_ email: Sourced<String>) -> UInt32? {
    do {
      let index = try members.index(of: "group:" + email.value, at: email.span)
      while lastList.count <= Int(index) { lastList.append(0) }
      return index
    } catch {
      diagnostics.append(.memberFault(error, email.value, at: email.span))
      return nil
    }
  }

  mutating func readAccessLevels(_ fields: Fields) {
    guard let items = fields["levels"].flatMap({ list($0) }) else { return }
    for item in items {
      guard let level = self.fields(item, .accessLevel) else { continue }
      let name = level["name"].flatMap { text($0) }
      let title = level["title"].flatMap { text($0) }
      _ = level["description"].flatMap { text($0) }
      let expression = level["expression"].flatMap { nonEmptyText($0) }
      guard let name else { continue }
      if !Self.isLevelName(name.value) { diagnostics.append(.badLevelName(name.value, at: name.span)) }
      guard let expression else { continue }
      let condition = Condition(title: title?.value ?? name.value, expression: expression)
      accessLevels.append(AccessLevel(name: name, condition: condition))
    }
  }

  /// `NAME` or `accessPolicies/N/accessLevels/NAME`; a name is a letter, then letters, digits and `_`.
  static func isLevelName(_ text: String) -> Bool {
    var name = text[...]
    if let rest = text.after("accessPolicies/") {
      let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 3, UInt64(parts[0]) != nil, parts[1] == "accessLevels" else { return false }
      name = parts[2]
    }
    guard let first = name.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else { return false }
    return name.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_")
    }
  }
}
