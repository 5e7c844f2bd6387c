import ArgumentParser
import SLOConfiguration
import SLOCore
import SLOStore

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replaces the database with a backup.",
        discussion: """
            Stop the server first: a database in use is refused. The backup is checked before anything is replaced, \
            and an existing database is kept unless --overwrite is given. Deliveries after the backup are missing: the \
            next start records a blind interval, and redelivered ones are counted.

            EXAMPLE
              packit-slo restore --config packit-slo.yaml /var/backups/packit-slo.sqlite
            """
    )

    @Argument(help: ArgumentHelp("A file written by `backup`.", valueName: "file"), completion: .file())
    var file: String

    @Flag(help: "Replace an existing database.")
    var overwrite = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    func run() throws {
        let configuration = try options.load(overrides: databaseOption.overrides)
        try configuration.requireFile()
        let database = configuration.database
        var progress = Progress()
        let heartbeat = try {
            defer { progress.clear() }
            return try SQLiteStore.restore(
                from: file, to: database, startedAt: WallClock.now, overwriting: overwrite
            ) { done, total in
                progress.show("\(done * 100 / max(total, 1)) % of \(total) pages copied")
            }
        }()
        let moment = heartbeat.map { ", whose server was last alive at \($0.rfc3339)" } ?? ""
        Terminal.note("restored \(database) from \(file)\(moment)")
    }
}
