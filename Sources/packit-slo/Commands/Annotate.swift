public import ArgumentParser
import NIOHTTP1
import SLOConfiguration
public import SLOCore
import SLOQueries

struct Annotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Notes an incident or planned maintenance on a running server.",
        discussion: """
            Charts and reports show the note; reports tell compliance with and without it. It takes nothing out of any \
            number. The server must have a token (`api.tokens`), and the same configuration names it to this command.

            EXAMPLE
              packit-slo annotate --config packit-slo.yaml --kind maintenance \
                --from 2026-11-22T10:00:00Z --to 2026-11-22T12:00:00Z 'Copr moves to new builders'
              packit-slo annotate --config packit-slo.yaml --withdraw 1795348800000
            """
    )

    @Argument(help: ArgumentHelp("What everybody may read who sees the pages.", valueName: "words"))
    var words: String?

    @Option(help: "What it is.")
    var kind: TimeNoteKind = .incident

    @Option(help: ArgumentHelp("When it began or begins, such as 2026-11-22T10:00:00Z.", valueName: "time"))
    var from: Moment?

    @Option(help: ArgumentHelp("When it ended or ends.", valueName: "time"))
    var to: Moment?

    @Option(help: ArgumentHelp("Withdraw the note with this id instead.", valueName: "id"))
    var withdraw: Int64?

    @Option(help: ArgumentHelp("The server's URL. Default: the configured address for pages.", valueName: "url"))
    var server: String?

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        // ArgumentParser would repeat an invalid value, which may contain a password.
        if let server, SendTarget(server) == nil {
            throw ValidationError("--server requires http://HOST:PORT/PREFIX or https://…, without user and password.")
        }
        guard withdraw == nil else {
            if words != nil || from != nil || to != nil { throw ValidationError("--withdraw needs nothing else.") }
            return
        }
        guard let words, let from, let to else { throw ValidationError("Words, --from and --to are needed.") }
        guard (1...TimeNoteSnapshot.maxWordsBytes).contains(words.utf8.count) else {
            throw ValidationError("The words must have 1 to \(TimeNoteSnapshot.maxWordsBytes) bytes.")
        }
        guard from.time <= to.time, to.time - from.time <= TimeNoteSnapshot.longest else {
            throw ValidationError("--to must be after --from, and at most 31 days.")
        }
    }

    func run() async throws {
        let configuration = try options.load()
        guard let token = configuration.api.tokens.all.first?.text else {
            throw CommandFailure(
                "no token is configured: set api.tokens_file, also for the server", code: .misconfigured)
        }
        let url = server ?? configuration.pagesOfThisMachine
        guard let target = SendTarget(url) else {
            throw CommandFailure("\(url) is no address of a server: use --server")
        }
        let answer = try await HTTPClient(target: target).withConnection { connection in
            try await connection.send(withdraw == nil ? .POST : .DELETE, "/api/v1/notes?\(query)", token: token)
        }
        guard (200..<300).contains(answer.status) else {
            throw CommandFailure("the server at \(target.authority) answered \(answer.status): \(answer.body)")
        }
        if withdraw == nil { try Output.standardOutput.write(Array(PlainText.json(answer.body).utf8)) }
    }

    private var query: String {
        if let withdraw { return "id=\(withdraw)" }
        let values = [
            ("kind", kind.rawValue), ("from", from?.time.rfc3339 ?? ""), ("to", to?.time.rfc3339 ?? ""),
            ("words", words ?? ""),
        ]
        return values.map { name, value in "\(name)=\(PercentEncoding.encoded(value))" }.joined(separator: "&")
    }
}

extension TimeNoteKind: ExpressibleByArgument {}

extension Configuration {
    /// The pages' address, as this machine reaches it.
    fileprivate var pagesOfThisMachine: String {
        let address = http.operationsListen ?? http.listen
        let host = ["0.0.0.0", "::"].contains(address.host) ? "127.0.0.1" : address.host
        let scheme = http.tls.certificateFile == nil ? "http" : "https"
        return "\(scheme)://\(ListenAddress(host: host, port: address.port))"
    }
}
