import LongComputations
import SLOCore
import Testing

/// docs/counting.md, rule 28: a job's number names a run.
@Suite(.computes) struct LaneRuleTests {
    /// One state of a check, in the order of its posting.
    struct Posted: Sendable {
        let id: Int64
        var job: Int64?
        let step: Step
        let at: Double

        static func accepted(_ id: Int64, at: Double) -> Posted { Posted(id: id, step: .accepted, at: at) }
        static func running(_ id: Int64, _ job: Int64?, at: Double) -> Posted {
            Posted(id: id, job: job, step: .started, at: at)
        }
        static func ended(_ id: Int64, _ job: Int64?, _ step: Step = success, at: Double) -> Posted {
            Posted(id: id, job: job, step: step, at: at)
        }
    }

    private static func check(of posted: Posted, kind: RunKind) -> World.Check {
        let check: World.Check = kind == .build ? .build : .test
        return check.with {
            $0.id = posted.id
            $0.job = posted.job.map { JobLink(job: kind == .build ? .copr : .testingFarm, id: $0) }
        }
    }

    /// What comes of a lane, received in a given order within a few seconds after all of it was posted.
    private static func told(_ posted: [Posted], kind: RunKind = .build, until end: Double = 13 * hour) -> World {
        var world = World()
        let received = (posted.map(\.at).max() ?? 0) + 1
        for (place, one) in posted.enumerated() {
            world.check(
                check(of: one, kind: kind), one.step, at: one.at, receivedAt: received + Double(place) / 10)
        }
        world.wait(until: end)
        return world
    }

    private static func orders<Element>(_ elements: [Element]) -> [[Element]] {
        guard let first = elements.first else { return [[]] }
        return orders(Array(elements.dropFirst())).flatMap { rest in
            (0...rest.count).map { rest.prefix($0) + [first] + rest.suffix(rest.count - $0) }
        }
    }

    // MARK: One job

    @Test(arguments: [RunGroup.build, .testRun])
    func rule28AStateAfterTheEndOfItsJobOpensNothing(group: RunGroup) {
        for order in Self.orders([.ended(2, 77, at: 300), .running(3, 77, at: 310)] as [Posted]) {
            let world = Self.told(order, kind: group.kind)
            #expect(world.queued(group) == 1)
            #expect(world.started(group) == 1)
            #expect(world.finished(.success, group) == 1)
            #expect(world.unfinished(group) == 0)
        }
    }

    @Test func rule28ItFillsInMissingTimesWhileTheRunIsNotFinal() {
        var world = World()
        let job = { (id: Int64) in Posted(id: id, job: 77, step: .started, at: 0) }
        world.check(Self.check(of: job(2), kind: .build), failure, at: 300)
        world.check(Self.check(of: job(3), kind: .build), .queued, at: 100, receivedAt: 302)
        world.wait(until: hour)
        #expect(world.durations(.failure) == [200])
    }

    @Test func rule28ASecondEndOfAJobIsEvidenceWhileItSettlesAndARevisionAfterwards() {
        func told(secondAt: Double) -> World {
            var world = World()
            world.check(Self.check(of: .running(1, 77, at: 0), kind: .build), .started, at: 0)
            world.check(Self.check(of: .running(2, 77, at: 0), kind: .build), failure, at: 100)
            // Another run has begun meanwhile.
            world.check(Self.check(of: .running(3, 78, at: 0), kind: .build), .started, at: 110)
            world.check(Self.check(of: .running(4, 77, at: 0), kind: .build), error, at: secondAt)
            world.wait(until: hour)
            return world
        }
        let within = told(secondAt: 150)
        #expect(within.finished(.error) == 1)
        #expect(within.finished(.failure) == 0)
        #expect(within.revised == 0)
        let afterwards = told(secondAt: 500)
        #expect(afterwards.finished(.failure) == 1)
        #expect(afterwards.revised == 1)
        #expect(afterwards.queued() == 2)
        #expect(afterwards.unfinished() == 1)
    }

    // MARK: Several jobs

    /// Two jobs of one name side by side, in whatever order their states come.
    @Test func rule28RunsOfALaneMayInterleave() {
        let posted: [Posted] = [
            .running(1, 1, at: 60), .running(2, 2, at: 62), .ended(3, 1, at: 200), .ended(4, 2, failure, at: 230),
        ]
        for order in Self.orders(posted) {
            let world = Self.told(order)
            #expect(world.queued() == 2)
            #expect(world.finished(.success) == 1)
            #expect(world.finished(.failure) == 1)
            #expect(world.finishedInAll() == 2)
        }
    }

    /// The second is accepted while the first runs: the end of the first is not the second's.
    @Test func rule28AnEndIsOfTheJobThatItNames() {
        let posted: [Posted] = [
            .accepted(1, at: 4), .running(2, 101, at: 60), .accepted(3, at: 120), .ended(4, 101, at: 200),
        ]
        for order in Self.orders(posted) {
            let world = Self.told(order)
            #expect(world.queued() == 2)
            #expect(world.finished(.success) == 1)
            #expect(world.finishedInAll() == 1)
            #expect(world.overdue() == 1)
            #expect(world.bad(.builds) == 1)
        }
        #expect(Self.told(posted).durations(.success) == [196])
    }

    @Test func rule28ANewNumberGoesToTheOldestOpenRunWithoutOne() {
        let posted: [Posted] = [
            .accepted(1, at: 0), .accepted(2, at: 10), .running(3, 101, at: 20), .running(4, 102, at: 30),
            .ended(5, 102, at: 50),
        ]
        for order in Self.orders(posted) {
            let world = Self.told(order, until: 100)
            #expect(world.queued() == 2)
            #expect(world.finished(.success) == 1)
            #expect(world.unfinished() == 1)
        }
        #expect(Self.told(posted).durations(.success) == [40])
    }

    @Test func rule28ANumberThatNoOpenRunLacksOpensARun() {
        let posted: [Posted] = [.accepted(1, at: 0), .running(2, 101, at: 20), .running(3, 102, at: 30)]
        for order in Self.orders(posted) {
            #expect(Self.told(order, until: hour).queued() == 2)
        }
    }

    // MARK: Without a number

    /// Between its run and the end of that, whenever it is received.
    @Test func rule28WhatCarriesNoNumberIsOfTheRunAroundIt() {
        let posted: [Posted] = [
            .running(2, 77, at: 60), .running(3, nil, at: 70), .ended(4, 77, at: 100), .accepted(1, at: 0),
        ]
        for order in Self.orders(posted) {
            #expect(Self.told(order).queued() == 1)
        }
    }

    @Test(arguments: [Step.queued, .started, failure])
    func rule28AfterANumberedEndOnlyAcceptedOpensARunWithoutANumber(step: Step) {
        let end: [Posted] = [.running(1, 77, at: 0), .ended(2, 77, at: 100)]
        for order in Self.orders(end + [Posted(id: 3, step: step, at: 500)]) {
            let world = Self.told(order)
            #expect(world.queued() == 1)
            #expect(world.finished(.success) == 1)
            #expect(world.revised == 0)
        }
        for order in Self.orders(end + [.accepted(3, at: 500), Posted(id: 4, step: step, at: 510)]) {
            #expect(Self.told(order).queued() == 2)
        }
    }

    @Test func rule28AfterAnEndWithoutANumberEveryStateOpensARun() {
        let posted: [Posted] = [.accepted(1, at: 0), .ended(2, nil, failure, at: 100), .running(3, nil, at: 200)]
        for order in Self.orders(posted) { #expect(Self.told(order).queued() == 2) }
    }

    // MARK: One check

    /// GitHub ends two weeks later what Packit left behind: the first check of a run whose job has long ended.
    @Test func rule28AStaleCheckSaysNothingOfARunThatWentOn() {
        var world = World { $0.horizon = .days(30) }
        let check = World.Check.build
        world.check(check.with { $0.id = 1 }, .accepted, at: 0)
        world.check(Self.check(of: .running(2, 77, at: 0), kind: .build), .started, at: 60)
        world.check(Self.check(of: .running(3, 77, at: 0), kind: .build), success, at: 100)
        let later = 14 * 24 * hour
        let timeout = Step.finished(.error, .timeout)
        world.check(check.with { $0.id = 1 }, timeout, state: "stale", at: later)
        world.check(Self.check(of: .running(2, 77, at: 0), kind: .build), timeout, state: "stale", at: later + 1)
        world.wait(until: later + hour)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.revised == 0)
    }

    /// GitHub ends a check without a number after a later one has ended under its number.
    @Test func rule28WhatGitHubEndsAfterANumberedEndOpensNothing() {
        var world = World()
        let first = World.Check.build.with {
            $0.id = 142; $0.job = JobLink(job: .srpm, id: 5)
        }
        world.check(first, .queued, at: 0)
        world.check(Self.check(of: .running(240, 77, at: 0), kind: .build), success, at: 145)
        world.check(first, .finished(.canceled, .stated), state: "cancelled", at: 1580)
        world.wait(until: hour)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.finishedInAll() == 1)
        #expect(world.revised == 0)
    }

    /// Packit had posted nothing later when GitHub ended it: an end like any other.
    @Test func rule28WhatGitHubEndsBeforeALaterCheckIsARunOfItsOwn() {
        var world = World()
        let first = World.Check.build.with {
            $0.id = 142; $0.job = JobLink(job: .srpm, id: 5)
        }
        world.check(first, .queued, at: 0)
        world.check(first, .finished(.canceled, .stated), state: "cancelled", at: 100)
        world.wait(until: hour)
        #expect(world.finished(.canceled) == 1)
        world.check(Self.check(of: .running(240, 77, at: 0), kind: .build), success, at: hour + 100)
        #expect(world.queued() == 2)
        #expect(world.finished(.success) == 1)
        #expect(world.revised == 0)
    }

    /// A commit status carries no id; it was posted before the end.
    @Test func rule28WhatGitHubEndsAfterALaterStatusIsNothing() {
        var world = World()
        world.check(.build.with { $0.id = 512 }, .accepted, at: 0)
        let status = World.Check.build.with {
            $0.isCommitStatus = true; $0.job = JobLink(job: .copr, id: 8)
        }
        world.check(status, failure, at: 253)
        world.wait(until: 1800)
        #expect(world.finished(.failure) == 1)
        let left = World.Check.build.with {
            $0.id = 519; $0.job = JobLink(job: .srpm, id: 5)
        }
        world.check(left, .queued, at: 7, receivedAt: 1801)
        world.check(left, .finished(.canceled, .stated), state: "cancelled", at: 1810)
        world.wait(until: hour)
        #expect(world.queued() == 1)
        #expect(world.finishedInAll() == 1)
    }

    /// The later check was posted before, and is received when the end has been counted.
    @Test func rule28WhatWasCountedByAnEndOfGitHubsIsRevisedByALaterCheck() {
        var world = World()
        let first = World.Check.build.with {
            $0.id = 142; $0.job = JobLink(job: .srpm, id: 5)
        }
        world.check(first, .finished(.canceled, .stated), state: "cancelled", at: 1580)
        world.wait(until: hour)
        #expect(world.finished(.canceled) == 1)
        world.check(Self.check(of: .running(240, 77, at: 0), kind: .build), success, at: 145, receivedAt: hour + 1)
        #expect(world.queued() == 1)
        #expect(world.revised == 1)
    }

    @Test func rule28AllStatesOfACheckAreOfOneRun() {
        var world = World()
        world.check(.build.with { $0.id = 1 }, .accepted, at: 0)
        world.check(.build.with { $0.id = 2 }, .accepted, at: 100)
        // The first check itself ends, without a number, after the second was accepted.
        world.check(.build.with { $0.id = 1 }, failure, at: 150)
        world.wait(until: hour)
        #expect(world.durations(.failure) == [150])
        #expect(world.unfinished() == 1)
    }

    // MARK: Rule 16

    /// What is newer ends the older run only once it has ended itself; until then the older may end by its number.
    @Test func rule28WhatANewerRunSupersededEndsASettleAfterTheEndOfThat() {
        var world = World()
        world.check(Self.check(of: .running(1, 1, at: 0), kind: .build), .started, at: 0)
        world.check(Self.check(of: .running(2, 2, at: 0), kind: .build), .started, at: 100)
        world.check(Self.check(of: .running(3, 2, at: 0), kind: .build), success, at: 1000)
        world.wait(until: 1120.999)
        #expect(world.unfinished() == 1)
        world.wait(until: 1121)
        #expect(world.unfinished() == 0)
        #expect(world.finished(.superseded) == 1)
    }

    @Test func rule28ItsOwnEndKnownByItsNumberCountsUntilThen() {
        var world = World()
        world.check(Self.check(of: .running(1, 1, at: 0), kind: .build), .started, at: 0)
        world.check(Self.check(of: .running(2, 2, at: 0), kind: .build), .started, at: 100)
        world.check(Self.check(of: .running(3, 2, at: 0), kind: .build), success, at: 1000)
        world.check(Self.check(of: .running(4, 1, at: 0), kind: .build), failure, at: 1119)
        world.wait(until: 2 * hour)
        #expect(world.finished(.failure) == 1)
        #expect(world.finished(.superseded) == 0)
    }

    @Test func rule28AWaitingTestSupersedesNothing() {
        var world = World()
        let test = World.Check.test
        world.check(
            test.with {
                $0.id = 1; $0.job = JobLink(job: .testingFarm, id: 9)
            }, .started, at: 0)
        world.check(
            test.with {
                $0.id = 2; $0.job = JobLink(job: .copr, id: 77)
            }, .waiting, at: 10)
        world.wait(until: hour)
        world.check(
            test.with {
                $0.id = 3; $0.job = JobLink(job: .testingFarm, id: 9)
            }, success, at: hour)
        world.wait(until: 13 * hour)
        #expect(world.queued(.testRun) == 1)
        #expect(world.finished(.success, .testRun) == 1)
    }

    // MARK: What is kept

    /// However often a check changes its state, only so much of it is kept; the number of a job that is over opens
    /// nothing afterwards either.
    @Test func rule28TheNumbersOfRunsThatAreOverStayKnown() {
        var world = World()
        for number in 1...200 {
            let id = Int64(number) * 3
            let at = Double(number) * 200
            let job = Int64(number)
            world.check(Self.check(of: .running(id, job, at: 0), kind: .build), .started, at: at)
            world.check(Self.check(of: .running(id + 1, job, at: 0), kind: .build), failure, at: at + 10)
        }
        world.wait(until: 12 * hour)
        #expect(world.queued() == 200)
        #expect(world.finished(.failure) == 200)
        #expect(world.timeline.ledger.tracked(.run) < 100)
        for number in 150...200 {
            let late = Self.check(of: .running(Int64(9000 + number), Int64(number), at: 0), kind: .build)
            world.check(late, .started, at: 12 * hour + 1)
        }
        world.wait(until: 30 * hour)
        #expect(world.queued() == 200)
        #expect(world.recountedGauges == world.gauges.filter { $0.value != 0 })
    }

    @Test func rule28MoreOpenRunsThanThereIsRoomForAreCountedAndEnd() {
        var world = World()
        for number in 1...1000 {
            world.check(
                Self.check(of: .running(Int64(number), Int64(number), at: 0), kind: .build), .started,
                at: Double(number))
        }
        #expect(world.queued() == 1000)
        #expect(world.unfinished() <= 32)
        #expect(world.counters[.limitReached(.run)] == 1000 - world.unfinished())
        #expect(world.good(.builds) + world.bad(.builds) == 0)
        world.wait(until: hour)
        let largest = world.stored.values.map(\.count).max() ?? 0
        #expect(largest < 16_000)
    }

    @Test func rule28OneRunThatShowsTheSameAgainAndAgainIsKeptShort() {
        var world = World()
        for number in 1...1000 {
            world.check(Self.check(of: .running(Int64(number), 7, at: 0), kind: .build), .started, at: Double(number))
        }
        world.check(Self.check(of: .running(2000, 7, at: 0), kind: .build), success, at: 2000)
        #expect(world.queued() == 1)
        #expect(world.finished(.success) == 1)
        #expect((world.stored.values.map(\.count).max() ?? 0) < 16_000)
    }

    // MARK: Rows of an older version

    /// They had one time for all that superseded a run, and knew of no number that is over.
    @Test func rule28RowsOfAnOlderVersionAreReadAndGoOn() {
        var world = World()
        world.push("a", at: 0)
        world.check(.accepted, at: 3)
        world.push("b", at: 100, receivedAt: 101, action: .synchronize)
        var added = ByteWriter()
        added.write([Objective.Name]())
        added.write(String?.none)
        added.write(false)
        added.write(false)
        added.write(Optional(World.at(221)))
        added.write(Timestamp?.none)
        added.write(Timestamp?.none)
        added.write(String?.none)
        let addedToRuns = added.bytes.count
        world.restart { table, row in
            switch table {
            case 5: Array(row.dropLast(3))
            case 6: Array(row.dropLast(addedToRuns))
            default: row
            }
        }
        world.wait(until: 220.999)
        #expect(world.unfinished() == 1)
        world.wait(until: 221)
        #expect(world.durations(.superseded) == [97])
        world.check(Self.check(of: .running(5000, 7, at: 0), kind: .build), .started, at: 300)
        #expect(world.queued() == 1)
    }
}
