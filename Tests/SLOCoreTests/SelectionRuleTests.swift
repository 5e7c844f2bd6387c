import SLOCore
import Testing

/// docs/counting.md, rule 45: which events an objective judges.
@Suite struct SelectionRuleTests {
    private static let selected = Objective.Name(rawValue: "selected")!

    private func world(_ indicator: Objective.Indicator, _ selection: ObjectiveSelection) -> World {
        World {
            $0.listedRepositories = ["*"]
            $0.objectives.append(
                Objective(Self.selected, indicator, target: 0.9, deadline: .hours(1), selection: selection))
        }
    }

    /// Events of the objective that come of one build, which ends as a success.
    private func events(
        _ selection: ObjectiveSelection, of check: World.Check = .build, _ before: (inout World) -> Void = { _ in }
    ) -> Int64 {
        var world = world(.builds, selection)
        before(&world)
        world.check(check, .accepted, at: 10)
        world.check(check, success, at: 20)
        #expect(world.good(.builds) == 1)
        return world.good(Self.selected)
    }

    @Test func rule45AJudgementTellsWhatIsKnownOfItsEventEvenIfNothingIsSelected() throws {
        var world = World { $0.listedRepositories = ["*"] }
        world.push(at: 0)
        world.check(.build, .accepted, at: 10)
        world.check(.build, success, at: 20)
        let subject = try #require(world.judgements.first { $0.objective == .builds }?.subject)
        #expect(subject.repository == "acme/rocket")
        #expect(subject.branch == "main")
        #expect(subject.chroot == "fedora-rawhide-x86_64")
        #expect(subject.name == "rpm-build:fedora-rawhide-x86_64")
    }

    // MARK: Changes

    @Test func rule45OfAChangeRepositoryAndBaseCount() {
        let selections: [(ObjectiveSelection, Int)] = [
            (ObjectiveSelection(repositories: ["ACME/*"]), 1), (ObjectiveSelection(repositories: ["other/*"]), 0),
            (ObjectiveSelection(branches: ["mai?"]), 1), (ObjectiveSelection(branches: ["stable"]), 0),
            (ObjectiveSelection(repositories: ["acme/*"], branches: ["stable"]), 0),
        ]
        for (selection, count) in selections {
            var world = world(.initialStatus, selection)
            world.push(at: 0)
            world.check(.accepted, at: 5)
            world.wait(until: 2 * hour)
            #expect(world.verdicts(Self.selected).count == count)
            #expect(world.verdicts(.initialStatus).count == 1)
        }
    }

    @Test(arguments: [
        ObjectiveSelection(chroots: ["*"]), ObjectiveSelection(names: ["*"]), ObjectiveSelection(identifiers: ["*"]),
    ])
    func rule45AChangeHasNoChrootNameOrIdentifier(selection: ObjectiveSelection) {
        var world = world(.initialStatus, selection)
        world.push(at: 0)
        world.check(.accepted, at: 5)
        world.wait(until: 2 * hour)
        #expect(world.verdicts(Self.selected).isEmpty)
    }

    @Test func rule45TheDefaultObjectiveSelectsToo() {
        var world = World {
            $0.listedRepositories = ["*"]
            $0[.initialStatus]?.selection.branches = ["stable"]
            $0[.builds]?.selection.repositories = ["other/*"]
        }
        world.push(at: 0)
        world.check(.accepted, at: 5)
        world.check(success, at: 9)
        world.wait(until: 400)
        #expect(world.judgements.isEmpty)
        #expect(world.judged(.onTime, .listed) == 1)
        #expect(world.finished(.success) == 1)
        #expect(world.changeRecords.map(\.isCounted) == [false])
    }

    // MARK: Runs

    @Test func rule45OneGlobOfEachListMustMatch() {
        #expect(events(ObjectiveSelection(repositories: ["other/*", "acme/*"])) == 1)
        #expect(events(ObjectiveSelection(repositories: ["acme/*"], chroots: ["epel-*"])) == 0)
        #expect(events(ObjectiveSelection(repositories: ["other/*"], chroots: ["fedora-*"])) == 0)
        #expect(events(ObjectiveSelection(repositories: ["acme/*"], chroots: ["fedora-*"])) == 1)
        #expect(events(ObjectiveSelection()) == 1)
    }

    @Test func rule45OfARunChrootNameAndIdentifierOfItsCheckCount() {
        let check = World.Check.build.with {
            $0.name = CheckName(
                text: "rpm-build:epel-9-x86_64:tier1", subject: .build, chroot: "epel-9-x86_64", identifier: "tier1")
        }
        #expect(events(ObjectiveSelection(chroots: ["epel-*"]), of: check) == 1)
        #expect(events(ObjectiveSelection(chroots: ["fedora-*"]), of: check) == 0)
        #expect(events(ObjectiveSelection(names: ["rpm-build:*"]), of: check) == 1)
        #expect(events(ObjectiveSelection(names: ["testing-farm:*"]), of: check) == 0)
        #expect(events(ObjectiveSelection(identifiers: ["tier*"]), of: check) == 1)
        #expect(events(ObjectiveSelection(identifiers: ["tier2"]), of: check) == 0)
    }

    @Test func rule45WhatIsNotKnownMatchesNoGlob() {
        #expect(events(ObjectiveSelection(branches: ["*"])) == 0)
        #expect(events(ObjectiveSelection(identifiers: ["*"])) == 0)
    }

    @Test func rule45TheBranchOfARunIsTheBaseOfItsPullRequest() {
        func event(on base: String) -> Int64 {
            events(ObjectiveSelection(branches: ["stable/*"])) { $0.push(at: 0, base: base) }
        }
        #expect(event(on: "stable/1.x") == 1)
        #expect(event(on: "main") == 0)
    }

    @Test func rule45TheLatestDeliveryTellsTheBase() {
        let main = ObjectiveSelection(branches: ["main"])
        let push = { (world: inout World) in world.push(at: 0, base: "stable") }
        #expect(events(main, push) == 0)
        let retargeted = { (world: inout World) in
            world.push("b", at: 5, action: .synchronize, base: "main")
            world.push("a", at: 0, receivedAt: 7, base: "stable")
        }
        #expect(events(main, of: .build.with { $0.sha = "b" }, retargeted) == 1)
    }

    @Test func rule45AClosingAndAPushFromADeletedForkTellTheBaseToo() {
        let main = ObjectiveSelection(branches: ["main"])
        #expect(events(main) { $0.close(at: 5, head: "a") } == 1)
        #expect(events(main) { $0.push(at: 0, fork: nil) } == 1)
    }

    @Test func rule45TheBaseIsKnownAfterAStart() {
        var world = world(.builds, ObjectiveSelection(branches: ["main"]))
        world.push(at: 0)
        world.check(.accepted, at: 10)
        world.restart()
        world.check(success, at: 20)
        #expect(world.good(Self.selected) == 1)
    }

    @Test func rule45ARunOfSeveralPullRequestsHasNoBranch() {
        let events = events(ObjectiveSelection(branches: ["*"]), of: .build.with { $0.externalID = "" }) {
            $0.push(at: 0, number: 1)
            $0.push(at: 1, number: 2)
        }
        #expect(events == 0)
    }

    @Test func rule45ElseTheBranchIsTheBranchOrTagOfTheCheck() {
        let check = World.Check.build.with {
            $0.name = CheckName(
                text: "rpm-build:rawhide:\(World.chroot)", subject: .build, event: "rawhide", chroot: World.chroot)
        }
        #expect(events(ObjectiveSelection(branches: ["rawhide"]), of: check) { $0.push(at: 0) } == 1)
        #expect(events(ObjectiveSelection(branches: ["main"]), of: check) { $0.push(at: 0) } == 0)
    }

    @Test func rule45ABuildThatOnlyCoprShowsHasItsChrootOnly() {
        func good(_ selection: ObjectiveSelection) -> Int64 {
            var world = world(.builds, selection)
            world.copr(.started, sentAt: 10)
            world.copr(.succeeded, sentAt: 20)
            return world.good(Self.selected)
        }
        #expect(good(ObjectiveSelection()) == 1)
        #expect(good(ObjectiveSelection(chroots: ["fedora-*"])) == 1)
        for selection in [
            ObjectiveSelection(repositories: ["*"]), ObjectiveSelection(branches: ["*"]),
            ObjectiveSelection(names: ["*"]), ObjectiveSelection(identifiers: ["*"]),
        ] { #expect(good(selection) == 0) }
    }

    @Test func rule45ATestThatOnlyTestingFarmShowsHasTheRepositoryOfItsRequest() {
        func good(_ repositories: [String]) -> Int64 {
            var world = world(.testRuns, ObjectiveSelection(repositories: repositories))
            world.testingFarm(success, created: 0, started: 5, finished: 20, sha: "a", receivedAt: 21)
            return world.good(Self.selected)
        }
        #expect(good(["acme/*"]) == 1)
        #expect(good(["other/*"]) == 0)
    }

    @Test func rule45WhatIsKnownWhenTheEventIsJudgedCounts() {
        var world = world(.builds, ObjectiveSelection(repositories: ["new/*"]))
        world.check(.accepted, at: 10)
        world.note(World.repository(1, "new/rocket"), at: 15)
        world.check(.build.with { $0.repository = World.repository(1, "new/rocket") }, success, at: 20)
        #expect(world.good(Self.selected) == 1)
    }

    @Test func rule45WhatWasNotSelectedStaysSo() {
        var world = world(.builds, ObjectiveSelection(names: ["*"]))
        world.copr(.started, sentAt: 10)
        world.wait(until: 2 * hour)
        world.push(at: 0, receivedAt: 2 * hour)
        world.check(.accepted, at: 5, receivedAt: 2 * hour)
        world.check(success, at: 3 * hour)
        #expect(world.queued() == 1)
        #expect(world.verdicts(Self.selected).isEmpty)
    }
}
