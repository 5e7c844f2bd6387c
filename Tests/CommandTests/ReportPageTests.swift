import SLOCore
import SLOService
import SLOStore
import Testing

@testable import packit_slo

@Suite struct `How a report reads` {
    private let noon = Timestamp(seconds: 1_795_348_800)

    private func judged(
        _ entity: Int64, _ verdict: ObjectiveJudgement.Verdict, _ change: Verdict? = nil,
        in repository: String? = "acme/rocket"
    ) -> StoredJudgement {
        StoredJudgement(
            ObjectiveJudgement(
                objective: .initialStatus, deployment: Deployment("prod"), entity: EntityID(entity),
                repositoryName: repository, verdict: verdict, at: noon),
            changeVerdict: change)
    }

    private func report(_ judgements: [StoredJudgement], blind: [BlindInterval] = []) -> Report {
        var settings = LedgerSettings()
        settings.deployments = [Deployment("prod")]
        var builder = ReportBuilder(settings: settings, at: noon)
        for judgement in judgements { builder.add(judgement) }
        return builder.report(basis: .database, blindIntervals: blind, openWorkOf: Ledger(settings: settings))
    }

    @Test func `An empty one says that there is nothing to judge`() {
        #expect(
            ReportPage(report([])).text == """
                Objectives from 2026-10-25T13:00:00Z to 2026-11-22T12:00:00Z
                  What the server judged, over a window of 28 d in whole hours, UTC.

                prod
                  objective       within   target        compliance
                  initial_status    15 s  99.00 %  nothing to judge
                  builds            12 h  98.00 %  nothing to judge
                  test_runs         12 h  95.00 %  nothing to judge

                Repositories
                  Nothing was bad in any of them.

                Blind times
                  None.

                Pull requests without a status
                  None waits beyond its deadline.

                Unfinished builds and test runs
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
                "  initial_status    15 s  99.00 %           50.00 %  40.00 % … 80.00 %      2    1         1        1"
                    + "   -4900.00 %  1 late, 1 never"))
        #expect(
            lines.contains(
                "  acme/rocket  prod        initial_status     33.33 %  25.00 % … 75.00 %      1    1         1        1"
                    + "  1 late, 1 never"))
        #expect(!page.text.contains("acme/probe"))
        #expect(lines.contains("  2026-11-22T10:30:00Z  2026-11-22T11:55:00Z  1 h 25 min  down   no"))
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
        #expect(page.markdown.contains("| initial_status | as it was | 15 s | 99.00 % | 0.00 % | 0 | 1 |"))
    }

    @Test func `Long tables end with how much more there is`() {
        let many = (1...14).map { judged(Int64($0), .bad, .never, in: "acme/rocket-\($0)") }
        let page = ReportPage(report(many))
        #expect(page.text.contains("… and 4 rows: --format json has all."))
        #expect(page.text.split(separator: "\n").count { $0.hasPrefix("  acme/") } == 10)
    }

    @Test func `A name cannot break out of its cell`() {
        #expect(TextTable.escaped("a|b`c`\n[d](e) <f>") == "a\\|b\\`c\\` \\[d\\](e) \\<f>")
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
