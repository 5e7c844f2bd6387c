import SLOCore
import SLOService
import SLOQueries

/// The page at `/history`.
struct HistoryPage: Sendable {
    struct DayRow: Sendable {
        let day, success, failure, error, other: String
        /// To the runs that are counted.
        let link, successLink, failureLink, errorLink: String
        let median, percentile90: Cell
    }

    /// Shown on the page; `exact` is shown on hover.
    struct Cell: Sendable {
        let text: String
        var exact: String?
    }

    struct Total: Sendable {
        let name, count, share, tone: String
        /// To the runs.
        let link: String
    }

    struct List: Sendable {
        struct Row: Sendable {
            let name: String
            /// To the runs; `nil` of what has no name to find them by.
            let link: String?
            /// An SVG with the same data.
            let chart: String
            let cells: [Cell]
        }

        let id: String
        let title: String
        let of: String
        let columns: [String]
        let hasRows: Bool
        let rows: [Row]
    }

    let frame: Frame
    let lead: String
    let kinds: [Choice]
    let deployments: [Choice]
    let hasRuns: Bool
    let emptyText: String
    let scale: String
    let bands: String
    let outcomeChart: String
    let firstDay: String
    let lastDay: String
    let deadline: String
    let totals: [Total]
    let days: [DayRow]
    let lists: [List]

    init(_ reading: HistorySnapshot, kind: RunKind, deployment: String, settings: LedgerSettings) {
        let group = reading.groups.first { $0.kind == kind && $0.deployment.label == deployment }
        let span = DisplayFormat.duration(settings.window)
        frame = Frame("History", at: "/history", fresh: 120, asOf: reading.at)
        lead = "\(kind.plural) of \(deployment) that ended in the last \(span), by day, by chroot and by repository."
        kinds = Choice.list(all: nil, RunKind.allCases.map { ($0.rawValue, $0.plural) }, chosen: kind.rawValue)
        deployments = Choice.list(all: nil, settings.labels.map { ($0, $0) }, chosen: deployment)
        emptyText =
            "No \(kind.plural.lowercased()) of \(deployment) ended in this time, as of when the history was last "
            + "read, at \(DisplayFormat.moment(reading.at))."
        let limit = settings.deadline(of: kind)
        deadline = DisplayFormat.duration(limit)
        scale = DurationBands.scale
        let total = group?.total ?? HistorySnapshot.Numbers()
        hasRuns = total.total > 0
        bands = group.map { DurationBands.svg($0, deadline: limit) } ?? ""
        outcomeChart = group.map(OutcomeDays.svg) ?? ""
        firstDay = group?.days.first.map { DisplayFormat.day($0.beginsAt) } ?? ""
        lastDay = "today"
        totals = Outcome.allCases.compactMap { outcome in
            let count = total.count(outcome)
            guard count > 0 else { return nil }
            return Total(
                name: outcome.rawValue, count: DisplayFormat.grouped(count),
                share: DisplayFormat.share(Double(count) / Double(total.total)), tone: outcome.tone,
                link: RunsPage.path(kind, Deployment(deployment), outcome, from: reading.beginsAt))
        }
        days = (group?.days ?? []).reversed().map { DayRow($0, kind, Deployment(deployment)) }
        lists = group.map { List.all($0, from: reading.beginsAt) } ?? []
    }
}

extension HistoryPage.DayRow {
    fileprivate init(_ day: HistorySnapshot.Day, _ kind: RunKind, _ deployment: Deployment) {
        let numbers = day.numbers
        func link(_ outcome: Outcome?) -> String { RunsPage.path(kind, deployment, outcome, day: day.beginsAt) }
        self.init(
            day: DisplayFormat.day(day.beginsAt), success: DisplayFormat.grouped(numbers.count(.success)),
            failure: DisplayFormat.grouped(numbers.count(.failure)),
            error: DisplayFormat.grouped(numbers.count(.error)),
            other: DisplayFormat.grouped(
                numbers.count(.canceled) + numbers.count(.skipped) + numbers.count(.superseded)),
            link: link(nil), successLink: link(.success), failureLink: link(.failure), errorLink: link(.error),
            median: numbers.cell(0.5), percentile90: numbers.cell(0.9))
    }
}

extension HistorySnapshot.Numbers {
    fileprivate func cell(_ quantile: Double) -> HistoryPage.Cell {
        guard let duration = duration(atQuantile: quantile) else { return HistoryPage.Cell(text: "–") }
        return HistoryPage.Cell(text: DisplayFormat.duration(duration), exact: DisplayFormat.exactDuration(duration))
    }
}

extension HistoryPage.List {
    fileprivate static func all(_ group: HistorySnapshot.Group, from beginsAt: Timestamp) -> [HistoryPage.List] {
        let links = Links(kind: group.kind, deployment: group.deployment, beginsAt: beginsAt)
        return [
            slowest("slow-chroots", "Slowest chroots", .chroot, group.slowestChroots, links),
            slowest("slow-repositories", "Slowest repositories", .repository, group.slowestRepositories, links),
            failing("failing-chroots", "Most failing chroots", .chroot, group.failingChroots, links),
            failing("failing-repositories", "Most failing repositories", .repository, group.failingRepositories, links),
        ]
    }

    /// Links to the runs of a slice.
    private struct Links {
        let kind: RunKind
        let deployment: Deployment
        let beginsAt: Timestamp

        func link(to slice: HistorySnapshot.Slice, _ of: Report.Dimension) -> String? {
            guard let name = slice.name.text, EventQuery.parameter(of: of).objection(to: name) == nil else {
                return nil
            }
            return RunsPage.path(kind, deployment, from: beginsAt, names: [(of.rawValue, name)])
        }
    }

    private static func slowest(
        _ id: String, _ title: String, _ of: Report.Dimension, _ slices: [HistorySnapshot.Slice], _ links: Links
    ) -> HistoryPage.List {
        let rows = slices.map { slice in
            Row(
                name: name(slice, of), link: links.link(to: slice, of), chart: SliceBands.durations(slice.numbers),
                cells: [slice.numbers.cell(0.5), slice.numbers.cell(0.9), count(slice)])
        }
        return HistoryPage.List(
            id: id, title: title, of: of.title, columns: ["Median", "9 in 10", "Runs"], hasRows: !rows.isEmpty,
            rows: rows)
    }

    private static func failing(
        _ id: String, _ title: String, _ of: Report.Dimension, _ slices: [HistorySnapshot.Slice], _ links: Links
    ) -> HistoryPage.List {
        let rows = slices.map { slice in
            func share(_ outcome: Outcome) -> HistoryPage.Cell {
                let count = slice.numbers.count(outcome)
                let ratio = Double(count) / Double(max(slice.numbers.total, 1))
                return HistoryPage.Cell(
                    text: DisplayFormat.percent(ratio, digits: 0), exact: DisplayFormat.grouped(count))
            }
            return Row(
                name: name(slice, of), link: links.link(to: slice, of), chart: SliceBands.outcomes(slice.numbers),
                cells: [share(.failure), share(.error), count(slice)])
        }
        return HistoryPage.List(
            id: id, title: title, of: of.title, columns: ["Failure", "Error", "Runs"], hasRows: !rows.isEmpty,
            rows: rows)
    }

    private static func count(_ slice: HistorySnapshot.Slice) -> HistoryPage.Cell {
        HistoryPage.Cell(text: DisplayFormat.grouped(slice.numbers.total))
    }

    private static func name(_ slice: HistorySnapshot.Slice, _ of: Report.Dimension) -> String {
        slice.name == .unknown ? "unknown \(of.title.lowercased())" : slice.name.displayName
    }
}
