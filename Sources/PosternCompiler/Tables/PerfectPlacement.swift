// Building a perfect table (docs/bundle-format.md, "Perfect tables"): keys fall into buckets of about four; the largest
// buckets choose first; each tries pilots until its keys meet free slots. Deterministic: seeds 1, 2, 3, ... in turn,
// and for each bucket the least pilot that fits. Refuses nothing: with distinct keys some seed succeeds, and the first
// nearly always does.

internal import PosternKernel

/// Finds seed and pilots of perfect tables; kept for many tables, so that a hundred thousand small ones do not
/// allocate.
struct PerfectPlacement {
  private(set) var seed: UInt64 = 0
  private(set) var slotCount: UInt32 = 0
  private(set) var pilots: [UInt16] = []
  /// The slot of each key.
  private(set) var slots: [UInt32] = []

  private var hashes: [UInt64] = []
  /// Keys in the order of their buckets; bucket b's are those from `bucketStarts[b]` to `bucketStarts[b + 1]`.
  private var keys: [UInt32] = []
  private var bucketStarts: [UInt32] = []
  /// Buckets, the largest first.
  private var order: [UInt32] = []
  private var occupied: [UInt64] = []

  static let keysPerBucket = 4

  /// The slots for so many keys: a load of 0.95.
  static func slotCount(keyCount: Int) -> Int { (keyCount * 20 + 18) / 19 }
  static func pilotCount(keyCount: Int) -> Int { (keyCount + keysPerBucket - 1) / keysPerBucket }

  /// Places `keyCount` distinct keys; `hash` gives a key's hash under a seed.
  mutating func place(keyCount: Int, hash: (_ seed: UInt64, _ key: Int) -> UInt64) {
    seed = 0
    slotCount = UInt32(Self.slotCount(keyCount: keyCount))
    let pilotCount = Self.pilotCount(keyCount: keyCount)
    pilots.reset(count: pilotCount)
    slots.reset(count: keyCount)
    if keyCount == 0 { return }
    repeat {
      seed += 1
      hashes.removeAll(keepingCapacity: true)
      for key in 0..<keyCount { hashes.append(hash(seed, key)) }
      fillBuckets(count: pilotCount) { $0 }
    } while !placeBuckets()
  }

  /// Places the entries of a row of grants, the keys of whose members stand in their low halves. A row has no seed: where the
  /// pilots of its cells cannot part the keys, it has more slots.
  mutating func placeRow(_ entries: [UInt64], cellCount: Int) {
    seed = 0
    hashes.removeAll(keepingCapacity: true)
    for entry in entries { hashes.append(entry & 0xFFFF_FFFF) }
    slots.reset(count: entries.count)
    // The first bits of a key are its cell.
    fillBuckets(count: cellCount) { $0 << 32 }
    slotCount = UInt32(Self.rowSlotCount(keyCount: entries.count))
    pilots.reset(count: cellCount)
    while !placeBuckets() {
      slotCount += slotCount / 32 + 1
      pilots.reset(count: cellCount)
    }
  }

  /// The slots of a row for so many keys: a load of 0.9, for its buckets are larger.
  static func rowSlotCount(keyCount: Int) -> Int { (keyCount * 10 + 8) / 9 }

  /// Sorts the keys by bucket and the buckets by size, both by counting.
  private mutating func fillBuckets(count: Int, bucketHash: (_ hash: UInt64) -> UInt64) {
    bucketStarts.reset(count: count + 1)
    for hash in hashes { bucketStarts[PerfectHash.pilotIndex(bucketHash(hash), pilotCount: UInt32(count))] += 1 }
    var sum: UInt32 = 0
    var largest = 0
    for bucket in 0...count {
      let size = bucketStarts[bucket]
      largest = max(largest, Int(size))
      sum += size
      bucketStarts[bucket] = sum
    }
    keys.reset(count: hashes.count)
    // From the ends downwards, so that every start is right when all keys are in.
    for key in hashes.indices.reversed() {
      let bucket = PerfectHash.pilotIndex(bucketHash(hashes[key]), pilotCount: UInt32(count))
      bucketStarts[bucket] -= 1
      keys[Int(bucketStarts[bucket])] = UInt32(key)
    }
    orderBuckets(count: count, largest: largest)
  }

  private mutating func orderBuckets(count: Int, largest: Int) {
    var starts = [Int](repeating: 0, count: largest + 2)
    for bucket in 0..<count { starts[largest - size(bucket) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    order.reset(count: count)
    for bucket in 0..<count {
      let place = largest - size(bucket)
      order[starts[place]] = UInt32(bucket)
      starts[place] += 1
    }
  }

  private func size(_ bucket: Int) -> Int { Int(bucketStarts[bucket + 1] - bucketStarts[bucket]) }

  /// Whether every bucket found a pilot.
  private mutating func placeBuckets() -> Bool {
    occupied.reset(count: (Int(slotCount) + 63) / 64)
    for bucket in order {
      let range = Int(bucketStarts[Int(bucket)])..<Int(bucketStarts[Int(bucket) + 1])
      if range.isEmpty { break }
      guard let pilot = findPilot(range) else { return false }
      pilots[Int(bucket)] = pilot
    }
    return true
  }

  private mutating func findPilot(_ range: Range<Int>) -> UInt16? {
    for pilot in 0..<BundleFormat.pilotLimit where isFree(range, pilot) { return pilot }
    return nil
  }

  /// Whether the keys of a bucket meet distinct free slots; if so, they take them.
  private mutating func isFree(_ range: Range<Int>, _ pilot: UInt16) -> Bool {
    for index in range {
      let key = Int(keys[index])
      let slot = PerfectHash.slot(hashes[key], pilot: pilot, slotCount: slotCount)
      if occupied[slot >> 6] >> UInt64(slot & 63) & 1 == 1 {
        release(range.lowerBound..<index)
        return false
      }
      occupied[slot >> 6] |= 1 << UInt64(slot & 63)
      slots[key] = UInt32(slot)
    }
    return true
  }

  private mutating func release(_ range: Range<Int>) {
    for index in range {
      let slot = slots[Int(keys[index])]
      occupied[Int(slot >> 6)] &= ~(1 << UInt64(slot & 63))
    }
  }
}

extension Array where Element: FixedWidthInteger {
  /// Makes the array `count` zeroes, in the storage that it has.
  mutating func reset(count: Int) {
    removeAll(keepingCapacity: true)
    append(contentsOf: repeatElement(0, count: count))
  }
}
