import SLOCore
import SLOSources
import SLOTestSupport
import Testing

@Suite("Payloads of generated histories")
struct PayloadTests {
    private func decoder() throws -> DeliveryDecoder {
        let apps = ["prod", "stg"].map { label in
            SourceSettings.App(
                slug: label == "prod" ? "packit-as-a-service" : "packit-as-a-service-stg",
                deployment: Deployment(label), appID: PayloadWriter.appID(of: Deployment(label)))
        }
        let settings = SourceSettings(
            apps: apps, coprUsers: ["packit": Deployment("prod"), "packit-stg": Deployment("stg")],
            commandPrefixes: [
                .init(deployment: Deployment("prod"), prefix: "/packit"),
                .init(deployment: Deployment("stg"), prefix: "/packit-stg"),
            ])
        return DeliveryDecoder(settings: settings, rules: try RuleBook())
    }

    private func decoded(_ payload: Payload, by decoder: DeliveryDecoder) -> DecodedDelivery {
        func header(_ name: String) -> String? { payload.headers.first { $0.name == name }?.value }
        let headers = WebhookHeaders(
            contentType: header("Content-Type"), event: header("X-GitHub-Event"),
            delivery: header("X-GitHub-Delivery"),
            hookTargetType: header("X-GitHub-Hook-Installation-Target-Type"),
            hookTargetID: header("X-GitHub-Hook-Installation-Target-ID"))
        return payload.body.withUnsafeBytes { decoder.decode(source: payload.source, headers: headers, body: $0) }
    }

    @Test("decode to the very observations they were written of, by the built-in rules")
    func roundTrip() throws {
        let decoder = try decoder()
        let writer = PayloadWriter()
        var count = 0
        for (shape, seeds) in [(HistoryShape.small, 0..<80), (.ordinary, 0..<4)] as [(HistoryShape, Range<UInt64>)] {
            for seed in seeds {
                for (index, entry) in HistoryGenerator(seed: seed, shape: shape).stream().enumerated() {
                    guard case .observation(let observation) = entry.input else { continue }
                    let payload = try #require(writer.payload(of: entry, index: index))
                    // A history does not say how new the bodies are.
                    let observed = decoded(payload, by: decoder).observations.map { observation in
                        var undated = observation
                        undated.repository?.statedAt = nil
                        return undated
                    }
                    if observed != [observation] {
                        Issue.record("seed \(seed), entry \(index): \(observation) became \(observed)")
                        return
                    }
                    count += 1
                }
            }
        }
        #expect(count > 8000)
    }

    @Test("have identities of their own, also where a fact is told again")
    func identities() throws {
        let decoder = try decoder()
        let writer = PayloadWriter()
        let history = HistoryGenerator(seed: 7, shape: .small).history()
        var identities: Set<String> = []
        var carried = 0
        for (index, entry) in (history.entries + history.entries).enumerated() {
            let payload = try #require(writer.payload(of: entry, index: index))
            guard payload.source == .github else { continue }
            carried += 1
            identities.insert(try #require(decoded(payload, by: decoder).identity))
        }
        #expect(carried > 0)
        #expect(identities.count == carried)
    }

    @Test("of pull requests are as long as asked for")
    func padding() throws {
        let writer = PayloadWriter(pullRequestBytes: 23_000)
        var seen = 0
        for entry in HistoryGenerator(seed: 3, shape: .ordinary).stream() {
            let payload = try #require(writer.payload(of: entry, index: 0))
            switch entry.input {
            case .observation(.changePushed), .observation(.changeClosed):
                seen += 1
                #expect((22_800...23_200).contains(payload.body.count))
            default:
                #expect(payload.body.count < 4000)
            }
        }
        #expect(seen > 10)
    }

    @Test("make the lines of a recording")
    func recordings() throws {
        let payload = Payload(
            receivedAt: Timestamp(milliseconds: 1_793_491_200_123), source: .copr,
            headers: [("Content-Type", "application/json")], body: Array(#"{"a":"b\nc\\"}"#.utf8))
        var recording: [UInt8] = []
        payload.write(to: &recording)
        payload.write(to: &recording)
        let line =
            #"{"received_at":"2026-11-01T00:00:00.123Z","source":"copr","headers":{"#
            + #""Content-Type":"application/json"},"body":"{\"a\":\"b\\nc\\\\\"}"}"# + "\n"
        #expect(String(decoding: recording, as: UTF8.self) == line + line)
    }
}
