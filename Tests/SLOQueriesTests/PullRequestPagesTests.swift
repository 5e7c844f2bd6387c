import SLOCore
import Testing

@testable import SLOQueries
import SLOService

/// However much a pull request has, a page of it is bounded, and its pages together tell all of it once.
@Suite struct PullRequestPagesTests {
    private static let repository = Repository(id: 7, fullName: "acme/rocket")

    /// A ledger's state, read as a database's is.
    private final class Source: StateSource {
        private var rows: [StateKey: [UInt8]] = [:]
        private(set) var readRows = 0

        func take(_ changes: [StateChange]) {
            for change in changes { rows[change.key] = change.value }
        }

        func forEachEntry(
            ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
        ) throws {
            for (key, value) in rows where key.table == table && isWanted(key.key) { try visit(key, value) }
        }

        func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] {
            let found = keys.compactMap { key in rows[key].map { (key: key, value: $0) } }
            readRows += found.count
            return found
        }
    }

    private struct World {
        let source = Source()
        private var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: Moment(virtual: at(0)))

        static func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_762_768_800 + seconds) }

        mutating func observe(_ observation: Observation, at seconds: Int64) {
            timeline.observe(observation, at: Moment(virtual: Self.at(seconds)))
            source.take(timeline.drain(isStored: true).effects.state)
            timeline.confirm()
        }

        mutating func push(_ sha: String, _ action: ChangePushed.Action = .opened, at seconds: Int64) {
            observe(
                .changePushed(
                    ChangePushed(
                        repository: repository, number: 1, action: action, headSHA: sha,
                        headRepository: "someone/rocket", baseRef: "main", startedAt: Self.at(seconds), addressee: nil)),
                at: seconds)
        }

        mutating func check(_ id: Int64, _ name: String, sha: String, at seconds: Int64) {
            observe(
                .statusReported(
                    StatusReported(
                        repository: repository, sha: sha, deployment: Deployment("prod"), carrier: .checkRun(id: id),
                        name: CheckName(text: name, subject: .build), externalID: "e", startedAt: Self.at(seconds),
                        state: "queued", title: "", asBuild: .accepted, asTestRun: .unclear)),
                at: seconds)
        }

        func page(_ place: PullRequestStory.Place) throws -> PullRequestStory? {
            try Ledger.story(
                ofPullRequest: 1, inRepository: repository.id, from: place, settings: LedgerSettings(), source: source)
        }
    }

    @Test func pagesContainEverythingOnceAndReadLittle() throws {
        var world = World()
        world.push("a", at: 0)
        for number in 0..<300 { world.check(Int64(number), "a\(number)", sha: "a", at: 10) }
        world.push("b", .synchronize, at: 100)
        world.push("c", .synchronize, at: 110)
        for number in 0..<120 { world.check(Int64(1000 + number), "c\(number)", sha: "c", at: 120) }
        var names: [String] = []
        var changes = 0
        var place = PullRequestStory.Place.start
        var starts: [PullRequestStory.Place] = []
        while true {
            let before = world.source.readRows
            let page = try #require(try world.page(place))
            #expect(world.source.readRows - before < 500)
            let rows = page.heads.flatMap(\.runs)
            #expect(rows.count + page.heads.flatMap(\.changes).count <= 60)
            names += rows.map(\.name)
            changes += page.heads.flatMap(\.changes).count { $0.isOwner }
            #expect(page.previous == starts.last)
            starts.append(place)
            guard let next = page.next else { break }
            #expect(next > place)
            place = next
        }
        #expect(names.count == 420)
        #expect(Set(names).count == 420)
        #expect(changes == 3)
        #expect(starts.count >= 8)
        let last = try #require(try world.page(.end))
        #expect(last.heads.isEmpty)
        #expect(last.next == nil)
        #expect(last.previous != nil)
        for head in [0, 1, 2, 3, 1000] {
            for unit in [0, 1, 299, 300, 1_000_000] {
                let page = try world.page(.init(head: head, unit: unit))
                #expect(page?.heads.flatMap(\.runs).count ?? 0 <= 60)
            }
        }
    }

    @Test func oneCheckWithManyRunsFillsAPage() throws {
        var world = World()
        world.push("a", at: 0)
        for round in 0..<500 { world.check(Int64(round), "a", sha: "a", at: Int64(10 + round)) }
        world.check(9000, "b", sha: "a", at: 1000)
        let first = try #require(try world.page(.start))
        #expect((1...300).contains(first.heads.flatMap(\.runs).count))
        let second = try #require(try first.next.flatMap { try world.page($0) })
        #expect(second.heads.flatMap(\.runs).map(\.name) == ["b"])
        let before = try #require(try second.previous.flatMap { try world.page($0) })
        #expect(Set(before.heads.flatMap(\.runs).map(\.name)) == ["a"])
    }

    /// The ledger forgets a change before the runs of its commit.
    @Test func `A commit has its change and its runs together, wherever each is kept`() {
        let opened = PullRequestStory.Move(at: World.at(0), action: .opened)
        let judged = PullRequestSnapshot.Change(
            deployment: Deployment("prod"), startedAt: World.at(0), answeredAt: nil, verdict: .never, exclusion: nil,
            eligibility: .learned, isCounted: true)
        let tracked = PullRequestSnapshot.Head(sha: "b", moves: [], changes: [], runs: [])
        let forgotten = ["b", "a"].map {
            PullRequestSnapshot.Head(sha: $0, moves: [opened], changes: [judged], runs: [])
        }
        let heads = PullRequestSnapshot.joined([tracked], forgotten)
        #expect(heads.map(\.sha) == ["b", "a"])
        #expect(heads.map(\.changes.count) == [1, 1])
        #expect(heads.map(\.moves.count) == [1, 1])
    }
}
