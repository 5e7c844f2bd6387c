public import SLOCore
public import SLOQueries
public import SLOStore

extension Replay {
    /// The report for the window that ends at a moment. Needs `keepsHistory`.
    public func report(
        basis: Report.Basis, at: Timestamp, blindIntervals: [BlindInterval]
    ) -> Report {
        var builder = ReportBuilder(settings: settings, at: at, looksBack: true)
        for judgement in history?.judgements ?? [] { builder.add(judgement) }
        return builder.report(basis: basis, blindIntervals: blindIntervals, openWorkOf: ledger)
    }
}
