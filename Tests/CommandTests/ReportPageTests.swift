import SLOCore
@testable import SLOQueries
import SLOService
import SLOStore
import Testing

@testable import packit_slo

@Suite struct `How a report reads` {
    private let noon = Timestamp(seconds: 1_795_348_800)

    private func judged(
        _ entity: Int64, _ verdict: ObjectiveJudgement.Verdict, _ change: Verdict? = nil,
        in repository: String? = "acme/rocket", ago: TimeSpan = .zero
    ) -> StoredJudgement {
        StoredJudgement(
            ObjectiveJudgement(
                objective: .initialStatus, deployment: Deployment("prod"), entity: EntityID(entity),
                subject: .init(repository: repository), verdict: verdict, at: noon - ago),
            changeVerdict: change)
    }

    private func report(_ judgements: [StoredJudgement], blind: [BlindInterval] = []) -> Report {
        var settings = LedgerSettings()
        settings.deployments = [Deployment("prod")]
        var builder = ReportBuilder(settings: settings, at: noon, looksBack: true)
        for judgement in judgements { builder.add(judgement) }
        return builder.report(basis: .database, blindIntervals: blind, openWorkOf: Ledger(settings: settings))
    }

    @Test func `It is told with and without what people noted`() {
        var settings = LedgerSettings()
        settings.deployments = [Deployment("prod")]
        var builder = ReportBuilder(
            settings: settings, at: noon, looksBack: false,
            timeNotes: [
                TimeNoteSnapshot(
                    id: 1, kind: .incident, from: noon - .hours(1), to: noon, words: "<b>workers</b> & queue")
            ])
        builder.add(judged(1, .good, ago: .hours(5)))
        builder.add(judged(2, .bad, .late))
        let report = ReportPage(builder.report(basis: .database, blindIntervals: [], openWorkOf: nil))
        #expect(report.text.contains("without notes"))
        #expect(report.text.contains("100.00 %"))
        #expect(report.text.contains("incident  <b>workers</b> & queue"))
        let html = report.html
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(html.contains("<td>&lt;b&gt;workers&lt;/b&gt; &amp; queue</td>"))
        #expect(html.contains("<th class=\"n\">without notes</th>"))
        #expect(!html.contains("<b>"))
    }

    @Test func `An empty one says that there is nothing to judge`() {
        #expect(
            ReportPage(report([])).text == """
                Objectives from 2026-10-25T13:00:00Z to 2026-11-22T12:00:00Z
                  The server's judgements, over a window of 28 d in whole hours, UTC.

                prod
                  objective       within   target        compliance
                  initial_status    15 s  99.00 %  nothing to judge
                  builds            12 h  98.00 %  nothing to judge
                  test_runs         12 h  95.00 %  nothing to judge

                What spent the budgets
                  Nothing.

                Repositories
                  No bad events.

                Pull requests without a status
                  None is overdue.

                Unfinished builds and test runs
                  None.

                Blind intervals
                  None.

                """)
    }

    @Test func `What is in doubt is shown with its bounds`() {
        let blind = BlindInterval(startedAt: noon - .minutes(90), cause: "down", endedAt: noon - .minutes(5))
        let page = ReportPage(
            report(
                [
                    judged(1, .good), judged(2, .good, in: "acme/probe"), judged(3, .bad, .late),
                    judged(4, .doubtful, .never), judged(5, .unknown),
                ], blind: [blind]))
        let lines = page.text.split(separator: "\n").map(String.init)
        #expect(
            lines.contains(
                "  initial_status    15 s  99.00 %           50.00 %  missed  40.00 % … 80.00 %      2    1"
                    + "         1        1   -4900.00 %"))
        #expect(
            lines.contains("  prod        initial_status  Packit late         1      2500.00 %"))
        #expect(
            lines.contains("  prod        initial_status  Packit silent       1      2500.00 %"))
        #expect(
            lines.contains(
                "  acme/rocket  prod        initial_status     33.33 %  25.00 % … 75.00 %      1    1         1        1"
                    + "      5000.00 %  1 late, 1 never"))
        #expect(!page.text.contains("acme/probe"))
        #expect(lines.contains("  2026-11-22T10:30:00Z  2026-11-22T11:55:00Z  1 h 25 min  down   no"))
    }

    @Test func `What was missed may leave open whether the target is met`() {
        let many = (1...99).map { judged(Int64($0), .good) }
        #expect(ReportPage(report(many)).text.contains("100.00 %  met "))
        #expect(ReportPage(report(many + [judged(100, .unknown)])).text.contains("100.00 %  met "))
        let unknown = [judged(100, .unknown), judged(101, .unknown)]
        #expect(ReportPage(report(many + unknown)).text.contains("in doubt"))
    }

    @Test func `The previous window is shown for comparison`() {
        let page = ReportPage(
            report([
                judged(1, .good), judged(2, .good), judged(3, .bad, .late), judged(4, .good),
                judged(5, .good, ago: .days(30)), judged(6, .bad, .never, ago: .days(50)),
                judged(7, .bad, .never, ago: .days(60)),
            ]))
        let lines = page.text.split(separator: "\n").map(String.init)
        #expect(
            lines.contains(
                "  The previous window began at 2026-09-27T13:00:00Z, and its first judgement is of "
                    + "2026-10-03T12:00:00Z."))
        #expect(
            lines.contains(
                "  initial_status    15 s  99.00 %           75.00 %  missed     3    1   -2400.00 %"
                    + "          50.00 %  +25.00"))
        #expect(lines.contains("  prod        initial_status  Packit late         1      2500.00 %                0"))
        #expect(lines.contains("  prod        initial_status  Packit silent       0         0.00 %                1"))
    }

    @Test func `Of a window that was hardly observed no change is told`() {
        let page = ReportPage(
            report([judged(1, .good), judged(2, .bad, .late), judged(3, .bad, .never, ago: .days(29))]))
        #expect(
            page.text.contains(
                "its first judgement is of 2026-10-24T12:00:00Z; too little of it was observed to speak of a change."))
        #expect(!page.text.contains("+50.00"))
        #expect(page.text.contains("50.00 %  missed "))
    }

    @Test func `Other settings stand below those in force`() {
        var other = report([judged(1, .good)])
        other.comparison = Report.Comparison(
            settings: [.init(key: "objectives.initial_status.deadline", value: "25s")],
            asItWas: report([judged(1, .bad, .late)]).standings)
        other.notes = ["Something | is missing."]
        let page = ReportPage(other)
        #expect(page.text.contains("initial_status  as it was"))
        #expect(page.text.contains("\n                  would be "))
        #expect(page.text.contains("objectives.initial_status.deadline = 25s"))
        #expect(page.text.contains("  Note: Something | is missing."))
        #expect(page.markdown.contains("> **Note:** Something \\| is missing."))
        #expect(page.markdown.contains("| initial_status | as it was | 15 s | 99.00 % | 0.00 % | missed | 0 | 1 |"))
    }

    @Test func `An objective that only the other settings have is named all the same`() {
        var other = report([judged(1, .good)])
        other.comparison = Report.Comparison(settings: [], asItWas: [])
        #expect(ReportPage(other).text.contains("\n  initial_status  would be    15 s  99.00 %"))
    }

    @Test func `Long tables end with how much more there is`() {
        let many = (1...14).map { judged(Int64($0), .bad, .never, in: "acme/rocket-\($0)") }
        let page = ReportPage(report(many))
        #expect(page.text.contains("… and 4 rows: --format json lists all."))
        #expect(page.text.split(separator: "\n").count { $0.hasPrefix("  acme/") } == 10)
    }

    @Test func `What cost most comes first, and of those that cost the same the worst`() {
        var judgements = (1...3).map { judged($0, .bad, .late, in: "acme/large") }
        judgements += (4...9).map { judged($0, .good, in: "acme/large") }
        judgements += [judged(10, .bad, .late, in: "acme/small")]
        judgements += [judged(11, .bad, .late, in: "acme/medium"), judged(12, .good, in: "acme/medium")]
        let rows = ReportPage(report(judgements)).text.split(separator: "\n").filter { $0.hasPrefix("  acme/") }
        let names = rows.map { $0.split(separator: " ")[0] }
        #expect(names == ["acme/large", "acme/small", "acme/medium"])
    }

    @Test(arguments: [(0.5, 0.75, "+25.00"), (0.75, 0.5, "-25.00"), (0.9, 0.9, "+0.00"), (1, 0.99995, "-0.01")])
    func `A change is that of the percentages that are shown`(from: Double, to: Double, text: String) {
        #expect(Formatting.points(from: from, to: to) == text)
    }

    @Test func `A name cannot break out of its cell`() {
        #expect(TextTable.escaped("a|b`c` [d](e) <f>") == "a\\|b\\`c\\` \\[d\\](e) \\<f>")
    }

    @Test(arguments: [
        (0.9999999, "99.99 %"), (0.99, "99.00 %"), (1, "100.00 %"), (0, "0.00 %"), (-0.5, "-50.00 %"),
        (-0.000001, "0.00 %"),
    ])
    func `What misses a target does not read as if it met it`(ratio: Double, text: String) {
        #expect(Formatting.percent(ratio) == text)
    }

    @Test(arguments: [
        (0, "0 s"), (999, "under 1 s"), (15_000, "15 s"), (43_200_000, "12 h"), (5_400_000, "1 h 30 min"),
        (2_419_200_000, "28 d"), (90_061_000, "1 d 1 h"), (86_460_000, "1 d"), (-5, "0 s"),
    ])
    func `Spans are read in two units`(milliseconds: Int64, text: String) {
        #expect(Formatting.span(.milliseconds(milliseconds)) == text)
    }
}
