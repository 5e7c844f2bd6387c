import SLOCore
import Testing

@testable import SLOSources

/// Every text that is stored or kept in memory has a bound in bytes, and what is cut keeps its identity.
@Suite("Texts from outside")
struct TextLimitTests {
    private let decoding: Decoding

    init() throws {
        decoding = try Decoding()
    }

    @Test("are whole up to the limit, and cut with an ellipsis and a hash of the whole beyond it")
    func cut() {
        let limit = TextLimit.name
        for count in [0, 1, limit.bytes - 1, limit.bytes] {
            let text = String(repeating: "x", count: count)
            #expect(limit.text(text) == text)
        }
        for letter in ["x", "é", "€", "𝄞", "e\u{301}"] {
            for count in limit.bytes / letter.utf8.count + 1...limit.bytes + 5 {
                let cut = limit.text(String(repeating: letter, count: count)) ?? ""
                #expect(cut.utf8.count <= limit.bytes)
                #expect(cut.utf8.count > limit.bytes - 4 - letter.utf8.count)
                #expect(cut.contains("…") && !cut.contains("\u{FFFD}"))
                #expect(limit.text(cut) == cut)
            }
        }
    }

    @Test("stay two where they differ only behind the cut, and are the same each time")
    func identity() {
        let long = String(repeating: "a", count: 100_000)
        for limit in [TextLimit.word, .sha, .name, .title, .address] {
            let texts = [long, long + "a", long + "b", "b" + long].map { limit.text($0) }
            #expect(Set(texts).count == 4)
            #expect(texts == [long, long + "a", long + "b", "b" + long].map { limit.text($0) })
            #expect(texts.allSatisfy { ($0?.utf8.count ?? .max) <= limit.bytes })
        }
    }

    @Test("that are no UTF-8 are bounded after their repair")
    func repaired() {
        let bytes = [UInt8](repeating: 0xff, count: TextLimit.sha.bytes)
        let text = bytes.withUnsafeBytes { TextLimit.sha.text($0) }
        #expect((text?.utf8.count ?? .max) <= TextLimit.sha.bytes)
    }

    private static let fields: [(Source, String, JSON, [String])] = [
        (
            .github, "pull_request", Payloads.pullRequest,
            [
                "pull_request.head.sha", "pull_request.head.repo.full_name", "pull_request.base.ref",
                "repository.full_name",
            ]
        ),
        (
            .github, "check_run", Payloads.checkRun,
            [
                "check_run.head_sha", "check_run.name", "check_run.external_id", "check_run.conclusion",
                "check_run.output.title", "check_run.output.summary", "check_run.details_url", "repository.full_name",
            ]
        ),
        (.github, "status", Payloads.status, ["sha", "context", "description", "state", "target_url"]),
        (.github, "push", Payloads.push, ["ref", "after", "repository.full_name"]),
        (.github, "release", Payloads.release, ["release.tag_name"]),
        (.copr, "", Payloads.copr, ["body.chroot", "body.owner", "body.copr"]),
        (.testingFarm, "", Payloads.request, ["result.summary"]),
    ]

    @Test("reach the ledger and the journal within the bound, whatever field they come in", arguments: 0..<7)
    func observations(index: Int) throws {
        let (source, event, payload, paths) = Self.fields[index]
        for path in paths {
            let huge = String(repeating: "z", count: 1_000_000)
            let outcomes = ["1", "2"].map { end in
                decoding.decode(source, .github(event), Array(payload.with(path, .string(huge + end)).text.utf8))
                    .outcome
            }
            for outcome in outcomes {
                guard case .observed(let observations) = outcome else {
                    Issue.record("\(path): \(outcome)")
                    continue
                }
                for observation in observations { #expect(observation.stored.count < 3000, "\(path)") }
            }
            // Titles, links and summaries are read, not kept by their text; all others stay two.
            let isKept = !["title", "summary", "url", "description", "full_name", "conclusion"].contains {
                path.hasSuffix($0)
            }
            if isKept { #expect(outcomes[0] != outcomes[1], "\(path)") }
        }
    }

    @Test("in headers are bounded, too")
    func headers() {
        let long = String(repeating: "h", count: 10_000)
        let headers = WebhookHeaders(
            contentType: long, event: long, delivery: long, signature: long, hookTargetType: long, hookTargetID: long)
        for text in [
            headers.contentType, headers.event, headers.delivery, headers.signature, headers.hookTargetType,
            headers.hookTargetID,
        ] {
            #expect((text?.utf8.count ?? .max) <= TextLimit.name.bytes)
        }
    }
}
