import ArgumentParser
import SLOCore
import SLOStore

struct MoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Moves a database between a SQLite file and a cluster's PostgreSQL database.",
        discussion: """
            One of FROM and TO is a file, the other an address: postgres://user@host/database, or host=… dbname=… \
            user=…. Leave a password out of it and put it into ~/.pgpass, because other users see the arguments of a \
            command.

            Stop the server or all nodes first. FROM stays as it is. TO must be a new file, or a database without a \
            ledger. If the command fails or is interrupted, TO is as it was before.

            EXAMPLES
              packit-slo move /var/lib/packit-slo/packit-slo.sqlite postgres://slo@db/slo
              packit-slo move --snapshot postgres://slo@db/slo copy.sqlite
            """
    )

    @Argument(help: ArgumentHelp("The database to move: a file or an address.", valueName: "from"), completion: .file())
    var source: String

    @Argument(help: ArgumentHelp("Where to: an address or a file.", valueName: "to"), completion: .file())
    var target: String

    @Flag(help: "Copy what a running cluster has decided by now. Deliveries that are not decided yet are left out.")
    var snapshot = false

    func validate() throws {
        guard Self.isAddress(source) != Self.isAddress(target) else {
            throw ValidationError("one of FROM and TO must be a file, and the other an address of PostgreSQL")
        }
        guard !snapshot || Self.isAddress(source) else {
            throw ValidationError("--snapshot needs an address of PostgreSQL as FROM: stop the server to move its file")
        }
    }

    func run() throws {
        var progress = Progress()
        let moved = try {
            defer { progress.clear() }
            func tell(_ done: Int64, _ total: Int64) { progress.show("\(done) of \(total) rows moved") }
            if Self.isAddress(source) {
                return try Move.toSQLite(
                    from: PostgresAddress(source), to: target, at: WallClock.now, asSnapshot: snapshot, progress: tell)
            }
            return try Move.toPostgres(
                from: source, to: PostgresAddress(target), at: WallClock.now, progress: tell)
        }()
        Terminal.note("moved \(moved) rows")
    }

    /// Whether an argument is an address; any other is a file.
    private static func isAddress(_ argument: String) -> Bool {
        argument.hasPrefix("postgres://") || argument.hasPrefix("postgresql://")
            || argument.split(separator: " ").contains { $0.hasPrefix("dbname=") || $0.hasPrefix("host=") }
    }
}
