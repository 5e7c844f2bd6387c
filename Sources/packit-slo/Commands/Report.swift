import ArgumentParser
import SLOConfiguration
import SLOCore

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reports the objectives, what spent their error budgets, and what is overdue.",
        discussion: """
            Reads the database, whether a server runs or not. The window ends now, or at --at. With --set it compares the \
            results under other settings with those under the configured ones; both are judged again from the journal. With paths \
            it reports on recordings instead, and the window ends with the last delivery. With --since the window is \
            that long for all objectives, and their budgets are those of that time.

            EXAMPLE
              packit-slo report --config packit-slo.yaml --set objectives.initial_status.deadline=25s
              packit-slo report --config packit-slo.yaml --since 7d --format markdown
            """
    )

    @Argument(help: ArgumentHelp("Recordings, or folders of *.jsonl.", valueName: "path"), completion: .file())
    var paths: [String] = []

    @OptionGroup var databaseOption: DatabaseOption

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Judge with another setting; may be repeated.", valueName: "key=value"))
    var assignments: [Assignment] = []

    @Option(help: ArgumentHelp("The end of the window, such as 2026-11-22T10:00:00Z.", valueName: "time"))
    var at: Moment?

    @Option(help: ArgumentHelp("The length of the window, such as 7d.", valueName: "duration"))
    var since: String?

    @Flag(
        name: .customLong("public"),
        help: "Hide the names of private repositories, and leave out what is open now, to post it where others read.")
    var hidesPrivate = false

    @Option(help: "The output format.")
    var format: ReportFormat = .text

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if !paths.isEmpty, databaseOption.database != nil {
            throw ValidationError("Recordings and --database cannot be combined.")
        }
        if hidesPrivate, !paths.isEmpty || !assignments.isEmpty {
            throw ValidationError("--public needs the database's own judgements: leave out paths and --set.")
        }
        if let assignment = try Assignment.overrides(assignments).first(where: { $0.key == "database" }) {
            throw ValidationError("--set \(assignment.key) is not allowed: use --database.")
        }
    }

    func run() throws {
        var inForce = try options.load(overrides: databaseOption.overrides + window)
        let overrides = try Assignment.overrides(assignments)
        var whatIf = try options.source(overrides: databaseOption.overrides + window + overrides).load().configuration
        if since != nil {
            inForce.objectives.useOneWindow()
            whatIf.objectives.useOneWindow()
        }
        try runReport(
            ReportRequest(
                input: paths.isEmpty ? .journal : .recordings(paths), configuration: inForce,
                whatIf: whatIf,
                assignments: overrides, at: at?.time, format: format,
                hidesPrivate: hidesPrivate))
    }

    private var window: [ConfigurationOverride] {
        since.map { [ConfigurationOverride(option: "--since", key: "objectives.window", value: $0)] } ?? []
    }
}

enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    /// Tables for a terminal.
    case text
    case json
    /// Tables for an issue or a chat.
    case markdown
    /// The same as a document for a mail.
    case html
}
