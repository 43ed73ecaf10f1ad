// A bundle in private memory, verified: whoever decides with one in Swift, tools and gate, holds it so. Refuses bytes that break a
// rule of the format; who made them is asked before (`BundleSignature`).

package import PosternKernel

/// A verified bundle with the memory that it lies in.
///
/// Sendable because nothing of it ever changes: the memory is written once, before the bundle is opened there, and freed
/// when nobody has the object any more.
package final class VerifiedBundle: @unchecked Sendable {
  /// The bundle, which lies in `memory`.
  package let bundle: Bundle
  private let memory: Memory

  /// Copies `bytes` into private memory and verifies them.
  ///
  /// - Throws: the first rule of docs/bundle-format.md that the bytes break.
  package init(_ bytes: [UInt8]) throws(BundleFault) {
    let memory = Memory(bytes)
    // The memory lives as long as this object, and so as long as the bundle; nobody writes to it.
    bundle = try VerifiedBundle.verified(unsafe Words(owned: memory.buffer))
    self.memory = memory
  }

  /// Verifies `words`: a large bundle's on two threads.
  package static func verified(_ words: Words) throws(BundleFault) -> Bundle {
    if words.byteCount < SideBySide.leastByteCount { return try Bundle(verifying: words) }
    return try Bundle(verifying: words) { SideBySide.run($0, $1) }
  }

  /// Bytes that do not move, from where a cache line begins, as sections do inside a bundle.
  @safe private final class Memory {
    let buffer: UnsafeRawBufferPointer

    init(_ bytes: [UInt8]) {
      let copy = UnsafeMutableRawBufferPointer.allocate(
        byteCount: bytes.count, alignment: BundleFormat.sectionAlignment)
      unsafe copy.copyBytes(from: bytes)
      unsafe buffer = UnsafeRawBufferPointer(copy)
    }

    deinit { unsafe buffer.deallocate() }
  }
}
