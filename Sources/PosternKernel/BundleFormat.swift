// The numbers of docs/bundle-format.md: sections, record sizes, limits. Facts only; the verifier and the compiler read them.

/// Numbers of the bundle format that the compiler writes and the verifier reads.
package enum BundleFormat {
  /// 89 50 54 42 0D 0A 1A 0A, read as a little-endian word.
  package static let magic: UInt64 = 0x0A1A_0A0D_4254_5089
  package static let version: UInt16 = 1
  package static let headerByteCount = 64
  package static let tableEntryByteCount = 24
  package static let sectionAlignment = 64
  package static let sectionLimit = 64
  package static let digestOffset = 32
  /// No index, no app, no unit.
  package static let none: UInt32 = 0xFFFF_FFFF
  /// No pool.
  package static let noPool: UInt16 = 0xFFFF

  package static let providerLimit = 64
  package static let denyRuleLimit = 256
  package static let rowLimit = 8
  /// Rows with more entries are probed, the others walked.
  package static let walkLimit = 16
  /// Walked rows with fewer entries have no filter: it would cost them more than 14 bytes an entry.
  package static let filterLeast = 5
  package static let routeDepthLimit = 31
  package static let inlineHostByteCount = 40
  package static let identityMemberLimit = 256
  package static let groupLimit = 1_024
  /// The most attributes that are passed on to an app.
  package static let propagationLimit: UInt32 = 45
  package static let propagatedNameByteLimit: UInt32 = 256
  /// The most scopes of an OAuth client: a record has one bit for each.
  package static let oauthScopeLimit = 64
  /// The most apps of an OAuth client, and the most addresses.
  package static let oauthListLimit: UInt32 = 64
  package static let oauthClientIDByteLimit: UInt32 = 128

  /// First word of a row's first unit; no other unit of the grants begins so.
  package static let rowMarker: UInt32 = 0xFFFF_FFFF
  /// Member of a free slot of a probed row.
  package static let freeMember: UInt32 = 0xFFFF_FFFE
  /// Bit of a grant that is conditional; reserved.
  package static let conditionalGrant: UInt32 = 0x8000_0000
  package static let pilotLimit: UInt16 = 0xFFFF
}

/// Where a row's entries, or its cells, begin.
package enum RowHeader {
  /// The header of a row without a filter.
  package static let leastByteCount = 16
  /// The header of any other.
  package static let byteCount = 24

  @inline(__always) package static func byteCount(entryCount: Int) -> Int {
    entryCount < BundleFormat.filterLeast ? leastByteCount : byteCount
  }
}

/// Ids of the sections.
package struct SectionID: Equatable {
  package let rawValue: UInt32
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  package static var strings: SectionID { SectionID(1) }
  package static var organization: SectionID { SectionID(2) }
  package static var providers: SectionID { SectionID(3) }
  package static var attributes: SectionID { SectionID(4) }
  package static var names: SectionID { SectionID(5) }
  package static var nameTable: SectionID { SectionID(6) }
  package static var memberships: SectionID { SectionID(7) }
  package static var hosts: SectionID { SectionID(8) }
  package static var routes: SectionID { SectionID(9) }
  package static var apps: SectionID { SectionID(10) }
  package static var appRecords: SectionID { SectionID(11) }
  package static var grants: SectionID { SectionID(12) }
  package static var denyRules: SectionID { SectionID(13) }
  package static var denyMembers: SectionID { SectionID(14) }
  package static var denySets: SectionID { SectionID(15) }
  package static var profiles: SectionID { SectionID(16) }
  package static var lists: SectionID { SectionID(17) }
  package static var code: SectionID { SectionID(18) }
  package static var costs: SectionID { SectionID(19) }
  package static var conditionals: SectionID { SectionID(20) }
  package static var automata: SectionID { SectionID(21) }
  package static var zones: SectionID { SectionID(22) }
  package static var propagation: SectionID { SectionID(23) }
  package static var oauthClients: SectionID { SectionID(24) }
  package static var gate: SectionID { SectionID(30) }
  package static var source: SectionID { SectionID(31) }
  package static var provenance: SectionID { SectionID(32) }
  package static var manifest: SectionID { SectionID(33) }
  package static var signature: SectionID { SectionID(34) }

  /// Sections 1 to this one must be in every bundle.
  package static var lastRequired: UInt32 { 23 }
}

/// Byte counts of the records.
package enum RecordSize {
  package static let organization = 128
  package static let provider = 64
  package static let attribute = 16
  package static let name = 32
  package static let hostLine = 64
  package static let route = 16
  package static let app = 64
  package static let appRecord = 16
  package static let unit = 8
  package static let denyRule = 32
  package static let denySet = 32
  package static let profile = 64
  package static let codeWord = 16
  package static let cost = 16
  package static let conditional = 16
  package static let propagation = 24
  package static let oauthClient = 72
}

/// Kinds of name; those below `tenant` are members.
package struct NameKind: Equatable {
  package let rawValue: UInt8
  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  package static var authenticated: NameKind { NameKind(0) }
  package static var user: NameKind { NameKind(1) }
  package static var serviceAccount: NameKind { NameKind(2) }
  package static var domain: NameKind { NameKind(3) }
  package static var group: NameKind { NameKind(4) }
  package static var poolSubject: NameKind { NameKind(5) }
  package static var poolGroup: NameKind { NameKind(6) }
  package static var poolAttribute: NameKind { NameKind(7) }
  package static var pool: NameKind { NameKind(8) }
  package static var tenant: NameKind { NameKind(9) }
  package static var client: NameKind { NameKind(10) }
  package static var allowedDomain: NameKind { NameKind(11) }

  package static let count = 12
  package static let memberCount = 9
}

/// Flags of an app line.
package enum AppFlag {
  package static let allowOptions: UInt16 = 1
  package static let `public`: UInt16 = 2
  package static let domainsRestricted: UInt16 = 4
  package static let conditional: UInt16 = 8
  /// A provider of the app has tenants, or is an identity platform and the app names tenants.
  package static let asksForTenant: UInt16 = 16
  /// The profile has paths that do not keep a session alive.
  package static let excludesActivity: UInt16 = 32
  package static let all: UInt16 = 63
  /// Those of apps that not every app is like.
  static let unusual: UInt16 = `public` | domainsRestricted | conditional | asksForTenant | excludesActivity
}

/// Flags of a deny rule.
package enum DenyFlag {
  package static let namesGroup: UInt32 = 1
  package static let deniesEveryone: UInt32 = 2
  package static let exceptsEveryone: UInt32 = 4
}

/// Flags of an attribute that is passed on.
package enum PropagationFlag {
  package static let strict: UInt16 = 1
  package static let decorated: UInt16 = 2
}

/// The credentials that an attribute is written into, as bits.
package enum PropagationOutput {
  package static let header: UInt8 = 1
  package static let jwt: UInt8 = 2
  package static let all: UInt8 = 7
}

/// The lists that attributes are selected from.
package enum PropagationSource {
  package static let last: UInt8 = 1
}

/// Where what stands in the record of an OAuth client.
package enum OAuthClientField {
  package static let id = 0
  package static let displayName = 8
  package static let scopes = 16
  package static let redirectURIs = 24
  package static let apps = 32
  package static let boundScopes = 40
  package static let passwordScopes = 48
  package static let sessionLengthSeconds = 56
  package static let unusedSeconds = 60
  package static let liveTokenLimit = 64
  package static let party = 68
  package static let method = 69
  package static let flows = 70
  package static let scopeCount = 71

  package static let thirdParty: UInt8 = 1
  package static let allFlows: UInt8 = 3
}

/// Flags of a route.
package enum RouteFlag {
  package static let allowEscapes: UInt8 = 1
  package static let inUse: UInt8 = 2
}

/// Flags of a host line.
package enum HostFlag {
  package static let wildcard: UInt8 = 1
  package static let inUse: UInt8 = 2
  /// The route of depth 0 allows escapes.
  package static let rootAllowsEscapes: UInt8 = 4
  /// From this bit on: the number of cells of the second row that the line hints at, as a power of two.
  package static let cellCountShift: UInt8 = 3
}

/// Where what stands in a host line.
package enum HostField {
  package static let byteCount = 0
  package static let flags = 1
  /// Byte count of the longest route path, u16.
  package static let longestRoute = 2
  package static let depthMask = 4
  package static let baseApp = 8
  package static let rootApp = 12
  /// The first two rows of the app that the host most likely leads to, as units: hints, which only a prefetch believes.
  package static let rows = 16
  /// The text itself, or where it is longer, its offset in strings.
  package static let text = 24
}
