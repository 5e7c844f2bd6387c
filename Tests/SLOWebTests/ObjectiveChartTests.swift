import SLOCore
import Testing

@testable import SLOQueries
@testable import SLOWeb

/// The charts on the page of an objective.
@Suite(.timeLimit(.minutes(1)))
struct ObjectiveChartTests {
    private static func chart(
        _ fill: (inout ChartSnapshot.Slice, Int) -> Void = { _, _ in }, incidents: [Incident] = []
    ) -> ChartSnapshot {
        let from = FakePages.now - .hours(10)
        let slices = (0..<10).map { place in
            var slice = ChartSnapshot.Slice(beginsAt: from + .hours(Int64(place)))
            fill(&slice, place)
            return slice
        }
        return ChartSnapshot(
            from: from, to: FakePages.now, now: FakePages.now, sliceLength: .hours(1), slices: slices,
            incidents: incidents, blindIntervals: [],
            timeNotes: [
                TimeNoteSnapshot(
                    id: 1, kind: .incident, from: from + .hours(2), to: from + .hours(3), words: "<b>workers</b>")
            ])
    }

    private static func page(_ chart: ChartSnapshot?, _ query: String) async throws -> RawConnection.Response {
        var pages = FakePages.full
        pages.chart = chart
        return try await TestServer.run(pages: pages) { try await $0.answer(to: get("/objective?" + query)) }
    }

    @Test("First statuses are a heat map and a distribution, with a table")
    func heat() async throws {
        let chart = Self.chart { slice, place in
            slice.latencies = [.seconds(3), .seconds(15), .milliseconds(15_001)]
            slice.unanswered = place == 4 ? 1 : 0
            slice.tally = ObjectiveTally(good: 2, bad: 1)
        }
        let body = try await Self.page(chart, "objective=initial_status").body
        #expect(body.contains("<svg class=\"heat\""))
        #expect(body.contains("20 of 31 within the deadline"))
        #expect(body.contains("<svg class=\"spread\""))
        #expect(
            body.replacing("\u{A0}", with: " ").contains(
                "Of 31 changes: half within 15 s, 95 % within 15 s, 1 without one when judged."))
        #expect(body.contains("no status"))
        #expect(body.contains("class=\"deadline\""))
        #expect(body.contains("&lt;b&gt;workers&lt;/b&gt;"))
        #expect(!body.contains("<b>workers"))
    }

    @Test("A budget burns down, from one to what is left, and below zero")
    func burnDown() {
        let chart = Self.chart { slice, place in slice.tally = ObjectiveTally(good: 9, bad: place == 5 ? 1 : 0) }
        let left = BudgetBurnDown.remaining(chart, target: 0.9)
        #expect(left.count == 10)
        #expect(left[4] == 1)
        #expect(abs((left.last ?? 0) - (1 - 1 / 9.1)) < 1e-9)
        #expect(BudgetBurnDown.remaining(Self.chart(), target: 0.9).isEmpty)
        let svg = BudgetBurnDown.svg(chart, target: 0.999, burn: 2, window: .days(1))
        #expect(svg.contains("class=\"left spent\""))
        #expect(svg.contains("class=\"projected\""))
    }

    @Test("Runs have shares of queue, run and report")
    func shares() async throws {
        let chart = Self.chart { slice, _ in
            slice.queued = [.seconds(100)]
            slice.ran = [.seconds(280)]
            slice.reported = [.seconds(20)]
        }
        let body = try await Self.page(chart, "objective=builds").body.replacing("\u{A0}", with: " ")
        #expect(body.contains("<svg class=\"shares\""))
        #expect(body.contains("25 % was the queue, and 5 % the report of the end."))
        #expect(
            body.contains(
                "on average 1 min 40 s in the queue, 4 min 40 s running, and 20 s from the end at the backend until it "
                    + "was reported."))
        #expect(!body.contains("<svg class=\"heat\""))
    }

    @Test("Nothing to draw is said so")
    func nothing() async throws {
        let body = try await Self.page(Self.chart(), "objective=initial_status").body
        #expect(body.contains("Nothing was judged in this time."))
        #expect(!body.contains("<svg class=\"heat\""))
        #expect(try await Self.page(nil, "objective=builds").status == 200)
    }

    @Test(
        "The address names the time",
        arguments: [
            ("", ChartRange.window), ("range=day", .day), ("range=quarter", .quarter), ("range=century", .window),
        ])
    func ranges(query: String, range: ChartRange) async throws {
        let body = try await Self.page(Self.chart(), "objective=builds&" + query).body
        let name = [ChartRange.window: "Window", .day: "Day", .quarter: "Quarter"][range]
        #expect(body.contains("aria-current=\"true\">\(try #require(name))</a>"))
    }

    @Test("Two times are a range, unless they are none")
    func times() async throws {
        let (from, to) = (Timestamp(seconds: 1_795_000_000), Timestamp(seconds: 1_795_003_600))
        #expect(ObjectiveCharts.range("day", from: from, to: to) == .times(from: from, to: to))
        #expect(ObjectiveCharts.range("day", from: to, to: from) == .day)
        #expect(ObjectiveCharts.range("", from: from, to: nil) == .window)
        let body = try await Self.page(Self.chart(), "objective=builds&from=2026-11-22T10:00&to=2026-11-22T12:00").body
        #expect(!body.contains("aria-current=\"true\""))
        #expect(try await Self.page(Self.chart(), "objective=builds&from=yesterday").status == 400)
    }
}
