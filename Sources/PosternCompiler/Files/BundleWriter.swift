// Puts sections into a file: header, section table, contents (docs/bundle-format.md, "Header"). Compiling, stripping
// and signing all end here, so that the same sections give the same bytes. Refuses nothing.

internal import PosternBundle
internal import PosternKernel

/// Writes one file.
struct BundleWriter {
  private var bytes: [UInt8] = []
  private var sectionCount = 0

  static let flagRequired: UInt32 = 1

  /// The file of these compiled sections, which are in the order of their ids, with a manifest that begins as `head`
  /// does, and no signature.
  static func bytes(
    _ sections: consuming [SectionDraft], head: Manifest
  ) -> [UInt8] {
    let byteCount = sections.reduce(0) { $0 + $1.byteCount }
    var writer = BundleWriter(sectionCount: sections.count + 1, contentByteCount: byteCount)
    var manifest = head.withoutSections
    for index in sections.indices {
      let flags = sections[index].isRequired ? flagRequired : 0
      let range = writer.append(id: sections[index].id, flags: flags) { $0.append(sections[index].content) }
      writer.add(range, id: sections[index].id, flags: flags, to: &manifest)
      // Of a large bundle only one section is there twice.
      sections[index].content = .bytes([])
    }
    return writer.finish(with: manifest)
  }

  /// The sections of `file` for which `isKept` holds, with a new manifest that begins as `head` does, and no signature.
  static func bytes(
    of file: [UInt8], _ table: SectionTable, head: Manifest, keeping isKept: (SectionID) -> Bool
  ) -> [UInt8] {
    let entries = table.entries.filter { isKept($0.id) && $0.id != .manifest && $0.id != .signature }
    var writer = BundleWriter(sectionCount: entries.count + 1, contentByteCount: file.count)
    var manifest = head.withoutSections
    for entry in entries {
      let range = writer.append(id: entry.id, flags: entry.flags) { $0 += file[entry.range] }
      writer.add(range, id: entry.id, flags: entry.flags, to: &manifest)
    }
    return writer.finish(with: manifest)
  }

  /// `file` with this signature section in place of any that it has.
  static func bytes(of file: [UInt8], _ table: SectionTable, signature: [UInt8]) -> [UInt8] {
    let entries = table.entries.filter { $0.id != .signature }
    // Sections that are younger than this version may stand behind the signature.
    let isBefore = entries.prefix { $0.id.rawValue < SectionID.signature.rawValue }.count
    var writer = BundleWriter(sectionCount: entries.count + 1, contentByteCount: file.count)
    for (index, entry) in entries.enumerated() {
      if index == isBefore { _ = writer.append(id: .signature, flags: 0) { $0 += signature } }
      _ = writer.append(id: entry.id, flags: entry.flags) { $0 += file[entry.range] }
    }
    if isBefore == entries.count { _ = writer.append(id: .signature, flags: 0) { $0 += signature } }
    return writer.finish(revision: table.revision, manifestDigest: table.manifestDigest)
  }

  private init(sectionCount: Int, contentByteCount: Int) {
    let headByteCount = BundleFormat.headerByteCount + BundleFormat.tableEntryByteCount * sectionCount
    bytes.reserveCapacity(
      headByteCount + contentByteCount + (sectionCount + 1) * BundleFormat.sectionAlignment + 8_192)
    bytes.append(contentsOf: repeatElement(0, count: headByteCount))
  }

  private mutating func append(
    id: SectionID, flags: UInt32, content: (inout [UInt8]) -> Void
  ) -> Range<Int> {
    bytes.pad(toMultipleOf: BundleFormat.sectionAlignment)
    let start = bytes.count
    content(&bytes)
    let entry = BundleFormat.headerByteCount + BundleFormat.tableEntryByteCount * sectionCount
    bytes.store(littleEndian: id.rawValue, at: entry)
    bytes.store(littleEndian: flags, at: entry + 4)
    bytes.store(littleEndian: UInt64(start), at: entry + 8)
    bytes.store(littleEndian: UInt64(bytes.count - start), at: entry + 16)
    sectionCount += 1
    return start..<bytes.count
  }

  private func add(_ range: Range<Int>, id: SectionID, flags: UInt32, to manifest: inout Manifest) {
    let digest = SHA256.digest(of: bytes, range)
    manifest.sections.append(
      Manifest.Section(id: id.rawValue, flags: flags, byteCount: UInt64(range.count), digest: digest))
  }

  private consuming func finish(with manifest: Manifest) -> [UInt8] {
    let content = manifest.bytes
    let range = append(id: .manifest, flags: 0) { $0 += content }
    let digest = SHA256.digest(of: bytes, range)
    return finish(revision: manifest.revision, manifestDigest: digest)
  }

  private consuming func finish(revision: UInt64, manifestDigest: [UInt8]) -> [UInt8] {
    bytes.store(littleEndian: BundleFormat.magic, at: 0)
    bytes.store(littleEndian: BundleFormat.version, at: 8)
    bytes.store(littleEndian: BundleFormat.version, at: 10)
    bytes.store(littleEndian: UInt32(sectionCount), at: 12)
    bytes.store(littleEndian: revision, at: 16)
    bytes.store(littleEndian: UInt64(bytes.count), at: 24)
    let start = BundleFormat.digestOffset
    bytes.replaceSubrange(start..<start + manifestDigest.count, with: manifestDigest)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ content: SectionDraft.Content) {
    switch content {
    case .bytes(let bytes): self += bytes
    case .words(let words): append(littleEndian: words)
    }
  }
}
