import SLOCore
import Testing

/// docs/counting.md, rule 31: what a join rests on, and what it may change.
@Suite struct JoinProofRuleTests {
    private static let main = CheckName(
        text: "rpm-build:main:\(World.chroot)", subject: .build, event: "main", chroot: World.chroot)

    /// A check of a push to main: its commit, its event at Packit and, once it shows one, its job.
    private static func push(_ sha: String, job: Int64? = nil) -> World.Check {
        .build.with {
            $0.name = main
            $0.sha = sha
            $0.externalID = "push \(sha)"
            $0.job = job.map { JobLink(job: .copr, id: $0) }
        }
    }

    private static let project = "acme-rocket-main"

    private func joins(_ world: World, _ proof: JoinProof) -> Int64 { world.counters[.joins(proof)] ?? 0 }

    // MARK: The choice

    @Test func rule31ABackendRunWhoseEndIsUnknownHasNotEnded() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, project: Self.project, sentAt: 60)
        #expect(world.started() == 0)
        // The build runs on, so it is not of the check that has ended.
        world.check(Self.push("a"), failure, at: 90)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.started() == 1)
        #expect(joins(world, .proposed) == 1)
    }

    @Test func rule31ARunThatEndsAfterTheBackendRunStaysInTheChoice() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, project: Self.project, sentAt: 60)
        world.copr(.succeeded, project: Self.project, sentAt: 290)
        world.check(Self.push("a"), success, at: 300)
        #expect(world.gauge(.unjoinedRuns) == 1)
        world.check(Self.push("b"), failure, at: 310)
        world.wait(until: 61 + 900)
        #expect(world.queued() == 3)
    }

    @Test func rule31OfRunsThatHaveAllEndedTheLastOneStays() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.check(Self.push("a"), failure, at: 90)
        world.check(Self.push("b"), failure, at: 95)
        world.copr(.started, project: Self.project, sentAt: 60, receivedAt: 100)
        world.wait(until: 1000)
        #expect(world.queued() == 2)
        #expect(joins(world, .proposed) == 1)
    }

    @Test func rule31TheFirstToShowANewNumberTakesTheBackendRun() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, project: Self.project, sentAt: 60)
        world.check(Self.push("b", job: 12), .started, at: 65)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.check(Self.push("b", job: 12), success, at: 300)
        #expect(world.durations(.success) == [270])
        world.wait(until: 2000)
        #expect(world.queued() == 2)
    }

    @Test func rule31ANumberShownSinceTheStartCountsAlsoIfTheStartIsReceivedLater() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.check(Self.push("b", job: 12), .started, at: 65)
        world.copr(.started, project: Self.project, sentAt: 60, receivedAt: 70)
        #expect(world.gauge(.unjoinedRuns) == 0)
        #expect(world.queued() == 2)
    }

    @Test func rule31ANumberShownBeforeTheStartDecidesNothing() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.check(Self.push("b", job: 12), .queued, at: 50)
        world.copr(.started, project: Self.project, sentAt: 60)
        #expect(world.gauge(.unjoinedRuns) == 1)
    }

    @Test func rule31SeveralBackendRunsAreTakenInTheOrderOfTheirStarts() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 1)
        world.check(Self.push("c"), .accepted, at: 2)
        world.copr(.started, build: 2, project: Self.project, sentAt: 62)
        world.copr(.started, build: 1, project: Self.project, sentAt: 60, receivedAt: 64)
        world.check(Self.push("b", job: 12), .started, at: 70)
        world.copr(.succeeded, build: 1, project: Self.project, sentAt: 100)
        world.check(Self.push("b", job: 12), success, at: 102)
        #expect(world.runRecords.last?.backendID == "1")
    }

    @Test func rule31BoundRunsGoBeforeUnboundOnes() {
        var world = World()
        // Both pull requests had the commit when the event was first seen: it is neither's alone.
        world.push("s", at: 0, number: 1)
        world.push("s", at: 1, number: 2)
        world.check(
            .build.with {
                $0.sha = "s"; $0.externalID = "both"
            }, .accepted, at: 5)
        world.check(
            .build.with {
                $0.sha = "s"; $0.externalID = "one"; $0.pullRequests = [1]
            }, .accepted, at: 6)
        world.copr(.started, sentAt: 60)
        #expect(world.gauge(.unjoinedRuns) == 0)
        world.check(
            .build.with {
                $0.sha = "s"; $0.externalID = "one"; $0.pullRequests = [1]
            }, success, at: 100)
        #expect(world.runRecords.last?.backendID == "77")
        #expect(world.runRecords.last?.proof == .proposed)
    }

    /// A run of the branch is stuck: later builds are still joined, one after the other.
    @Test func rule31AStuckRunDoublesNoLaterBuild() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        for number in 1...3 {
            let start = Double(number) * hour
            let sha = "b\(number)"
            world.check(Self.push(sha), .accepted, at: start)
            world.copr(.started, build: Int64(number), project: Self.project, sentAt: start + 100)
            world.check(Self.push(sha, job: Int64(number)), .started, at: start + 105)
            world.copr(.succeeded, build: Int64(number), project: Self.project, sentAt: start + 900)
            world.check(Self.push(sha, job: Int64(number)), success, at: start + 905)
        }
        #expect(world.queued() == 4)
        #expect(world.good(.builds) == 3)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    // MARK: Proof

    @Test func rule31WhereOnlyOneRunCouldHaveFittedTheJoinIsProven() {
        var world = World()
        world.push()
        world.check(.accepted, at: 2)
        world.copr(.started, sentAt: 60)
        #expect(joins(world, .proven) == 1)
        #expect(joins(world, .proposed) == 0)
    }

    @Test func rule31WhereAnotherCouldHaveFittedItIsProposed() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, build: 1, project: Self.project, sentAt: 60)
        world.check(Self.push("a", job: 11), .started, at: 65)
        // The other holds a build, but nothing proves that.
        world.copr(.started, build: 2, project: Self.project, sentAt: 70)
        #expect(joins(world, .proposed) == 2)
        #expect(joins(world, .proven) == 0)
    }

    @Test func rule31AProposedJoinNeverChangesAnOutcome() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, project: Self.project, sentAt: 60)
        world.check(Self.push("b", job: 12), .started, at: 65)
        world.copr(.succeeded, project: Self.project, sentAt: 300)
        world.check(Self.push("b", job: 12), error, at: 310)
        world.wait(until: 500)
        #expect(world.finished(.error) == 1)
        #expect(world.bad(.builds) == 1)
        #expect(world.revised == 0)
        #expect(world.runRecords.last?.backendEndedAt == nil)
        // That its sides contradict each other is counted.
        #expect(world.counters[.joinConflicts] == 1)
    }

    @Test func rule31AProposedJoinFillsInTimes() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, project: Self.project, sentAt: 60)
        world.check(Self.push("b", job: 12), .queued, at: 65)
        world.check(Self.push("b", job: 12), success, at: 300)
        #expect(world.started() == 1)
        #expect(world.runRecords.last?.startedAt == World.at(60))
        #expect(world.counters[.joinConflicts] == nil)
    }

    @Test func rule31AProvenJoinTellsTheOutcome() {
        var world = World()
        world.check(.test.with { $0.requestID = "r1" }, .queued, at: 0)
        world.testingFarm(.started, created: 2, started: 40, receivedAt: 50)
        world.testingFarm(error, created: 2, started: 40, finished: 90, receivedAt: 95)
        world.check(.test.with { $0.requestID = "r1" }, failure, at: 100)
        world.wait(until: 500)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(joins(world, .proven) == 1)
    }

    @Test func rule31CoprsVersionProvesTheCommitAndThePullRequest() {
        var world = World()
        for (sha, at) in [("aaaaaaa1", 0.0), ("bbbbbbb2", 100)] {
            world.push(sha, at: at, action: at == 0 ? .opened : .synchronize)
            world.check(
                .build.with {
                    $0.sha = sha; $0.externalID = sha
                }, .accepted, at: at + 2)
        }
        world.copr(.started, sentAt: 150, version: "1.0-1.20261005120002.pr1.3.gaaaaaaa")
        #expect(joins(world, .proven) == 1)
        world.check(
            .build.with {
                $0.sha = "aaaaaaa1"; $0.externalID = "aaaaaaa1"
            }, success, at: 200)
        #expect(world.runRecords.last?.backendID == "77")
    }

    @Test(arguments: [
        "1.0-1.2026.pr1.3.gccccccc", "1.0-1.2026.pr2.3.gaaaaaaa", "1.0-1.2026.3.gaaaaaaa", "1.0-1", "g", "g1234567.pr",
        "1.0-1.pr99999999999999999999.gaaaaaaa",
    ])
    func rule31AVersionThatNamesNoKnownCommitExcludesNothing(version: String) {
        var world = World()
        world.push("aaaaaaa1")
        world.check(.build.with { $0.sha = "aaaaaaa1" }, .accepted, at: 2)
        world.copr(.started, sentAt: 60, version: version)
        #expect(world.queued() == 1)
        #expect(world.started() == 1)
    }

    @Test func rule31AVersionDecidesNothingAmongRunsOfOneCommit() {
        var world = World()
        world.push("aaaaaaa1")
        world.check(.build.with { $0.sha = "aaaaaaa1" }, .accepted, at: 2)
        world.check(
            .build.with {
                $0.sha = "aaaaaaa1"; $0.externalID = "e2"
            }, .accepted, at: 3)
        world.copr(.started, sentAt: 60, version: "1.0-1.2026.pr1.3.gaaaaaaa")
        #expect(world.gauge(.unjoinedRuns) == 1)
        #expect(joins(world, .proven) == 0)
    }

    // MARK: Later proof

    @Test func rule31ALaterProofMovesTheJoinAndCountedStepsStayCounted() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, project: Self.project, sentAt: 60)
        world.check(Self.push("b", job: 12), .started, at: 65)
        world.check(Self.push("a", job: 11), .started, at: 66)
        #expect(joins(world, .proposed) == 1)
        world.identifiedBuild(job: 11, sha: "a", build: 77, receivedAt: 70)
        #expect(joins(world, .proven) == 1)
        world.copr(.succeeded, project: Self.project, sentAt: 290)
        world.check(Self.push("a", job: 11), success, at: 300)
        world.check(Self.push("b", job: 12), failure, at: 310)
        world.wait(until: 1000)
        #expect(world.queued() == 2)
        #expect(world.started() == 2)
        #expect(world.finished(.success) == 1)
        #expect(world.finished(.failure) == 1)
        #expect(world.runRecords.first?.backendID == "77")
    }

    @Test func rule31WhatAProofOustsLooksForAnother() {
        var world = World()
        world.check(Self.push("a"), .accepted, at: 0)
        world.check(Self.push("b"), .accepted, at: 30)
        world.copr(.started, build: 1, project: Self.project, sentAt: 60)
        world.check(Self.push("a", job: 11), .started, at: 65)
        world.copr(.started, build: 2, project: Self.project, sentAt: 70)
        world.check(Self.push("b", job: 12), .started, at: 75)
        // It is the other way round.
        world.identifiedBuild(job: 11, sha: "a", build: 2, receivedAt: 80)
        world.copr(.succeeded, build: 1, project: Self.project, sentAt: 200)
        world.check(Self.push("b", job: 12), success, at: 210)
        #expect(world.runRecords.last?.backendID == "1")
        #expect(world.queued() == 2)
        #expect(world.gauge(.unjoinedRuns) == 0)
    }

    @Test func rule31ASummaryMovesARequestThatWasProposedForAnother() {
        var world = World()
        world.check(.test.with { $0.externalID = "e1" }, .queued, at: 0)
        world.check(.test.with { $0.externalID = "e2" }, .queued, at: 1)
        world.testingFarm(.started, created: 2, started: 40, sha: "a", receivedAt: 50)
        world.check(
            .test.with {
                $0.externalID = "e2"; $0.job = JobLink(job: .testingFarm, id: 5)
            }, .started, at: 60)
        #expect(joins(world, .proposed) == 1)
        world.check(
            .test.with {
                $0.externalID = "e1"; $0.requestID = "r1"
            }, .started, at: 70)
        #expect(joins(world, .proven) == 1)
        world.testingFarm(error, created: 2, started: 40, finished: 90, sha: "a", receivedAt: 95)
        world.check(
            .test.with {
                $0.externalID = "e1"; $0.requestID = "r1"
            }, failure, at: 100)
        world.wait(until: 400)
        #expect(world.finished(.error, .testRun) == 1)
        #expect(world.queued(.testRun) == 2)
    }

    // MARK: Orders of arrival

    private enum Message: CaseIterable {
        case accepted, started, end, checkEnd
    }

    /// One run, one build: whatever is received first, one is counted.
    @Test func rule31AllOrdersOfArrivalOfOneBuildAgree() {
        for order in Self.orders(Message.allCases) {
            var world = World()
            world.push()
            for (place, message) in order.enumerated() {
                let receivedAt = 310 + Double(place)
                switch message {
                case .accepted: world.check(.build.with { $0.id = 1 }, .accepted, at: 2, receivedAt: receivedAt)
                case .started: world.copr(.started, sentAt: 60, receivedAt: receivedAt)
                case .end: world.copr(.succeeded, sentAt: 300, receivedAt: receivedAt)
                case .checkEnd: world.check(.build.with { $0.id = 2 }, success, at: 302, receivedAt: receivedAt)
                }
            }
            world.wait(until: 5000)
            #expect(world.queued() == 1, "\(order)")
            #expect(world.started() == 1, "\(order)")
            #expect(world.finished(.success) == 1, "\(order)")
            #expect(world.gauge(.unjoinedRuns) == 0, "\(order)")
            #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges, "\(order)")
        }
    }

    /// Two builds of a branch at once: the checks' outcomes are counted, in whatever order the backend's messages come.
    @Test func rule31AllOrdersOfABackendsMessagesLeaveTheOutcomesOfChecks() {
        for order in Self.orders([0, 1, 2, 3]) {
            var world = World()
            world.check(Self.push("a"), .accepted, at: 0)
            world.check(Self.push("b"), .accepted, at: 30)
            world.check(Self.push("a", job: 11), .started, at: 65)
            world.check(Self.push("b", job: 12), .started, at: 75)
            for (place, message) in order.enumerated() {
                let receivedAt = 300 + Double(place)
                switch message {
                case 0: world.copr(.started, build: 1, project: Self.project, sentAt: 60, receivedAt: receivedAt)
                case 1: world.copr(.started, build: 2, project: Self.project, sentAt: 70, receivedAt: receivedAt)
                case 2: world.copr(.succeeded, build: 1, project: Self.project, sentAt: 290, receivedAt: receivedAt)
                default: world.copr(.failed, build: 2, project: Self.project, sentAt: 295, receivedAt: receivedAt)
                }
            }
            world.check(Self.push("a", job: 11), success, at: 305)
            world.check(Self.push("b", job: 12), failure, at: 306)
            world.wait(until: 5000)
            #expect(world.queued() == 2, "\(order)")
            #expect(world.finished(.success) == 1, "\(order)")
            #expect(world.finished(.failure) == 1, "\(order)")
            #expect(world.revised == 0, "\(order)")
            #expect(world.gauges.filter { $0.value != 0 } == world.recountedGauges, "\(order)")
        }
    }

    private static func orders<Element>(_ elements: [Element]) -> [[Element]] {
        guard !elements.isEmpty else { return [[]] }
        return elements.indices.flatMap { place in
            var rest = elements
            let first = rest.remove(at: place)
            return orders(rest).map { [first] + $0 }
        }
    }
}

extension World {
    /// Packit's word on one of its jobs of a build.
    mutating func identifiedBuild(job: Int64, sha: String, build: Int64, receivedAt: Double) {
        observe(
            .jobIdentified(
                JobIdentified(
                    deployment: World.prod, repository: 1, sha: sha, job: JobLink(job: .copr, id: job),
                    backend: .copr(build: build, chroot: World.chroot))), receivedAt: receivedAt)
    }
}
