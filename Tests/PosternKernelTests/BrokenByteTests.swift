// Every one-byte change and every truncation of the golden bundles is refused, or still decides without a trap. Run under
// AddressSanitizer too (`make sanitize`).

import CPostern
import PosternKernel
import Testing

@Suite("Broken bytes")
struct BrokenByteTests {
  /// The values that a byte is changed to: all of them in release builds, the telling ones where checks are slow.
  private static let differences: [UInt8] = isDebug ? [0x01, 0x80, 0xFF] : Array(1...255)

  private static var isDebug: Bool {
    var isDebug = false
    assert(
      {
        isDebug = true
        return true
      }())
    return isDebug
  }

  /// The bundle is changed in as many parts as keep a few processors busy.
  private static let partCount = 4

  @Test("every one-byte change is refused or decides", arguments: GoldenBundle.allCases, 0..<partCount)
  func oneByteChanges(bundle: GoldenBundle, part: Int) {
    let golden = bundle.contents
    let indices = stride(from: part, to: golden.count, by: Self.partCount)
    var bytes = golden
    var refusedCount = 0
    var acceptedCount = 0
    for index in indices {
      for difference in Self.differences {
        bytes[index] = golden[index] ^ difference
        if Victim.decides(bytes) { acceptedCount += 1 } else { refusedCount += 1 }
      }
      bytes[index] = golden[index]
    }
    #expect(refusedCount + acceptedCount == Array(indices).count * Self.differences.count)
    #expect(refusedCount > acceptedCount / 2, "a verifier that lets most changes through proves little")
  }

  @Test("every truncation is refused", arguments: GoldenBundle.allCases)
  func truncations(bundle: GoldenBundle) {
    let golden = bundle.contents
    let accepted = (0..<golden.count).filter { BundleSurgery.verify(Array(golden[..<$0])) == nil }
    #expect(accepted == [])
  }

  @Test("every truncation that says its own length is refused", arguments: GoldenBundle.allCases)
  func honestTruncations(bundle: GoldenBundle) {
    let golden = bundle.contents
    let accepted = (64..<golden.count).filter { count in
      var surgery = BundleSurgery(Array(golden[..<count]))
      surgery.set(24, UInt64(count))
      return surgery.fault == nil
    }
    // Only the padding after the last section may go.
    #expect(accepted.allSatisfy { golden.count - $0 < 64 })
  }

  @Test("a host's hints change no decision, whatever they are", arguments: GoldenBundle.allCases)
  func hints(bundle: GoldenBundle) {
    var surgery = BundleSurgery(bundle.contents)
    let answers = Victim.answers(surgery.bytes)
    for hint in [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32] {
      for line in surgery.slots(.hosts, 64) where surgery.bytes[line + HostField.flags] & HostFlag.inUse != 0 {
        surgery.set(line + HostField.rows, hint)
        surgery.set(line + HostField.rows + 4, ~hint)
        surgery.bytes[line + HostField.flags] ^= 0xA8
      }
      #expect(Victim.answers(surgery.bytes) == answers)
    }
    #expect(Set(answers).count > 1, "requests that all get one answer prove nothing")
  }
}

/// A caller who decides with whatever the verifier lets through.
enum Victim {
  private static let hosts = [
    "payroll.example.com", "x.payroll.example.com", "open.example.com", "a.example.com", "desk.example.com",
  ]
  private static let requests = hosts.flatMap { host in
    ["/", "/reports/q1/a", "/x", "/api/%70oll", "/a/../b"].map { FactsForKernel(host: host, path: $0) }
  }

  /// What is decided for each request; empty where the bytes are refused.
  static func answers(_ bytes: [UInt8]) -> [[Int64]] {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let bundle = try? unsafe Bundle(verifying: Words(owned: buffer)) else { return [] }
      return requests.map { request in
        let decision = request.decide(bundle)
        return [
          Int64(decision.verdict), Int64(decision.reason), Int64(decision.app), Int64(decision.rule),
          decision.valid_until,
        ]
      }
    }
  }

  /// Verifies and decides; true where the bytes were accepted. The answers do not matter, only that there are some.
  static func decides(_ bytes: [UInt8]) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(BundleFault) {
        let bundle = try unsafe Bundle(verifying: Words(owned: buffer))
        for request in requests { _ = request.decide(bundle) }
        return true
      } catch {
        return false
      }
    }
  }
}
