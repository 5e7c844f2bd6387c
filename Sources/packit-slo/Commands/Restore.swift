import ArgumentParser
import SLOConfiguration
import SLOCore
import SLOStore

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a backup in the place of the database.",
        discussion: """
            The server must not run: a database in use is refused. The copy is checked before anything is replaced, \
            and a database that is there is kept unless asked otherwise. What came after the backup is missing; the \
            next start notes that time as blind, and deliveries that are sent again are counted.

            EXAMPLE
              packit-slo restore --config packit-slo.yaml /var/backups/packit-slo.sqlite
            """
    )

    @Argument(help: ArgumentHelp("A file that `backup` wrote.", valueName: "file"), completion: .file())
    var file: String

    @Flag(help: "Replace the database that is there.")
    var overwrite = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    func run() throws {
        let database = try options.load(overrides: databaseOption.overrides).database
        var progress = Progress()
        let heartbeat = try {
            defer { progress.clear() }
            return try Store.restore(
                from: file, to: database, startedAt: WallClock.now, overwriting: overwrite
            ) { done, total in
                progress.show("\(done * 100 / max(total, 1)) % of \(total) pages copied")
            }
        }()
        let moment = heartbeat.map { ": its server was last alive at \($0.rfc3339)" } ?? ""
        Terminal.note("\(database) holds what was in \(file)\(moment)")
    }
}
