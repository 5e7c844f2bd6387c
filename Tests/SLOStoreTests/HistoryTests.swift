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
            startedAt: nil, backendEndedAt: countedAt - .seconds(30), finishedAt: countedAt, outcome: .failure,
            reason: .stated, revisedOutcome: revised, countedAt: countedAt, isCounted: false)
    }
}

@Suite struct HistoryTests {
    @Test(arguments: Backend.readable) func aRecordWrittenAgainReplacesTheFirst(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        let ids = [EntityID(1), EntityID(2)]
        for batch in [
            batch(.late, revised: nil, at: Timestamp(seconds: 500)),
            batch(.excluded, revised: .error, at: Timestamp(seconds: 600)),
        ] {
            try store.commit(batch)
            let reader = try place.reader()
            #expect(try reader.changes(ids) == batch.changes)
            #expect(try reader.runs(ids) == batch.runs)
            try reader.close()
        }
        try store.close()
    }

    private func batch(_ verdict: Verdict, revised: Outcome?, at moment: Timestamp) -> CommitBatch {
        var batch = CommitBatch()
        batch.changes = [.sample(EntityID(1), verdict: verdict, judgedAt: moment)]
        batch.runs = [.sample(EntityID(2), revised: revised, countedAt: moment)]
        return batch
    }

    /// No two columns have one value, so that none is taken for another.
    @Test(arguments: Backend.readable) func everyColumnIsReadAsWritten(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        var batch = CommitBatch()
        batch.changes = [
            ChangeRecord(
                change: EntityID(1), deployment: Deployment("prod"), repository: 7, repositoryName: "packit/ogr",
                number: 12, action: .opened, headSHA: "abc", baseRef: "main", startedAt: Timestamp(milliseconds: 301),
                receivedAt: Timestamp(milliseconds: 302), answeredAt: Timestamp(milliseconds: 303), verdict: .excluded,
                exclusion: Exclusion.allCases[0], eligibility: .learned, judgedAt: Timestamp(milliseconds: 304),
                isCounted: true)
        ]
        batch.runs = [
            RunRecord(
                run: EntityID(2), kind: .testRun, deployment: Deployment("stg"), repository: 8,
                repositoryName: "packit/dist", sha: "def", pullRequest: 13, name: "testing-farm", chroot: "epel-9",
                backendID: "id", queuedAt: Timestamp(milliseconds: 401), startedAt: Timestamp(milliseconds: 402),
                backendEndedAt: Timestamp(milliseconds: 406), finishedAt: Timestamp(milliseconds: 403),
                outcome: .success, reason: .stated, revisedOutcome: .failure,
                countedAt: Timestamp(milliseconds: 404), isCounted: false, proof: JoinProof.allCases[0])
        ]
        try store.commit(batch)
        let reader = try place.reader()
        #expect(try reader.changes([EntityID(1)]) == batch.changes)
        #expect(try reader.runs([EntityID(2)]) == batch.runs)
        try reader.close()
        try store.close()
    }
}
