// swift-tools-version: 6.2
import PackageDescription

/// libFuzzer sees where an input leads only in code that is compiled for it. So the product's sources are compiled here
/// once more, through the links in `Sources`, with counters on their edges and with their internal names reachable.
/// `scripts/fuzz` builds this with the fuzzer and the address sanitizer.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags([
        "-enable-testing", "-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table",
    ]),
]

let package = Package(
    name: "packit-slo-fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CSIMDJSON",
            cxxSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
        .target(
            name: "SLOCore",
            dependencies: [
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "SLOJSON", swiftSettings: settings),
        .target(name: "SLOYAML", dependencies: ["CYAML"], swiftSettings: settings),
        .target(
            name: "SLOSources",
            dependencies: ["SLOJSON", "SLOCore", "SLOYAML", "CLibcrypto", "CSIMDJSON"],
            swiftSettings: settings
        ),
        .target(
            name: "SLOConfiguration",
            dependencies: ["SLOCore", "SLOYAML"],
            swiftSettings: settings
        ),
        .target(name: "SLORecordings", dependencies: ["SLOJSON", "SLOCore"], swiftSettings: settings),
        .systemLibrary(name: "CXattr"),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .target(
            name: "SLOStore",
            dependencies: [
                "SLOCore", "CLZ4", "CXattr", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .target(name: "SLOMetrics", dependencies: ["SLOCore"], swiftSettings: settings),
        .target(
            name: "SLOService",
            dependencies: [
                "SLOJSON", "SLOCore", "SLOSources", "SLOStore", "SLOMetrics",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(name: "SLOQueries", dependencies: ["SLOJSON", "SLOCore", "SLOStore"], swiftSettings: settings),
        .target(
            name: "SLOHTTP",
            dependencies: [
                "SLOJSON", "SLOService", "SLOConfiguration", "SLOSources", "SLOCore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SLOWeb",
            dependencies: [
                "SLOHTTP", "SLOJSON", "SLOService", "SLOQueries", "SLOConfiguration", "SLOSources", "SLOCore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "SLOHTTP", "SLOJSON", "SLOCore", "SLOSources", "SLOConfiguration", "SLORecordings", "SLOStore",
                "SLOMetrics",
                "SLOQueries",
                "SLOService", "SLOWeb",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
