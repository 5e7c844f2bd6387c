import ArgumentParser
import SLOConfiguration

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server.",
        discussion: """
            Receives webhooks at /webhooks/github, /webhooks/copr and /webhooks/testing-farm, and responds with 202 once \
            they are on disk. Metrics are at /metrics, pages at /. SIGTERM stops it gracefully. Secrets, keys and \
            certificates are reloaded when their files change, and on SIGHUP.

            EXAMPLE
              packit-slo serve --config packit-slo.yaml --listen 0.0.0.0:8080
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var databaseOption: DatabaseOption

    @Option(help: ArgumentHelp("The address for webhooks. Overrides the configuration.", valueName: "host:port"))
    var listen: String?

    func run() async throws {
        let overrides =
            databaseOption.overrides
            + (listen.map { [ConfigurationOverride(option: "--listen", key: "http.listen", value: $0)] } ?? [])
        try await runServer(options.source(overrides: overrides))
    }
}
