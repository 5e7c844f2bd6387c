import ArgumentParser
import SLOConfiguration
import SLOCore

struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judges recorded deliveries in virtual time.",
        discussion: """
            Feeds recordings through the server's core, with the recordings' times as the clock and a fresh \
            state in memory. Several paths are merged by time of receipt; the *.jsonl files of a folder are read in \
            the order of their names. Without --until, the replay ends when the last delivery's deadline and grace have \
            passed. With --journal it feeds the journal of a server's database instead, whether the server runs or not, up \
            to its last heartbeat.

            EXAMPLE
              packit-slo replay fixtures/day.jsonl --set objectives.initial_status.deadline=30s --format metrics
            """
    )

    @Argument(help: ArgumentHelp("Recordings, or folders of *.jsonl.", valueName: "path"), completion: .file())
    var paths: [String] = []

    @Flag(help: "Replay the database's journal instead of recordings.")
    var journal = false

    @OptionGroup var databaseOption: DatabaseOption

    @Option(
        help: ArgumentHelp(
            "Stop after this time, such as 2026-11-22T10:00:00Z, or with 'end' when no deadline is left.",
            valueName: "time"))
    var until: ReplayEnd = .afterLastDelivery

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Judge with another setting; may be repeated.", valueName: "key=value"))
    var assignments: [Assignment] = []

    @Option(help: "The output format.")
    var format: ReplayFormat = .summary

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        _ = try Assignment.overrides(assignments)
        if journal, !paths.isEmpty { throw ValidationError("Recordings and --journal cannot be combined.") }
        if !journal, paths.isEmpty {
            throw ValidationError("Nothing to replay: name recordings, or use --journal.")
        }
        if !journal, databaseOption.database != nil {
            throw ValidationError("--database requires --journal.")
        }
    }

    func run() async throws {
        let configuration = try options.load(overrides: databaseOption.overrides + Assignment.overrides(assignments))
        try await runReplay(
            ReplayRequest(
                input: journal ? .journal : .recordings(paths), end: until, format: format,
                configuration: configuration))
    }
}

/// When virtual time ends.
enum ReplayEnd: Equatable, ExpressibleByArgument {
    /// The last delivery's receipt plus deadline and grace of the initial status; for a journal, the last heartbeat.
    case afterLastDelivery
    /// When no deadline is left.
    case whenNothingIsDue
    /// At this moment, including what is due at it.
    case at(Timestamp)

    init?(argument: String) {
        if argument == "end" {
            self = .whenNothingIsDue
        } else if let time = Timestamp(rfc3339: argument) {
            self = .at(time)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .afterLastDelivery: "the last delivery + deadline + grace"
        case .whenNothingIsDue: "end"
        case .at(let time): time.rfc3339
        }
    }

    /// `nil` if everything is fed.
    var time: Timestamp? {
        if case .at(let time) = self { time } else { nil }
    }
}

enum ReplayFormat: String, CaseIterable, ExpressibleByArgument {
    /// A table for people.
    case summary
    case json
    /// The exposition, as the server would give it.
    case metrics
}

/// What is replayed.
enum ReplayInput {
    case recordings([String])
    /// The configured database's journal.
    case journal
}

/// The options of a replay.
struct ReplayRequest {
    let input: ReplayInput
    let end: ReplayEnd
    let format: ReplayFormat
    let configuration: Configuration
}
