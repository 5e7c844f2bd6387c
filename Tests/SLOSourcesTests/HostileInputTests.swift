import SLOCore
import SLOSources
import SLOTestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    private static let fragments: [[UInt8]] = [
        "null", "{}", "[]", "\"\"", "-1", "1e999", "9223372036854775808", "true", "\\u0000", "\\ud800", "\"", "{", "}",
        "[", "]", ":", ",", "\u{0}", "é", "0", "2026-13-40T99:99:99Z", "/jobs/copr/", "| Testing Farm |", ":::::",
    ].map { Array($0.utf8) }

    private static let samples: [(Source, String, JSON)] = [
        (.github, "pull_request", Payloads.pullRequest), (.github, "check_run", Payloads.checkRun),
        (.github, "status", Payloads.status), (.github, "push", Payloads.push), (.github, "release", Payloads.release),
        (.copr, "", Payloads.copr), (.copr, "", Payloads.flatCopr), (.testingFarm, "", Payloads.notification),
        (.testingFarm, "", Payloads.request),
    ]

    private func mutate(_ body: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var body = body
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !body.isEmpty {
            let start = Int.random(in: 0..<body.count, using: &generator)
            let end = min(body.count, start + Int.random(in: 0...24, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: body[start] = UInt8.random(in: 0...255, using: &generator)
            case 1: body.removeSubrange(start..<end)
            case 2: body.insert(contentsOf: body[start..<end], at: start)
            case 3: body.removeSubrange(start...)
            case 4: body.replaceSubrange(start..<end, with: Self.fragments.randomElement(using: &generator) ?? [])
            default: body.insert(contentsOf: Self.fragments.randomElement(using: &generator) ?? [], at: start)
            }
        }
        return body
    }

    @Test("of any kind has an outcome, and what is kept of it is JSON", arguments: 0..<9)
    func mutations(index: Int) throws {
        let decoding = try Decoding()
        let (source, event, sample) = Self.samples[index]
        let body = Array(sample.text.utf8)
        var generator = SeededGenerator(seed: UInt64(index) + 1)
        var readable = 0
        for _ in 0..<4000 {
            let mutated = mutate(body, using: &generator)
            let delivery = decoding.decode(source, .github(event), mutated)
            #expect(KnownEvents.of(source).contains(delivery.event))
            if delivery.outcome.rejectedReason == nil { readable += 1 }
            if case .observed(let observations) = delivery.outcome { #expect(!observations.isEmpty) }
            if let kept = delivery.keptBody {
                #expect(decoding.decode(source, .github(event), kept).outcome.rejectedReason == nil)
            }
        }
        // Both sides were reached.
        #expect(readable > 0 && readable < 4000)
    }

    @Test("in headers has an outcome too")
    func headers() throws {
        let decoding = try Decoding()
        var generator = SeededGenerator(seed: 99)
        func text() -> String {
            String(
                decoding: (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }, as: UTF8.self)
        }
        let body = Array(Payloads.pullRequest.text.utf8)
        for _ in 0..<2000 {
            let headers = WebhookHeaders(
                contentType: Bool.random(using: &generator) ? "application/json" : text(), event: text(),
                delivery: text(), signature: text(), hookTargetType: text(), hookTargetID: text())
            switch decoding.decode(.github, headers, body).outcome {
            case .rejected, .unsupportedMediaType: break
            default: Issue.record("\(headers)")
            }
        }
    }

    @Test("on many threads at once does not mix")
    func threads() async throws {
        let decoding = try Decoding()
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    (0..<300).allSatisfy { _ in
                        let body = Payloads.pullRequest.with("number", .number(String(number)))
                        guard case .changePushed(let change) = decoding.github("pull_request", body).outcome.observation
                        else { return false }
                        return change.number == number
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
