// The files that a bundle was compiled from, inside it, for a review that has nothing but the bundle (docs/bundle-format.md,
// "source"). The kernel does not look at it, so nothing here is taken on trust: what does not lie in the section is no file.

internal import PosternBundle
internal import PosternLanguage

/// Writes and reads the source section: one file after the other, each behind its two byte counts.
enum SourceSection {
  private static let headByteCount = 12

  /// The section's bytes.
  static func bytes(_ files: [SourceFile]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(files.reduce(0) { $0 + headByteCount + $1.path.utf8.count + $1.bytes.count })
    for file in files {
      bytes.append(littleEndian: UInt32(file.path.utf8.count))
      bytes.append(littleEndian: UInt64(file.bytes.count))
      bytes += file.path.utf8
      bytes += file.bytes
    }
    return bytes
  }

  /// The files in a range of the bytes; nil where it does not end with one.
  static func files(_ bytes: [UInt8], in range: Range<Int>) -> [SourceFile]? {
    var files: [SourceFile] = []
    var offset = range.lowerBound
    while offset < range.upperBound {
      guard let pathByteCount = bytes.u32(at: offset).map(Int.init),
        let byteCount = bytes.u64(at: offset + 4).flatMap(Int.init(exactly:)),
        let path = bytes.slice(at: offset + headByteCount, count: pathByteCount),
        let content = bytes.slice(at: offset + headByteCount + pathByteCount, count: byteCount),
        content.endIndex <= range.upperBound
      else { return nil }
      files.append(SourceFile(path: String(decoding: path, as: UTF8.self), bytes: Array(content)))
      offset += headByteCount + pathByteCount + byteCount
    }
    return files
  }
}
