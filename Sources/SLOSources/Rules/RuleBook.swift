public import SLOCore

/// The classification rules: what names, titles and states of checks mean. Read once, used for every status.
public final class RuleBook: Sendable {
    private let names: NameRules
    private let parsedNames = ParsedNames()
    private let titles: TitleRules

    /// Combines the rules of `files`, in order, with the built-in ones after them.
    /// - Throws: `RuleError` with file and line.
    public init(files: [RuleFile] = []) throws(RuleError) {
        let builtIn = RuleFile(name: "built-in rules", text: Self.builtInText)
        var names = NameRules()
        var titles: [TitleRules.Rule] = []
        for file in files + [builtIn] {
            let rules = try RuleFileReader.read(file)
            names.jobs.merge(rules.jobs) { earlier, _ in earlier }
            names.templates += rules.templates
            names.architectures += rules.architectures
            names.targets += rules.targets
            titles += rules.titles
        }
        self.names = names
        self.titles = TitleRules(titles)
    }

    /// Which jobs the rules know besides builds and test runs, sorted.
    public var jobKinds: [JobKind] {
        Set(names.jobs.values.compactMap(\.jobKind) + names.templates.compactMap(\.meaning.jobKind)).sorted()
    }

    /// Parses a check's name.
    public func name(_ text: String) -> CheckName {
        parsedNames.name(text) { names.parse($0) }
    }

    /// The step of a run that a status reports.
    /// - Parameters:
    ///   - state: `queued`, `in_progress` or the conclusion of a check run; the state of a commit status.
    ///   - link: the job that the details link names.
    ///   - hasRequest: whether the summary links a Testing Farm request.
    public func step(
        _ kind: RunKind, state: String, title: String, link: JobLink.Job? = nil, hasRequest: Bool = false
    ) -> Step {
        titles.step(kind, TitleRules.Evidence(state: state, title: title, link: link, hasRequest: hasRequest))
    }

    /// Whether a text looks like a chroot, `fedora-rawhide-x86_64`.
    func isChroot(_ text: String) -> Bool {
        names.isChroot(text.utf8)
    }
}
