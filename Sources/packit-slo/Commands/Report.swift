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
            it reports on recordings instead, and the window ends with the last delivery.

            EXAMPLE
              packit-slo report --config packit-slo.yaml --set objectives.initial_status.deadline=25s
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

    @Option(help: "The output format.")
    var format: ReportFormat = .text

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if !paths.isEmpty, databaseOption.database != nil {
            throw ValidationError("Recordings and --database cannot be combined.")
        }
        if let assignment = try Assignment.overrides(assignments).first(where: { $0.key == "database" }) {
            throw ValidationError("--set \(assignment.key) is not allowed: use --database.")
        }
    }

    func run() throws {
        let inForce = try options.load(overrides: databaseOption.overrides)
        let overrides = try Assignment.overrides(assignments)
        try runReport(
            ReportRequest(
                input: paths.isEmpty ? .journal : .recordings(paths), configuration: inForce,
                whatIf: try options.source(overrides: databaseOption.overrides + overrides).load().configuration,
                assignments: overrides, at: at?.time, format: format))
    }
}

enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    /// Tables for a terminal.
    case text
    case json
    /// Tables for an issue or a chat.
    case markdown
}
