// swift-tools-version: 6.2
import PackageDescription

// The benchmarks of packit-slo, in a package of their own, so that the product's build does not include them.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let parts = Target.Dependency.product(name: "Parts", package: "packit-slo")

let package = Package(
    name: "packit-slo-benchmarks",
    dependencies: [
        .package(name: "packit-slo", path: "..", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Counts the program's allocations.
        .target(name: "CAllocations"),

        // Measures single steps of the product.
        .executableTarget(
            name: "micro",
            dependencies: [
                parts, "CAllocations", "CZstd", "CZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        // Servers to compare with, which only check the signature and store nothing.
        .executableTarget(
            name: "bare-hummingbird",
            dependencies: [
                parts,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bare-nio",
            dependencies: [
                parts,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        // Sends different deliveries, as fast as they are responded to or at a constant rate.
        .executableTarget(name: "load", linkerSettings: [.linkedLibrary("crypto")]),
    ],
    swiftLanguageModes: [.v6]
)
