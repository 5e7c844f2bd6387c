import ArgumentParser
import SLOConfiguration
import SLOCore
import SLORecordings
import SLOStore

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes kept deliveries out as a recording.",
        discussion: """
            People, projects, mails, texts and tokens are replaced, names by pseudonyms that are the same throughout \
            one export, so that builds and test runs still fit their pull requests. Ids, commits, times, states, \
            Packit's titles, chroots, numbers in names and Packit's own accounts stay. Names of checks are kept as far as they \
            are made of such words; --keep adds to them. Look at an export before you hand it on.

            EXAMPLE
              packit-slo export --database packit-slo.sqlite --since 2026-11-22T00:00:00Z --output day.jsonl
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    @Option(help: ArgumentHelp("From this time of receipt on.", valueName: "time"))
    var since: Moment?

    @Option(help: ArgumentHelp("Up to this time of receipt, including it.", valueName: "time"))
    var until: Moment?

    @Option(help: ArgumentHelp("A new file to write to, instead of standard output.", valueName: "file"))
    var output: String?

    @Flag(help: "Leave everything as it was received. The bodies hold names and mails of people.")
    var raw = false

    @Option(
        name: .customLong("keep"), parsing: .singleValue,
        help: ArgumentHelp("A name that need not be replaced; may be repeated.", valueName: "name"))
    var kept: [String] = []

    func validate() throws {
        if let since, let until, since.time > until.time {
            throw ValidationError("--since is later than --until, so there is nothing to export.")
        }
        if raw, !kept.isEmpty { throw ValidationError("--keep has no meaning with --raw, which keeps everything.") }
    }

    func run() throws {
        let configuration = try options.load(overrides: databaseOption.overrides)
        let store = try StoreReader.open(path: configuration.database)
        let file = try output.map { path in
            try store.requireFree(path)
            return try Output.newFile(path)
        }
        var scrubber = Scrubber(keeping: kept + configuration.ownNames)
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
                "\(scrubber.unreadable) deliveries were left out: what cannot be read cannot be scrubbed; "
                    + "--raw has them")
        }
    }
}

extension RecordedDelivery {
    fileprivate init(_ stored: StoredDelivery) throws {
        guard let headers = RecordedHeaders(json: stored.headers) else {
            throw CommandFailure("delivery \(stored.sequence) of the journal has headers that cannot be read")
        }
        self.init(receivedAt: stored.receivedAt, source: stored.source, headers: headers, body: stored.body)
    }
}

extension Configuration {
    /// Names that are Packit's, and that decoding needs.
    fileprivate var ownNames: [String] {
        github.apps.map(\.slug) + copr.users.map(\.name) + deployments.map(\.label)
    }
}
