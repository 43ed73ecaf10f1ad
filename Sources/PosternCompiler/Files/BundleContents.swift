// A bundle's records in readable form, for tools. Made only from bytes that `OpenBundle` has verified, so that records
// are where the format says; what lies outside after all reads as 0 or as an empty text.

internal import PosternKernel

/// The records of a verified bundle.
struct BundleContents {
  let bytes: [UInt8]
  let table: SectionTable

  /// Reads the section table; nil where the bytes are no bundle.
  init?(verified bytes: [UInt8]) {
    guard let table = SectionTable(bytes) else { return nil }
    self.bytes = bytes
    self.table = table
  }

  func section(_ id: SectionID) -> Range<Int> { table.range(id) ?? 0..<0 }

  /// The number of records of a section.
  func count(_ id: SectionID, recordByteCount: Int) -> Int { section(id).count / recordByteCount }

  /// Where a record begins.
  func record(_ id: SectionID, _ index: Int, byteCount: Int) -> Int { section(id).lowerBound + index * byteCount }

  func byte(_ offset: Int) -> UInt8 { bytes.number(at: offset, as: UInt8.self) ?? 0 }
  func u16(_ offset: Int) -> UInt16 { bytes.u16(at: offset) ?? 0 }
  func u32(_ offset: Int) -> UInt32 { bytes.u32(at: offset) ?? 0 }
  func u64(_ offset: Int) -> UInt64 { bytes.u64(at: offset) ?? 0 }

  /// The text that u32 offset and u32 byte count at `field` refer to.
  func textBytes(_ field: Int) -> [UInt8] {
    let strings = section(.strings)
    return Array(bytes.slice(at: strings.lowerBound + Int(u32(field)), count: Int(u32(field + 4))) ?? [])
  }

  func text(_ field: Int) -> String { String(decoding: textBytes(field), as: UTF8.self) }

  /// The word of `lists` at `index`.
  func listWord(_ index: Int) -> UInt32 { u32(section(.lists).lowerBound + 4 * index) }

  /// The texts of the names that the pair at `field` lists.
  func listedNames(_ field: Int) -> [String] {
    (0..<Int(u32(field + 4))).map { name(Int(listWord(Int(u32(field)) + $0))) }
  }

  /// The texts that the pair at `field` lists.
  func listedTexts(_ field: Int) -> [String] {
    (0..<Int(u32(field + 4))).map { text(section(.lists).lowerBound + 4 * (Int(u32(field)) + 2 * $0)) }
  }

  /// The text of a name.
  func name(_ index: Int) -> String { text(record(.names, index, byteCount: RecordSize.name)) }

  // MARK: apps

  var appCount: Int { count(.apps, recordByteCount: RecordSize.app) }

  func appLine(_ index: Int) -> Int { record(.apps, index, byteCount: RecordSize.app) }
  func appRecord(_ index: Int) -> Int { record(.appRecords, index, byteCount: RecordSize.appRecord) }
  func appName(_ index: Int) -> String { text(appRecord(index)) }

  func cost(ofApp index: Int) -> Cost {
    let certificate = record(.costs, Int(u32(appLine(index) + 60)), byteCount: RecordSize.cost)
    return Cost(words: u32(certificate), probes: u32(certificate + 4), bytesScanned: u32(certificate + 8))
  }

  // MARK: attributes

  /// The attributes of a scope (0 identity, 1 request), in the order of their slots.
  func attributes(scope: UInt8) -> [(path: [UInt8], tag: UInt8)] {
    let records = (0..<count(.attributes, recordByteCount: RecordSize.attribute))
      .map { record(.attributes, $0, byteCount: RecordSize.attribute) }
    return records.filter { byte($0 + 9) == scope }.map { (textBytes($0), byte($0 + 8)) }
  }
}
