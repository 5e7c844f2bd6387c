import SLOCore
import SLOSources
import Testing

@Suite("The names of checks")
struct NameRulesTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let subject: CheckName.Subject
        var event: String?
        var chroot: String?
        var identifier: String?

        var testDescription: String { text }
        var expected: CheckName {
            CheckName(
                text: text, subject: subject, event: event, chroot: chroot, identifier: identifier,
                jobKind: text.split(separator: ":").first.map { JobKind(String($0)) })
        }
    }

    @Test(
        "are taken apart at the part that is a chroot",
        arguments: [
            Row(text: "rpm-build:fedora-rawhide-x86_64", subject: .build, chroot: "fedora-rawhide-x86_64"),
            Row(
                text: "rpm-build:main:fedora-34-x86_64:ident", subject: .build, event: "main",
                chroot: "fedora-34-x86_64", identifier: "ident"),
            Row(
                text: "rpm-build:fedora-34-x86_64:ident", subject: .build, chroot: "fedora-34-x86_64",
                identifier: "ident"),
            Row(text: "rpm-build:v1.0:epel-9-aarch64", subject: .build, event: "v1.0", chroot: "epel-9-aarch64"),
            Row(
                text: "testing-farm:centos-stream-9-ppc64le", subject: .testRun, chroot: "centos-stream-9-ppc64le"),
            Row(
                text: "testing-farm:release-1:fedora-40-s390x:full", subject: .testRun, event: "release-1",
                chroot: "fedora-40-s390x", identifier: "full"),
            Row(
                text: "testing-farm:opensuse-leap-15.5-x86_64", subject: .testRun,
                chroot: "opensuse-leap-15.5-x86_64"),
            Row(text: "rpm-build", subject: .build),
            Row(
                text: "testing-farm:rawhide:fedora-rawhide-x86_64", subject: .testRun, event: "rawhide",
                chroot: "fedora-rawhide-x86_64"),
            Row(
                text: "rpm-build:f41:alma-kitten+epel-10-x86_64_v2", subject: .build, event: "f41",
                chroot: "alma-kitten+epel-10-x86_64_v2"),
            Row(
                text: "osh-diff-scan:fedora-rawhide-x86_64:a", subject: .job, chroot: "fedora-rawhide-x86_64",
                identifier: "a"),
            Row(text: "vm-image-build:fedora-39-x86_64", subject: .job, chroot: "fedora-39-x86_64"),
            Row(text: "packit-config-validation", subject: .other),
        ])
    func parts(row: Row) throws {
        #expect(try RuleBook().name(row.text) == row.expected)
    }

    @Test(
        "have targets that are no chroots in the same place",
        arguments: [
            Row(text: "propose-downstream:f35", subject: .job),
            Row(text: "propose-downstream:rawhide", subject: .job),
            Row(text: "propose-downstream:1.2.0:f35", subject: .job, event: "1.2.0"),
            Row(text: "koji-build:f41:ident", subject: .job, identifier: "ident"),
            Row(text: "koji-build:main:epel9", subject: .job, event: "main"),
            Row(text: "koji-build:v1.0:rawhide:ident", subject: .job, event: "v1.0", identifier: "ident"),
        ])
    func otherTargets(row: Row) throws {
        #expect(try RuleBook().name(row.text) == row.expected)
    }

    /// Rule 30: no closed list of architectures decides what a part is.
    @Test(
        "have a chroot where a part has the shape of one, whatever its last part",
        arguments: [
            Row(text: "rpm-build:fedora-rawhide-mips64", subject: .build, chroot: "fedora-rawhide-mips64"),
            Row(
                text: "rpm-build:alma-kitten+epel-10-x86_64_v2", subject: .build,
                chroot: "alma-kitten+epel-10-x86_64_v2"),
            Row(
                text: "rpm-build:alma-kitten+epel-10-x86_64_v2:lib", subject: .build,
                chroot: "alma-kitten+epel-10-x86_64_v2", identifier: "lib"),
            Row(
                text: "rpm-build:main:openeuler-24.03-loongarch64:lib", subject: .build, event: "main",
                chroot: "openeuler-24.03-loongarch64", identifier: "lib"),
            Row(
                text: "testing-farm:OL8.7-x86_64-HVM-2023-03-07:tier1", subject: .testRun,
                chroot: "OL8.7-x86_64-HVM-2023-03-07", identifier: "tier1"),
        ])
    func shapes(row: Row) throws {
        #expect(try RuleBook().name(row.text) == row.expected)
    }

    struct Ambiguous: CustomTestStringConvertible, Sendable {
        let text: String
        let preferred: CheckName.Reading
        let other: CheckName.Reading
        let isOutweighed: Bool

        var testDescription: String { text }
    }

    /// Rule 30: what is left to what else is known of the commit.
    @Test(
        "have two readings where two parts may be the target",
        arguments: [
            Ambiguous(
                text: "rpm-build:new-name-rules:fedora-40-x86_64",
                preferred: .init(event: "new-name-rules", chroot: "fedora-40-x86_64"),
                other: .init(chroot: "new-name-rules", identifier: "fedora-40-x86_64"), isOutweighed: true),
            Ambiguous(
                text: "rpm-build:fedora-40-x86_64:with-all-features",
                preferred: .init(chroot: "fedora-40-x86_64", identifier: "with-all-features"),
                other: .init(event: "fedora-40-x86_64", chroot: "with-all-features"), isOutweighed: true),
            Ambiguous(
                text: "rpm-build:new-name-rules:alma-kitten+epel-10-x86_64_v2",
                preferred: .init(chroot: "new-name-rules", identifier: "alma-kitten+epel-10-x86_64_v2"),
                other: .init(event: "new-name-rules", chroot: "alma-kitten+epel-10-x86_64_v2"), isOutweighed: false),
            Ambiguous(
                text: "rpm-build:a-b-x86_64:c-d-x86_64",
                preferred: .init(chroot: "a-b-x86_64", identifier: "c-d-x86_64"),
                other: .init(event: "a-b-x86_64", chroot: "c-d-x86_64"), isOutweighed: false),
            Ambiguous(
                text: "propose-downstream:my-new-release:f35", preferred: .init(event: "my-new-release"),
                other: .init(chroot: "my-new-release", identifier: "f35"), isOutweighed: true),
            Ambiguous(
                text: "koji-build:some-branch:unheard-of", preferred: .init(identifier: "unheard-of"),
                other: .init(event: "some-branch"), isOutweighed: false),
            Ambiguous(
                text: "testing-farm:x:y:z", preferred: .init(identifier: "y:z"),
                other: .init(event: "x", identifier: "z"), isOutweighed: false),
        ])
    func readings(row: Ambiguous) throws {
        let name = try RuleBook().name(row.text)
        #expect(name.reading == row.preferred)
        #expect(name.alternative == .init(row.other, isOutweighed: row.isOutweighed))
    }

    /// Rule 30: the built-in names hold for names that follow their form entirely.
    @Test(
        "are somebody's template where they only begin like a built-in one",
        arguments: [
            Row(text: "packit: build on fedora-40", subject: .unknown),
            Row(
                text: "rpm-build: fedora-40-x86_64", subject: .unknown, chroot: "fedora-40-x86_64"),
            Row(text: "rpm-build:", subject: .unknown),
            Row(text: "rpm-build::fedora-40-x86_64", subject: .unknown, chroot: "fedora-40-x86_64"),
            Row(
                text: "testing-farm:fedora-40-x86_64 (all plans)", subject: .unknown, chroot: "fedora-40-x86_64"),
            Row(text: "testing-farm:a:b:c:d", subject: .unknown),
            Row(text: "Build my-cool-tool for fedora-40-x86_64", subject: .unknown, chroot: "fedora-40-x86_64"),
            Row(
                text: "Build for alma-kitten+epel-10-x86_64_v2", subject: .unknown,
                chroot: "alma-kitten+epel-10-x86_64_v2"),
        ])
    func templatesThatBeginLikeABuiltInName(row: Row) throws {
        #expect(try RuleBook().name(row.text) == row.expected)
    }

    @Test(
        "are unknown where no rule knows them, and keep the only chroot in them",
        arguments: [
            Row(text: "RPM build (fedora-rawhide-x86_64)", subject: .unknown, chroot: "fedora-rawhide-x86_64"),
            Row(text: "fedora-rawhide-x86_64 for epel-9-x86_64", subject: .unknown),
            Row(text: "rpm-builder:fedora-rawhide-x86_64", subject: .unknown, chroot: "fedora-rawhide-x86_64"),
            Row(text: "lint", subject: .unknown),
            Row(text: "", subject: .unknown),
            Row(text: "x86_64", subject: .unknown),
            Row(text: "fedora-x86_64", subject: .unknown),
            Row(text: "--x86_64", subject: .unknown),
            Row(text: "RPM-Bau für ünïcode-\u{301}-x86_64", subject: .unknown),
        ])
    func unknown(row: Row) throws {
        #expect(try RuleBook().name(row.text) == row.expected)
    }

    private let templates = RuleFile(
        name: "templates.yaml",
        text: """
            names:
              - {template: "{job_name} | {chroot} | {event}", subject: build}
              - {template: "Build {package}-{chroot}", subject: build}
              - {template: "Tests*", subject: test_run}
              - {job: lint, subject: other}
            """)

    @Test(
        "follow the templates of a configuration",
        arguments: [
            Row(
                text: "rpm-build | fedora-40-x86_64 | main", subject: .build, event: "main",
                chroot: "fedora-40-x86_64"),
            Row(text: "Build some-package-fedora-40-x86_64", subject: .build, chroot: "package-fedora-40-x86_64"),
            Row(
                text: "rpm-build | alma-kitten+epel-10-x86_64_v2 | v1", subject: .build, event: "v1",
                chroot: "alma-kitten+epel-10-x86_64_v2"),
            Row(text: "Tests on fedora-40-aarch64!", subject: .testRun, chroot: "fedora-40-aarch64"),
            Row(text: "lint:main:f40", subject: .other, event: "main"),
            Row(text: "rpm-build | nothing | main", subject: .unknown),
        ])
    func templated(row: Row) throws {
        #expect(try RuleBook(files: [templates]).name(row.text) == row.expected)
    }

    @Test("of any length and content are no work to speak of")
    func hostile() throws {
        let rules = try RuleBook(files: [
            RuleFile(
                name: "slow.yaml", text: "names: [{template: '*{chroot}*{event}*{identifier}*z', subject: build}]")
        ])
        let name = String(repeating: "a-b-x86_64", count: 51)
        #expect(rules.name(name).subject == .unknown)
        #expect(rules.name(String(repeating: "a-b-x86_64 ", count: 100_000)).subject == .unknown)
    }

    @Test("do not fit a template that is as long as no name, which is refused")
    func longTemplate() {
        let stars = String(repeating: "*", count: 100_000)
        let file = RuleFile(name: "long.yaml", text: "names: [{template: '\(stars)', subject: build}]")
        #expect(
            throws: RuleError(
                file: "long.yaml", line: 1, message: "`template`: it is longer than 1024 bytes"
            )
        ) { try RuleBook(files: [file]) }
    }
}
