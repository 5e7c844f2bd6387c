import ArgumentParser
import SLOConfiguration
import SLOCore

struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judges recorded deliveries in virtual time.",
        discussion: """
            Feeds recordings through the same core as the server, with the recordings' times as the clock and a fresh \
            state in memory. Several paths are merged by time of receipt; the *.jsonl files of a folder are read in \
            the order of their names. Without --until, time ends when the last delivery's deadline and grace have \
            passed. With --journal it feeds what a server's database keeps instead, whether the server runs or not, up \
            to when it last wrote.

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
            "Stop at this moment, including it: a time like 2026-11-22T10:00:00Z, or 'end' until no deadline is left.",
            valueName: "time"))
    var until: ReplayEnd = .afterLastDelivery

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Judge by another setting; may be repeated.", valueName: "key=value"))
    var assignments: [Assignment] = []

    @Option(help: "What to print.")
    var format: ReplayFormat = .summary

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        _ = try Assignment.overrides(assignments)
        if journal, !paths.isEmpty { throw ValidationError("Recordings and --journal exclude each other.") }
        if !journal, paths.isEmpty {
            throw ValidationError("There is nothing to replay: name recordings, or --journal.")
        }
        if !journal, databaseOption.database != nil {
            throw ValidationError("--database has a meaning with --journal only.")
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
    /// The last delivery's receipt, the longest wait for a first status and its grace; for a journal, when a server
    /// last wrote.
    case afterLastDelivery
    /// When no deadline is left.
    case whenNothingIsDue
    /// At this moment, including what happens at it.
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

    /// `nil` where all there is is fed.
    var time: Timestamp? {
        if case .at(let time) = self { time } else { nil }
    }
}

enum ReplayFormat: String, CaseIterable, ExpressibleByArgument {
    /// A table for people.
    case summary
    case json
    /// The exposition text, as the server would give it.
    case metrics
}

/// What is replayed.
enum ReplayInput {
    case recordings([String])
    /// Of the configured database.
    case journal
}

/// What a replay is asked for.
struct ReplayRequest {
    let input: ReplayInput
    let end: ReplayEnd
    let format: ReplayFormat
    let configuration: Configuration
}
