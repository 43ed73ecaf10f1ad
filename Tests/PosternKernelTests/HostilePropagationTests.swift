// The cuts of attribute propagation: what a profile refers to, and what a header would be written from.

import PosternKernel
import Testing

@Suite("Hostile propagation")
struct HostilePropagationTests {
  /// The golden bundle with an emitted name that goes into a header, of these bytes.
  private func fault(emitting name: [UInt8]) -> BundleFault? {
    var surgery = BundleSurgery(GoldenBundle.bytes)
    let record = surgery.start(.propagation)
    let text = surgery.start(.strings) + Int(surgery.u32(record + 8))
    precondition(name.count <= Int(surgery.u32(record + 12)), "the golden name must be longer")
    surgery.set(record + 12, UInt32(name.count))
    for (index, byte) in name.enumerated() { surgery.bytes[text + index] = byte }
    return surgery.fault
  }

  @Test("of all bytes, a header's name may have those of a token and no others")
  func tokens() {
    let letters = Set(UInt8(ascii: "a")...UInt8(ascii: "z")).union(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    let allowed = letters.union(UInt8(ascii: "0")...UInt8(ascii: "9")).union("!#$%&'*+-.^_`|~".utf8)
    for byte in UInt8.min...UInt8.max {
      #expect(fault(emitting: [byte]) == (allowed.contains(byte) ? nil : .propagationHeader), "byte \(byte)")
    }
  }

  @Test("a name that goes into claims alone may have any bytes")
  func claims() {
    var surgery = BundleSurgery(GoldenBundle.bytes)
    for record in surgery.records(.propagation, RecordSize.propagation) {
      surgery.bytes[record + 17] = 2
      surgery.bytes[surgery.start(.strings) + Int(surgery.u32(record + 8))] = 10
    }
    #expect(surgery.fault == nil)
  }
}

extension Cut {
  static let ofPropagation: [Cut] = [
    Cut("a profile's attributes past the last", .profilePropagation) { $0.add($0.propagatingProfile + 40, 1) },
    Cut("a profile's attributes where there are none", .profilePropagation) {
      $0.set($0.propagatingProfile + 40, UInt32(0xFFFF_FFFF))
    },
    Cut("46 attributes of a profile", .profilePropagation) { surgery in
      surgery.grow(.propagation, byBytes: 64 * RecordSize.propagation)
      let first = surgery.start(.propagation)
      let record = Array(surgery.bytes[first..<first + RecordSize.propagation])
      for offset in surgery.records(.propagation, RecordSize.propagation) {
        surgery.bytes.replaceSubrange(offset..<offset + RecordSize.propagation, with: record)
      }
      surgery.set(surgery.propagatingProfile + 44, UInt32(46))
    },
    Cut("an attribute's name outside", .propagationText) { $0.set($0.start(.propagation), UInt32(0xFFFF_0000)) },
    Cut("an attribute without a name", .propagationText) { $0.set($0.start(.propagation) + 4, UInt32(0)) },
    Cut("an emitted name outside", .propagationText) { $0.set($0.start(.propagation) + 8, UInt32(0xFFFF_0000)) },
    Cut("an emitted name of 257 bytes", .propagationText) { surgery in
      surgery.set(surgery.start(.propagation) + 8, UInt64(257) << 32)
    },
    Cut("an attribute of an unknown list", .propagationNumbers) { $0.bytes[$0.start(.propagation) + 16] = 2 },
    Cut("an attribute that goes nowhere", .propagationNumbers) { $0.bytes[$0.start(.propagation) + 17] = 0 },
    Cut("an attribute that goes somewhere unknown", .propagationNumbers) {
      $0.bytes[$0.start(.propagation) + 17] = 8
    },
    Cut("an attribute's flags unknown", .propagationNumbers) { $0.bytes[$0.start(.propagation) + 18] = 4 },
    Cut("an attribute's reserved bytes", .propagationNumbers) { $0.bytes[$0.start(.propagation) + 23] = 1 },
    Cut("a header that ends its line", .propagationHeader) { surgery in
      let emitted = Int(surgery.u32(surgery.start(.propagation) + 8))
      surgery.bytes[surgery.start(.strings) + emitted] = 13
    },
  ]
}

extension BundleSurgery {
  /// Offset of the profile that refers to attributes.
  fileprivate var propagatingProfile: Int { first(records(.profiles, RecordSize.profile)) { u32($0 + 44) != 0 } }
}
