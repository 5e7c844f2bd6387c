import SLOCore
import SLOSources
import Testing

@Suite("Rule files")
struct RuleFileTests {
    @Test("go before the built-in rules, the first file first")
    func order() throws {
        let first = RuleFile(
            name: "1.yaml",
            text: """
                names: [{job: rpm-build, subject: other}]
                titles: [{kind: build, state: success, title: "RPMs were built*", step: canceled}]
                """)
        let second = RuleFile(
            name: "2.yaml",
            text: """
                names: [{job: rpm-build, subject: test_run}, {job: copr-build, subject: build}]
                titles:
                  - {kind: build, state: success, title: "RPMs were built*", step: skipped}
                  - {state: success, title: "RPMs*", step: failure, reason: config}
                architectures: [mips64]
                """)
        let rules = try RuleBook(files: [first, second])
        #expect(rules.name("rpm-build:fedora-40-x86_64").subject == .other)
        #expect(rules.name("copr-build:fedora-40-mips64").chroot == "fedora-40-mips64")
        let title = "RPMs were built successfully."
        #expect(rules.step(.build, state: "success", title: title) == .finished(.canceled, .stated))
        #expect(rules.step(.testRun, state: "success", title: title) == .finished(.failure, .config))
    }

    @Test("may be empty")
    func empty() throws {
        let rules = try RuleBook(files: [RuleFile(name: "a", text: ""), RuleFile(name: "b", text: "# nothing yet\n")])
        #expect(rules.name("rpm-build").subject == .build)
    }

    @Test("can begin with the built-in text")
    func copyOfBuiltIn() throws {
        let rules = try RuleBook(files: [RuleFile(name: "copy.yaml", text: RuleBook.builtInText)])
        #expect(rules.step(.build, state: "queued", title: "The task was accepted.") == .accepted)
    }

    struct Mistake: CustomTestStringConvertible, Sendable {
        let text: String
        let line: Int?
        let says: String
        var testDescription: String { text }
    }

    @Test(
        "are refused with the place and what is wrong",
        arguments: [
            Mistake(text: "titels: []", line: 1, says: "unknown key `titels`"),
            Mistake(text: "names:\n  - {jobb: x, subject: build}", line: 2, says: "unknown key `jobb`"),
            Mistake(text: "names:\n  - {job: x}", line: 2, says: "`subject` is missing"),
            Mistake(text: "names:\n  - {job: x, subject: unknown}", line: 2, says: "`subject` is `unknown`"),
            Mistake(text: "names:\n  - {subject: build}", line: 2, says: "either `job` or `template`"),
            Mistake(
                text: "names:\n  - {job: a, template: b, subject: build}", line: 2, says: "either `job` or `template`"),
            Mistake(
                text: "names:\n- {template: '{chrot}', subject: build}", line: 2, says: "unknown field `{chrot}`"),
            Mistake(text: "names:\n- {template: '{chroot', subject: build}", line: 2, says: "is not closed"),
            Mistake(text: "names: x", line: 1, says: "`names` is not a list"),
            Mistake(text: "- a", line: 1, says: "expected a mapping"),
            Mistake(text: "titles:\n\n  - {state: success}", line: 3, says: "`step` is missing"),
            Mistake(text: "titles:\n  - {step: done}", line: 2, says: "`step` is `done`"),
            Mistake(text: "titles:\n  - {step: queued, reason: config}", line: 2, says: "`reason` belongs to the end"),
            Mistake(text: "titles:\n  - {step: error, reason: bad luck}", line: 2, says: "`reason` is `bad luck`"),
            Mistake(
                text: "names:\n- {job: x, subject: build, kind: y}", line: 2,
                says: "`kind` belongs to the subject `job`, not to `build`"),
            Mistake(text: "titles:\n  - {step: error, kind: koji}", line: 2, says: "`kind` is `koji`"),
            Mistake(text: "titles:\n  - {step: error, link: [copr, koji]}", line: 2, says: "`link` is `koji`"),
            Mistake(text: "titles:\n  - {step: error, request: maybe}", line: 2, says: "neither true nor false"),
            Mistake(text: "titles:\n  - {step: error, title: []}", line: 2, says: "`title` is an empty list"),
            Mistake(text: "titles:\n  - {step: error, title: {a: b}}", line: 2, says: "`title` is not a text"),
            Mistake(text: "titles:\n  - {step: error, step: error}", line: 2, says: "has titles.step twice"),
            Mistake(text: "titles:\n  - {step: error", line: 3, says: "is not YAML"),
            Mistake(text: "a: b: c", line: 1, says: "is not YAML"),
        ])
    func mistakes(mistake: Mistake) {
        let error = #expect(throws: RuleError.self) {
            try RuleBook(files: [RuleFile(name: "own.yaml", text: mistake.text)])
        }
        #expect(error?.file == "own.yaml")
        if let line = mistake.line { #expect(error?.line == line) }
        #expect(error?.message.contains(mistake.says) == true, "\(error?.description ?? "no error")")
        #expect(error?.description.hasPrefix("own.yaml") == true)
    }
}
