@testable import SLOCore
@testable import SLOSources

extension Property {
    /// A rule file is refused with a reason, or its rules answer every question, always in the same way.
    static let rules = Property(name: "rules") { input in
        let book: RuleBook
        do throws(RuleError) {
            book = try RuleBook(files: [RuleFile(name: "rules.yaml", text: String(decoding: input, as: UTF8.self))])
        } catch {
            try expect(!error.message.isEmpty, "refused without a reason")
            return
        }
        for name in ["rpm-build:fedora-rawhide-x86_64", "my check of fedora-rawhide-x86_64, built", "a:b:c:d", ""] {
            try isTakenApart(name, by: book)
        }
        for kind in RunKind.allCases {
            _ = book.step(kind, state: "failure", title: "Tests failed ...", link: .testingFarm, hasRequest: true)
            _ = book.step(kind, state: "odd", title: "")
        }
    }

    /// Names and titles mean something, whatever they are.
    static let names = Property(name: "names") { input in
        let lines = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let book = try book.get()
        try isTakenApart(lines[0], by: book)
        for kind in RunKind.allCases {
            let step = book.step(kind, state: lines.count > 1 ? lines[1] : "failure", title: lines.last ?? "")
            try expect(try Step(stored: step.stored) == step, "\(step) is kept as another")
        }
    }

    private static let book = Result {
        try RuleBook(files: [
            RuleFile(
                name: "templates.yaml",
                text: """
                    names:
                      - {template: "{job_name}-{identifier}*{chroot}", subject: build}
                      - {template: "*{event}*{package}{identifier}*", subject: test_run}
                    """)
        ])
    }

    private static func isTakenApart(_ name: String, by book: RuleBook) throws {
        let read = book.name(name)
        try expect(read == book.name(name), "'\(name)' was read in two ways")
        try expect(read.text == name, "'\(name)' became '\(read.text)'")
        try expect(try CheckName(stored: read.stored) == read, "'\(name)' is kept as another")
    }
}
