// The manifest: what a signature signs, and what the header's digest is of (docs/bundle-format.md, "manifest").
// Refuses, when read, bytes that are not exactly what the writer would have written.

internal import PosternKernel

/// The digests of a bundle's other sections, with its revision, the compiler's version and the time zones' data.
package struct Manifest: Equatable {
  package struct Section: Equatable {
    package var id: UInt32
    package var flags: UInt32
    package var byteCount: UInt64
    package var digest: [UInt8]

    /// One section as the manifest states it.
    package init(id: UInt32, flags: UInt32, byteCount: UInt64, digest: [UInt8]) {
      self.id = id
      self.flags = flags
      self.byteCount = byteCount
      self.digest = digest
    }
  }

  package var revision: UInt64
  package var compilerVersion: String
  package var zoneData: ZoneData
  package var sections: [Section] = []

  package static let magic = Array("PSTNMAN1".utf8)
  package static let versionByteCount = 32
  private static let compilerVersionOffset = 24
  private static let zoneVersionOffset = 56
  private static let zoneDigestOffset = 88
  private static let headByteCount = 120
  private static let sectionByteCount = 48

  package init(revision: UInt64, compilerVersion: String, zoneData: ZoneData) {
    self.revision = revision
    self.compilerVersion = compilerVersion
    self.zoneData = zoneData
  }

  /// The section's bytes.
  package var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.append(littleEndian: revision)
    bytes.append(littleEndian: UInt32(sections.count))
    bytes.append(littleEndian: UInt32(0))
    for version in [compilerVersion, zoneData.version] {
      let text = Array(version.utf8.prefix(Self.versionByteCount))
      bytes += text + [UInt8](repeating: 0, count: Self.versionByteCount - text.count)
    }
    bytes += zoneData.digest
    for section in sections {
      bytes.append(littleEndian: section.id)
      bytes.append(littleEndian: section.flags)
      bytes.append(littleEndian: section.byteCount)
      bytes += section.digest
    }
    return bytes
  }

  /// What it says of the whole bundle.
  package var withoutSections: Manifest {
    Manifest(revision: revision, compilerVersion: compilerVersion, zoneData: zoneData)
  }

  /// Reads a manifest; nil where the bytes are none.
  package init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.magic), let revision = bytes.u64(at: 8), let count = bytes.u32(at: 16),
      let compilerVersion = Self.version(bytes, at: Self.compilerVersionOffset),
      let zoneVersion = Self.version(bytes, at: Self.zoneVersionOffset),
      let zoneDigest = bytes.slice(at: Self.zoneDigestOffset, count: SHA256.byteCount)
    else { return nil }
    self.init(
      revision: revision, compilerVersion: compilerVersion,
      zoneData: ZoneData(version: zoneVersion, digest: Array(zoneDigest)))
    if UInt64(bytes.count) != UInt64(Self.headByteCount) + UInt64(count) * UInt64(Self.sectionByteCount) { return nil }
    for offset in stride(from: Self.headByteCount, to: bytes.count, by: Self.sectionByteCount) {
      guard let id = bytes.u32(at: offset), let flags = bytes.u32(at: offset + 4),
        let byteCount = bytes.u64(at: offset + 8), let digest = bytes.slice(at: offset + 16, count: SHA256.byteCount)
      else { return nil }
      sections.append(Section(id: id, flags: flags, byteCount: byteCount, digest: Array(digest)))
    }
    if self.bytes != bytes { return nil }
  }

  private static func version(_ bytes: [UInt8], at offset: Int) -> String? {
    bytes.slice(at: offset, count: versionByteCount).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// What a bundle says of the zone files that its conditions name.
package struct ZoneData: Equatable {
  /// The release of the time zone database, as `2025b`; empty where the folder does not say, or no zone is named.
  package var version: String
  /// SHA-256 of the lines that `sha256sum` prints of the files, in the byte order of their names; zero where no zone is
  /// named.
  package var digest: [UInt8]

  /// What it says of them.
  package init(version: String = "", digest: [UInt8] = [UInt8](repeating: 0, count: SHA256.byteCount)) {
    self.version = version
    self.digest = digest
  }
}
