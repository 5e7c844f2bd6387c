public import SLOCore

/// The table that says what names, titles and states of checks mean. Read once, asked for every status.
public final class RuleBook: Sendable {
    private let names: NameRules
    private let parsedNames = ParsedNames()
    private let titles: TitleRules

    /// The rules of `files` in their order, and the built-in ones behind them.
    /// - Throws: `RuleError` naming file and line.
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

    /// Takes a check's name apart.
    public func name(_ text: String) -> CheckName {
        parsedNames.name(text) { names.parse($0) }
    }

    /// What a status says about a run of a kind.
    /// - Parameters:
    ///   - state: `queued`, `in_progress` or the conclusion of a check run; the state of a commit status.
    ///   - link: The job that the details link names.
    ///   - hasRequest: Whether the summary links a request at Testing Farm.
    public func step(
        _ kind: RunKind, state: String, title: String, link: JobLink.Job? = nil, hasRequest: Bool = false
    ) -> Step {
        titles.step(kind, TitleRules.Evidence(state: state, title: title, link: link, hasRequest: hasRequest))
    }

    /// Whether a text reads like a chroot, `fedora-rawhide-x86_64`.
    func isChroot(_ text: String) -> Bool {
        names.isChroot(text.utf8)
    }
}
