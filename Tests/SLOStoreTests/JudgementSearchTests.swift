import SLOCore
import Testing

@testable import SLOStore

/// Lists of events: which are found, in which order, and that a search has an end.
@Suite struct JudgementSearchTests {
    private static func judgement(
        _ entity: Int64, _ verdict: ObjectiveJudgement.Verdict = .good, of objective: Objective.Name = .builds,
        by deployment: String = "prod", in repository: String? = "acme/rocket", chroot: String? = nil, at second: Int64
    ) -> ObjectiveJudgement {
        ObjectiveJudgement(
            objective: objective, deployment: Deployment(deployment), entity: EntityID(entity),
            subject: .init(repository: repository, branch: "main", chroot: chroot, name: "rpm-build"),
            verdict: verdict, at: Timestamp(seconds: second))
    }

    private static func reader(
        _ place: StorePlace, of judgements: [ObjectiveJudgement]
    ) throws -> any StoreReading {
        let store = try place.open()
        var batch = CommitBatch()
        batch.judgements = judgements
        try store.commit(batch)
        return try place.reader()
    }

    /// All pages, and how many there were.
    private static func all(
        _ reader: any StoreReading, _ filter: JudgementFilter = .init(), _ order: TimeOrder = .newest, limit: Int = 50,
        where isWanted: (ObjectiveJudgement) -> Bool = { _ in true }
    ) throws -> (found: [ObjectiveJudgement], pages: Int) {
        var (found, pages): ([ObjectiveJudgement], Int) = ([], 0)
        var place: JudgementPlace?
        repeat {
            let page = try reader.judgements(filter, order: order, after: place, atMost: limit, where: isWanted)
            #expect(page.items.count <= limit)
            found += page.items.map(\.judgement)
            pages += 1
            place = page.next
        } while place != nil && pages < 1000
        return (found, pages)
    }

    @Test(arguments: Backend.readable, TimeOrder.allCases)
    func eachIsOnOnePageInOrder(backend: Backend, order: TimeOrder) throws {
        let place = try StorePlace(backend)
        // Several of one moment lie across pages, those of one entity too.
        let judgements = (1...100).flatMap { number in
            [
                Self.judgement(number, of: .builds, at: 100 + number / 10),
                Self.judgement(number, of: .testRuns, by: "stg", at: 100 + number / 10),
            ]
        }
        let reader = try Self.reader(place, of: judgements)
        for limit in [1, 7, 200] {
            let found = try Self.all(reader, .init(), order, limit: limit).found
            #expect(found.count == 200)
            #expect(Set(found) == Set(judgements))
            let times = found.map(\.at)
            #expect(times == (order == .newest ? times.sorted(by: >) : times.sorted()))
        }
        // The last page is no empty one.
        #expect(try Self.all(reader, .init(), order, limit: 50).pages == 4)
    }

    @Test(arguments: Backend.readable) func eachFilterNarrows(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let reader = try Self.reader(
            place,
            of: [
                Self.judgement(1, .good, chroot: "fedora-40-x86_64", at: 100),
                Self.judgement(2, .bad, of: .testRuns, chroot: "fedora-40-aarch64", at: 110),
                Self.judgement(3, .doubtful, by: "stg", in: "acme/other", chroot: "epel-9-x86_64", at: 120),
                Self.judgement(4, .unknown, in: nil, chroot: "x86_64", at: 130),
                Self.judgement(-5, .bad, in: "acme/rocket2", chroot: "fedora-40-notx86_64", at: 140),
            ])
        func entities(_ change: (inout JudgementFilter) -> Void) throws -> [Int64] {
            var filter = JudgementFilter()
            change(&filter)
            let newest = try Self.all(reader, filter).found.map(\.entity.number)
            #expect(try Self.all(reader, filter, .oldest, limit: 1).found.map(\.entity.number) == newest.reversed())
            return newest
        }
        #expect(try entities { _ in } == [-5, 4, 3, 2, 1])
        #expect(try entities { $0.objective = .testRuns } == [2])
        #expect(try entities { $0.deployment = Deployment("stg") } == [3])
        #expect(try entities { $0.verdicts = [.bad, .doubtful] } == [-5, 3, 2])
        #expect(try entities { $0.verdicts = [.good] } == [1])
        #expect(try entities { $0.verdicts = [] } == [])
        #expect(try entities { $0.repository = "ACME/Rocket" } == [2, 1])
        #expect(
            try entities {
                $0.repository = "acme/rocket"
                $0.verdicts = [.bad]
            } == [2])
        #expect(try entities { $0.chroot = "epel-9-x86_64" } == [3])
        // As reports tell architectures apart: a target without one has none.
        #expect(try entities { $0.architecture = "x86_64" } == [3, 1])
        #expect(try entities { $0.branch = "main" } == [-5, 4, 3, 2, 1])
        #expect(try entities { $0.branch = "other" } == [])
        #expect(try entities { $0.name = "rpm-build" } == [-5, 4, 3, 2, 1])
        #expect(
            try entities {
                $0.from = Timestamp(seconds: 110)
                $0.to = Timestamp(seconds: 130)
            } == [3, 2])
    }

    @Test(arguments: Backend.readable) func aPlaceOutsideTheTimesIsTheirBeginning(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let reader = try Self.reader(place, of: (1...9).map { Self.judgement($0, at: $0) })
        var filter = JudgementFilter()
        filter.from = Timestamp(seconds: 3)
        filter.to = Timestamp(seconds: 6)
        for order in TimeOrder.allCases {
            let outside = order == .newest ? 9 : 1
            let page = try reader.judgements(
                filter, order: order,
                after: JudgementPlace(
                    at: Timestamp(seconds: Int64(outside)), objective: "zzz", entity: .max, deployment: "z"),
                atMost: 9, where: { _ in true })
            #expect(page.items.map(\.judgement.entity.number).sorted() == [3, 4, 5])
            #expect(page.next == nil)
        }
    }

    @Test(arguments: Backend.readable) func aSearchWithFewMatchesReadsALimitedNumberAndGoesOn(_ backend: Backend) throws
    {
        let place = try StorePlace(backend)
        let reader = try Self.reader(
            place, of: (1...25_000).map { Self.judgement($0, $0 == 1 ? .bad : .good, at: 100 + $0 / 100) })
        var good = JudgementFilter()
        good.chroot = "none"
        for order in TimeOrder.allCases {
            let (found, pages) = try Self.all(reader, good, order)
            #expect(found.isEmpty)
            #expect(pages == 3)
        }
        // The only one that is not good is found at once.
        var missed = JudgementFilter()
        missed.verdicts = [.bad, .doubtful, .unknown]
        #expect(try Self.all(reader, missed).pages == 1)
        #expect(try Self.all(reader, missed).found.map(\.entity.number) == [1])
        // What the caller does not want counts as read.
        #expect(try Self.all(reader, where: { $0.entity.number == 1 }).pages == 3)
    }

    @Test(arguments: Backend.readable) func whatWasFilledInHasItsCause(_ backend: Backend) throws {
        let place = try StorePlace(backend)
        let store = try place.open()
        try store.add(
            [BackfilledJudgement(Self.judgement(-1, .bad, at: 100), cause: "late")], hours: [])
        let reader = try place.reader()
        let page = try reader.judgements(
            .init(), order: .newest, after: nil, atMost: 5, where: { _ in true })
        #expect(page.items.map(\.cause) == ["late"])
    }
}
