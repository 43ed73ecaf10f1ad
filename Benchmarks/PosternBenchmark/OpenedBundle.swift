// A bundle in memory of its own, verified. Whoever decides with it holds it; the last one who lets go gives its memory back.

internal import CFloor
internal import Foundation
internal import Glibc
internal import PosternBundle
internal import PosternKernel

/// One generation of a policy, as a host holds it. The bytes never change, so that threads may share it.
@safe final class OpenedBundle: @unchecked Sendable {
  let memory: BundleMemory
  let bundle: PosternKernel.Bundle

  /// Verifies `memory` on one thread, as a C host does, and from then on owns it.
  init(_ memory: consuming BundleMemory) throws(BundleFault) {
    bundle = try unsafe PosternKernel.Bundle(verifying: Words(owned: memory.bytes))
    self.memory = memory
  }

  /// The same on two threads, as the gate does.
  init(sideBySide memory: consuming BundleMemory) throws(BundleFault) {
    bundle = try unsafe VerifiedBundle.verified(Words(owned: memory.bytes))
    self.memory = memory
  }

  convenience init(copying bytes: [UInt8]) throws(BundleFault) { try self.init(BundleMemory(copying: bytes)) }
  convenience init(file: String) throws { try self.init(BundleMemory(file: file)) }

  /// Verifies the bundle again.
  func verify() -> Bool {
    do throws(BundleFault) {
      let again = try unsafe PosternKernel.Bundle(verifying: Words(owned: memory.bytes))
      return again.revision == bundle.revision
    } catch {
      return false
    }
  }

  /// The first 8 bytes of the manifest's digest, in the bundle's header: the hash of what is in it.
  var mark: UInt64 { memory.word(at: 32) }
}

/// A bundle's bytes in huge pages.
@safe struct BundleMemory: ~Copyable {
  let bytes: UnsafeRawBufferPointer

  init(byteCount: Int) {
    guard let start = unsafe machine_map(UInt64(byteCount)) else { preconditionFailure("machine_map never fails") }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
  }

  init(copying source: [UInt8]) {
    self.init(byteCount: source.count)
    unsafe UnsafeMutableRawBufferPointer(mutating: bytes).copyBytes(from: source)
  }

  init(file: String) throws {
    let handle = try FileHandle(forReadingFrom: URL(filePath: file))
    let end = Int(try handle.seekToEnd())
    try handle.seek(toOffset: 0)
    self.init(byteCount: end)
    var offset = 0
    while offset < end {
      let target = unsafe UnsafeMutableRawBufferPointer(mutating: bytes).baseAddress
      let count = unsafe read(handle.fileDescriptor, target.map { unsafe $0 + offset }, end - offset)
      precondition(count > 0, "a file that was opened is read")
      offset += count
    }
  }

  deinit { unsafe machine_unmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), UInt64(bytes.count)) }

  var byteCount: Int { unsafe bytes.count }

  func word(at offset: Int) -> UInt64 { unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }

  /// One pass over all bytes: the least that a verification could do.
  @inline(never) func sum() -> UInt64 {
    var sum: UInt64 = 0
    var offset = 0
    let end = byteCount & ~7
    while offset < end {
      sum &+= word(at: offset)
      offset += 8
    }
    return sum
  }
}
