import ArgumentParser
import CBuildInfo
import SLOConfiguration

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The executable: its commands, and how it reports their errors.
@main
struct PackitSLO: AsyncParsableCommand {
    /// The version in `packit_slo_build_info`.
    static let version = "0.1.0"
    /// The version with the commit, if the build was told it (`PACKIT_SLO_COMMIT`). A commit with changes ends in `+`.
    static let versionOfBuild: String = {
        let commit = String(cString: build_commit())
        return commit.isEmpty ? version : "\(version) (\(commit))"
    }()

    static let configuration = CommandConfiguration(
        commandName: "packit-slo",
        abstract: "Measures Packit's service levels from outside.",
        discussion: """
            Receives the webhooks of GitHub, Copr and Testing Farm, and serves Packit's service level indicators to \
            Prometheus.

            EXAMPLE
              packit-slo serve --config packit-slo.yaml

            EXIT STATUS
              0   success
              1   a failed run
              64  wrong usage
              78  a wrong configuration, or a database of a newer version
            """,
        version: versionOfBuild,
        subcommands: [
            Serve.self, Demo.self, ReportCommand.self, Annotate.self, Replay.self, Import.self, Send.self, Export.self,
            Backup.self, Restore.self, MoveCommand.self, Erase.self, RulesCommand.self, CheckConfig.self,
        ]
    )

    static func main() async {
        // Writing to a closed pipe or connection must return an error instead of ending the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            if let sentence = unknownCommand(in: Array(CommandLine.arguments.dropFirst())) {
                Terminal.complain(sentence)
                PackitSLO.exit(withError: ExitCode.validationFailure)
            }
            guard let failure = CommandFailure(explaining: error) else { Terminal.exit(withParserError: error) }
            for line in failure.lines { Terminal.complain(line) }
            Terminal.exit(failure.code)
        }
    }

    /// What is wrong with the first of the arguments; `nil` if it is a command or an option.
    static func unknownCommand(in arguments: [String]) -> String? {
        let commands = configuration.subcommands.map { $0._commandName } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-"), !commands.contains(word) else { return nil }
        let hint = Spelling.suggestion(for: word, in: commands)
        return "'\(word)' is no command\(hint.isEmpty ? "; " : hint + " ")`packit-slo --help` lists the commands"
    }
}
