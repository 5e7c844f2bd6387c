import LongComputations
import Foundation
import SLOCore
import SLORecordings
import SLOSources
import Testing

/// Payloads as providers may send them one day: with each of their fields missing, null, of another type, or longer.
@Suite("Payload variants", .computes)
struct PayloadVariantTests {
    /// What an event cannot do without: only for want of one of these is a delivery malformed.
    private static let necessary: [String: Set<String>] = [
        "pull_request": [
            "action", "number", "pull_request.head.sha", "pull_request.head.repo.full_name", "pull_request.base.ref",
            "pull_request.created_at", "pull_request.updated_at", "pull_request.closed_at", "repository",
            "repository.id", "repository.full_name",
        ],
        "check_run": [
            "action", "check_run.id", "check_run.name", "check_run.head_sha", "check_run.status",
            "check_run.conclusion", "check_run.started_at", "check_run.completed_at", "repository", "repository.id",
            "repository.full_name",
        ],
        "status": [
            "id", "sha", "context", "state", "created_at", "sender", "sender.login", "repository", "repository.id",
            "repository.full_name",
        ],
        "push": ["ref", "after", "repository", "repository.id", "repository.full_name"],
        "release": [
            "action", "release.tag_name", "release.published_at", "repository", "repository.id", "repository.full_name",
        ],
        "issue_comment": [
            "action", "issue.number", "comment.id", "comment.created_at", "comment.updated_at", "repository",
            "repository.id", "repository.full_name",
        ],
        "build.start": ["user", "chroot", "build", "owner", "copr", "topic", "body", "headers.sent-at"],
        "build.end": ["user", "chroot", "build", "owner", "copr", "status", "topic", "body", "headers.sent-at"],
        "notification": ["request_id"],
        "request": ["id", "state", "created"],
    ]

    /// What decides whose an event is and whether it is used: with another value it may be somebody else's.
    private static let selecting: Set<String> = [
        "action", "check_run.app", "check_run.app.slug", "check_run.app.id", "check_run.app.html_url", "check_run",
        "issue", "issue.pull_request", "comment", "comment.body", "comment.user", "comment.user.type",
        "comment.user.login", "comment.performed_via_github_app", "comment.performed_via_github_app.slug", "changes",
        "changes.body", "changes.body.from",
        "sender", "sender.login", "topic", "user", "body.user",
        "environments_requested", "environments_requested.[].tmt", "environments_requested.[].tmt.context",
        "environments_requested.[].tmt.context.initiator", "state", "request_id",
    ]

    @Test("of every fixture are read, and malformed only for want of what the event needs")
    func fixtures() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../fixtures").standardized
        let reader = try RecordingReader(paths: [folder.path])
        var samples: [CorpusTests.Sample] = []
        while let delivery = try reader.next() {
            samples.append(
                CorpusTests.Sample(
                    path: "fixtures, received at \(delivery.receivedAt)", source: delivery.source,
                    event: delivery.headers["X-GitHub-Event"] ?? "", body: delivery.body))
        }
        #expect(samples.count > 100)
        try tryAll(samples)
    }

    @Test("of real payloads are read, and malformed only for want of what the event needs", .enabled(if: corpus != nil))
    func realPayloads() throws {
        try tryAll(CorpusTests.samples())
    }

    /// Varies each field of an event in the first sample that has it.
    private func tryAll(_ samples: [CorpusTests.Sample]) throws {
        let decoding = try Decoding()
        var varied: Set<String> = []
        for sample in samples {
            // Fixtures also hold bodies that are no JSON.
            guard let variants = try? PayloadVariants(of: sample.body) else { continue }
            let original = decoding.decode(sample.source, .github(sample.event), sample.body)
            let event = "\(sample.source) \(sample.event) \(variants.action)"
            for path in variants.paths where varied.insert("\(event) \(path)").inserted {
                for variant in variants.all(at: path) { check(variant, of: sample, original, decoding) }
            }
        }
    }

    private func check(
        _ variant: PayloadVariant, of sample: CorpusTests.Sample, _ original: DecodedDelivery, _ decoding: Decoding
    ) {
        let delivery = decoding.decode(sample.source, .github(sample.event), variant.body)
        let what = Comment(rawValue: "\(sample.path): \(sample.event) with \(variant.path) \(variant.change)")
        #expect(KnownEvents.of(sample.source).contains(delivery.event), what)
        switch delivery.outcome {
        case .observed, .ping: break
        case .ignored:
            let isIgnoredAnyway = if case .observed = original.outcome { false } else { true }
            #expect(isIgnoredAnyway || Self.selecting.contains(variant.path), what)
        case .malformed(let reason):
            guard case .observed = original.outcome else { return }
            let needed = (Self.necessary[delivery.event] ?? []).union(Self.necessary[original.event] ?? [])
            #expect(needed.contains { Self.concerns(variant.path, $0) }, "\(what): \(reason)")
        case .rejected(let reason), .unsupportedMediaType(let reason):
            Issue.record("\(what) is refused: \(reason)")
        }
    }

    /// Whether a changed field is a necessary one, lies around it, or is the same in the envelope of a bus message.
    private static func concerns(_ changed: String, _ necessary: String) -> Bool {
        changed == necessary || necessary.hasPrefix(changed + ".") || changed == "body." + necessary
    }
}
