// The cuts of conditions: their words and constants, what they look up, and who refers to them. One at least for each kind
// of operand, for a condition runs on what the verifier let through and on nothing else.

import CPostern
import PosternKernel
import Testing

@Suite("Hostile conditions")
struct HostileConditionTests {
  @Test("the golden bundle has every word that only conditions have")
  func everyWord() {
    let surgery = BundleSurgery(GoldenBundle.bytes)
    let opcodes = Set(surgery.records(.code, 16).map { surgery.bytes[$0] })
    #expect((Opcode.yes.rawValue...Opcode.last).filter { !opcodes.contains($0) } == [])
  }

  @Test("the caller of broken bundles is let in by the golden bundle's condition, and kept out where it is false")
  func conditionsRun() {
    unsafe GoldenBundle.bytes.withUnsafeBytes { buffer in
      do throws(BundleFault) {
        let bundle = try unsafe Bundle(verifying: Words(owned: buffer))
        #expect(Int(FactsForKernel(host: "desk.example.com", path: "/api").decide(bundle).verdict) == POSTERN_ALLOW)
        let decision = FactsForKernel(host: "desk.example.com", path: "/b").decide(bundle)
        #expect(Int(decision.reason) == POSTERN_REASON_CONDITION_FALSE)
      } catch {
        Issue.record("the golden bundle must verify: \(error)")
      }
    }
  }
}

extension HostileConditionTests {
  @Test(
    "an item that lies outside the facts comes into no register, not even one that is read once the items are through")
  func itemOutside() {
    var surgery = BundleSurgery(GoldenBundle.bytes)
    surgery.readLastItem()
    var facts = FactsForKernel(host: "desk.example.com", path: "/never")
    let end = facts.requestCells.count
    facts.requestCells[3] = Self.list(count: 1, at: end)
    facts.requestCells.append(Self.list(count: 3, at: end))
    unsafe surgery.bytes.withUnsafeBytes { buffer in
      do throws(BundleFault) {
        let bundle = try unsafe Bundle(verifying: Words(owned: buffer))
        #expect(Int(facts.decide(bundle).verdict) == POSTERN_FORBIDDEN)
      } catch {
        Issue.record("the bundle must verify: \(error)")
      }
    }
  }

  private static func list(count: UInt32, at index: Int) -> postern_cell {
    postern_cell(tag: UInt8(POSTERN_LIST), flags: 0, reserved: 0, length: count, value: UInt64(index))
  }
}

extension BundleSurgery {
  /// Has the `each` put its items into the register that the word at its way out reads, and that word look for it in itself.
  fileprivate mutating func readLastItem() {
    let each = word(.each)
    let test = start(.code) + 16 * (Int(u32(each + 8)) + 1)
    let register = bytes[test + 1] & 15
    bytes[each + 1] = bytes[each + 1] & 15 | register << 4
    set(each + 12, u32(each + 8))
    bytes[test] = Opcode.testMember.rawValue
    bytes[test + 1] = register | register << 4
    makeBodyTrue(at: each + 16)
  }

  /// The body at a label that asks for nothing.
  private mutating func makeBodyTrue(at label: Int) {
    set(label + 2, UInt16(0))
    var offset = label + 16
    while bytes[offset + 16] != Opcode.label.rawValue {
      replaceWord(offset, .loadConstant, UInt16(POSTERN_NULL))
      offset += 16
    }
    replaceWord(offset, .yes, 0)
  }

  private mutating func replaceWord(_ offset: Int, _ opcode: Opcode, _ b: UInt16) {
    for index in offset..<offset + 16 { bytes[index] = 0 }
    bytes[offset] = opcode.rawValue
    set(offset + 2, b)
  }
}

extension Cut {
  static let ofConditions: [Cut] = ofOperands + ofConstants + ofItems + ofRuns

  private static let ofOperands: [Cut] = [
    Cut("a register read before it is written", .registersNotWritten) { $0.bytes[$0.word(.testMember) + 1] = 0xFF },
    Cut("a part of a register that nothing wrote", .registersNotWritten) { $0.bytes[$0.word(.timePart) + 1] |= 0xF0 },
    Cut("a bool of a register that nothing wrote", .registersNotWritten) { $0.bytes[$0.word(.testTrue) + 1] = 15 },
    Cut("a register that there is not", .operandOutOfRange) { $0.bytes[$0.word(.loadConstant) + 1] = 16 },
    Cut("two registers where one is read", .operandOutOfRange) { $0.bytes[$0.word(.testTrue) + 1] |= 16 },
    Cut("a test that goes on at no label if it holds", .jumpToNoLabel) { $0.add($0.word(.testMember) + 4, 1) },
    Cut("a test that goes on at no label if it fails", .jumpToNoLabel) { $0.add($0.word(.testMember) + 8, 1) },
    Cut("a test that goes on at no label in error", .jumpToNoLabel) { $0.add($0.word(.testMember) + 12, 1) },
    Cut("a test that goes back if it fails", .jumpBackwards) { $0.set($0.word(.testMember) + 8, UInt32(0)) },
    Cut("a test that goes back in error", .jumpBackwards) { $0.set($0.word(.testMember) + 12, UInt32(0)) },
    Cut("a load that goes back in error", .jumpBackwards) { $0.set($0.word(.loadRequest) + 4, UInt32(0)) },
    Cut("a comparison that there is not", .operandOutOfRange) { $0.set($0.word(.testCompare) + 2, UInt16(6)) },
    Cut("a part of the time that there is not", .operandOutOfRange) { $0.set($0.word(.timePart) + 2, UInt16(10)) },
    Cut("a part of a zone's time that there is not", .operandOutOfRange) {
      $0.set($0.word(.zonedTimePart) + 2, UInt16(10))
    },
    Cut("a zone that there is not", .operandOutOfRange) { $0.set($0.word(.zonedTimePart) + 8, UInt32(1)) },
    Cut("a part of the request that there is not", .operandOutOfRange) {
      $0.set($0.word(.loadRequest) + 2, UInt16(7))
    },
    Cut("a part of the path that there is not", .operandOutOfRange) { $0.bytes[$0.word(.testPath) + 1] = 3 },
    Cut("a text for the path outside", .operandOutOfRange) { $0.set($0.word(.testPath) + 12, UInt32(0xFFFF_FFFF)) },
    Cut("a longer text for the path than there is", .operandOutOfRange) {
      $0.set($0.word(.testPath) + 2, UInt16(0xFFFF))
    },
    Cut("a conversion that there is not", .operandOutOfRange) { $0.set($0.word(.convert) + 2, UInt16(8)) },
    Cut("an operation that there is not", .operandOutOfRange) { $0.set($0.word(.arithmetic) + 2, UInt16(5)) },
    Cut("arithmetic of a register that nothing wrote", .registersNotWritten) {
      $0.bytes[$0.word(.arithmetic) + 1] |= 0xF0
    },
    Cut("a fold that there is not", .operandOutOfRange) { $0.set($0.word(.each) + 2, UInt16(3)) },
    Cut("an each over a register that nothing wrote", .registersNotWritten) { $0.bytes[$0.word(.each) + 1] |= 0x0F },
    Cut("an each without a body", .jumpToNoLabel) { $0.bytes[$0.word(.each) + 16] = Opcode.fault.rawValue },
    Cut("a body that relies on another register than its item's", .registersNotWritten) {
      $0.set($0.word(.each) + 18, UInt16(0x8000))
    },
    Cut("a body of 17 words", .costNotDecreasing) { $0.set($0.word(.each) + 20, UInt32(17)) },
    Cut("an each that counts its body once", .costNotDecreasing) { surgery in
      let each = surgery.word(.each)
      let label = stride(from: each, through: surgery.start(.code), by: -16).first {
        surgery.bytes[$0] == Opcode.label.rawValue
      }
      guard let label else { return }
      surgery.set(label + 4, surgery.u32(label + 4) - 63 * surgery.u32(each + 20))
    },
    Cut("a turn at some of any values", .operandOutOfRange) { $0.bytes[$0.word(.turnAtPart) + 1] = 2 },
    Cut("a turn of a part that there is not", .operandOutOfRange) { $0.set($0.word(.turnAtPart) + 2, UInt16(10)) },
    Cut("a turn in a zone that there is not", .operandOutOfRange) {
      $0.set($0.word(.turnAtZonedPart) + 8, UInt32(1))
    },
    Cut("a turn soon that says more", .operandOutOfRange) { $0.set($0.word(.turnSoon) + 8, UInt32(1)) },
    Cut("a turn of the device that says more", .operandOutOfRange) { $0.set($0.word(.turnOfDevice) + 8, UInt32(1)) },
    Cut("a fact of the device of a type that none has", .operandOutOfRange) {
      $0.set($0.word(.loadDevice) + 8, UInt32(POSTERN_INT))
    },
    Cut("a fact of the device that goes back in error", .jumpBackwards) { $0.set($0.word(.loadDevice) + 4, UInt32(0)) },
    Cut("a fact of neither caller nor request", .operandOutOfRange) { $0.set($0.word(.loadFact) + 8, UInt32(2)) },
    Cut("a presence of neither caller nor request", .operandOutOfRange) { $0.bytes[$0.word(.testFact) + 1] = 2 },
  ]

  private static let ofConstants: [Cut] = [
    Cut("a constant of no tag", .operandOutOfRange) { $0.set($0.word(.loadConstant) + 2, UInt16(1)) },
    Cut("a constant of a tag past the last", .operandOutOfRange) {
      $0.set($0.constant(ConstantTag.automaton) + 2, UInt16(0x44))
    },
    Cut("a constant list", .operandOutOfRange) { $0.set($0.constant(POSTERN_BOOL) + 2, UInt16(POSTERN_LIST)) },
    Cut("a bool that is neither", .operandOutOfRange) { $0.set($0.constant(POSTERN_BOOL) + 8, UInt32(2)) },
    Cut("a null of something", .operandOutOfRange) { surgery in
      let word = surgery.constant(POSTERN_BOOL)
      surgery.set(word + 2, UInt16(POSTERN_NULL))
      surgery.set(word + 8, UInt32(1))
    },
    Cut("a text outside", .operandOutOfRange) { $0.set($0.constant(POSTERN_TEXT) + 12, UInt32(0xFFFF_FFFF)) },
    Cut("a set outside", .operandOutOfRange) { $0.set($0.constant(ConstantTag.textSet) + 12, UInt32(0xFFFF_FFFF)) },
    Cut("a set of a text outside", .operandOutOfRange) {
      $0.set($0.listed(ConstantTag.textSet) + 4, UInt32(0xFFFF_FFFF))
    },
    Cut("a set that does not ascend", .operandOutOfRange) { surgery in
      let pairs = surgery.listed(ConstantTag.textSet)
      let first: UInt64 = surgery.number(pairs, as: UInt64.self)
      surgery.set(pairs, surgery.number(pairs + 8, as: UInt64.self))
      surgery.set(pairs + 8, first)
    },
    Cut("a set with one text twice", .operandOutOfRange) { surgery in
      let pairs = surgery.listed(ConstantTag.textSet)
      surgery.set(pairs + 8, surgery.number(pairs, as: UInt64.self))
    },
    Cut("ranges outside", .operandOutOfRange) {
      $0.set($0.constant(ConstantTag.addressRanges) + 12, UInt32(0x0FFF_FFFF))
    },
    Cut("a range that ends before it begins", .operandOutOfRange) {
      $0.set($0.listed(ConstantTag.addressRanges) + 16, UInt64(0))
      $0.set($0.listed(ConstantTag.addressRanges) + 24, UInt64(0))
    },
    Cut("ranges that share an address", .operandOutOfRange) { surgery in
      let ranges = surgery.listed(ConstantTag.addressRanges)
      surgery.set(ranges + 32, surgery.number(ranges + 16, as: UInt64.self))
      surgery.set(ranges + 40, surgery.number(ranges + 24, as: UInt64.self))
    },
    Cut("an automaton that there is not", .operandOutOfRange) {
      $0.set($0.constant(ConstantTag.automaton) + 8, UInt32(1))
    },
    Cut("an automaton with something beside it", .operandOutOfRange) {
      $0.set($0.constant(ConstantTag.automaton) + 12, UInt32(1))
    },
  ]

  private static let ofItems: [Cut] = [
    Cut("automata that are none", .itemOffsets) { $0.set($0.start(.automata), UInt32(0)) },
    Cut("more automata than have room", .itemOffsets) { $0.set($0.start(.automata), UInt32(0xFFFF_FFFF)) },
    Cut("an automaton that begins late", .itemOffsets) { $0.add($0.start(.automata) + 4, 4) },
    Cut("an automaton that ends early", .itemOffsets) { $0.add($0.start(.automata) + 8, 0xFFFF_FFFC) },
    Cut("an automaton past the end", .itemOffsets) { $0.add($0.start(.automata) + 8, 4) },
    Cut("an automaton that ends in a word", .itemOffsets) { $0.add($0.start(.automata) + 8, 0xFFFF_FFFF) },
    Cut("a zone past the end", .itemOffsets) { $0.add($0.start(.zones) + 8, 4) },
    Cut("an automaton without states", .automaton) { $0.set($0.item(.automata), UInt32(0)) },
    Cut("an automaton of more states than it has", .automaton) { $0.add($0.item(.automata), 4) },
    Cut("an automaton without classes", .automaton) { $0.set($0.item(.automata) + 4, UInt32(0)) },
    Cut("an automaton of 257 classes", .automaton) { $0.set($0.item(.automata) + 4, UInt32(257)) },
    Cut("an automaton that starts outside", .automaton) { $0.set($0.item(.automata) + 8, $0.u32($0.item(.automata))) },
    Cut("an automaton that has matched outside", .automaton) {
      $0.set($0.item(.automata) + 12, $0.u32($0.item(.automata)) + 1)
    },
    Cut("a byte of a class that there is not", .automaton) {
      $0.bytes[$0.item(.automata) + 16 + 255] = UInt8($0.u32($0.item(.automata) + 4))
    },
    Cut("a step to a state that there is not", .automaton) { $0.set($0.steps, UInt16($0.u32($0.item(.automata)))) },
    Cut("a way out of the state that never accepts", .automaton) { $0.set($0.steps, UInt16(1)) },
    Cut("a state that never accepts and does", .automaton) { $0.bytes[$0.item(.automata) + 272] = 1 },
    Cut("a zone of more transitions than it has", .zone) { $0.add($0.item(.zones), 1) },
    Cut("a zone further than a day", .zone) { $0.set($0.item(.zones) + 4, UInt32(100_000)) },
    Cut("a transition to further than a day", .zone) {
      $0.set($0.item(.zones) + 16 + 8, UInt32(bitPattern: -100_000))
    },
    Cut("transitions that do not ascend", .zone) { surgery in
      let first = surgery.item(.zones) + 16
      surgery.set(first + 12, surgery.number(first, as: UInt64.self))
    },
  ]

  private static let ofRuns: [Cut] = [
    Cut("a run that does not end", .conditionalRecord) { surgery in
      let end = surgery.start(.conditionals) + surgery.byteCount(.conditionals) - 16
      surgery.set(end, surgery.number(end - 16, as: UInt64.self))
      surgery.set(end + 8, surgery.number(end - 8, as: UInt64.self))
    },
    Cut("an end of a run that says more", .conditionalRecord) { surgery in
      surgery.set(surgery.start(.conditionals) + surgery.byteCount(.conditionals) - 4, UInt32(1))
    },
    Cut("an end of a run that has a condition", .conditionalRecord) { surgery in
      surgery.set(surgery.start(.conditionals) + surgery.byteCount(.conditionals) - 12, UInt32(1))
    },
    Cut("a conditional binding beyond bit 31", .conditionalRecord) { $0.add($0.start(.conditionals), 0x8000_0000) },
    Cut("a condition in the middle of one", .conditionalRecord) { $0.add($0.start(.conditionals) + 4, 1) },
    Cut("a condition past the code", .conditionalRecord) { $0.set($0.start(.conditionals) + 4, UInt32(0xFFFF)) },
    Cut("a condition at a label where registers are written", .conditionalRecord) { surgery in
      let label = surgery.first(surgery.records(.code, 16)) {
        surgery.bytes[$0] == Opcode.label.rawValue && surgery.u16($0 + 2) != 0
      }
      surgery.set(surgery.start(.conditionals) + 4, UInt32((label - surgery.start(.code)) / 16))
    },
    Cut("a conditional binding's row in the middle of one", .conditionalRecord) {
      $0.add($0.start(.conditionals) + 8, 1)
    },
    Cut("a conditional binding with something in its reserved bytes", .conditionalRecord) {
      $0.set($0.start(.conditionals) + 12, UInt32(1))
    },
    Cut("an app that says it has conditional bindings", .appConditionals) { surgery in
      let app = surgery.first(surgery.records(.apps, 64)) { surgery.u16($0 + 4) & AppFlag.conditional == 0 }
      surgery.set(app + 4, surgery.u16(app + 4) | AppFlag.conditional)
    },
    Cut("an app that says it has no conditional bindings", .appConditionals) { surgery in
      let app = surgery.start(.apps) + 64 * surgery.conditionalApp
      surgery.set(app + 4, surgery.u16(app + 4) & ~AppFlag.conditional)
    },
    Cut("an app's conditional bindings past the last", .appConditionals) { surgery in
      let record = surgery.start(.appRecords) + RecordSize.appRecord * surgery.conditionalApp
      surgery.set(record + 12, UInt32(surgery.byteCount(.conditionals) / 16))
    },
    Cut("a certificate without the words of conditional bindings", .certificateTooLow) { surgery in
      let app = surgery.conditionalApp
      surgery.set(surgery.certificate(ofApp: app), surgery.programWords(ofApp: app))
    },
    Cut("a certificate a word short of a condition", .certificateTooLow) { surgery in
      surgery.add(surgery.certificate(ofApp: surgery.conditionalApp), 0xFFFF_FFFF)
    },
    Cut("a certificate without the probes of a conditional binding's row", .certificateTooLow) { surgery in
      surgery.add(surgery.certificate(ofApp: surgery.conditionalApp) + 4, 0xFFFF_FFFE)
    },
    Cut("a certificate without the words of a deny rule's condition", .certificateTooLow) { surgery in
      let apps = surgery.records(.apps, 64).indices
      let rule = (surgery.conditionalDeny - surgery.start(.denyRules)) / 32
      let app = surgery.first(Array(apps)) { app in
        let set = surgery.u32(surgery.start(.apps) + 64 * app + 48)
        let isSet = set != BundleFormat.none
        return isSet && surgery.bytes[surgery.start(.denySets) + 32 * Int(set) + rule / 8] >> (rule % 8) & 1 == 1
      }
      surgery.set(surgery.certificate(ofApp: app), surgery.programWords(ofApp: app))
    },
  ]
}
