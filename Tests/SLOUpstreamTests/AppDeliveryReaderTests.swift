import LongComputations
import SLOCore
import SLOService
import Synchronization
import Testing

@testable import SLOUpstream

/// docs/counting.md, rule 52: how GitHub's list of the deliveries to an App is read.
@Suite(.computes) struct AppDeliveryReaderTests {
    private let manual = ManualSurroundings()
    private let github = StandInList()
    private let journal = StandInJournal()

    private func reader(pagesLimit: Int = 1000) -> AppDeliveryReader<StandInList.Pages> {
        let manual = manual
        return AppDeliveryReader(
            StandInList.Pages(list: github), app: 7, deployment: Deployment("prod"), interval: .minutes(5),
            journal: journal, clock: ServiceClock { manual.now }, pagesLimit: pagesLimit)
    }

    private var now: Timestamp { manual.now.wall }

    @Test func rule52AFirstReadingReachesAsFarBackAsTheList() async throws {
        for number in 0..<250 { github.list(at: now - .hours(Int64(number)), .success) }
        var reader = reader()
        let report = try await reader.read()
        // 72 hours of them, both ends included, in pages of 10; one more page shows that there is no more.
        #expect(journal.counted == 73)
        #expect(report == .init(isFirst: true, pages: 9, counted: 73))
        #expect(journal.through == now)
    }

    @Test func rule52WhatIsReadAgainIsNotCountedAgain() async throws {
        for number in 0..<35 { github.list(at: now - .seconds(Int64(number)), .success) }
        var reader = reader()
        #expect(try await reader.read().counted == 35)
        manual.advance(by: .minutes(5))
        let second = try await reader.read()
        #expect(second.counted == 0)
        #expect(second.pages == 4)
        github.list(at: now, .serverError)
        #expect(try await reader.read().counted == 1)
        #expect(journal.counted == 36)
        #expect(journal.notes == 5)
    }

    @Test func rule52AnAttemptThatWaitsIsCountedOnceItIsOver() async throws {
        let waiting = github.list(at: now, nil)
        github.list(at: now, .success)
        var reader = reader()
        _ = try await reader.read()
        #expect(journal.counted == 1)
        #expect(journal.through == now - .milliseconds(1))
        github.answer(waiting, .timedOut)
        manual.advance(by: .minutes(5))
        _ = try await reader.read()
        #expect(journal.counted == 2)
        #expect(journal.through == now)
    }

    /// While it does, most readings go back only to the last one.
    @Test func rule52AnAttemptMayWaitForLong() async throws {
        let waiting = github.list(at: now, nil)
        var reader = reader()
        var pages = 0
        for _ in 0..<(12 * 12) {
            manual.advance(by: .minutes(5))
            for second in 0..<5 { github.list(at: now - .seconds(Int64(second)), .success) }
            pages += try await reader.read().pages
        }
        #expect(journal.counted == 5 * 12 * 12)
        // Two or three pages each time, and the whole list less than a dozen times.
        #expect(pages < 1000)
        github.answer(waiting, .success)
        for _ in 0..<(6 * 12 + 1) {
            manual.advance(by: .minutes(5))
            _ = try await reader.read()
        }
        #expect(journal.counted == 5 * 12 * 12 + 1)
        #expect(now - (try #require(journal.through)) < .hours(1))
    }

    @Test func rule52AReadingThatFailsGoesOnWhereItWas() async throws {
        for number in 0..<100 { github.list(at: now - .minutes(Int64(number)), .success) }
        var reader = reader()
        github.failAfter(pages: 4)
        await #expect(throws: StandInList.Trouble.self) { try await reader.read() }
        #expect(journal.through == nil)
        let asked = github.asked
        let report = try await reader.read()
        #expect(github.asked - asked == 6)
        #expect(report.counted == 100)
        #expect(journal.counted == 100)
    }

    @Test func rule52ACursorThatHasGoneIsGivenUp() async throws {
        for number in 0..<100 { github.list(at: now - .minutes(Int64(number)), .success) }
        var reader = reader()
        github.failAfter(pages: 4, DeliveryListError(status: 422, setting: "github.app_keys"))
        await #expect(throws: DeliveryListError.self) { try await reader.read() }
        #expect(try await reader.read().pages == 10)
        #expect(journal.counted == 100)
    }

    @Test func rule52WhatCannotBeStoredIsReadAgain() async throws {
        for number in 0..<40 { github.list(at: now - .minutes(Int64(number)), .success) }
        var reader = reader()
        journal.refuse(times: 2)
        await #expect(throws: NotStored.self) { try await reader.read() }
        await #expect(throws: NotStored.self) { try await reader.read() }
        _ = try await reader.read()
        #expect(journal.counted == 40)
        #expect(journal.through == now)
    }

    @Test func rule52AReadingHasALimitOfPages() async throws {
        for number in 0..<100 { github.list(at: now - .minutes(Int64(number)), .success) }
        var reader = reader(pagesLimit: 3)
        #expect(try await reader.read() == .init(isFirst: true, pages: 3, counted: 30, isCut: true))
        #expect(journal.through == now)
        manual.advance(by: .minutes(5))
        #expect(try await reader.read().isCut == false)
    }

    @Test func rule52WithoutNewsOnlyNowAndThenIsItStoredHowFarTheListWasRead() async throws {
        var reader = reader()
        for _ in 0..<24 {
            manual.advance(by: .minutes(5))
            _ = try await reader.read()
        }
        #expect(journal.notes == 2)
    }

    /// However the list grows, whatever fails, and whenever the process ends: each attempt counts once.
    @Test(arguments: 0..<30) func rule52EachAttemptIsCountedOnce(seed: UInt64) async throws {
        var random = Chance(state: seed)
        var reader = reader()
        var waiting: [Int64] = []
        for _ in 0..<120 {
            manual.advance(by: .seconds(Int64(random.number(below: 1200))))
            for _ in 0..<random.number(below: 30) {
                // It may appear late, and wait.
                let late = Int64(random.number(below: 300))
                let isOver = random.number(below: 8) > 0
                let id = github.list(at: now - .seconds(late), isOver ? .success : nil)
                if !isOver { waiting.append(id) }
            }
            while !waiting.isEmpty, random.number(below: 3) > 0 {
                github.answer(waiting.remove(at: random.number(below: waiting.count)), .serverError)
            }
            if random.number(below: 6) == 0 { github.failAfter(pages: random.number(below: 5)) }
            if random.number(below: 8) == 0 { journal.refuse(times: 1) }
            if random.number(below: 8) == 0 { reader = self.reader() }
            _ = try? await reader.read()
        }
        for id in waiting { github.answer(id, .success) }
        for _ in 0..<3 {
            manual.advance(by: .hours(7))
            _ = try? await reader.read()
        }
        #expect(journal.counted == github.count)
        #expect(journal.statuses == github.statuses)
        #expect(journal.through == now)
    }
}

private struct Chance {
    var state: UInt64

    mutating func number(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}

/// GitHub's list, in pages of ten.
private final class StandInList: Sendable {
    struct Trouble: Error {}

    struct Pages: AppDeliveryPages {
        let list: StandInList
        mutating func page(after cursor: String?) async throws -> DeliveryPage { try list.page(after: cursor) }
    }

    private struct State {
        /// The newest first.
        var attempts: [DeliveryAttempt] = []
        var asked = 0
        var trouble: (pages: Int, error: any Error)?
    }

    private let state = Mutex(State())

    var asked: Int { state.withLock { $0.asked } }
    var count: Int { state.withLock { $0.attempts.count } }
    var statuses: [AppDeliveryStatus: Int] {
        state.withLock { Dictionary(grouping: $0.attempts.compactMap(\.status)) { $0 }.mapValues(\.count) }
    }

    @discardableResult
    func list(at moment: Timestamp, _ status: AppDeliveryStatus?) -> Int64 {
        state.withLock { state in
            let id = Int64(state.attempts.count)
            let place = state.attempts.firstIndex { $0.deliveredAt <= moment } ?? state.attempts.count
            state.attempts.insert(Self.attempt(id, at: moment, status), at: place)
            return id
        }
    }

    func answer(_ id: Int64, _ status: AppDeliveryStatus) {
        state.withLock { state in
            guard let place = state.attempts.firstIndex(where: { $0.id == id }) else { return }
            state.attempts[place] = Self.attempt(id, at: state.attempts[place].deliveredAt, status)
        }
    }

    func failAfter(pages: Int, _ error: any Error = Trouble()) {
        state.withLock { $0.trouble = (pages, error) }
    }

    private static func attempt(_ id: Int64, at moment: Timestamp, _ status: AppDeliveryStatus?) -> DeliveryAttempt {
        DeliveryAttempt(
            id: id, guid: "guid-\(id)", deliveredAt: moment, isRedelivery: false, status: status, duration: .zero,
            event: "watch", action: nil)
    }

    /// The cursor is the place in the list, by the number of an attempt.
    private func page(after cursor: String?) throws -> DeliveryPage {
        try state.withLock { state in
            state.asked += 1
            if let trouble = state.trouble {
                state.trouble = trouble.pages > 0 ? (trouble.pages - 1, trouble.error) : nil
                if trouble.pages == 0 { throw trouble.error }
            }
            let number = cursor.flatMap { Int64($0) }
            let start = number.flatMap { number in state.attempts.firstIndex { $0.id == number } } ?? 0
            let rest = state.attempts[start...]
            return DeliveryPage(attempts: Array(rest.prefix(10)), cursor: rest.dropFirst(10).first.map { "\($0.id)" })
        }
    }
}

/// A ledger, and what it stores.
private final class StandInJournal: AppDeliveryJournal {
    private struct State: StateSource {
        var timeline = Timeline(
            ledger: Ledger(settings: LedgerSettings()), at: Moment(virtual: Timestamp(milliseconds: 0)))
        var rows: [StateKey: [UInt8]] = [:]
        var counters: [Counter: Int64] = [:]
        var notes = 0
        var refusals = 0
        var now = Timestamp(milliseconds: 1_800_000_000_000)

        func forEachEntry(
            ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
        ) throws {}

        func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] {
            keys.compactMap { key in rows[key].map { (key, $0) } }
        }
    }

    private let state = Mutex(State())

    var notes: Int { state.withLock { $0.notes } }
    var counted: Int { statuses.values.reduce(0, +) }
    var through: Timestamp? { try? state.withLock { try Ledger.readThrough(ofApp: 7, from: $0) } }

    var statuses: [AppDeliveryStatus: Int] {
        state.withLock { state in
            Dictionary(
                uniqueKeysWithValues: AppDeliveryStatus.allCases.compactMap { status in
                    state.counters[.appDeliveries(Deployment("prod"), status)].map { (status, Int($0)) }
                })
        }
    }

    func refuse(times: Int) {
        state.withLock { $0.refusals = times }
    }

    func readThrough(ofApp app: Int64) async throws -> Timestamp? {
        try state.withLock { try Ledger.readThrough(ofApp: app, from: $0) }
    }

    func uncounted(_ attempts: [AppDeliveryAttempt], ofApp app: Int64) async throws -> [AppDeliveryAttempt] {
        try state.withLock { try Ledger.uncounted(attempts, ofApp: app, from: $0) }
    }

    func note(_ listed: AppDeliveriesListed) async -> Bool {
        state.withLock { state in
            guard state.refusals == 0 else {
                state.refusals -= 1
                return false
            }
            state.notes += 1
            // The newest that is known will do as the present.
            state.now = (listed.attempts.map(\.deliveredAt) + [listed.readThrough, state.now].compactMap { $0 }).max()!
            state.timeline.observe(.appDeliveriesListed(listed), at: Moment(virtual: state.now))
            let effects = state.timeline.drain().effects
            state.timeline.confirm()
            for change in effects.state { state.rows[change.key] = change.value }
            state.counters.merge(effects.increments) { $0 + $1 }
            return true
        }
    }
}
