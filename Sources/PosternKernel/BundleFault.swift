// Why a file is no bundle: one number a rule of docs/bundle-format.md, one hostile test a number.

/// The first rule of the bundle format that a file breaks.
public struct BundleFault: Error, Equatable, Sendable {
  /// The rule's number in docs/bundle-format.md.
  public let rule: UInt32

  package init(_ rule: UInt32) { self.rule = rule }

  // The file.
  package static var tooShort: BundleFault { BundleFault(1) }
  package static var notABundle: BundleFault { BundleFault(2) }
  package static var unsupportedVersion: BundleFault { BundleFault(3) }
  package static var wrongByteCount: BundleFault { BundleFault(4) }
  package static var tooManySections: BundleFault { BundleFault(5) }
  package static var sectionTableOutOfBounds: BundleFault { BundleFault(6) }
  package static var sectionsOutOfOrder: BundleFault { BundleFault(7) }
  package static var sectionMisaligned: BundleFault { BundleFault(8) }
  package static var sectionOutOfBounds: BundleFault { BundleFault(9) }
  package static var sectionFlags: BundleFault { BundleFault(10) }
  package static var unknownRequiredSection: BundleFault { BundleFault(11) }
  package static var missingSection: BundleFault { BundleFault(12) }
  package static var paddingNotZero: BundleFault { BundleFault(13) }
  package static var partialRecord: BundleFault { BundleFault(14) }

  // Identities.
  package static var organizationCounts: BundleFault { BundleFault(20) }
  package static var organizationReserved: BundleFault { BundleFault(21) }
  package static var kindStarts: BundleFault { BundleFault(22) }
  package static var organizationRow: BundleFault { BundleFault(23) }
  package static var anonymousMask: BundleFault { BundleFault(24) }
  package static var tooManyProviders: BundleFault { BundleFault(25) }
  package static var providerText: BundleFault { BundleFault(26) }
  package static var providerNumbers: BundleFault { BundleFault(27) }
  package static var providerTenants: BundleFault { BundleFault(28) }
  package static var providerDomains: BundleFault { BundleFault(29) }
  package static var attributeText: BundleFault { BundleFault(30) }
  package static var attributeNumbers: BundleFault { BundleFault(31) }
  package static var nameText: BundleFault { BundleFault(32) }
  package static var nameNumbers: BundleFault { BundleFault(33) }
  package static var nameMemberships: BundleFault { BundleFault(34) }
  package static var membershipNotAGroup: BundleFault { BundleFault(35) }
  package static var nameMisplaced: BundleFault { BundleFault(36) }
  package static var nameSlot: BundleFault { BundleFault(37) }

  // Perfect tables.
  package static var tableHeader: BundleFault { BundleFault(40) }
  package static var tablePilot: BundleFault { BundleFault(41) }
  package static var tablePadding: BundleFault { BundleFault(42) }

  // Hosts and routes.
  package static var hostText: BundleFault { BundleFault(51) }
  package static var hostApps: BundleFault { BundleFault(52) }
  package static var hostDepths: BundleFault { BundleFault(53) }
  package static var hostMisplaced: BundleFault { BundleFault(54) }
  package static var freeHostNotZero: BundleFault { BundleFault(55) }
  package static var routeText: BundleFault { BundleFault(56) }
  package static var routeNumbers: BundleFault { BundleFault(57) }
  package static var routeHost: BundleFault { BundleFault(58) }
  package static var routeMisplaced: BundleFault { BundleFault(59) }
  package static var freeRouteNotZero: BundleFault { BundleFault(60) }

  // Apps.
  package static var appNumbers: BundleFault { BundleFault(70) }
  package static var appProgram: BundleFault { BundleFault(71) }
  package static var appRows: BundleFault { BundleFault(72) }
  package static var appReferences: BundleFault { BundleFault(73) }
  package static var appPublic: BundleFault { BundleFault(74) }
  package static var appProviders: BundleFault { BundleFault(75) }
  package static var appRecordText: BundleFault { BundleFault(76) }
  package static var appRecordAudience: BundleFault { BundleFault(77) }
  package static var profileList: BundleFault { BundleFault(78) }
  package static var profileTexts: BundleFault { BundleFault(79) }
  package static var certificateTooLow: BundleFault { BundleFault(80) }
  package static var certificateReserved: BundleFault { BundleFault(81) }
  package static var appConditionals: BundleFault { BundleFault(82) }
  package static var profilePropagation: BundleFault { BundleFault(83) }
  package static var propagationText: BundleFault { BundleFault(84) }
  package static var propagationNumbers: BundleFault { BundleFault(85) }
  package static var propagationHeader: BundleFault { BundleFault(86) }
  package static var appTenants: BundleFault { BundleFault(87) }
  package static var appActivity: BundleFault { BundleFault(88) }
  package static var profileReserved: BundleFault { BundleFault(89) }

  // Grants and deny rules.
  package static var rowHeader: BundleFault { BundleFault(90) }
  package static var rowOutOfBounds: BundleFault { BundleFault(91) }
  package static var rowEntry: BundleFault { BundleFault(92) }
  package static var rowKinds: BundleFault { BundleFault(93) }
  package static var rowOrder: BundleFault { BundleFault(94) }
  package static var rowCell: BundleFault { BundleFault(95) }
  package static var rowMisplaced: BundleFault { BundleFault(96) }
  package static var rowEntryCount: BundleFault { BundleFault(97) }
  package static var conditionalGrant: BundleFault { BundleFault(98) }
  package static var rowFilter: BundleFault { BundleFault(99) }
  package static var tooManyDenyRules: BundleFault { BundleFault(100) }
  package static var denyMembers: BundleFault { BundleFault(101) }
  package static var denyNumbers: BundleFault { BundleFault(102) }
  package static var denySetBits: BundleFault { BundleFault(103) }
  package static var conditionalRecord: BundleFault { BundleFault(104) }

  // Code.
  package static var unknownOpcode: BundleFault { BundleFault(110) }
  package static var operandOutOfRange: BundleFault { BundleFault(111) }
  package static var jumpBackwards: BundleFault { BundleFault(112) }
  package static var jumpToNoLabel: BundleFault { BundleFault(113) }
  package static var costNotDecreasing: BundleFault { BundleFault(114) }
  package static var registersNotWritten: BundleFault { BundleFault(115) }
  package static var pathDoesNotEnd: BundleFault { BundleFault(116) }
  package static var unreachableWord: BundleFault { BundleFault(117) }
  package static var itemOffsets: BundleFault { BundleFault(118) }
  package static var automaton: BundleFault { BundleFault(119) }
  package static var zone: BundleFault { BundleFault(120) }

  // OAuth clients.
  package static var oauthClientText: BundleFault { BundleFault(130) }
  package static var oauthClientList: BundleFault { BundleFault(131) }
  package static var oauthClientScopes: BundleFault { BundleFault(132) }
  package static var oauthClientNumbers: BundleFault { BundleFault(133) }
  package static var oauthClientMisplaced: BundleFault { BundleFault(134) }
}
