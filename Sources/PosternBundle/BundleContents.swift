// A bundle's records in readable form, for tools and the gate. Made only from bytes that the kernel has verified, so that records
// are where the format says; what lies outside after all reads as 0 or as an empty text.

package import PosternKernel

/// The records of a verified bundle.
package struct BundleContents {
  package let bytes: [UInt8]
  package let table: SectionTable

  /// Reads the section table; nil where the bytes are no bundle.
  package init?(verified bytes: [UInt8]) {
    guard let table = SectionTable(bytes) else { return nil }
    self.bytes = bytes
    self.table = table
  }

  package func section(_ id: SectionID) -> Range<Int> { table.range(id) ?? 0..<0 }

  /// The number of records of a section.
  package func count(_ id: SectionID, recordByteCount: Int) -> Int { section(id).count / recordByteCount }

  /// Where a record begins.
  package func record(_ id: SectionID, _ index: Int, byteCount: Int) -> Int {
    section(id).lowerBound + index * byteCount
  }

  package func byte(_ offset: Int) -> UInt8 { bytes.number(at: offset, as: UInt8.self) ?? 0 }
  package func u16(_ offset: Int) -> UInt16 { bytes.u16(at: offset) ?? 0 }
  package func u32(_ offset: Int) -> UInt32 { bytes.u32(at: offset) ?? 0 }
  package func u64(_ offset: Int) -> UInt64 { bytes.u64(at: offset) ?? 0 }

  /// The text that u32 offset and u32 byte count at `field` refer to.
  package func textBytes(_ field: Int) -> [UInt8] {
    let strings = section(.strings)
    return Array(bytes.slice(at: strings.lowerBound + Int(u32(field)), count: Int(u32(field + 4))) ?? [])
  }

  package func text(_ field: Int) -> String { String(decoding: textBytes(field), as: UTF8.self) }

  /// The word of `lists` at `index`.
  package func listWord(_ index: Int) -> UInt32 { u32(section(.lists).lowerBound + 4 * index) }

  /// The texts of the names that the pair at `field` lists.
  package func listedNames(_ field: Int) -> [String] {
    (0..<Int(u32(field + 4))).map { name(Int(listWord(Int(u32(field)) + $0))) }
  }

  /// The texts that the pair at `field` lists.
  package func listedTexts(_ field: Int) -> [String] {
    (0..<Int(u32(field + 4))).map { text(section(.lists).lowerBound + 4 * (Int(u32(field)) + 2 * $0)) }
  }

  /// The text of a name.
  package func name(_ index: Int) -> String { text(record(.names, index, byteCount: RecordSize.name)) }

  // MARK: apps

  package var appCount: Int { count(.apps, recordByteCount: RecordSize.app) }

  package func appLine(_ index: Int) -> Int { record(.apps, index, byteCount: RecordSize.app) }
  package func appRecord(_ index: Int) -> Int { record(.appRecords, index, byteCount: RecordSize.appRecord) }
  package func appName(_ index: Int) -> String { text(appRecord(index)) }

  // MARK: attributes

  /// The attributes of a scope (0 identity, 1 request), in the order of their slots.
  package func attributes(scope: UInt8) -> [(path: [UInt8], tag: UInt8)] {
    let records = (0..<count(.attributes, recordByteCount: RecordSize.attribute))
      .map { record(.attributes, $0, byteCount: RecordSize.attribute) }
    return records.filter { byte($0 + 9) == scope }.map { (textBytes($0), byte($0 + 8)) }
  }
}
