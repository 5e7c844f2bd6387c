import ArgumentParser

/// Made-up worlds: to try the product on, and to measure it by.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Made-up worlds: to try the product on, and to measure it by.",
        subcommands: [Try.self, Record.self],
        defaultSubcommand: Try.self
    )
}
