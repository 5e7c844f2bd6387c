import ArgumentParser
import SLOConfiguration
import SLOSources

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the configuration, and prints the effective one.",
        discussion: """
            Prints the effective configuration as YAML with secrets masked. If something is wrong, prints every \
            problem with file, line and key, and exits with 78.

            EXAMPLE
              packit-slo check-config --config packit-slo.yaml

            KEYS
            Each key is also an environment variable: PACKIT_SLO_ and the key in upper case, with underscores for dots.

            \(ConfigurationReference.text)
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print the reference page of all keys instead.")
    var reference = false

    func run() throws {
        if reference {
            try Output.standardOutput.write(Array(ConfigurationReference.markdown.utf8))
            return
        }
        let configuration = try options.load()
        _ = try RuleBook(configuration)
        try Output.standardOutput.write(Array(configuration.effectiveYAML.utf8))
    }
}
