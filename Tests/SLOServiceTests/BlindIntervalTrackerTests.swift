import SLOCore
import SLOMetrics
import SLOStore
import Testing

@testable import SLOService

/// What counts as missed by a running service, and when it has been caught up (docs/counting.md, rule 24).
@Suite struct BlindIntervalTrackerTests {
    private static func at(_ seconds: Double) -> Moment {
        Moment(virtual: Timestamp(milliseconds: 1_000_000_000 + Int64(seconds * 1000)))
    }

    private static func identity(_ number: UInt8) -> DeliveryIdentity? {
        DeliveryIdentity(digest: [UInt8](repeating: number, count: 16)[...])
    }

    private let times = BlindIntervalTracker(longestWait: .seconds(15), startedAt: at(0))

    private func intervals(_ update: BlindIntervalTracker.Update) -> [BlindIntervalTracker.Interval] {
        update.intervals.map {
            BlindIntervalTracker.Interval(from: $0.interval.from, to: $0.interval.to, cause: $0.interval.cause)
        }
    }

    @Test func aRefusalLastsAsLongAsWhatWaitedThen() {
        times.refused(Self.identity(1), at: Self.at(100))
        let update = times.takeUpdate(at: Self.at(100))
        #expect(
            intervals(update) == [.init(from: Self.at(100).wall, to: Self.at(115).wall, cause: .refused)])
        #expect(update.intervals.map(\.added) == [15_000])
        #expect(times.takeUpdate(at: Self.at(101)).isEmpty)
    }

    @Test func itIsBlindForAsLongAsAnIntervalLasts() {
        #expect(!times.isBlind(at: Self.at(100).wall))
        times.refusedUnverified(at: Self.at(50))
        #expect(!times.isBlind(at: Self.at(51).wall))
        times.refused(Self.identity(1), at: Self.at(100))
        #expect(times.isBlind(at: Self.at(100).wall) && times.isBlind(at: Self.at(114).wall))
        #expect(!times.isBlind(at: Self.at(99).wall) && !times.isBlind(at: Self.at(116).wall))
        times.wasDown(from: Self.at(200).wall, to: Self.at(300).wall)
        #expect(times.isBlind(at: Self.at(250).wall) && !times.isBlind(at: Self.at(300).wall))
    }

    @Test func refusalsCloseTogetherAreOneInterval() {
        times.refused(Self.identity(1), at: Self.at(100))
        times.refused(Self.identity(2), at: Self.at(109))
        let first = times.takeUpdate(at: Self.at(109))
        #expect(intervals(first) == [.init(from: Self.at(100).wall, to: Self.at(124).wall, cause: .refused)])
        times.refused(Self.identity(3), at: Self.at(119))
        let longer = times.takeUpdate(at: Self.at(119))
        #expect(intervals(longer) == [.init(from: Self.at(100).wall, to: Self.at(134).wall, cause: .refused)])
        #expect(longer.intervals.map(\.added) == [10_000])
        times.refused(Self.identity(4), at: Self.at(129.001))
        #expect(intervals(times.takeUpdate(at: Self.at(130))).map(\.from) == [Self.at(129.001).wall])
    }

    @Test func itIsCaughtUpOnceAllRefusedDeliveriesHaveArrived() {
        times.refused(Self.identity(1), at: Self.at(100))
        times.refused(Self.identity(2), at: Self.at(101))
        _ = times.takeUpdate(at: Self.at(101))
        times.stored([Self.identity(1)].compactMap { $0 })
        #expect(times.takeUpdate(at: Self.at(200)).caughtUp.isEmpty)
        times.stored([Self.identity(2)].compactMap { $0 })
        #expect(times.takeUpdate(at: Self.at(201)).caughtUp == [Self.at(100).wall])
        #expect(times.takeUpdate(at: Self.at(202)).isEmpty)
    }

    @Test func itIsNotCaughtUpWhileMoreMayBeRefused() {
        times.refused(Self.identity(1), at: Self.at(100))
        times.stored([Self.identity(1)].compactMap { $0 })
        #expect(times.takeUpdate(at: Self.at(110)).caughtUp.isEmpty)
        #expect(times.takeUpdate(at: Self.at(110.001)).caughtUp == [Self.at(100).wall])
    }

    @Test func anUnidentifiedRefusalIsNeverCaughtUp() {
        times.refused(nil, at: Self.at(100))
        #expect(times.takeUpdate(at: Self.at(100_000)).caughtUp.isEmpty)
    }

    @Test func refusalsOfAnEarlierProcessAreCaughtUp() {
        let missing = Set([Self.identity(1), Self.identity(2)].compactMap { $0 })
        let times = BlindIntervalTracker(
            longestWait: .seconds(15), startedAt: Self.at(100),
            continuing: [
                .init(from: Self.at(50).wall, to: Self.at(65).wall, cause: .refused, missing: missing),
                .init(from: Self.at(10).wall, to: Self.at(25).wall, cause: .refused, missing: []),
            ])
        #expect(times.takeUpdate(at: Self.at(100)).caughtUp == [Self.at(10).wall])
        times.stored(missing)
        #expect(times.takeUpdate(at: Self.at(101)).caughtUp == [Self.at(50).wall])
    }

    @Test func tooManyRefusalsAreNeverCaughtUp() {
        for number in 0...1000 {
            let digest = (0..<16).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 2))) }
            times.refused(DeliveryIdentity(digest: digest[...]), at: Self.at(100))
        }
        #expect(times.takeUpdate(at: Self.at(100)).intervals.map(\.interval.missing) == [nil])
        #expect(times.takeUpdate(at: Self.at(100_000)).caughtUp.isEmpty)
    }

    @Test func unverifiedRequestsExcludeNothing() {
        times.refusedUnverified(at: Self.at(100))
        times.refused(Self.identity(1), at: Self.at(100))
        let update = times.takeUpdate(at: Self.at(100))
        #expect(Set(update.intervals.map(\.interval.cause)) == [.unverified, .refused])
        #expect(
            update.intervals.map { $0.interval.cause.excludes == BlindInterval($0.interval).excludes } == [true, true])
        #expect(update.intervals.filter { $0.interval.cause.excludes }.map(\.interval.cause) == [.refused])
    }

    /// However many requests strangers send, their times are reported of every ten seconds at most.
    @Test func unverifiedRequestsAreStoredRarely() {
        var reported = 0
        for tenth in 0..<1000 {
            times.refusedUnverified(at: Self.at(100 + Double(tenth) / 10))
            reported += times.takeUpdate(at: Self.at(100 + Double(tenth) / 10)).intervals.count
        }
        #expect(reported <= 10)
    }

    /// However a stranger spreads requests, the times that are noted for them are few, and cover all of them.
    @Test func unverifiedIntervalsAreFew() {
        var noted: [Timestamp: Timestamp] = [:]
        for minute in 0..<(24 * 60) {
            let moment = Self.at(Double(minute) * 60)
            times.refusedUnverified(at: moment)
            for (interval, _) in times.takeUpdate(at: moment).intervals { noted[interval.from] = interval.to }
            #expect(noted.contains { $0.key <= moment.wall && moment.wall + .seconds(15) <= $0.value })
        }
        #expect(noted.count <= 24 * BlindIntervalTracker.doubtsPerHour)
    }

    @Test func aBlindIntervalOfAnOlderVersionIsRead() throws {
        let (from, to) = (Timestamp(seconds: 5), Timestamp(seconds: 9))
        let old = try JournalledGap(stored: [from, to].stored)
        #expect((old.from, old.to, old.excludes) == (from, to, true))
        #expect(JournalledGap(from: from, to: to, excludes: true).stored == [from, to].stored)
        #expect(try !JournalledGap(stored: JournalledGap(from: from, to: to, excludes: false).stored).excludes)
    }

    @Test func aWallClockJumpIsASuspension() {
        func at(wall: Int64, clock: Int64) -> Moment {
            Moment(wall: Self.at(0).wall + .seconds(wall), clock: Self.at(0).clock + clock * 1000)
        }
        times.heartbeat(at: at(wall: 1, clock: 1))
        times.heartbeat(at: at(wall: 3602, clock: 2))
        let update = times.takeUpdate(at: at(wall: 3602, clock: 2))
        #expect(
            intervals(update) == [
                .init(from: at(wall: 1, clock: 1).wall, to: at(wall: 3602, clock: 2).wall, cause: .suspended)
            ])
        #expect(update.isResumed)
        for (wall, clock) in [(3603, 3), (3, 4), (4, 5), (9, 6)] {
            times.heartbeat(at: at(wall: Int64(wall), clock: Int64(clock)))
        }
        #expect(times.takeUpdate(at: at(wall: 9, clock: 6)).isEmpty)
    }

    @Test func aLateHeartbeatIsASuspension() {
        for second in 1...20 { times.heartbeat(at: Self.at(Double(second))) }
        #expect(times.takeUpdate(at: Self.at(20)).isEmpty)
        times.heartbeat(at: Self.at(80))
        // Of a turn that began before it.
        #expect(times.takeUpdate(at: Self.at(20.5)).isEmpty)
        let update = times.takeUpdate(at: Self.at(80))
        #expect(intervals(update) == [.init(from: Self.at(20).wall, to: Self.at(80).wall, cause: .suspended)])
        #expect(update.isResumed)
        times.heartbeat(at: Self.at(81))
        #expect(times.takeUpdate(at: Self.at(81)).isEmpty)
    }

    @Test func unstoredUpdatesAreMerged() {
        times.refused(nil, at: Self.at(100))
        var unstored = times.takeUpdate(at: Self.at(100))
        times.refused(nil, at: Self.at(105))
        unstored.add(times.takeUpdate(at: Self.at(105)))
        #expect(intervals(unstored) == [.init(from: Self.at(100).wall, to: Self.at(120).wall, cause: .refused)])
        #expect(unstored.intervals.map(\.added) == [20_000])
    }
}

/// What a source's own list adds: deliveries that are known to be missing, and times of which all is held after all.
@Suite struct ReconciledBlindIntervalTests {
    private static func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_000_000 + seconds) }
    private static let now = Moment(virtual: at(10_000))

    private let times = BlindIntervalTracker(longestWait: .seconds(15), startedAt: now)

    private func missed(_ number: UInt8, at seconds: Int64) -> Reconciliation.Missed? {
        DeliveryIdentity(digest: [UInt8](repeating: number, count: 16)[...]).map {
            Reconciliation.Missed(identity: $0, deliveredAt: Self.at(seconds), reason: .failed)
        }
    }

    private func compare(_ missed: [Reconciliation.Missed?], through end: Int64 = 10_000) {
        var found = Reconciliation(of: .github, covered: Self.at(0)...Self.at(end), memory: [])
        found.missed = missed.compactMap { $0 }
        found.outstanding = found.missed
        times.apply(found, at: Self.now)
    }

    private func spans(_ update: BlindIntervalTracker.Update) -> [[Int64]] {
        update.intervals.map { [$0.interval.from, $0.interval.to].map { ($0 - Self.at(0)).wholeSeconds } }.sorted {
            $0[0] < $1[0]
        }
    }

    @Test func missingDeliveriesMakeOneIntervalPerStretch() {
        compare([missed(1, at: 100), missed(2, at: 105), missed(3, at: 200)])
        #expect(spans(times.takeUpdate(at: Self.now)) == [[100, 120], [200, 215]])
        // The same once more, as after a commit that failed.
        compare([missed(1, at: 100), missed(2, at: 105), missed(3, at: 200)])
        #expect(times.takeUpdate(at: Self.now).isEmpty)
    }

    @Test func anIntervalIsCaughtUpWhenAllItsDeliveriesHaveArrived() {
        compare([missed(1, at: 100), missed(2, at: 105)])
        _ = times.takeUpdate(at: Self.now)
        times.stored([missed(1, at: 0)].compactMap { $0?.identity })
        #expect(times.takeUpdate(at: Self.now).caughtUp.isEmpty)
        times.stored([missed(2, at: 0)].compactMap { $0?.identity })
        #expect(times.takeUpdate(at: Self.now).caughtUp == [Self.at(100)])
    }

    @Test func rule33ARecoveredDeliveryHasArrivedUnderAnyIdentity() {
        compare([missed(1, at: 100)])
        _ = times.takeUpdate(at: Self.now)
        var found = Reconciliation(of: .github, covered: Self.at(0)...Self.at(10_000), memory: [])
        found.recovered = [missed(1, at: 100)].compactMap { $0 }
        times.apply(found, at: Self.now)
        #expect(times.takeUpdate(at: Self.now).caughtUp == [Self.at(100)])
    }

    @Test func aRefusedDeliveryIsNotMissingTwice() {
        times.refused(missed(1, at: 0)?.identity, at: Moment(virtual: Self.at(100)))
        _ = times.takeUpdate(at: Self.now)
        compare([missed(1, at: 99)])
        #expect(times.takeUpdate(at: Self.now).intervals.isEmpty)
    }

    @Test func intervalsHaveDistinctStarts() {
        compare([missed(1, at: 100)])
        compare([missed(2, at: 100)])
        let beginnings = times.takeUpdate(at: Self.now).intervals.map(\.interval.from)
        #expect(Set(beginnings) == [Self.at(100), Self.at(100) + .milliseconds(1)])
    }

    @Test func aDowntimeWithoutMissingDeliveriesIsCaughtUp() {
        times.wasDown(from: Self.at(500), to: Self.at(600))
        compare([], through: 599)
        #expect(times.takeUpdate(at: Self.now).caughtUp.isEmpty)
        compare([], through: 600)
        #expect(times.takeUpdate(at: Self.now).caughtUp == [Self.at(500)])
    }

    @Test func aDowntimeLastsUntilItsDeliveriesHaveArrived() {
        times.wasDown(from: Self.at(500), to: Self.at(600))
        compare([missed(1, at: 550), missed(2, at: 595)], through: 599)
        #expect(times.takeUpdate(at: Self.now).isEmpty)
        compare([missed(1, at: 550), missed(2, at: 595)], through: 700)
        let update = times.takeUpdate(at: Self.now)
        #expect(spans(update) == [[500, 610]])
        #expect(update.intervals.map(\.added) == [10_000])
        #expect(update.caughtUp.isEmpty)
        times.stored([missed(1, at: 0), missed(2, at: 0)].compactMap { $0?.identity })
        #expect(times.takeUpdate(at: Self.now).caughtUp == [Self.at(500)])
    }

    @Test func manyStretchesAreMerged() {
        let all = (0..<200).map { number in
            Reconciliation.Missed(
                identity: DeliveryIdentity(digest: (0..<16).map { _ in UInt8(number) }[...]) ?? .unique(),
                deliveredAt: Self.at(Int64(number) * 40), reason: .failed)
        }
        compare(all)
        let update = times.takeUpdate(at: Self.now)
        #expect(update.intervals.count <= 50)
        #expect(update.intervals.reduce(0) { $0 + ($1.interval.missing?.count ?? 0) } == 200)
    }
}
