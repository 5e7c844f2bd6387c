import RunningService
import SLOCore
import SLOStore
import Testing

@testable import SLOQueries

/// What charts read of the history.
@Suite struct ChartTests {
    private let prod = Deployment("prod")
    private let noon = Timestamp(seconds: 1_795_348_800)

    private func change(
        _ number: Int64, judged: Timestamp, after seconds: Int64?, verdict: Verdict, deployment: String = "prod"
    ) -> ChangeRecord {
        let started = judged - .minutes(6)
        return ChangeRecord(
            change: EntityID(number), deployment: Deployment(deployment), repository: RepositoryID(stored: 1),
            repositoryName: "acme/rocket", number: 1, action: .opened, headSHA: "a", baseRef: "main",
            startedAt: started, receivedAt: started, answeredAt: seconds.map { started + .seconds($0) },
            verdict: verdict, exclusion: nil, eligibility: .learned, judgedAt: judged, isCounted: true)
    }

    private func chart(
        of objective: Objective.Name, over range: ChartRange, _ fill: (inout CommitBatch) -> Void
    ) throws -> ChartSnapshot {
        let place = try ScratchPlace()
        defer { place.remove() }
        let store = try SQLiteStore.open(path: place.path("a"), startedAt: noon)
        var batch = CommitBatch()
        fill(&batch)
        try store.commit(batch)
        try store.close()
        let settings = LedgerSettings()
        let configured = try #require(settings[objective])
        let (from, to) = range.times(window: settings.window, at: noon)
        let reader = try SQLiteReader.open(path: place.path("a"))
        defer { try? reader.close() }
        return try ChartSnapshot(of: configured, prod, from: from, to: to, at: noon, in: reader)
    }

    @Test func firstStatusesAreSortedIntoSlices() throws {
        let chart = try chart(of: .initialStatus, over: .day) { batch in
            batch.changes = [
                change(1, judged: noon - .minutes(10), after: 4, verdict: .onTime),
                change(2, judged: noon - .minutes(20), after: 40, verdict: .late),
                change(3, judged: noon - .hours(5), after: nil, verdict: .never),
                change(4, judged: noon - .hours(5), after: nil, verdict: .excluded),
                change(5, judged: noon - .hours(5), after: 2, verdict: .onTime, deployment: "stg"),
                change(6, judged: noon - .hours(30), after: 2, verdict: .onTime),
            ]
            batch.objectiveHours = [
                ObjectiveHour(
                    objective: .initialStatus, deployment: prod, hour: noon.hoursSinceEpoch - 1, deadlineSeconds: 15,
                    target: 0.99, good: 1, bad: 1)
            ]
        }
        #expect(chart.sliceLength == .hours(1))
        #expect(chart.slices.flatMap(\.latencies).sorted() == [.seconds(4), .seconds(40)])
        #expect(chart.slices.map(\.unanswered).reduce(0, +) == 1)
        let slice = try #require(chart.slices.first { $0.tally.bad > 0 })
        #expect(slice.beginsAt == noon - .hours(1))
        #expect(slice.latencies.count == 2)
    }

    @Test func ofASliceALimitedNumberIsRead() throws {
        let chart = try chart(of: .initialStatus, over: .day) { batch in
            batch.changes = (0..<200).map {
                change($0, judged: noon - .minutes(30) + .seconds($0), after: 3, verdict: .onTime)
            }
        }
        #expect(chart.slices.flatMap(\.latencies).count == ChartSnapshot.sampleLimit)
        #expect(chart.slices.filter(\.isSampled).count == 1)
    }

    @Test func aRunsTimeIsDividedIntoQueueRunAndReport() throws {
        func run(
            _ number: Int64, _ outcome: Outcome, queued: Int64?, started: Int64?, ended: Int64? = nil
        ) -> RunRecord {
            RunRecord(
                run: EntityID(number), kind: .build, deployment: prod, repository: RepositoryID(stored: 1),
                repositoryName: "acme/rocket", sha: nil, pullRequest: 1, name: "rpm-build", chroot: nil,
                backendID: nil, queuedAt: queued.map { noon - .seconds($0) },
                startedAt: started.map { noon - .seconds($0) }, backendEndedAt: ended.map { noon - .seconds($0) },
                finishedAt: noon - .seconds(100), outcome: outcome, reason: .stated, revisedOutcome: nil,
                countedAt: noon - .seconds(90), isCounted: true, proof: nil)
        }
        let chart = try chart(of: .builds, over: .week) { batch in
            batch.runs = [
                run(1, .success, queued: 400, started: 300, ended: 120),
                // Its backend's clock is ahead.
                run(2, .failure, queued: 200, started: 200, ended: 50), run(6, .success, queued: 101, started: 101),
                run(3, .error, queued: 400, started: 300, ended: 120), run(4, .success, queued: nil, started: 300),
                run(5, .success, queued: 400, started: nil),
            ]
        }
        #expect(chart.slices.flatMap(\.queued).sorted() == [.zero, .zero, .seconds(100)])
        #expect(chart.slices.flatMap(\.ran).sorted() == [.seconds(1), .seconds(100), .seconds(180)])
        #expect(chart.slices.flatMap(\.reported).sorted() == [.zero, .seconds(20)])
        #expect(chart.slices.allSatisfy { $0.latencies.isEmpty })
    }

    @Test(arguments: [1, 3, 90, 95, 96, 168, 672, 2200, 9600, 100_000])
    func everyTimeHasFewSlices(hours: Int64) throws {
        let range = ChartRange.times(from: noon - .hours(hours) + .minutes(7), to: noon)
        let chart = try chart(of: .builds, over: range) { _ in }
        #expect((1...ChartSnapshot.sliceLimit).contains(chart.slices.count))
        #expect(chart.from <= max(noon - .hours(hours) + .minutes(7), noon - .days(400)))
        let end = try #require(chart.slices.last).beginsAt + chart.sliceLength
        #expect(end >= noon && end - chart.sliceLength < noon)
    }
}
