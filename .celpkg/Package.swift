// swift-tools-version: 6.3
import PackageDescription
let house: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"), .strictMemorySafety(), .treatAllWarnings(as: .error), .treatWarning("DeprecatedDeclaration", as: .warning)]
let package = Package(name: "cel", targets: [.target(name: "PosternCEL", swiftSettings: house), .testTarget(name: "PosternCELTests", dependencies: ["PosternCEL"], swiftSettings: house)])
