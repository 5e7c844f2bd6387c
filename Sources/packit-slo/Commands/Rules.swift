public import ArgumentParser
import Foundation
import SLOConfiguration
public import SLORules

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Writes alerts, a dashboard or SLO definitions that match the configuration.",
        discussion: """
            prometheus writes recording rules and alerts, prometheus-operator the same as a PrometheusRule for \
            Kubernetes, grafana a dashboard, openslo OpenSLO v1 objects. Targets, deadlines, windows and links come from \
            the configuration, so write the files again when it changes: --check compares a file with what would be \
            written, and exits with 1 if they differ.

            EXAMPLE
              packit-slo rules prometheus --config packit-slo.yaml > /etc/prometheus/rules/packit-slo.yml
            """
    )

    @Argument(help: "What to write.")
    var format: Rules

    @Option(help: ArgumentHelp("Compare with this file instead of writing.", valueName: "file"), completion: .file())
    var check: String?

    @Option(
        help: ArgumentHelp(
            "Restrict all queries to this scrape job; needed if several jobs scrape packit-slo.", valueName: "name"))
    var job: String?

    @Option(help: "The fewest events for which an alert may fire, instead of alerts.minimum_events.")
    var minimumEvents: Int?

    @Option(help: ArgumentHelp("The URL of Prometheus, for openslo.", valueName: "url"))
    var prometheusURL = "http://127.0.0.1:9090"

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard minimumEvents ?? 1 >= 1 else { throw ValidationError("--minimum-events must be at least 1.") }
        guard Disclosure.withoutUserInfo(prometheusURL) == prometheusURL else {
            throw ValidationError(
                "--prometheus-url must not contain a user or password, because the output would show them.")
        }
    }

    func run() throws {
        let configuration = try options.load()
        let text = format.text(
            RuleSettings(
                configuration,
                options: RuleOptions(job: job, minimumEvents: minimumEvents, prometheusURL: prometheusURL)))
        guard let check else { return try Output.standardOutput.write(Array(text.utf8)) }
        try compare(text, with: check)
    }

    private func compare(_ text: String, with path: String) throws {
        let found: String
        do {
            found = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw CommandFailure("\(path) cannot be read: check that it exists and is a text file")
        }
        guard let drift = Drift(found: found, expected: text) else { return }
        throw CommandFailure(
            "\(path) does not match the configuration: \(drift). "
                + "Write it again with `packit-slo rules \(format.rawValue)` and the same options.")
    }
}

extension Rules: ExpressibleByArgument {}
