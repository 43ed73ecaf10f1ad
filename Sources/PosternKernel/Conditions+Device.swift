// Facts of the device: known as long as the app's `revalidate` after the device was looked at, and of the type that their
// attribute is declared with. What a word refuses is an error of the condition.

internal import CPostern

extension Bundle {
  /// Loads a fact of the device; false where the device is not known, or the fact is of another type than `tag`.
  @inline(never)
  borrowing func load(
    deviceSlot slot: Int, tag: Int, _ facts: borrowing ConditionRun, _ register: inout Register
  ) -> Bool {
    deviceSpan(facts).isKnown && load(slot: slot, isOfCaller: true, facts, &register) && register.has(tag)
  }

  /// Whether the device's facts are known, and the next instant at which that turns; `Int64.max` where none is to come.
  borrowing func deviceSpan(_ facts: borrowing ConditionRun) -> (isKnown: Bool, turn: Int64) {
    let checkedAt = facts.deviceCheckedAt
    if checkedAt == 0 || !facts.isAttached { return (false, Int64.max) }
    let skew = Int64(words.u32(sections.organization.offset &+ 4)) &* 1_000
    let (latest, isPastAll) = facts.now.addingReportingOverflow(skew)
    if checkedAt > latest && !isPastAll { return (false, checkedAt &- skew) }
    let revalidate = words.u32(profile(appLine(facts.app)) &+ 48)
    let end = Expiry(checkedAt, plusSeconds: revalidate)
    if revalidate == BundleFormat.none || end.isNever { return (true, Int64.max) }
    return revalidate == 0 || end.isReached(at: facts.now) ? (false, Int64.max) : (true, end.instant)
  }
}
