// What a host does when it takes a bundle: read the file, verify it, decide for the first time; and before that, with the loader's
// means, check its signature and digests.

internal import CPostern
internal import Foundation
internal import PosternBundle
internal import PosternCompiler
internal import PosternKernel

enum OpeningReport {
  static func run(_ organization: MeasuredOrganization, into figures: inout Figures) throws {
    let workload = "opening, \(organization.appCount) apps"
    let hash = organization.opened.mark
    let (read, single) = try measure(organization) { memory throws(BundleFault) in try OpenedBundle(memory) }
    let opened = try measure(organization) { memory throws(BundleFault) in
      try OpenedBundle(sideBySide: memory)
    }.opened
    let pass = bestMean(runs: 3, calls: 1, count: 1) { SingleShots.kept(organization.opened.memory.sum()) }.nanoseconds
    figures.add(
      workload, "read the file", read / 1e6, "ms", hash: hash, ratio: read / pass, to: "one pass over its bytes")
    figures.add(
      workload, "verify and first decision", opened / 1e6, "ms", hash: hash, ratio: opened / pass,
      to: "one pass over its bytes")
    figures.add(
      workload, "the same on one thread", single / 1e6, "ms", hash: hash, ratio: single / opened,
      to: "two threads")
    let signed = try verifySigned(organization)
    figures.add(
      workload, "signature, digests, verify, first decision", (signed + opened) / 1e6, "ms", hash: hash,
      ratio: (signed + opened) / opened, to: "without signature and digests")
  }

  /// The least of several: memory of its own each time, so that nothing is warm but the file.
  private static func measure(
    _ organization: MeasuredOrganization, _ open: (consuming BundleMemory) throws(BundleFault) -> OpenedBundle
  ) throws -> (read: Double, opened: Double) {
    let workload = Workload(RequestFacts(Subject(organization.synthetic, app: organization.app)))
    var (read, whole) = (Double.infinity, Double.infinity)
    for _ in 0..<5 {
      let start = nanoseconds()
      let memory = try BundleMemory(file: organization.file)
      read = min(read, Double(nanoseconds() - start))
      let middle = nanoseconds()
      let loop = DecisionLoop(try open(memory), workload)
      var decision = postern_decision()
      loop.decide(at: RequestFacts.now, into: &decision)
      whole = min(whole, Double(nanoseconds() - middle))
      precondition(decision.isAllowed, "the measured request is allowed")
    }
    return (read, whole)
  }

  private static func verifySigned(_ organization: MeasuredOrganization) throws -> Double {
    let bundle = [UInt8](try Data(contentsOf: URL(filePath: organization.file)))
    let key = try SigningKey(pem: PEM.privateKey)
    let open = try VerificationKey(pem: PEM.publicKey(key.publicKey))
    let signed = try BundleSignature.sign(bundle, with: key)
    var least = Double.infinity
    for _ in 0..<3 {
      let start = nanoseconds()
      let accepted = try BundleSignature.verify(signed, with: open)
      least = min(least, Double(nanoseconds() - start))
      precondition(accepted.revision == 1, "the signature is the key's")
    }
    return least
  }
}

/// Keys as OpenSSL writes them (RFC 8410). The private one is 32 bytes of 1, and protects nothing.
private enum PEM {
  static var privateKey: [UInt8] {
    let prefix: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
    return text("PRIVATE KEY", prefix + [UInt8](repeating: 1, count: 32))
  }

  static func publicKey(_ bytes: [UInt8]) -> [UInt8] {
    text("PUBLIC KEY", [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0] + bytes)
  }

  private static func text(_ label: String, _ bytes: [UInt8]) -> [UInt8] {
    Array("-----BEGIN \(label)-----\n\(Data(bytes).base64EncodedString())\n-----END \(label)-----\n".utf8)
  }
}
