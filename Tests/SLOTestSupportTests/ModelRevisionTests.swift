import SLOCore
import SLOTestSupport
import Testing

/// What turns out to be otherwise than it seemed (docs/counting.md, rules 5, 16, 20, 28, 35 and 41), in stories whose
/// counts were worked out by hand.
@Suite("The reference model: what turns out later")
struct ModelRevisionTests {
    private static let test = CheckName(
        text: "testing-farm:" + ManualHistory.chroot, subject: .testRun, chroot: ManualHistory.chroot)
    private static let build = CheckName(
        text: "rpm-build:" + ManualHistory.chroot, subject: .build, chroot: ManualHistory.chroot)

    @Test("Rule 20: what a push divides anew is divided before a check of the commit claims a request")
    func claimsAfterDivision() {
        let other = CheckName(
            text: Self.test.text + ":two", subject: .testRun, chroot: ManualHistory.chroot, identifier: "two")
        var told = ManualHistory()
        told.push(at: 0)
        told.show(1, "in_progress", build: .queued, test: .waiting, name: Self.test, at: 10)
        told.show(2, "in_progress", build: .queued, test: .waiting, name: other, at: 20)
        told.request(.finished(.error, .stated), createdAt: 100, finishedAt: 200, at: 210)
        told.push(1, "bbb", .synchronize, at: 2000)
        told.show(3, "in_progress", build: .queued, test: .waiting, name: other, at: 3010)
        told.push(1, "aaa", .synchronize, at: 3000, receivedAt: 3020)
        #expect(told.counters(at: 3019)[.joins(.proven)] == nil)
        #expect(told.counters(at: 3020)[.joins(.proven)] == 1)
    }

    @Test("Rules 5 and 41: a test waits again once no check of its event binds it to the pull request that was pushed")
    func waitsUnbound() {
        var told = ManualHistory()
        told.show(1, "queued", build: .accepted, test: .accepted, name: Self.test, event: "", listing: [1], at: 0)
        told.push(1, "bbb", .synchronize, at: 100)
        #expect(told.gauges(at: 100)[.testRunsWaiting(.prod)] == nil)
        told.show(
            2, "success", build: .finished(.success, .stated), test: .unclear, name: Self.build, event: "", at: 110)
        #expect(told.gauges(at: 110)[.testRunsWaiting(.prod)] == 1)
    }

    @Test("Rule 35: a run that is bound no more ends with the push that left its commit")
    func unboundLater() {
        var told = ManualHistory()
        for number in 1...2 {
            told.push(number, at: 0)
            told.push(number, "bbb", .synchronize, at: Int64(number) * 100)
        }
        told.show(1, "queued", build: .accepted, test: .accepted, name: Self.build, event: "", listing: [3], at: 10)
        #expect(told.counters(at: 500)[.runsFinished(.build, .prod, .superseded)] == nil)
        told.show(2, "queued", build: .accepted, test: .accepted, name: Self.test, event: "", at: 600)
        #expect(told.last(at: 1000).durations[.runDuration(.build, .prod, .superseded)] == [190])
    }

    @Test("Rule 28: a test whose request is another's supersedes nothing until it is submitted again")
    func submittedAgain() {
        var told = ManualHistory()
        func show(_ id: Int64, _ test: Step, _ event: String, request: String? = nil, at seconds: Int64) {
            told.show(
                id, test == .finished(.failure, .stated) ? "failure" : "queued", build: .unclear, test: test,
                name: Self.test, event: event, request: request, at: seconds)
        }
        show(1, .queued, "e1", request: "other", at: 0)
        show(2, .accepted, "e1", at: 43_300)
        show(3, .queued, "e2", at: 43_310)
        show(4, .finished(.failure, .stated), "e2", at: 43_500)
        told.request(.started, createdAt: 43_400, at: 43_600)
        show(5, .started, "e3", request: "r", at: 43_700)
        told.request(.started, id: "s", createdAt: 43_800, at: 43_810)
        #expect(told.counters(at: 43_600)[.joins(.proposed)] == 1)
        #expect(told.counters(at: 43_700)[.joins(.proven)] == 1)
        #expect(told.counters(at: 43_929)[.runsFinished(.testRun, .prod, .superseded)] == nil)
        #expect(told.counters(at: 43_930)[.runsFinished(.testRun, .prod, .superseded)] == 1)
    }

    @Test("Rules 15, 19 and 27: an end that came after the horizon had passed revises, though both are known at once")
    func tooLateForTheHorizon() {
        let name = CheckName(text: "packages", subject: .unknown)
        let day: Int64 = 86_400
        var told = ManualHistory()
        told.show(1, "queued", build: .accepted, test: .accepted, name: name, at: 0)
        told.show(2, "queued", build: .accepted, test: .accepted, name: name, at: 8 * day, receivedAt: 8 * day + 1000)
        told.show(
            3, "success", build: .finished(.success, .stated), test: .finished(.skipped, .build), name: name,
            job: JobLink(job: .copr, id: 5), at: 8 * day + 400, receivedAt: 8 * day + 4000)
        let counters = told.counters(at: 8 * day + 4000)
        #expect(counters[.runsFinished(.build, .prod, .error)] == 1)
        #expect(counters[.outcomesRevised] == 1)
    }
}
