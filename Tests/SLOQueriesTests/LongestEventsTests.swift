import RunningService
import SLOCore
import Testing

@testable import SLOQueries
@testable import SLOStore

/// Lists of events by duration.
@Suite struct LongestEventsTests {
    private static let now = Timestamp(seconds: 1_795_348_800)

    /// One judgement a second, each of a change that was answered after `number % 7` minutes, the last one not at all.
    private static func batch(_ numbers: ClosedRange<Int64>) -> CommitBatch {
        var batch = CommitBatch()
        for number in numbers {
            let judgedAt = now - .seconds(10_000 - number)
            let startedAt = judgedAt - .hours(1)
            let isAnswered = number != numbers.upperBound
            batch.changes.append(
                ChangeRecord(
                    change: EntityID(number), deployment: Deployment("prod"), repository: 7,
                    repositoryName: "acme/rocket", number: Int(number), action: .synchronize, headSHA: "abc",
                    baseRef: "main", startedAt: startedAt, receivedAt: startedAt,
                    answeredAt: isAnswered ? startedAt + .minutes(number % 7) : nil, verdict: .late, exclusion: nil,
                    eligibility: .learned, judgedAt: judgedAt, isCounted: true))
            batch.judgements.append(
                ObjectiveJudgement(
                    objective: .initialStatus, deployment: Deployment("prod"), entity: EntityID(number),
                    subject: .init(repository: "acme/rocket"), verdict: .bad, at: judgedAt))
        }
        return batch
    }

    private static func pages(of count: Int64, limit: Int) throws -> [EventsSnapshot] {
        let place = try ScratchPlace()
        defer { place.remove() }
        let store = try SQLiteStore.open(path: place.path("observer"), startedAt: now)
        try store.commit(batch(1...count))
        let reader = try SQLiteReader.open(path: place.path("observer"))
        var query = EventQuery()
        (query.order, query.limit) = (.longest, limit)
        var pages: [EventsSnapshot] = []
        repeat {
            // What is judged between two pages moves nothing.
            if pages.count == 1 { try store.commit(batch((count + 1)...(count + 5))) }
            let page = try EventsSnapshot(
                query, at: now - .seconds(10_000 - count), settings: LedgerSettings(),
                directory: RepositoryDirectory(), showing: true, from: reader)
            pages.append(page)
            query.place = page.next
        } while query.place != nil && pages.count < 100
        return pages
    }

    @Test func whatTookLongestComesFirst() throws {
        let pages = try Self.pages(of: 60, limit: 25)
        #expect(pages.map(\.events.count) == [25, 25, 10])
        let events = pages.flatMap(\.events)
        #expect(Set(events.map(\.subject.pullRequest)) == Set((1...60).map { Optional($0) }))
        // It still waits.
        #expect(events.first?.subject.pullRequest == 60)
        let spans = events.dropFirst().compactMap(\.duration)
        #expect(spans.count == 59 && spans == spans.sorted(by: >))
        #expect(pages.allSatisfy { !$0.isPartial })
    }

    @Test func onlyTheLatestOfVeryManyAreCompared() throws {
        let pages = try Self.pages(of: 1200, limit: 200)
        #expect(pages.flatMap(\.events).count == 1000)
        #expect(pages.allSatisfy { $0.isPartial })
        #expect(pages.flatMap(\.events).allSatisfy { ($0.subject.pullRequest ?? 0) > 200 })
    }
}
