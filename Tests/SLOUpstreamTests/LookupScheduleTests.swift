import SLOCore
import Testing

@testable import SLOUpstream

/// What is asked next, and when: a value, with time as an argument.
@Suite struct LookupScheduleTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let pace = LookupPace(interval: .minutes(5))

    private static func after(_ span: TimeSpan) -> Timestamp { start + span }

    private static func build(
        _ id: Int64, owner: String = "acme-rocket", queued: TimeSpan = .zero, isUrgent: Bool = false
    ) -> LookupRequest {
        LookupRequest(
            subject: .build(id: id, chroot: "c"), owner: owner, queuedAt: after(queued),
            deadlineAt: after(queued + .hours(12)), isUrgent: isUrgent)
    }

    private static func job(_ id: Int64) -> LookupRequest {
        let job = LookupRequest.Job(
            deployment: Deployment("prod"), repository: 1, sha: "a", link: JobLink(job: .copr, id: id), chroot: nil)
        return LookupRequest(
            subject: .job(job), owner: "acme-rocket", queuedAt: start, deadlineAt: after(.hours(12)), isUrgent: false)
    }

    private static func schedule(_ open: [LookupRequest], at time: TimeSpan = .zero, limit: Int = 100) -> LookupSchedule
    {
        var schedule = LookupSchedule(pace: pace, limit: limit)
        _ = schedule.survey(open, at: after(time))
        return schedule
    }

    /// The times at which one thing is asked about.
    private static func times(of lookupRequest: LookupRequest, until end: TimeSpan) -> [TimeSpan] {
        var schedule = schedule([lookupRequest])
        var times: [TimeSpan] = []
        while let due = schedule.nextDue, due <= after(end) {
            guard let asked = schedule.next(at: due) else { break }
            schedule.answered(asked.subject)
            times.append(due - start)
        }
        return times
    }

    // MARK: - Pace

    @Test func aBuildIsLookedUpAfterAnHourAndThenAtGrowingIntervals() {
        let times = Self.times(of: Self.build(1), until: .hours(8))
        #expect(times.first == .hours(1))
        #expect(Array(times.prefix(4)) == [.minutes(60), .minutes(90), .minutes(135), .milliseconds(12_150_000)])
    }

    @Test func lookupsAreMoreFrequentTowardsTheDeadline() {
        let times = Self.times(of: Self.build(1), until: .hours(12))
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.dropLast().allSatisfy { $0 >= .minutes(5) })
        #expect(times.last == .hours(12))
        #expect(times.count { $0 >= .hours(11) } >= 3)
        #expect(times.count < 20)
    }

    @Test func afterTheDeadlineLookupsAreEveryThreeHours() {
        let times = Self.times(of: Self.build(1), until: .days(7)).filter { $0 > .hours(12) }
        #expect(times.first == .hours(15))
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == .hours(3) })
    }

    @Test func joiningLookupsAreMadeAtOnceAndKeepTheInterval() {
        let times = Self.times(of: Self.job(1), until: .minutes(30))
        #expect(times == [.zero, .minutes(5), .minutes(10), .minutes(15), .milliseconds(1_350_000)])
    }

    @Test func aShorterDeadlineShortensThePatience() {
        let lookupRequest = LookupRequest(
            subject: .request(id: "r"), owner: "o", queuedAt: Self.start, deadlineAt: Self.after(.minutes(12)),
            isUrgent: false)
        #expect(Self.pace.first(lookupRequest) == Self.after(.minutes(1)))
    }

    @Test func failedLookupsBecomeLessFrequent() {
        var schedule = Self.schedule([Self.build(1)], at: .hours(1))
        var dues: [TimeSpan] = []
        for _ in 0..<6 {
            guard let due = schedule.nextDue, let asked = schedule.next(at: due) else { break }
            schedule.failed(asked.subject)
            dues.append(due - Self.start)
        }
        let gaps = zip(dues, dues.dropFirst()).map { $1 - $0 }
        #expect(gaps.first == .hours(1))
        #expect(gaps.allSatisfy { $0 <= .hours(3) })
        #expect(gaps.contains(.hours(3)))
    }

    @Test func aFailingLookupIsRepeatedAtTheDeadline() {
        var schedule = Self.schedule([Self.build(1)])
        var dues: [Timestamp] = []
        while let due = schedule.nextDue, due <= Self.after(.hours(12)), let asked = schedule.next(at: due) {
            schedule.failed(asked.subject)
            dues.append(due)
        }
        #expect(dues.last == Self.after(.hours(12)))
    }

    // MARK: - Turns

    @Test func nothingIsDueBeforeItsTime() {
        var schedule = Self.schedule([Self.build(1)])
        let tooEarly = schedule.next(at: Self.after(.minutes(59)))
        #expect(tooEarly == nil)
        let inTime = schedule.next(at: Self.after(.hours(1)))
        #expect(inTime != nil)
        let again = schedule.next(at: Self.after(.hours(1)))
        #expect(again == nil)
    }

    @Test func manyLookupsOfOneOwnerDoNotDelayAnother() {
        var open = (1...1000).map { Self.build($0, owner: "big") }
        open.append(Self.build(5000, owner: "small", queued: .hours(1)))
        var schedule = Self.schedule(open, limit: 10_000)
        let now = Self.after(.hours(3))
        let firstTwo = [schedule.next(at: now), schedule.next(at: now)].compactMap { $0?.owner }
        #expect(Set(firstTwo) == ["big", "small"])
        _ = schedule.survey(open + [Self.build(5001, owner: "new")], at: now)
        let third = schedule.next(at: now)
        #expect(third?.owner == "new")
    }

    @Test func ofOneOwnerTheNearestToItsDeadlineIsFirst() {
        var schedule = Self.schedule([
            Self.build(1, queued: .hours(5)), Self.build(2, queued: .hours(3)), Self.build(3, queued: .hours(-9)),
        ])
        let now = Self.after(.hours(7))
        let order = [schedule.next(at: now), schedule.next(at: now), schedule.next(at: now)].compactMap { $0?.subject }
        // The third has passed it: it spends nothing more.
        #expect(order == [2, 1, 3].map { .build(id: $0, chroot: "c") })
    }

    @Test func urgentLookupsGoFirstButNotAlways() {
        var schedule = Self.schedule([Self.build(1)])
        for id in 10..<20 {
            _ = schedule.enqueueUrgent(Self.build(Int64(id), owner: "o\(id)", isUrgent: true), at: Self.start)
        }
        let now = Self.after(.hours(2))
        let third = [schedule.next(at: now), schedule.next(at: now), schedule.next(at: now)].last.flatMap { $0 }
        #expect(third?.subject == .build(id: 1, chroot: "c"))
    }

    // MARK: - Hints

    @Test func hintsAreCoalescedPerSubject() {
        var schedule = Self.schedule([])
        let hint = Self.build(1, isUrgent: true)
        for _ in 0..<5 { _ = schedule.enqueueUrgent(hint, at: Self.start) }
        #expect(schedule.count == 1)
        let first = schedule.next(at: Self.start)
        #expect(first == hint)
        let isTaken = schedule.enqueueUrgent(hint, at: Self.after(.seconds(1)))
        #expect(isTaken)
        let tooEarly = schedule.next(at: Self.after(.seconds(9)))
        #expect(tooEarly == nil)
        let second = schedule.next(at: Self.after(.seconds(10)))
        #expect(second == hint)
    }

    @Test func aHintAloneIsDroppedAfterItsLookup() {
        var schedule = Self.schedule([])
        let hint = Self.build(1, isUrgent: true)
        _ = schedule.enqueueUrgent(hint, at: Self.start)
        _ = schedule.survey([], at: Self.start)
        #expect(schedule.count == 1)
        _ = schedule.next(at: Self.start)
        schedule.answered(hint.subject)
        #expect(schedule.count == 0)
        _ = schedule.enqueueUrgent(hint, at: Self.start)
        for _ in 0..<5 { schedule.failed(hint.subject) }
        #expect(schedule.count == 0)
    }

    @Test func anOpenSubjectStaysScheduledAfterAReply() {
        var schedule = Self.schedule([Self.build(1)])
        _ = schedule.enqueueUrgent(Self.build(1, isUrgent: true), at: Self.start)
        _ = schedule.next(at: Self.start)
        schedule.answered(.build(id: 1, chroot: "c"))
        #expect(schedule.count == 1)
        _ = schedule.survey([], at: Self.start)
        #expect(schedule.count == 0)
    }

    @Test func aNewlyUrgentLookupIsMadeAtOnceAndOnce() {
        var schedule = Self.schedule([Self.build(1)])
        let urgent = Self.build(1, isUrgent: true)
        _ = schedule.survey([urgent], at: Self.after(.minutes(1)))
        let first = schedule.next(at: Self.after(.minutes(1)))
        #expect(first == urgent)
        _ = schedule.survey([urgent], at: Self.after(.minutes(2)))
        let second = schedule.next(at: Self.after(.minutes(2)))
        #expect(second == nil)
    }

    // MARK: - Absence and bounds

    @Test func anAbsentSubjectIsLookedUpOnceMoreSoon() {
        var schedule = Self.schedule([Self.build(1)])
        let first = schedule.next(at: Self.after(.hours(6)))
        let firstTime = schedule.absent(.build(id: 1, chroot: "c"))
        #expect(firstTime == 1)
        #expect(first != nil)
        #expect(schedule.nextDue == Self.after(.hours(6) + .minutes(5)))
        _ = schedule.next(at: Self.after(.hours(6) + .minutes(5)))
        let secondTime = schedule.absent(.build(id: 1, chroot: "c"))
        #expect(secondTime == 2)
        schedule.answered(.build(id: 1, chroot: "c"))
        let afterAnAnswer = schedule.absent(.build(id: 1, chroot: "c"))
        #expect(afterAnAnswer == 1)
    }

    @Test func aboveTheLimitTheNearestDeadlinesAreKept() {
        let open = (0..<20).map { Self.build(Int64($0), queued: .hours(-Int64($0))) }
        var schedule = LookupSchedule(pace: Self.pace, limit: 3)
        let leftOut = schedule.survey(open, at: Self.after(.minutes(1)))
        #expect(leftOut == 17)
        #expect(schedule.count == 3)
        let now = Self.after(.hours(1))
        let kept = (0..<3).compactMap { _ in schedule.next(at: now)?.subject }
        #expect(Set(kept) == Set([11, 10, 9].map { .build(id: $0, chroot: "c") }))
        let isTaken = schedule.enqueueUrgent(Self.build(99), at: Self.start)
        #expect(!isTaken)
    }
}
