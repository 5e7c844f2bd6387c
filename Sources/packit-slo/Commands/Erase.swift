import ArgumentParser
import SLOConfiguration
import SLOService
import SLOStore

struct Erase: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Erases a repository or a login from the database.",
        discussion: """
            Removes the bodies of all deliveries in which the name stands, what the journal and the history know of the \
            repository under all its names, and rewrites the database, so that no byte of it is left. --login erases \
            all repositories of the account, too. Counters and the totals of objectives stay. Open changes count as \
            excluded and open runs as canceled.

            Stop the server first: a database in use is refused. If the command is interrupted, repeat it. Use the \
            server's configuration. The command cannot reach backups, copies of older schemas, recordings and logs. \
            What the repository sends later is stored as usual.

            EXAMPLES
              packit-slo erase --config packit-slo.yaml --repository acme/rocket --dry-run
              packit-slo erase --config packit-slo.yaml --login wile-e --yes
            """
    )

    @Option(help: ArgumentHelp("The repository to erase, as owner/name.", valueName: "name"))
    var repository: String?

    @Option(help: ArgumentHelp("The account to erase.", valueName: "name"))
    var login: String?

    @Flag(help: "Tell what would be erased, and erase nothing.")
    var dryRun = false

    @Flag(help: "Erase without asking.")
    var yes = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    func validate() throws { _ = try target() }

    func run() throws {
        try runErase(
            try target(), try options.load(overrides: databaseOption.overrides),
            consent: dryRun ? .dryRun : yes ? .given : .asked)
    }

    private func target() throws -> ErasureTarget {
        switch (repository, login) {
        case (let name?, nil):
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy(Self.isName) else {
                throw ValidationError("--repository requires OWNER/NAME, such as acme/rocket.")
            }
            return .repository(name)
        case (nil, let name?):
            guard Self.isName(name[...]) else { throw ValidationError("--login requires an account's name.") }
            return .login(name)
        default: throw ValidationError("One of --repository and --login is needed.")
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
