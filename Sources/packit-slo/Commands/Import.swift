import ArgumentParser
import SLOConfiguration

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings recorded deliveries into a new database, in their own time.",
        discussion: """
            Decides them as a server would have that received them then: with the recordings' times of receipt as the \
            clock, deadlines that pass between deliveries, and a sample of the conditions every minute. Then `serve` \
            shows them. Several paths are merged by time of receipt; the *.jsonl files of a folder are read in the order \
            of their names. Without --until, the observation ends when the last delivery's deadline and grace have \
            passed.

            The database must be a new file. If the command fails or is interrupted, there is none.

            EXAMPLE
              packit-slo import fixtures/day.jsonl --database day.sqlite
            """
    )

    @Argument(help: ArgumentHelp("Recordings, or folders of *.jsonl.", valueName: "path"), completion: .file())
    var paths: [String]

    @OptionGroup var databaseOption: DatabaseOption

    @Option(help: ArgumentHelp("End the observation at this time, such as 2026-11-22T10:00:00Z.", valueName: "time"))
    var until: Moment?

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try options.load(overrides: databaseOption.overrides)
        guard configuration.cluster.database == nil else {
            throw CommandFailure(
                "an import makes a file: leave out cluster.database, and bring the file into the cluster with "
                    + "packit-slo move", code: .misconfigured)
        }
        try runImport(of: paths, until: until?.time, configuration)
    }
}
