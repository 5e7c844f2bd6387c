import ArgumentParser
import SLOConfiguration
import SLOCore
import SLOStore

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the database while the server runs.",
        discussion: """
            The copy is consistent and a single file. An existing file is kept unless --overwrite is given.

            EXAMPLE
              packit-slo backup --config packit-slo.yaml /var/backups/packit-slo.sqlite
            """
    )

    @Argument(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var file: String

    @Flag(help: "Replace an existing file.")
    var overwrite = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    func run() throws {
        let configuration = try options.load(overrides: databaseOption.overrides)
        try configuration.requireFile()
        let store = try SQLiteReader.open(path: configuration.database)
        var progress = Progress()
        defer { progress.clear() }
        try store.backup(to: file, startedAt: WallClock.now, overwriting: overwrite) { done, total in
            progress.show("\(done * 100 / max(total, 1)) % of \(total) pages copied")
        }
        try store.close()
    }
}
