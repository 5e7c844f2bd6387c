internal import SLOCore
internal import SLOYAML

/// The content of one rule file, in its order.
struct RuleFileContent: Sendable {
    var jobs: [String: NameRules.Meaning] = [:]
    var templates: [NameRules.Template] = []
    var architectures: [String] = []
    var targets: [TextPattern] = []
    var titles: [TitleRules.Rule] = []
}

/// Reads rule files strictly: anything unknown is an error with its place, so that no rule is ignored silently.
struct RuleFileReader {
    private let file: String

    static func read(_ file: RuleFile) throws(RuleError) -> RuleFileContent {
        let reader = RuleFileReader(file: file.name)
        guard let root = try reader.document(file.text) else { return RuleFileContent() }
        return try reader.content(of: root)
    }

    private func document(_ text: String) throws(RuleError) -> YAMLNode? {
        do {
            return try YAMLReader.document(text)
        } catch {
            throw RuleError(file: file, line: error.line, message: error.description)
        }
    }

    private func content(of root: YAMLNode) throws(RuleError) -> RuleFileContent {
        var content = RuleFileContent()
        let fields = try Fields(root, known: ["names", "architectures", "targets", "titles"], reader: self)
        for rule in try fields.list("names") { try addName(rule, to: &content) }
        content.architectures = try fields.strings("architectures") ?? []
        content.targets = (try fields.strings("targets") ?? []).map(TextPattern.init)
        for rule in try fields.list("titles") { content.titles.append(try title(rule)) }
        return content
    }

    private func addName(_ rule: YAMLNode, to content: inout RuleFileContent) throws(RuleError) {
        let fields = try Fields(rule, known: ["job", "template", "subject", "kind"], reader: self)
        let subject = try fields.word("subject", among: [.build, .testRun, .job, .other] as [CheckName.Subject])
        guard let subject else { throw error(at: rule, "`subject` is missing") }
        let kind = try fields.string("kind").map(JobKind.init)
        guard kind == nil || subject == .job else {
            throw error(at: rule, "`kind` belongs to the subject `job`, not to `\(subject.rawValue)`")
        }
        switch (try fields.string("job"), try fields.string("template")) {
        case (let job?, nil):
            guard content.jobs[job] == nil else { return }
            content.jobs[job] = NameRules.Meaning(
                subject: subject, jobKind: subject == .job ? kind ?? JobKind(job) : nil)
        case (nil, let text?):
            do throws(TemplateProblem) {
                let meaning = NameRules.Meaning(subject: subject, jobKind: subject == .job ? kind ?? .other : nil)
                content.templates.append(NameRules.Template(template: try NameTemplate(text), meaning: meaning))
            } catch {
                throw self.error(at: rule, "`template`: \(error.message)")
            }
        default:
            throw error(at: rule, "a name rule has either `job` or `template`")
        }
    }

    private func title(_ rule: YAMLNode) throws(RuleError) -> TitleRules.Rule {
        let known = ["kind", "state", "title", "link", "request", "step", "reason"]
        let fields = try Fields(rule, known: known, reader: self)
        let step = try step(fields, rule)
        return TitleRules.Rule(
            kind: try fields.word("kind", among: RunKind.allCases),
            states: try fields.strings("state").map { Set($0.flatMap(Self.states)) },
            titles: try fields.strings("title").map { $0.map(TextPattern.init) },
            links: try fields.words("link", among: JobLink.Job.allCases).map(Set.init),
            hasRequest: try fields.flag("request"),
            step: step)
    }

    private func step(_ fields: Fields, _ rule: YAMLNode) throws(RuleError) -> Step {
        guard let word = try fields.word("step", among: StepWord.allCases) else {
            throw error(at: rule, "`step` is missing")
        }
        let reason = try fields.word("reason", among: OutcomeReason.allCases)
        switch word.meaning {
        case .ended(let outcome): return .finished(outcome, reason ?? .stated)
        case .open(let step):
            guard reason == nil else { throw error(at: rule, "`reason` belongs to the end of a run, not to `\(word)`") }
            return step
        }
    }

    /// `open` stands for every state before the end, `ended` for all conclusions of GitHub.
    private static func states(_ word: String) -> [String] {
        switch word {
        case "open": ["queued", "in_progress", "waiting", "requested", "pending"]
        case "ended":
            [
                "success", "failure", "error", "neutral", "cancelled", "skipped", "stale", "timed_out",
                "action_required", "startup_failure",
            ]
        default: [word]
        }
    }

    func error(at node: YAMLNode, _ message: String) -> RuleError {
        error(line: node.line, message)
    }

    func error(line: Int, _ message: String) -> RuleError {
        RuleError(file: file, line: line, message: message)
    }
}

/// The words for steps in a rule file.
private enum StepWord: String, CaseIterable {
    case accepted, waiting, queued, started, success, failure, error, canceled, skipped, unclear

    enum Meaning {
        case open(Step)
        case ended(Outcome)
    }

    var meaning: Meaning {
        switch self {
        case .accepted: .open(.accepted)
        case .waiting: .open(.waiting)
        case .queued: .open(.queued)
        case .started: .open(.started)
        case .unclear: .open(.unclear)
        case .success: .ended(.success)
        case .failure: .ended(.failure)
        case .error: .ended(.error)
        case .canceled: .ended(.canceled)
        case .skipped: .ended(.skipped)
        }
    }
}
