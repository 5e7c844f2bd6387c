import ArgumentParser
import SLOConfiguration
import SLORecordings

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Signs recorded deliveries again and posts them to a running server.",
        discussion: """
            Each delivery is signed with the first secret that the configuration names for its source, and posted to \
            URL/webhooks/SOURCE with its recorded headers. They are sent in order, one after the other, as \
            fast as the server accepts them, unless --rate or --speed is given. With several --connections they may \
            overtake each other, as GitHub's deliveries do. If the server is overloaded, a delivery is sent again after the time \
            it names. An old recording is judged by the times in its payloads: missed deadlines \
            show once objectives.initial_status.grace is over. With --shift-to-now and --speed 1 its times are moved to now, and \
            deadlines pass while it is sent.

            EXAMPLE
              packit-slo send fixtures/day.jsonl --to http://127.0.0.1:8080 --config packit-slo.yaml
            """
    )

    @Argument(help: ArgumentHelp("Recordings, or folders of *.jsonl.", valueName: "path"), completion: .file())
    var paths: [String]

    @Option(name: .customLong("to"), help: ArgumentHelp("The URL of the server.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("Send at most this many deliveries per second.", valueName: "n"))
    var rate: Double?

    @Option(help: ArgumentHelp("Keep the recorded pace, accelerated by this factor.", valueName: "x"))
    var speed: Double?

    @Option(help: ArgumentHelp("The number of connections.", valueName: "n"))
    var connections = 1

    @Flag(help: "Move all times, also those in bodies, so that the first delivery is received now.")
    var shiftToNow = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if rate != nil, speed != nil { throw ValidationError("--rate and --speed cannot be combined.") }
        for (name, value) in [("--rate", rate), ("--speed", speed)] {
            if let value, !(value > 0 && value.isFinite) {
                throw ValidationError("\(name) must be more than 0.")
            }
        }
        // ArgumentParser would repeat an invalid value, which may contain a password.
        if SendTarget(url) == nil { throw ValidationError(SendTarget.expectation) }
        guard (1...256).contains(connections) else { throw ValidationError("--connections must be 1 to 256.") }
    }

    func run() async throws {
        guard let target = SendTarget(url) else { throw ValidationError(SendTarget.expectation) }
        let configuration = try options.load()
        let pace: Pace =
            if let rate { .rate(rate) } else if let speed { .recorded(speed: speed) } else { .unlimited }
        let feed = DeliveryFeed(
            reader: try RecordingReader(paths: paths), signer: Signer(configuration: configuration), pace: pace,
            shiftsToNow: shiftToNow)
        let (tally, failure) = await Sender(target: target, feed: feed, connections: connections).send()
        if failure == nil || tally.sent > 0 { try Output.standardOutput.write(lines: [tally.summary]) }
        if let failure { throw failure }
        if tally.refused > 0 {
            let first = tally.firstRefusal.map { ", first: \($0)" } ?? ""
            throw CommandFailure("\(tally.refused) of \(tally.sent) deliveries were refused\(first)")
        }
    }
}
