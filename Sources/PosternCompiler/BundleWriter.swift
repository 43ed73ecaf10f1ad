// Puts sections into a file: header, section table, contents, and the manifest with their digests (docs/bundle-format.md,
// "Header", "manifest"). Refuses nothing; deterministic.

internal import PosternKernel

/// Little-endian bytes of words.
func littleEndianBytes(_ words: [UInt32]) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(words.count * 4)
  bytes.append(littleEndian: words)
  return bytes
}

extension [UInt8] {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func append(littleEndian words: [UInt32]) {
    #if _endian(little)
      // The memory of the words is what is asked for.
      unsafe words.withUnsafeBytes { unsafe append(contentsOf: $0) }
    #else
      for word in words { append(littleEndian: word) }
    #endif
  }

  /// Appends zeroes to the next multiple of `alignment`.
  mutating func pad(toMultipleOf alignment: Int) {
    append(contentsOf: repeatElement(0, count: (alignment - count % alignment) % alignment))
  }

  mutating func store(littleEndian value: some FixedWidthInteger, at offset: Int) {
    for index in 0..<value.bitWidth / 8 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }
}

/// What a bundle's manifest says of a section.
struct SectionDigest: Equatable {
  var id: UInt32
  var flags: UInt32
  var byteCount: UInt64
  var digest: [UInt8]
}

/// Writes the file.
struct BundleWriter {
  private var bytes: [UInt8] = []
  private var digests: [SectionDigest] = []
  private let revision: UInt64
  private let compilerVersion: String

  static let flagRequired: UInt32 = 1
  static let versionByteCount = 32
  static let manifestMagic = Array("PSTNMAN1".utf8)

  /// The file of these sections, which are in the order of their ids and without manifest and signature.
  static func bytes(_ sections: consuming [SectionDraft], revision: UInt64, compilerVersion: String) -> [UInt8] {
    var writer = BundleWriter(revision: revision, compilerVersion: compilerVersion)
    writer.reserve(sections)
    for index in sections.indices {
      writer.append(sections[index], at: index)
      // Of a large bundle only one section is there twice.
      sections[index].content = .bytes([])
    }
    return writer.finish(sectionCount: sections.count + 1)
  }

  private init(revision: UInt64, compilerVersion: String) {
    self.revision = revision
    self.compilerVersion = compilerVersion
  }

  private mutating func reserve(_ sections: [SectionDraft]) {
    let headByteCount = BundleFormat.headerByteCount + BundleFormat.tableEntryByteCount * (sections.count + 1)
    let byteCount = sections.reduce(headByteCount) { $0 + $1.byteCount + BundleFormat.sectionAlignment }
    bytes.reserveCapacity(byteCount + 8_192)
    bytes.append(contentsOf: repeatElement(0, count: headByteCount))
  }

  private mutating func append(_ section: SectionDraft, at index: Int) {
    let flags = section.isRequired ? Self.flagRequired : 0
    let range = append(section.content, id: section.id, flags: flags, at: index)
    let digest = SHA256.digest(of: bytes, range)
    digests.append(
      SectionDigest(id: section.id.rawValue, flags: flags, byteCount: UInt64(range.count), digest: digest))
  }

  private mutating func append(
    _ content: SectionDraft.Content, id: SectionID, flags: UInt32, at index: Int
  ) -> Range<Int> {
    bytes.pad(toMultipleOf: BundleFormat.sectionAlignment)
    let start = bytes.count
    switch content {
    case .bytes(let content): bytes += content
    case .words(let content): bytes.append(littleEndian: content)
    }
    let entry = BundleFormat.headerByteCount + BundleFormat.tableEntryByteCount * index
    bytes.store(littleEndian: id.rawValue, at: entry)
    bytes.store(littleEndian: flags, at: entry + 4)
    bytes.store(littleEndian: UInt64(start), at: entry + 8)
    bytes.store(littleEndian: UInt64(bytes.count - start), at: entry + 16)
    return start..<bytes.count
  }

  private consuming func finish(sectionCount: Int) -> [UInt8] {
    let range = append(.bytes(manifest()), id: .manifest, flags: 0, at: sectionCount - 1)
    let digest = SHA256.digest(of: bytes, range)
    bytes.store(littleEndian: BundleFormat.magic, at: 0)
    bytes.store(littleEndian: BundleFormat.version, at: 8)
    bytes.store(littleEndian: BundleFormat.version, at: 10)
    bytes.store(littleEndian: UInt32(sectionCount), at: 12)
    bytes.store(littleEndian: revision, at: 16)
    bytes.store(littleEndian: UInt64(bytes.count), at: 24)
    bytes.replaceSubrange(BundleFormat.digestOffset..<BundleFormat.digestOffset + digest.count, with: digest)
    return bytes
  }

  private func manifest() -> [UInt8] {
    var manifest = Self.manifestMagic
    manifest.append(littleEndian: revision)
    manifest.append(littleEndian: UInt32(digests.count))
    manifest.append(littleEndian: UInt32(0))
    let version = Array(compilerVersion.utf8.prefix(Self.versionByteCount))
    manifest += version + [UInt8](repeating: 0, count: Self.versionByteCount - version.count)
    for section in digests {
      manifest.append(littleEndian: section.id)
      manifest.append(littleEndian: section.flags)
      manifest.append(littleEndian: section.byteCount)
      manifest += section.digest
    }
    return manifest
  }
}
