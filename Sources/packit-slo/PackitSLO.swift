import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The executable: which commands there are, and how what goes wrong in them is told.
@main
struct PackitSLO: AsyncParsableCommand {
    /// Shown by `--version` and in `packit_slo_build_info`.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "packit-slo",
        abstract: "Measures Packit's service levels from outside.",
        discussion: """
            Takes in the webhooks of GitHub, Copr and Testing Farm, and serves what they tell about Packit to \
            Prometheus.

            EXAMPLE
              packit-slo serve --config packit-slo.yaml

            Ends with 0 when all went well, 64 for wrong usage, 78 for a wrong configuration or a database of a newer \
            version, 1 for a failed run.
            """,
        version: version,
        subcommands: [
            Serve.self, ReportCommand.self, Replay.self, Send.self, Export.self, Backup.self, Restore.self,
            RulesCommand.self,
            CheckConfig.self,
        ]
    )

    static func main() async {
        // Writing to a closed pipe or connection is an error like any other, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard let failure = CommandFailure(explaining: error) else { Terminal.exit(withParserError: error) }
            for line in failure.lines { Terminal.complain(line) }
            Terminal.exit(failure.code)
        }
    }
}
