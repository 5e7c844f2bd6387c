import ArgumentParser
import SLOConfiguration
import SLOCore
import SLORecordings
import SLOStore

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes stored deliveries as a recording.",
        discussion: """
            Replaces people, projects, mails, texts and tokens. Names become pseudonyms that are the same throughout \
            one export, so that builds and test runs still match their pull requests. Ids, commits, times, states, \
            Packit's titles, chroots, numbers in names and Packit's own accounts are kept. Names of checks are kept as far as they \
            consist of such words; --keep adds words. Review an export before you publish it.

            EXAMPLE
              packit-slo export --database packit-slo.sqlite --since 2026-11-22T00:00:00Z --output day.jsonl
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    @Option(help: ArgumentHelp("Only deliveries received at this time or later.", valueName: "time"))
    var since: Moment?

    @Option(help: ArgumentHelp("Only deliveries received at this time or earlier.", valueName: "time"))
    var until: Moment?

    @Option(help: ArgumentHelp("Write to this new file instead of standard output.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace nothing. The bodies contain names and mails of people.")
    var raw = false

    @Option(
        name: .customLong("keep"), parsing: .singleValue,
        help: ArgumentHelp("Do not replace this name; may be repeated.", valueName: "name"))
    var kept: [String] = []

    func validate() throws {
        if let since, let until, since.time > until.time {
            throw ValidationError("--since is later than --until, so there is nothing to export.")
        }
        if raw, !kept.isEmpty { throw ValidationError("--keep has no effect with --raw, which keeps everything.") }
    }

    func run() throws {
        let configuration = try options.load(overrides: databaseOption.overrides)
        let store = try configuration.readers().open()
        let file = try output.map { path in
            try (store as? SQLiteReader)?.requireFree(path)
            return try Output.newFile(path)
        }
        var scrubber = Scrubber(
            keeping: kept + configuration.ownNames,
            commandPrefixes: configuration.commands.prefixes.map(\.prefix))
        var written = 0
        var progress = Progress()
        try store.forEachDelivery(from: since?.time, until: until?.time) { stored in
            let delivery = try RecordedDelivery(stored)
            guard let shown = raw ? delivery : scrubber.scrub(delivery) else { return }
            try (file ?? .standardOutput).write(shown.line)
            written += 1
            progress.show("\(written) deliveries written")
        }
        progress.clear()
        try file?.finish()
        try store.close()
        if scrubber.unreadable > 0 {
            Terminal.complain(
                "\(scrubber.unreadable) deliveries were left out because they cannot be read and therefore not be scrubbed; "
                    + "--raw exports them")
        }
    }
}

extension RecordedDelivery {
    fileprivate init(_ stored: StoredDelivery) throws {
        guard let headers = RecordedHeaders(json: stored.headers) else {
            throw CommandFailure(
                "journal entry \(stored.sequence) has unreadable headers: restore a backup, or leave it out with --since or --until"
            )
        }
        self.init(receivedAt: stored.receivedAt, source: stored.source, headers: headers, body: stored.body)
    }
}

extension Configuration {
    /// Packit's own names, which decoding needs.
    fileprivate var ownNames: [String] {
        github.apps.map(\.slug) + copr.users.map(\.name) + deployments.map(\.label)
    }
}
