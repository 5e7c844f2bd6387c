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
        .target(name: "SLOYAML", dependencies: ["CYAML"], swiftSettings: settings),
        .target(
            name: "SLOSources",
            dependencies: ["SLOCore", "SLOYAML", "CLibcrypto", "CSIMDJSON"],
            swiftSettings: settings
        ),
        .target(
            name: "SLOConfiguration",
            dependencies: ["SLOCore", "SLOYAML"],
            swiftSettings: settings
        ),
        .target(name: "SLORecordings", dependencies: ["SLOCore"], swiftSettings: settings),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["SLOCore", "SLOSources", "SLOConfiguration", "SLORecordings"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
