import ArgumentParser

/// Generates histories, and tests the product with them.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Generates histories, and tests and measures the product with them.",
        subcommands: [Try.self, Record.self],
        defaultSubcommand: Try.self
    )
}
