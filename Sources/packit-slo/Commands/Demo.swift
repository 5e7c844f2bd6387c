import ArgumentParser
import SLOConfiguration

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves a made-up month with three incidents, to look around.",
        discussion: """
            Makes up a month of a small world that ends now, decides it in its own time, and serves it on a free port of \
            this machine. Packit was silent for two hours, the builders of one architecture were gone for most of a day, and \
            Testing Farm has stood for hours and still does. The world goes on while it is looked at.

            Reads no configuration, asks no other service, and needs no network. Its database is in a temporary folder, \
            which is removed at the end.

            EXAMPLE
              packit-slo demo --keep
            """
    )

    @Flag(help: "Keep the folder with the database, and tell where it is.")
    var keep = false

    @Option(help: ArgumentHelp("The address of the pages; port 0 is a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    func run() async throws {
        try await runDemo(listen: listen, keep: keep)
    }
}
