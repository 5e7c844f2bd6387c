import SLOConditions
import SLOCore
import Testing

@testable import SLOQueries
@testable import SLOWeb

/// Whose part of the way it is, told by what waits.
@Suite(.timeLimit(.minutes(1)))
struct WhosePartTests {
    private static func told(_ hops: [OpenWorkSnapshot.Item.Hop]) -> HoldingCondition? {
        let items = hops.map { OpenWorkSnapshot.Item.run("t", kind: .testRun, hop: $0) }
        // What waits of other kinds and deployments is none of it.
        let others = [OpenWorkSnapshot.Item.run(hop: .queued), .run("t", kind: .testRun, deployment: "stg")]
        let work = OpenWorkSnapshot(at: FakePages.now, items: items + others)
        return ConditionsNow.holding(.sample()).told(by: work).holding.first
    }

    @Test func mostOfThoseThatWaitTell() throws {
        let packit = try #require(Self.told([.report, .report, .submission, .started]))
        #expect(packit.incident.party == .packit)
        #expect(packit.partyReason == "2 of 4: ended and not reported")
        let farm = try #require(Self.told([.queued, .queued, .started, .report]))
        #expect(farm.incident.party == .testingFarm)
        #expect(farm.partyReason == "2 of 4: waiting to be started")
    }

    @Test func withoutAMajorityItIsThePartOfTheObjective() throws {
        for hops in [[OpenWorkSnapshot.Item.Hop](), [.report, .started]] {
            let condition = try #require(Self.told(hops))
            #expect(condition.incident.party == .testingFarm)
            #expect(condition.partyReason == nil)
        }
    }

    @Test func whereMostWaitIsToldAtOnce() async throws {
        let (new, old) = ("fedora-43-x86_64", "epel-9-x86_64")
        let items = [(new, "acme/rocket"), (new, "acme/other"), (old, "acme/rocket")].map { chroot, repository in
            OpenWorkSnapshot.Item.run("t", in: .known(repository), kind: .testRun, chroot: chroot)
        }
        var pages = FakePages()
        pages.holding = ConditionsNow.holding(.sample()).told(by: OpenWorkSnapshot(at: FakePages.now, items: items))
        let told = pages
        let body = try await TestServer.run(pages: told) { try await $0.answer(to: get("/")) }.body
        for text in ["fedora-43-x86_64 2, epel-9-x86_64 1<", "acme/rocket 2, acme/other 1<"] {
            #expect(body.contains(text), "\(text)")
        }
    }

    @Test func conditionsOfTheObserverAreTheirOwn() {
        let holding = ConditionsNow.holding(
            Incident(
                key: .init(beganAt: FakePages.now, condition: "PackitSLOBlindNow", subject: ""), severity: .warning,
                party: .observer, summary: "", since: FakePages.now))
        #expect(!holding.areAboutWaiting)
        #expect(holding.told(by: OpenWorkSnapshot(at: FakePages.now, items: [])).holding[0].incident.party == .observer)
    }

    @Test func thePageTellsWhy() async throws {
        var pages = FakePages()
        pages.holding = .holding(.sample())
        pages.holding.holding[0].partyReason = "2 of 4: running"
        let body = try await TestServer.run(pages: pages) { try await $0.answer(to: get("/")) }.body
        #expect(body.contains("2 of 4: running"))
    }
}
