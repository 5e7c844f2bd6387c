import GRDB
import SLOCore
import Testing

@testable import SLOStore

extension ChangeRecord {
    static func sample(_ change: EntityID, verdict: Verdict = .late, judgedAt: Timestamp) -> ChangeRecord {
        ChangeRecord(
            change: change, deployment: Deployment("prod"), repository: 7, repositoryName: "packit/ogr", number: 12,
            action: .synchronize, headSHA: "abc", baseRef: "main", startedAt: judgedAt - .minutes(5),
            receivedAt: judgedAt - .minutes(4), answeredAt: nil, verdict: verdict, exclusion: nil,
            eligibility: .learned, judgedAt: judgedAt, isCounted: true)
    }
}

extension RunRecord {
    static func sample(_ run: EntityID, revised: Outcome? = nil, countedAt: Timestamp) -> RunRecord {
        RunRecord(
            run: run, kind: .build, deployment: Deployment("prod"), repository: nil, repositoryName: nil, sha: nil,
            pullRequest: nil, name: "rpm-build", chroot: "fedora-rawhide-x86_64", backendID: "123", queuedAt: nil,
            startedAt: nil, finishedAt: countedAt, outcome: .failure, reason: .stated, revisedOutcome: revised,
            countedAt: countedAt, isCounted: false)
    }
}

@Suite struct HistoryTests {
    @Test func aRecordWrittenAgainReplacesTheFirst() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        var batch = CommitBatch()
        batch.changes = [.sample(EntityID(1), judgedAt: Timestamp(seconds: 500))]
        batch.runs = [.sample(EntityID(2), countedAt: Timestamp(seconds: 500))]
        try store.commit(batch)
        batch.changes = [.sample(EntityID(1), verdict: .excluded, judgedAt: Timestamp(seconds: 600))]
        batch.runs = [.sample(EntityID(2), revised: .error, countedAt: Timestamp(seconds: 600))]
        try store.commit(batch)
        try store.queue.read { db in
            let changes = try Row.fetchAll(db, sql: "SELECT * FROM changes")
            #expect(
                changes == [
                    [
                        "change": 1, "deployment": "prod", "repository": 7, "repository_name": "packit/ogr",
                        "number": 12, "action": "synchronize", "head_sha": "abc", "base_ref": "main",
                        "started_at": 300_000, "received_at": 360_000, "answered_at": nil, "verdict": "excluded",
                        "exclusion": nil, "eligibility": "learned", "judged_at": 600_000, "is_counted": 1,
                    ]
                ])
            let runs = try Row.fetchAll(db, sql: "SELECT * FROM runs")
            #expect(
                runs == [
                    [
                        "run": 2, "kind": "build", "deployment": "prod", "repository": nil, "repository_name": nil,
                        "sha": nil, "pull_request": nil, "name": "rpm-build", "chroot": "fedora-rawhide-x86_64",
                        "backend_id": "123", "queued_at": nil, "started_at": nil, "finished_at": 600_000,
                        "outcome": "failure", "reason": "stated", "revised_outcome": "error", "counted_at": 600_000,
                        "is_counted": 0, "proof": nil,
                    ]
                ])
        }
        try store.close()
    }
}
