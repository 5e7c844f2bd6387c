import ArgumentParser
import SLOConfiguration
import SLORecordings

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Signs recorded deliveries afresh and posts them to a running server.",
        discussion: """
            Each delivery is signed with the first secret that the configuration names for its source, and posted to \
            URL/webhooks/SOURCE with the headers it was recorded with. They go out in order, one after the other, as \
            fast as the server takes them, unless --rate or --speed say otherwise. With several --connections they may \
            overtake each other, as they do on their way from GitHub. A server that is full is asked again when it \
            says so. An old recording is judged by the times in its payloads: what was answered late or never \
            shows once objectives.initial_status.grace is over. With --shift-to-now and --speed 1 it happens now, and \
            deadlines pass while it is sent.

            EXAMPLE
              packit-slo send fixtures/day.jsonl --to http://127.0.0.1:8080 --config packit-slo.yaml
            """
    )

    @Argument(help: ArgumentHelp("Recordings, or folders of *.jsonl.", valueName: "path"), completion: .file())
    var paths: [String]

    @Option(name: .customLong("to"), help: ArgumentHelp("Where the server is.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("At most so many deliveries a second.", valueName: "n"))
    var rate: Double?

    @Option(help: ArgumentHelp("Keep the recorded pace, so many times as fast.", valueName: "x"))
    var speed: Double?

    @Option(help: ArgumentHelp("How many connections to send on.", valueName: "n"))
    var connections = 1

    @Flag(help: "Move all times, in the bodies too, so that the first delivery is received now.")
    var shiftToNow = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if rate != nil, speed != nil { throw ValidationError("--rate and --speed cannot be combined.") }
        for (name, value) in [("--rate", rate), ("--speed", speed)] {
            if let value, !(value > 0 && value.isFinite) {
                throw ValidationError("\(name) must be more than 0.")
            }
        }
        // Not left to the parser, which repeats what it cannot read: somebody may have typed a password.
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
