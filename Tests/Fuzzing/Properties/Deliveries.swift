@testable import SLOCore
import SLORecordings
@testable import SLOSources

extension Property {
    static let githubEvents = [
        "pull_request", "check_run", "status", "push", "release", "ping", "check_suite", "issue_comment",
    ]

    /// The first byte chooses the event; with its highest bit the body is a form.
    static let github = Property(name: "github") { input in
        var input = Choices(input)
        let choice = input.byte()
        let headers = WebhookHeaders(
            contentType: choice < 0x80 ? "application/json" : "application/x-www-form-urlencoded",
            event: githubEvents[Int(choice & 0x7F) % githubEvents.count], delivery: "some-delivery",
            hookTargetType: "integration", hookTargetID: "29180")
        try isDecided(.github, headers, input.bytes)
    }

    static let copr = Property(name: "copr") { input in
        try isDecided(.copr, WebhookHeaders(contentType: "application/json"), input)
    }

    static let testingFarm = Property(name: "testing-farm") { input in
        try isDecided(.testingFarm, WebhookHeaders(contentType: "application/json"), input)
    }

    private static let settings = SourceSettings(
        apps: [
            SourceSettings.App(slug: "packit-as-a-service", deployment: Deployment("prod"), appID: 29180),
            SourceSettings.App(slug: "packit-as-a-service-stg", deployment: Deployment("stg")),
        ],
        coprUsers: ["packit": Deployment("prod"), "packit-stg": Deployment("stg")],
        commandPrefixes: [
            .init(deployment: Deployment("prod"), prefix: "/packit"),
            .init(deployment: Deployment("stg"), prefix: "/packit-stg"),
        ])

    private static let decoder = Result { DeliveryDecoder(settings: settings, rules: try RuleBook()) }

    /// Decoding is a function of its input.
    static func decodeTwice(
        _ source: Source, _ headers: WebhookHeaders, _ body: [UInt8]
    ) throws -> DecodedDelivery {
        let decoder = try decoder.get()
        return try body.withUnsafeBytes { body in
            let decoded = decoder.decode(source: source, headers: headers, body: body)
            try expect(decoded == decoder.decode(source: source, headers: headers, body: body), "read in two ways")
            return decoded
        }
    }

    static func observations(of delivery: RecordedDelivery) throws -> [Observation] {
        let headers = WebhookHeaders(
            contentType: delivery.headers["Content-Type"] ?? "application/json",
            event: delivery.headers["X-GitHub-Event"], delivery: delivery.headers["X-GitHub-Delivery"])
        let decoded = try decodeTwice(delivery.source, headers, delivery.body)
        guard case .observed(let observations) = decoded.outcome else { return [] }
        return observations
    }

    /// Every body has an outcome; what was observed can be kept, read again and decided.
    private static func isDecided(_ source: Source, _ headers: WebhookHeaders, _ body: [UInt8]) throws {
        let decoded = try decodeTwice(source, headers, body)
        try expect(KnownEvents.of(source).contains(decoded.event), "the event '\(decoded.event)'")
        if let kept = decoded.keptBody {
            let again = try decodeTwice(source, headers, kept)
            try expect(again.outcome == decoded.outcome, "what is kept says \(again), what came \(decoded)")
            try expect(again.keptBody == nil, "something was left in what is kept")
        }
        guard case .observed(let observations) = decoded.outcome else { return }
        try expect(!observations.isEmpty, "nothing was observed")
        let stored = observations.stored
        try expect(try [Observation](stored: stored) == observations, "kept as something else")
        try decide(observations)
    }

    /// A ledger takes the observations, and its state comes back from what is kept of it.
    private static func decide(_ observations: [Observation]) throws {
        var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: received)
        for observation in observations { timeline.observe(observation, at: received) }
        let rows = timeline.drain().effects.state.compactMap { change in change.value.map { (change.key, $0) } }
        timeline.confirm()
        let restored = try Ledger(settings: LedgerSettings(), restoring: rows)
        try expect(restored.gauges == timeline.ledger.gauges, "other gauges after a restart")
        try expect(restored.armedDeadlines == timeline.ledger.armedDeadlines, "other deadlines after a restart")
        var fired = 0
        while timeline.fireNextVirtually(by: hundredDaysLater) != nil {
            fired += 1
            try expect(fired < 2000, "more than twenty deadlines a day")
        }
    }

    private static let received = Moment(virtual: Timestamp(seconds: 1_795_341_600))
    /// What is said to have begun far in the future is looked at daily until then.
    private static let hundredDaysLater = received.wall + .days(100)
}
