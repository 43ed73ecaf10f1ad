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

  @Test("where a seed cannot part two keys, the next is tried")
  func collisionsTakeTheNextSeed() {
    var placement = PerfectPlacement()
    placement.place(keyCount: 2) { seed, key in seed == 1 ? 5 : Self.key(key, seed: seed) }
    #expect(placement.seed == 2)
  }
}
