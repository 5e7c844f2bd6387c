// swift-tools-version: 6.2
import PackageDescription

/// `scripts/test` and CI build with `PACKIT_SLO_STRICT=1`: a warning in this package is an error there,
/// while someone with a newer compiler can still build a release.
let strict = Context.environment["PACKIT_SLO_STRICT"] != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

/// What needs a package of the system's, or of others, that not everyone who builds wants to have.
/// `swift build --disable-default-traits` does without all of it.
let fedoraMessaging = TargetDependencyCondition.when(traits: ["FedoraMessaging"])

/// What `--version` tells of the source. Whoever builds gives it: the package manager keeps what this file computed, so
/// it would name the commit of an earlier build.
let commit = (Context.environment["PACKIT_SLO_COMMIT"] ?? "").filter { $0.isHexDigit || $0 == "+" }

/// Swift's own linker packs the addresses that are filled in at the start: three megabytes that need not be read.
let linking: [LinkerSetting] = [
    .unsafeFlags(
        ["-Xclang-linker", "-fuse-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
        .when(platforms: [.linux], configuration: .release))
]

let package = Package(
    name: "packit-slo",
    products: [
        .executable(name: "packit-slo", targets: ["packit-slo"]),
        // For what is measured piece by piece in `Benchmarks`.
        .library(
            name: "Parts",
            targets: [
                "SLOCore", "SLOSources", "SLOStore", "SLOMetrics", "SLOService", "SLOReplay", "SLOTestSupport",
            ]),
    ],
    traits: [
        .trait(name: "FedoraMessaging", description: "Copr's messages from Fedora's broker, through librabbitmq."),
        .default(enabledTraits: ["FedoraMessaging"]),
    ],
    dependencies: [
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // The system's libraries. A missing one is named by the package manager with its Debian package.
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        // libpq, which is opened when a cluster's database is used.
        .target(name: "CPostgres"),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CXattr"),
        .target(name: "CBuildInfo", cSettings: [.define("BUILD_COMMIT", to: "\"\(commit)\"")]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(
            name: "CSIMDJSON",
            cxxSettings: [.unsafeFlags(["-O3"])],
            linkerSettings: [.linkedLibrary("simdjson")]
        ),

        // What is true: vocabulary, ledger, deadlines, objectives. No I/O, no clock, no Foundation.
        .target(
            name: "SLOCore",
            dependencies: [
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        // JSON off the hot path: one reader, one writer.
        .target(name: "SLOJSON", swiftSettings: settings),
        // What people write: words, lists and maps, with their lines.
        .target(name: "SLOYAML", dependencies: ["CYAML"], swiftSettings: settings),
        // What arrives: signatures, and per source the way from bytes to observations.
        .target(
            name: "SLOSources",
            dependencies: ["SLOJSON", "SLOCore", "SLOYAML", "CLibcrypto", "CSIMDJSON"],
            swiftSettings: settings
        ),
        // What stays: the only place with SQL.
        .target(
            name: "SLOStore",
            dependencies: [
                "SLOCore", "CLZ4", "CPostgres", "CXattr", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        // What is shown to Prometheus.
        .target(name: "SLOMetrics", dependencies: ["SLOCore"], swiftSettings: settings),
        // What is read from the database for people: snapshots for pages and API, reports.
        .target(
            name: "SLOQueries",
            dependencies: ["SLOJSON", "SLOCore", "SLOStore", "SLOConditions", "SLORecordings"],
            swiftSettings: settings),
        // What is configured: one table of keys.
        .target(
            name: "SLOConfiguration",
            dependencies: [
                "SLOCore", "SLOYAML",
                .product(name: "TOMLKit", package: "TOMLKit", condition: fedoraMessaging),
            ],
            swiftSettings: settings
        ),
        // What may be wrong now: one table of conditions, for Prometheus and for the server itself.
        .target(name: "SLOConditions", dependencies: ["SLOCore", "SLOConfiguration"], swiftSettings: settings),
        // What others watch with: rules, dashboard and definitions, made from the configuration.
        .target(
            name: "SLORules", dependencies: ["SLOJSON", "SLOCore", "SLOConfiguration", "SLOConditions"],
            swiftSettings: settings),
        // What was recorded: reading, writing and scrubbing deliveries.
        .target(name: "SLORecordings", dependencies: ["SLOJSON", "SLOCore"], swiftSettings: settings),
        // The write path: intake, queue, writer, blind times, reconciliations, lookups.
        .target(
            name: "SLOService",
            dependencies: [
                "SLOJSON", "SLOCore", "SLOSources", "SLOStore", "SLOMetrics", "SLOConditions",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // The same decisions in virtual time: recordings and journals, judged again.
        .target(
            name: "SLOReplay",
            dependencies: [
                "SLOCore", "SLOMetrics", "SLOQueries", "SLOService", "SLOSources", "SLOStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // What never was: a small world with three incidents, to look around in.
        .target(
            name: "SLODemo",
            dependencies: [
                "SLOCore", "SLOJSON", "SLOSources", .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        // What is asked: a client for the APIs of others, and what is made of their answers.
        .target(
            name: "SLOUpstream",
            dependencies: [
                "SLOService", "SLOStore", "SLOMetrics", "SLOSources", "SLOCore", "CLibcrypto",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // The HTTP shell: connections, their limits, webhooks, probes.
        .target(
            name: "SLOHTTP",
            dependencies: [
                "SLOJSON", "SLOService", "SLOConfiguration", "SLOSources", "SLOCore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        // What is shown over HTTP: pages, API, badges, metrics.
        .target(
            name: "SLOWeb",
            dependencies: [
                "SLOHTTP", "SLOJSON", "SLOService", "SLOQueries", "SLOConfiguration", "SLOConditions", "SLOCore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            // docs/alerts.md, for the page with the runbook.
            resources: [.embedInCode("Runbook.md")],
            swiftSettings: settings
        ),
        // What comes without being sent: Copr's messages from Fedora's broker.
        .target(
            name: "SLOFedoraMessaging",
            dependencies: [
                "SLOService", "SLOSources", "SLOMetrics", "SLOCore",
                .target(name: "CRabbitMQ", condition: fedoraMessaging),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // What people type: commands and configuration.
        .executableTarget(
            name: "packit-slo",
            dependencies: [
                "SLOJSON", "SLOHTTP", "SLOWeb", "SLOUpstream", "SLOReplay", "SLOQueries", "SLOService", "SLOStore",
                "SLOMetrics",
                "SLOSources",
                "SLOCore", "SLOConfiguration", "SLOConditions", "SLODemo", "SLORecordings", "SLORules", "CBuildInfo",
                .target(name: "SLOFedoraMessaging", condition: fedoraMessaging),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings,
            linkerSettings: linking
        ),

        // What the product is tried with: made-up histories, disorder, a reference model, a failing disk.
        .target(
            name: "SLOTestSupport",
            dependencies: [
                "SLOJSON", "SLOCore", "SLOSources", "SLOStore", "SLOMetrics", "SLOService", "SLOReplay",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "SLOTestSupport", "SLOCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // Somebody else's server, for what sends and asks.
        .target(
            name: "TestServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestServer",
            swiftSettings: settings
        ),
        // A cluster's database.
        .target(name: "TestPostgres", path: "Tests/TestPostgres", swiftSettings: settings),
        // A service that runs for as long as a test is at it.
        .target(
            name: "RunningService",
            dependencies: [
                "SLOService", "SLOStore", "SLOSources", "SLOCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/RunningService",
            swiftSettings: settings
        ),
        // Keeps tests that compute for seconds away from those that wait for a server.
        .target(name: "LongComputations", path: "Tests/LongComputations", swiftSettings: settings),
        .testTarget(name: "SLOYAMLTests", dependencies: ["SLOYAML"], swiftSettings: settings),
        .testTarget(name: "SLOCoreTests", dependencies: ["LongComputations", "SLOCore"], swiftSettings: settings),
        .testTarget(
            name: "SLOSourcesTests",
            dependencies: ["LongComputations", "SLOJSON", "SLOTestSupport", "SLORecordings", "SLOSources", "SLOCore"],
            swiftSettings: settings),
        .testTarget(
            name: "SLOStoreTests",
            dependencies: [
                "TestPostgres", "SLOTestSupport", "SLOStore", "SLOCore", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SLOMetricsTests", dependencies: ["SLOMetrics", "SLOCore"], exclude: ["Golden"],
            swiftSettings: settings),
        .testTarget(
            name: "SLOQueriesTests",
            dependencies: [
                "RunningService", "SLOJSON", "SLOQueries", "SLOService", "SLOStore", "SLOMetrics", "SLOSources",
                "SLOCore",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SLOReplayTests",
            dependencies: [
                "LongComputations", "RunningService", "SLOReplay", "SLOQueries", "SLOService", "SLOStore", "SLOMetrics",
                "SLOSources",
                "SLOCore", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SLOServiceTests",
            dependencies: [
                "RunningService", "SLOConditions", "SLOConfiguration", "SLOTestSupport", "SLOService", "SLOStore",
                "SLOMetrics", "SLOSources", "SLOCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SLOUpstreamTests",
            dependencies: [
                "LongComputations", "TestServer", "SLOUpstream", "SLOService", "SLOMetrics", "SLOSources", "SLOCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SLOWebTests",
            dependencies: [
                "SLOHTTP", "SLOJSON", "SLOWeb", "SLOConditions", "SLOConfiguration", "SLOQueries", "SLOService",
                "SLOStore",
                "SLOMetrics",
                "SLOSources", "SLOCore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SLOConfigurationTests", dependencies: ["SLOConfiguration", "SLOCore"], swiftSettings: settings),
        .testTarget(
            name: "SLOFedoraMessagingTests", dependencies: ["SLOFedoraMessaging"], swiftSettings: settings),
        .testTarget(
            name: "SLORecordingsTests", dependencies: ["SLOJSON", "SLORecordings", "SLOSources", "SLOCore"],
            swiftSettings: settings),
        .testTarget(
            name: "FuzzingTests",
            dependencies: [
                "SLOHTTP", "SLOJSON", "SLOWeb", "SLOQueries", "SLOService", "SLOStore", "SLOMetrics", "SLOSources",
                "SLORecordings",
                "SLOConditions", "SLOConfiguration", "SLOCore",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SLOConditionsTests", dependencies: ["SLOConditions", "SLORules", "SLOConfiguration", "SLOCore"],
            swiftSettings: settings),
        .testTarget(
            name: "SLORulesTests",
            dependencies: ["SLORules", "SLOMetrics", "SLOConfiguration", "SLOYAML", "SLOCore"],
            swiftSettings: settings),
        .testTarget(
            name: "SLOTestSupportTests", dependencies: ["LongComputations", "SLOTestSupport", "SLOSources", "SLOCore"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "TestServer", "packit-slo", "SLODemo", "SLOReplay", "SLOQueries", "SLOConfiguration", "SLORecordings",
                "SLOConditions", "SLOMetrics", "SLOService", "SLOSources", "SLOStore",
                "SLOCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
