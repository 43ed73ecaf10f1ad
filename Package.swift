// swift-tools-version: 6.3
// The walls of Postern, on one screen: what a module may import is what it depends on here (docs/architecture.md).

import PackageDescription

/// `make` builds strictly; a package that depends on Postern is not held to our warnings.
let isStrict = Context.environment["POSTERN_STRICT"] == "1"

/// The one test target that a build is for, which then does not wait for the others; nil: all of them.
let onlyTestTarget = Context.environment["POSTERN_ONLY_TESTS"]

let house: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
  ] + (isStrict ? [.treatAllWarnings(as: .error), .treatWarning("DeprecatedDeclaration", as: .warning)] : [])

/// Spans inside structs: the kernel's views of a request borrow the caller's bytes, and the compiler proves it.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

/// The kernel a second time, for proxies without the Swift runtime: there an allocation is a compile error.
let embedded: [SwiftSetting] = [
  .enableExperimentalFeature("Embedded", .when(traits: ["Embedded"])),
  .unsafeFlags(["-Xfrontend", "-no-allocations", "-Xcc", "-march=x86-64-v2", "-wmo"], .when(traits: ["Embedded"])),
]

let package = Package(
  name: "postern",
  products: [
    .executable(name: "postern", targets: ["postern"]),
    .executable(name: "posternd", targets: ["posternd"]),
    .library(name: "PosternKernel", targets: ["PosternKernel"]),
    .library(name: "PosternCEL", targets: ["PosternCEL"]),
    .library(name: "PosternLanguage", targets: ["PosternLanguage"]),
    .library(name: "PosternBundle", targets: ["PosternBundle"]),
    .library(name: "PosternCompiler", targets: ["PosternCompiler"]),
    .library(name: "PosternReview", targets: ["PosternReview"]),
    .library(name: "PosternImport", targets: ["PosternImport"]),
    .library(name: "PosternService", targets: ["PosternService"]),
  ],
  traits: [
    .trait(name: "Embedded", description: "Builds PosternKernel as Embedded Swift without allocations (make library).")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["JSON", "CommandLineArguments"]),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
    .target(name: "CPostern"),
    .target(name: "PosternKernel", dependencies: ["CPostern"], swiftSettings: house + lifetimes + embedded),
    .target(name: "PosternCEL", swiftSettings: house),
    .target(name: "PosternLanguage", dependencies: ["PosternCEL", "CPostern", "CLibYAML"], swiftSettings: house),
    .target(name: "PosternBundle", dependencies: ["PosternKernel", "CPostern", "COpenSSL"], swiftSettings: house),
    .target(
      name: "PosternCompiler",
      dependencies: ["PosternLanguage", "PosternCEL", "PosternBundle", "PosternKernel", "CPostern"],
      swiftSettings: house),
    .target(
      name: "PosternReview", dependencies: ["PosternCompiler", "PosternLanguage", "PosternKernel"],
      swiftSettings: house),
    .target(name: "PosternImport", dependencies: ["PosternLanguage"], swiftSettings: house),
    // What protoc wrote is not held to the house's rules.
    .target(
      name: "EnvoyAuthorization",
      dependencies: [
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["external_auth.proto"], swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),
    .target(
      name: "PosternService",
      dependencies: [
        "PosternBundle", "PosternKernel", "CPostern", "CHiredis", "EnvoyAuthorization",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house,
      // BoringSSL, below NIOSSL and swift-crypto, is C++.
      linkerSettings: [.linkedLibrary("stdc++")]),
    .executableTarget(name: "posternd", dependencies: ["PosternService"], swiftSettings: house),
    .executableTarget(
      name: "postern",
      dependencies: [
        "PosternImport", "PosternReview", "PosternCompiler", "PosternLanguage", "PosternCEL", "PosternBundle",
        "PosternKernel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ], resources: [.embedInCode("Pages/diagnostics.txt")], swiftSettings: house,
      // BoringSSL, below NIOSSL, is C++.
      linkerSettings: [.linkedLibrary("stdc++")]),
    // The valgrind of Debian 12 reads DWARF 4.
    .target(
      name: "CFloor", dependencies: ["CPostern"], path: "Benchmarks/Floor",
      cSettings: [.unsafeFlags(["-gdwarf-4"])]),
    .executableTarget(
      name: "postern-bench",
      dependencies: ["PosternCompiler", "PosternLanguage", "PosternBundle", "PosternKernel", "CPostern", "CFloor"],
      path: "Benchmarks/PosternBenchmark", swiftSettings: house),
    .testTarget(
      name: "PosternKernelTests", dependencies: ["PosternCompiler", "PosternLanguage", "PosternKernel", "CPostern"],
      swiftSettings: house),
    .testTarget(name: "PosternCELTests", dependencies: ["PosternCEL"], swiftSettings: house),
    .testTarget(
      name: "PosternLanguageTests", dependencies: ["PosternLanguage", "PosternCEL", "CPostern"], exclude: ["Cases"],
      swiftSettings: house),
    .testTarget(
      name: "PosternCompilerTests",
      dependencies: ["PosternCompiler", "PosternLanguage", "PosternCEL", "PosternBundle", "PosternKernel", "CPostern"],
      swiftSettings: house),
    .testTarget(
      name: "PosternReviewTests",
      dependencies: ["PosternReview", "PosternCompiler", "PosternLanguage", "PosternKernel"], swiftSettings: house),
    .testTarget(
      name: "PosternImportTests", dependencies: ["PosternImport", "PosternLanguage"], exclude: ["Cases"],
      swiftSettings: house),
    .testTarget(
      name: "AgreementTests",
      dependencies: ["PosternCompiler", "PosternLanguage", "PosternCEL", "PosternBundle", "PosternKernel", "CPostern"],
      exclude: ["Cases"], swiftSettings: house),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "postern", "PosternLanguage",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], exclude: ["Goldens"], swiftSettings: house),
    .testTarget(
      name: "PosternServiceTests",
      dependencies: [
        "PosternService", "posternd", "postern", "EnvoyAuthorization", "PosternCompiler", "PosternLanguage",
        "PosternBundle", "PosternKernel",
        "CPostern",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
      ],
      exclude: [
        "RealThings/assertion.py", "RealThings/browser.py", "RealThings/eventstream.py", "RealThings/glewlwyd.py",
        "RealThings/oauth.py", "RealThings/person.py", "RealThings/websocket.py",
      ],
      swiftSettings: house),
    .testTarget(name: "HouseTests", swiftSettings: house),
  ]
)

// A build for one test target leaves out what it does not stand on; the agreement's build serves the benchmark too (Makefile).
if let onlyTestTarget {
  var needed: Set = onlyTestTarget == "AgreementTests" ? [onlyTestTarget, "postern-bench"] : [onlyTestTarget]
  for _ in package.targets {
    for target in package.targets where needed.contains(target.name) {
      for case .byNameItem(let name, _) in target.dependencies { needed.insert(name) }
    }
  }
  package.products = []
  package.targets.removeAll { !needed.contains($0.name) }
}
