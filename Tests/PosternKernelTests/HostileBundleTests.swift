// One cut for each rule of docs/bundle-format.md: the verifier must report exactly that rule. There is no digest to hide
// behind: the kernel sees the broken bytes as they are.

import PosternKernel
import Testing

/// A cut that breaks one rule.
struct Cut: CustomTestStringConvertible, Sendable {
  let name: String
  let fault: BundleFault
  let make: @Sendable (inout BundleSurgery) -> Void

  init(_ name: String, _ fault: BundleFault, _ make: @escaping @Sendable (inout BundleSurgery) -> Void) {
    self.name = name
    self.fault = fault
    self.make = make
  }

  var testDescription: String { name }
}

@Suite("Hostile bundles")
struct HostileBundleTests {
  @Test("the golden bundles verify")
  func goldenBundlesVerify() {
    #expect(BundleSurgery.verify(GoldenBundle.bytes) == nil)
    #expect(BundleSurgery.verify(GoldenBundle.smallest) == nil)
  }

  @Test("a bundle with one thing wrong is refused for exactly that", arguments: Cut.all)
  func oneThingWrong(cut: Cut) {
    var surgery = BundleSurgery(GoldenBundle.bytes)
    cut.make(&surgery)
    #expect(surgery.bytes != GoldenBundle.bytes, "the cut must change something")
    #expect(surgery.fault == cut.fault)
  }

  @Test("the fault is the same whichever half is looked at first", arguments: Cut.all)
  func halvesInAnyOrder(cut: Cut) {
    var surgery = BundleSurgery(GoldenBundle.bytes)
    cut.make(&surgery)
    #expect(surgery.faultOfHalvesReversed == cut.fault)
  }

  @Test("a label says that its program is the usual one, and each number that makes it so is proved")
  func usualProgram() {
    let golden = BundleSurgery(GoldenBundle.smallest)
    let label = golden.first(golden.records(.code, 16)) {
      golden.u16($0) == UInt16(Opcode.label.rawValue) | UInt16(LabelMark.usualProgram) << 8
    }
    // The facts asked for, and the limits `revalidate`, absolute and idle, each 0, and `revalidate` none.
    let cuts: [(offset: Int, value: UInt32)] = [(36, 0), (36, .max), (52, 0), (56, 0)]
    for cut in cuts {
      var surgery = golden
      surgery.set(label + cut.offset, cut.value)
      #expect(surgery.fault == .operandOutOfRange)
    }
    var surgery = golden
    surgery.bytes[label + 17] |= FactSet.issuedAt.rawValue
    #expect(surgery.fault == .operandOutOfRange)
  }

  @Test("every rule of the verifier has a cut")
  func everyRuleHasACut() {
    let covered = Set(Cut.all.map(\.fault.rule))
    let rules = Self.rules
    #expect(rules.count > 70)
    #expect(rules.filter { !covered.contains($0) } == [])
  }

  /// The numbers of BundleFault.swift; a number that is in none of its ranges is no rule.
  private static let rules: [UInt32] =
    Array(1...14) + Array(20...37) + Array(40...42) + Array(51...60) + Array(70...104)
    + Array(110...120) + Array(130...134)
}

extension Cut {
  static let all: [Cut] =
    ofFile + ofNames + ofTables + ofApps + ofPropagation + ofGrants + ofCode + ofConditions + ofOAuthClients

  private static let ofFile: [Cut] = [
    Cut("nothing at all", .tooShort) { $0.bytes = [] },
    Cut("another magic", .notABundle) { $0.bytes[0] ^= 1 },
    Cut("a later format", .unsupportedVersion) { $0.set(8, UInt16(2)) },
    Cut("a later minimum reader", .unsupportedVersion) { $0.set(10, UInt16(2)) },
    Cut("a byte more", .wrongByteCount) { $0.bytes.append(0) },
    Cut("65 sections", .tooManySections) { $0.set(12, UInt32(65)) },
    Cut("a section table past the end", .sectionTableOutOfBounds) {
      $0.bytes = Array($0.bytes.prefix(64))
      $0.set(24, UInt64(64))
    },
    Cut("sections in another order", .sectionsOutOfOrder) { $0.set($0.entry(.hosts), UInt32(3)) },
    Cut("a section at an odd offset", .sectionMisaligned) { $0.add($0.entry(.hosts) + 8, 8) },
    Cut("a section past the end", .sectionOutOfBounds) { $0.set($0.entry(.costs) + 16, UInt64(1) << 40) },
    Cut("sections that overlap", .sectionOutOfBounds) {
      $0.set($0.entry(.costs) + 8, UInt64($0.start(.code) / 64 * 64))
    },
    Cut("an unknown section flag", .sectionFlags) { $0.set($0.entry(.provenance) + 4, UInt32(2)) },
    Cut("a required section that says it is not", .sectionFlags) { $0.set($0.entry(.hosts) + 4, UInt32(0)) },
    Cut("an unknown section that is required", .unknownRequiredSection) {
      $0.set($0.entry(.provenance), UInt32(25))
      $0.set($0.entry(SectionID(25)) + 4, UInt32(1))
    },
    Cut("a section missing", .missingSection) {
      // Three of its records have the bytes of one client.
      $0.set($0.entry(.oauthClients), UInt32(25))
      $0.set($0.entry(.propagation), UInt32(24))
      $0.set($0.entry(SectionID(24)) + 4, UInt32(0))
    },
    Cut("padding that is not zero", .paddingNotZero) {
      $0.bytes[$0.start(.organization) - 1] = 1
    },
    Cut("half a record", .partialRecord) {
      $0.set($0.entry(.apps) + 16, UInt64($0.byteCount(.apps) - 4))
    },
  ]

  private static let ofNames: [Cut] = [
    Cut("another app count", .organizationCounts) { $0.add($0.start(.organization) + 8, 1) },
    Cut("reserved bytes used", .organizationReserved) { $0.bytes[$0.start(.organization) + 24] = 1 },
    Cut("kinds that go back", .kindStarts) { $0.set($0.start(.organization) + 32 + 4 * 5, UInt32(0)) },
    Cut("a row of the organization that is none", .organizationRow) { $0.add($0.start(.organization), 1) },
    Cut("a deny bit of no rule", .anonymousMask) { $0.bytes[$0.start(.organization) + 96 + 31] = 0x80 },
    Cut("65 providers", .tooManyProviders) { surgery in surgery.insertProviders(62) },
    Cut("a provider's name outside", .providerText) { $0.set($0.start(.providers), UInt32(0xFFFF_0000)) },
    Cut("a provider's source unknown", .providerNumbers) { $0.bytes[$0.start(.providers) + 24] = 5 },
    Cut("an attribute of an unknown type", .attributeNumbers) { $0.bytes[$0.start(.attributes) + 8] = 14 },
    Cut("a provider's tenants outside", .providerTenants) { surgery in
      surgery.set(surgery.start(.providers) + 64 + 32, UInt32(0xFFFF))
    },
    Cut("a provider's domains outside", .providerDomains) { $0.set($0.start(.providers) + 40, UInt32(0xFFFF)) },
    Cut("an attribute's path outside", .attributeText) { $0.set($0.start(.attributes) + 4, UInt32(0xFFFF_FFFF)) },
    Cut("an attribute of another scope", .attributeNumbers) { $0.bytes[$0.start(.attributes) + 9] = 1 },
    Cut("a name's text outside", .nameText) { $0.set($0.start(.names) + 4, UInt32(0xFFFF_FFFF)) },
    Cut("a name of another kind", .nameNumbers) { $0.bytes[$0.start(.names) + 8] = 4 },
    Cut("a name's groups outside", .nameMemberships) { $0.set($0.start(.names) + 28, UInt32(0xFFFF)) },
    Cut("a group that is no group", .membershipNotAGroup) { $0.set($0.start(.memberships), UInt32(0)) },
    Cut("a name where no look-up finds it", .nameMisplaced) { surgery in
      let used = surgery.slots(.nameTable, 4).filter { surgery.u32($0) != BundleFormat.none }
      let swapped = surgery.u32(used[0])
      surgery.set(used[0], surgery.u32(used[1]))
      surgery.set(used[1], swapped)
    },
    Cut("a slot of no name", .nameSlot) { $0.set($0.slots(.nameTable, 4)[0], UInt32(0xFFFF_FFF0)) },
  ]

  private static let ofTables: [Cut] = [
    Cut("a table of more slots than there are", .tableHeader) { $0.add($0.start(.hosts) + 8, 1) },
    Cut("a pilot that is none", .tablePilot) { $0.set($0.start(.hosts) + 16, UInt16(0xFFFF)) },
    Cut("pilots that go on", .tablePadding) {
      $0.bytes[$0.start(.hosts) + 16 + 2 * Int($0.u32($0.start(.hosts) + 12))] = 1
    },
    Cut("a host longer than hosts are", .hostText) { $0.bytes[$0.usedHost] = 254 },
    Cut("a host's app unknown", .hostApps) { $0.set($0.usedHost + 8, UInt32(1_000)) },
    Cut("a host's root that its depths deny", .hostDepths) { surgery in
      let rooted = surgery.first(surgery.slots(.hosts, 64)) { surgery.u32($0 + 4) & 1 == 1 }
      surgery.set(rooted + 4, surgery.u32(rooted + 4) & ~1)
    },
    Cut("escapes at the root of a host without one", .hostDepths) { surgery in
      let rootless = surgery.first(surgery.slots(.hosts, 64)) {
        surgery.bytes[$0 + 1] & 2 != 0 && surgery.u32($0 + 4) & 1 == 0
      }
      surgery.bytes[rootless + 1] |= 4
    },
    Cut("a host where no look-up finds it", .hostMisplaced) { surgery in
      let inline = surgery.first(surgery.slots(.hosts, 64)) { (1...40).contains(surgery.bytes[$0]) }
      // The table is small: another host may well belong where this one stands.
      while surgery.fault == nil { surgery.bytes[inline + 24] += 1 }
    },
    Cut("a free host that is not empty", .freeHostNotZero) { $0.bytes[$0.usedHost + 1] &= ~2 },
    Cut("a route's path outside", .routeText) { $0.set($0.usedRoute, UInt32(0xFFFF_0000)) },
    Cut("a route of another depth", .routeNumbers) { $0.bytes[$0.usedRoute + 7] ^= 4 },
    Cut("a route of no host", .routeHost) { $0.set($0.usedRoute + 8, UInt32(0xFFFF)) },
    Cut("a route where no look-up finds it", .routeMisplaced) { surgery in
      let letter = surgery.start(.strings) + Int(surgery.u32(surgery.usedRoute)) + 1
      // The table is small: another path may well belong where this one stands.
      while surgery.fault == nil { surgery.bytes[letter] += 1 }
    },
    Cut("a free route that is not empty", .freeRouteNotZero) { $0.bytes[$0.usedRoute + 6] &= ~2 },
  ]

  private static let ofApps: [Cut] = [
    Cut("an app's flags unknown", .appNumbers) { $0.set($0.start(.apps) + 4, UInt16(64)) },
    Cut("an app's program that is no label", .appProgram) { $0.add($0.start(.apps), 1) },
    Cut("an app's row in the middle of one", .appRows) { $0.add($0.start(.apps) + 16, 1) },
    Cut("an app's profile unknown", .appReferences) { $0.set($0.start(.apps) + 52, UInt32(99)) },
    Cut("a public app without its binding", .appPublic) { surgery in
      let app = surgery.first(surgery.records(.apps, 64)) { surgery.u16($0 + 4) & 2 != 0 }
      surgery.set(app + 56, BundleFormat.none)
    },
    Cut("an app of no provider", .appProviders) { $0.set($0.start(.apps) + 8, UInt64(0)) },
    Cut("an app's name outside", .appRecordText) { $0.set($0.start(.appRecords) + 4, UInt32(0xFFFF_FFFF)) },
    Cut("an app's audience that is no client", .appRecordAudience) { $0.set($0.start(.appRecords) + 8, UInt32(0)) },
    Cut("an app that asks for a tenant without one", .appTenants) { $0.bytes[$0.start(.apps) + 4] ^= 16 },
    Cut("an app that says it excludes paths", .appActivity) { $0.bytes[$0.start(.apps) + 4] ^= 32 },
    Cut("a profile's tenants outside", .profileList) { $0.set($0.start(.profiles) + 4, UInt32(0xFFFF)) },
    Cut("a profile's texts outside", .profileTexts) { $0.set($0.start(.profiles) + 28, UInt32(0xFFFF)) },
    Cut("a profile's login hint outside", .profileTexts) { $0.set($0.start(.profiles) + 56, UInt32(0xFFFF_FFFF)) },
    Cut("a profile's reserved bytes", .profileReserved) { $0.bytes[$0.start(.profiles) + 63] = 1 },
    Cut("a certificate of too few words", .certificateTooLow) { $0.set($0.start(.costs), UInt32(1)) },
    Cut("a certificate of too few probes", .certificateTooLow) { $0.set($0.start(.costs) + 4, UInt32(1)) },
    Cut("a certificate of too few bytes", .certificateTooLow) { $0.set($0.start(.costs) + 8, UInt32(1)) },
    Cut("a certificate's reserved byte", .certificateReserved) { $0.bytes[$0.start(.costs) + 13] = 1 },
  ]

  private static let ofGrants: [Cut] = [
    Cut("a row without entries", .rowHeader) { $0.set($0.walkedRow + 4, UInt32(0)) },
    Cut("a row past the end", .rowOutOfBounds) { surgery in
      let last = surgery.rows[surgery.rows.count - 1]
      let isWalked = surgery.u32(last + 4) <= 16
      surgery.set(isWalked ? last + 4 : last + 16, UInt32(isWalked ? 16 : 0xFFFF))
    },
    Cut("a grant to somebody unknown", .rowEntry) { $0.set($0.walkedEntry, MemberKey.key(ofName: 0x00FF_FFFF)) },
    Cut("a row of other kinds", .rowKinds) { $0.set($0.walkedRow + 12, $0.u16($0.walkedRow + 12) ^ 1) },
    Cut("a walked row in another order", .rowOrder) { surgery in
      let first: UInt64 = surgery.number(surgery.walkedEntry, as: UInt64.self)
      let second: UInt64 = surgery.number(surgery.walkedEntry + 8, as: UInt64.self)
      surgery.set(surgery.walkedEntry, second)
      surgery.set(surgery.walkedEntry + 8, first)
    },
    Cut("a row's pilot that is none", .rowCell) { $0.set($0.probedRow + 24, UInt16(0xFFFF)) },
    Cut("bits of a cell that are none of its filter", .rowCell) { $0.bytes[$0.probedRow + 26] = 1 },
    Cut("an entry where no probe finds it", .rowMisplaced) { surgery in
      surgery.set(surgery.probedRow + 24, surgery.u16(surgery.probedRow + 24) ^ 1)
    },
    Cut("an entry that its cell's filter does not let through", .rowMisplaced) { $0.set($0.probedRow + 28, UInt32(0)) },
    Cut("a filter of fewer keys than the row has", .rowFilter) { $0.set($0.walkedRow + 16, UInt64(0)) },
    Cut("an entry fewer than the row says", .rowEntryCount) { surgery in
      let slots = (0..<Int(surgery.u32(surgery.probedRow + 16))).map { surgery.probedSlots + 8 * $0 }
      let used = surgery.first(slots) { surgery.u32($0) != BundleFormat.freeMember }
      surgery.set(used, UInt64(BundleFormat.freeMember))
    },
    Cut("a conditional grant", .conditionalGrant) { $0.add($0.walkedEntry + 4, 0x8000_0000) },
    Cut("257 deny rules", .tooManyDenyRules) { surgery in surgery.insertDenyRules(254) },
    Cut("a deny rule's members outside", .denyMembers) { $0.set($0.start(.denyRules) + 4, UInt32(0xFFFF)) },
    Cut("a deny rule's flags unknown", .denyNumbers) { $0.set($0.start(.denyRules) + 16, UInt32(8)) },
    Cut("a deny rule's condition in the middle of one", .denyNumbers) { $0.add($0.conditionalDeny + 20, 1) },
    Cut("a deny rule's condition past the code", .denyNumbers) { $0.set($0.conditionalDeny + 20, UInt32(0xFFFF)) },
    Cut("a deny set of no rule", .denySetBits) { $0.bytes[$0.start(.denySets) + 31] = 0x80 },
  ]

  private static let ofCode: [Cut] = [
    Cut("an unknown opcode", .unknownOpcode) { $0.bytes[$0.word(.checkFacts)] = Opcode.last + 1 },
    Cut("an operand out of range", .operandOutOfRange) { $0.bytes[$0.word(.checkFacts) + 1] = 32 },
    Cut("an unused operand used", .operandOutOfRange) { $0.bytes[$0.word(.pass) + 4] = 1 },
    Cut("a label with a mark that there is not", .operandOutOfRange) { $0.bytes[$0.word(.label) + 1] = 2 },
    Cut("a label that takes another program for the usual one", .operandOutOfRange) { surgery in
      let words = surgery.records(.code, 16)
      let label = surgery.first(words) { surgery.u16($0) == UInt16(Opcode.label.rawValue) }
      surgery.bytes[label + 1] = LabelMark.usualProgram
    },
    Cut("a jump backwards", .jumpBackwards) { $0.set($0.word(.branchCredential) + 4, UInt32(0)) },
    Cut("a jump to no label", .jumpToNoLabel) { $0.add($0.word(.branchCredential) + 4, 1) },
    Cut("a jump past the code", .jumpToNoLabel) { $0.set($0.word(.branchCredential) + 4, UInt32(0xFFFF)) },
    Cut("a label that promises too little", .costNotDecreasing) { $0.set($0.word(.label) + 4, UInt32(2)) },
    Cut("a label of a register that no way to it wrote", .registersNotWritten) { surgery in
      let target = Int(surgery.u32(surgery.word(.branchCredential) + 4))
      surgery.set(surgery.start(.code) + 16 * target + 2, UInt16(1))
    },
    Cut("a program that runs off the end", .pathDoesNotEnd) { surgery in
      let last = surgery.start(.code) + surgery.byteCount(.code) - 16
      surgery.bytes[last] = Opcode.checkState.rawValue
    },
    Cut("a word that nothing reaches", .unreachableWord) { surgery in
      surgery.bytes[surgery.start(.code)] = Opcode.checkState.rawValue
      surgery.set(surgery.start(.code) + 4, UInt32(0))
    },
  ]
}

extension BundleSurgery {
  /// Grows a section of the golden bundle by zeroed records, moving what follows.
  mutating func grow(_ id: SectionID, byBytes added: Int) {
    let insertion = start(id) + byteCount(id)
    let shift = (added + 63) / 64 * 64
    let next = (0..<sectionCount).map { 64 + 24 * $0 }.filter { number($0 + 8, as: UInt64.self) > start(id) }
    let old = byteCount(id)
    let padding = (64 - (old + added) % 64) % 64
    let oldPadding = (64 - old % 64) % 64
    bytes.insert(contentsOf: [UInt8](repeating: 0, count: added + padding - oldPadding), at: insertion)
    precondition((added + padding - oldPadding) % 64 == 0 && shift >= 0, "sections stay aligned")
    for entry in next {
      set(entry + 8, number(entry + 8, as: UInt64.self) + UInt64(added + padding - oldPadding))
    }
    set(entry(id) + 16, UInt64(old + added))
    set(24, UInt64(bytes.count))
  }

  mutating func insertProviders(_ count: Int) { grow(.providers, byBytes: 64 * count) }
  mutating func insertDenyRules(_ count: Int) { grow(.denyRules, byBytes: 32 * count) }
}
