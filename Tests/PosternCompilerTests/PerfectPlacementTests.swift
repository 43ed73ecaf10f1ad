// Perfect tables: every key has a slot of its own, found by its pilot, and the same keys give the same table.

import PosternKernel
import Testing

@testable import PosternCompiler

@Suite("Perfect placement")
struct PerfectPlacementTests {
  static func key(_ index: Int, seed: UInt64) -> UInt64 {
    PerfectHash.hash(Array("key\(index)".utf8).span, seed: seed, context: 3)
  }

  static let keyCounts = [1, 2, 16, 17, 60, 1_000, 100_000]

  @Test("the pilots lead every key to its own slot", arguments: keyCounts)
  func everyKeyIsFound(keyCount: Int) {
    var placement = PerfectPlacement()
    placement.place(keyCount: keyCount) { seed, key in Self.key(key, seed: seed) }
    for key in 0..<keyCount {
      let hash = Self.key(key, seed: placement.seed)
      let pilot = placement.pilots[PerfectHash.pilotIndex(hash, pilotCount: UInt32(placement.pilots.count))]
      #expect(PerfectHash.slot(hash, pilot: pilot, slotCount: placement.slotCount) == Int(placement.slots[key]))
    }
  }

  @Test("no two keys share a slot", arguments: keyCounts)
  func slotsAreDistinct(keyCount: Int) {
    var placement = PerfectPlacement()
    placement.place(keyCount: keyCount) { seed, key in Self.key(key, seed: seed) }
    #expect(Set(placement.slots).count == keyCount)
  }

  @Test("a table is filled to 95 of 100 slots", arguments: [1_000, 100_000])
  func tablesAreDense(keyCount: Int) {
    #expect(PerfectPlacement.slotCount(keyCount: keyCount) * 19 <= (keyCount + 1) * 20)
  }

  @Test("a table without keys has no seed, slots or pilots")
  func emptyTablesAreZero() {
    var placement = PerfectPlacement()
    placement.place(keyCount: 3) { seed, key in Self.key(key, seed: seed) }
    placement.place(keyCount: 0) { _, _ in 0 }
    #expect([UInt32].tableHead(placement) == [0, 0, 0, 0])
  }

  @Test("a placement that is used again gives what a new one gives")
  func reuseLeavesNothing() {
    var used = PerfectPlacement()
    used.place(keyCount: 500) { seed, key in Self.key(key + 7, seed: seed) }
    used.place(keyCount: 100) { seed, key in Self.key(key, seed: seed) }
    var new = PerfectPlacement()
    new.place(keyCount: 100) { seed, key in Self.key(key, seed: seed) }
    #expect(used.slots == new.slots)
  }

  @Test(
    "the entries of a row have slots of their own, led to by the pilots of their cells", arguments: [17, 24, 25, 1_000])
  func rowsAreParted(keyCount: Int) {
    var placement = PerfectPlacement()
    let keys = (0..<UInt32(keyCount)).map { MemberKey.key(ofName: $0 * 7) }
    let cellCount = 1 << Int(RowCell.countBits(entryCount: UInt32(keyCount)))
    placement.placeRow(keys.map(UInt64.init), cellCount: cellCount)
    let slots = keys.map { key in
      let cell = Int((UInt64(key) * UInt64(cellCount)) >> 32)
      return PerfectHash.slot(UInt64(key), pilot: placement.pilots[cell], slotCount: placement.slotCount)
    }
    #expect(slots == placement.slots.map(Int.init) && Set(slots).count == keyCount)
  }

  @Test("keys of one cell that no pilot of few slots parts have more slots")
  func fullCellsTakeMoreSlots() {
    var placement = PerfectPlacement()
    // 40 keys that begin alike, beside 4 that do not: 8 cells of five or six keys are asked for, and one is full.
    let keys = (0..<40).map { UInt64($0) } + (1...4).map { UInt64($0) << 29 }
    placement.placeRow(keys, cellCount: 8)
    #expect(Set(placement.slots).count == keys.count)
    #expect(Int(placement.slotCount) > PerfectPlacement.rowSlotCount(keyCount: keys.count))
  }

  @Test("where a seed cannot part two keys, the next is tried")
  func collisionsTakeTheNextSeed() {
    var placement = PerfectPlacement()
    placement.place(keyCount: 2) { seed, key in seed == 1 ? 5 : Self.key(key, seed: seed) }
    #expect(placement.seed == 2)
  }
}
