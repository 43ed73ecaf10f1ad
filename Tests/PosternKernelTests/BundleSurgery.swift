// Finding one's way in a bundle's bytes, and breaking exactly one thing there.

import PosternKernel

/// A bundle's bytes under the knife.
struct BundleSurgery {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  // MARK: looking

  func number<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = UInt32.self) -> Value {
    (0..<MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value(bytes[offset + $1]) }
  }

  func u16(_ offset: Int) -> UInt16 { number(offset, as: UInt16.self) }
  func u32(_ offset: Int) -> UInt32 { number(offset, as: UInt32.self) }

  var sectionCount: Int { Int(u32(12)) }

  /// Offset of the table entry of a section.
  func entry(_ id: SectionID) -> Int {
    let indices = (0..<sectionCount).filter { u32(64 + 24 * $0) == id.rawValue }
    precondition(indices.count == 1, "the golden bundle must have the section")
    return 64 + 24 * indices[0]
  }

  /// Where a section begins.
  func start(_ id: SectionID) -> Int { Int(number(entry(id) + 8, as: UInt64.self)) }
  func byteCount(_ id: SectionID) -> Int { Int(number(entry(id) + 16, as: UInt64.self)) }

  /// Offsets of a section's records.
  func records(_ id: SectionID, _ size: Int) -> [Int] {
    Array(stride(from: start(id), to: start(id) + byteCount(id), by: size))
  }

  /// Offsets of a perfect table's slots.
  func slots(_ id: SectionID, _ size: Int) -> [Int] {
    let pilotsEnd = 16 + 2 * Int(u32(start(id) + 12))
    let first = start(id) + (pilotsEnd + 63) / 64 * 64
    return Array(stride(from: first, to: start(id) + byteCount(id), by: size))
  }

  /// Offset of the first record that satisfies `condition`.
  func first(_ offsets: [Int], where condition: (Int) -> Bool) -> Int {
    guard let offset = offsets.first(where: condition) else { preconditionFailure("nothing in the bundle is so") }
    return offset
  }

  /// Offsets of the rows' headers.
  var rows: [Int] { records(.grants, 8).filter { u32($0) == BundleFormat.rowMarker } }
  /// A row with a filter.
  var walkedRow: Int { first(rows) { u32($0 + 4) > 4 && u32($0 + 4) <= 16 } }
  /// Offset of the first entry of the walked row.
  var walkedEntry: Int { walkedRow + 24 }
  var probedRow: Int { first(rows) { u32($0 + 4) > 16 } }

  /// Offset of the slots of the probed row.
  var probedSlots: Int { probedRow + 24 + 8 << Int(u16(probedRow + 14)) }

  var usedHost: Int { first(slots(.hosts, 64)) { bytes[$0 + HostField.flags] & HostFlag.inUse != 0 } }
  var usedRoute: Int { first(slots(.routes, 16)) { bytes[$0 + 6] & 2 != 0 } }

  func word(_ opcode: Opcode) -> Int { first(records(.code, 16)) { bytes[$0] == opcode.rawValue } }

  /// Offset of the first word that loads a constant of this tag.
  func constant(_ tag: Int) -> Int {
    first(records(.code, 16)) { bytes[$0] == Opcode.loadConstant.rawValue && Int(u16($0 + 2)) == tag }
  }

  /// Offset of what a set or ranges refer to.
  func listed(_ tag: Int) -> Int { start(.lists) + 4 * Int(u32(constant(tag) + 8)) }

  /// Offset of the only item of automata or zones.
  func item(_ id: SectionID) -> Int { start(id) + Int(u32(start(id) + 4)) }

  /// Offset of the automaton's steps.
  var steps: Int { item(.automata) + 272 + (Int(u32(item(.automata))) + 3) / 4 * 4 }

  /// Offset of the deny rule with a condition.
  var conditionalDeny: Int { first(records(.denyRules, 32)) { u32($0 + 20) != BundleFormat.none } }

  /// Index of the app with conditional bindings.
  var conditionalApp: Int { (first(records(.apps, 64)) { u16($0 + 4) & AppFlag.conditional != 0 } - start(.apps)) / 64 }

  /// Offset of the certificate of an app.
  func certificate(ofApp index: Int) -> Int { start(.costs) + 16 * Int(u32(start(.apps) + 64 * index + 60)) }

  /// The words that an app's program promises, twice.
  func programWords(ofApp index: Int) -> UInt32 {
    2 * u32(start(.code) + 16 * Int(u32(start(.apps) + 64 * index)) + 4)
  }

  // MARK: cutting

  mutating func set<Value: FixedWidthInteger>(_ offset: Int, _ value: Value) {
    for index in 0..<MemoryLayout<Value>.size {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Value(8 * index))
    }
  }

  mutating func add(_ offset: Int, _ difference: UInt32) { set(offset, u32(offset) &+ difference) }

  /// The fault that the verifier finds, or nil where it finds none.
  var fault: BundleFault? { Self.verify(bytes) }

  static func verify(_ bytes: [UInt8]) -> BundleFault? {
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(BundleFault) {
        let bundle = try unsafe Bundle(verifying: Words(owned: buffer))
        _ = bundle.revision
        return nil
      } catch {
        return error
      }
    }
  }

  /// The fault that is found where the half that comes last runs first.
  var faultOfHalvesReversed: BundleFault? {
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(BundleFault) {
        let bundle = try unsafe Bundle(verifying: Words(owned: buffer)) { first, second in
          let last = second()
          return (first(), last)
        }
        _ = bundle.revision
        return nil
      } catch {
        return error
      }
    }
  }
}
