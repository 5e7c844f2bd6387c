import SLOCore
import SLOQueries

/// The charts of an objective over a time that the address names.
struct ObjectiveCharts: Sendable {
    struct Heat: Sendable {
        struct Band: Sendable {
            let name: String
            let count: String
            let share: String
        }

        let map: String
        let spread: String
        /// From the slowest to the fastest, beside the map.
        let labels: [String]
        /// From the fastest to the slowest, as a table.
        let bands: [Band]
        let summary: String
    }

    struct Budget: Sendable {
        struct Step: Sendable {
            let at: String
            let good: String
            let bad: String
            let left: String
        }

        let chart: String
        let lane: String
        let steps: [Step]
        /// The class of its axis: what comes takes a part of it.
        let axis: String
        let summary: String
    }

    struct Shares: Sendable {
        let chart: String
        let summary: String
    }

    let ranges: [RangeLink]
    let objective: String
    let deployment: String
    let times: [FilterField]
    let from: String
    let to: String
    let lane: String
    let budget: Budget
    let hasBudget: Bool
    let heat: Heat?
    let shares: Shares?
    /// To the incidents of this time, in words.
    let incidentsLink: String
    /// How much of it is shown.
    let note: String?

    /// - Parameter range: what the address asks for.
    init(_ chart: ChartSnapshot, _ standing: Overview.Standing, range: ChartRange, window: TimeSpan) {
        let objective = standing.objective
        self.objective = objective.name.rawValue
        deployment = standing.deployment.label
        ranges = Self.named.map { name, word, asked in
            RangeLink(
                link: "\(ObjectivePage.path(of: standing))&range=\(word)#charts", name: name, isHere: asked == range)
        }
        times = [
            FilterField(time: "from", title: "From (UTC)", value: chart.from),
            FilterField(time: "to", title: "To (UTC)", value: chart.to),
        ]
        from = DisplayFormat.moment(chart.from)
        to = chart.to == chart.now ? "now" : DisplayFormat.moment(chart.to)
        lane = TimeLane.svg(chart)
        budget = Budget(chart, standing, window: window)
        hasBudget = !budget.steps.isEmpty
        // Of what the objective does not judge the chart has none.
        heat = Heat(chart, deadline: objective.deadline)
        shares = Shares(chart)
        incidentsLink = ConditionsPage.Range(since: chart.from, now: chart.now).path + "#incidents"
        note =
            chart.slices.contains(where: \.isSampled)
            ? "Where more happened, a sample of each \(DisplayFormat.duration(chart.sliceLength)) is shown: its first "
                + "\(ChartSnapshot.sampleLimit)." : nil
    }

    /// Of the page's address.
    static let parameters: [APIParameter] =
        ["objective", "deployment", "range"].map { APIParameter.name($0, "", "") }
        + [APIParameter.time("from", ""), APIParameter.time("to", "")]

    private static let named: [(String, String, ChartRange)] = [
        ("Day", "day", .day), ("Week", "week", .week), ("Window", "window", .window), ("Quarter", "quarter", .quarter),
    ]

    /// What an address asks for; the window, if it asks for nothing that makes sense.
    static func range(_ word: String, from: Timestamp?, to: Timestamp?) -> ChartRange {
        if let from, let to, from < to { return .times(from: from, to: to) }
        return named.first { $0.1 == word }?.2 ?? .window
    }
}

extension ObjectiveCharts.Heat {
    /// - Returns: `nil` if no change was judged.
    init?(_ chart: ChartSnapshot, deadline: TimeSpan) {
        let bands = LatencyBands(chart, deadline: deadline)
        guard bands.count > 0 else { return nil }
        map = LatencyHeatMap.svg(bands, chart)
        spread = LatencyDistribution.svg(bands)
        labels = (0..<bands.bands).reversed().map(bands.name)
        self.bands = bands.totals.enumerated().map { band, count in
            Band(
                name: bands.name(band), count: DisplayFormat.grouped(Int64(count)),
                share: DisplayFormat.share(Double(count) / Double(bands.count)))
        }
        let latencies = chart.slices.flatMap(\.latencies).sorted()
        let parts = [("half", 0.5), ("95\u{A0}%", 0.95), ("99\u{A0}%", 0.99)].compactMap { name, part -> String? in
            let place = Int(part * Double(bands.count))
            return place < latencies.count ? "\(name) within \(DisplayFormat.duration(latencies[place]))" : nil
        }
        let unanswered = bands.count - latencies.count
        let none =
            unanswered > 0 ? ["\(DisplayFormat.grouped(Int64(unanswered))) without one when judged"] : []
        summary =
            "Of \(DisplayFormat.count(bands.count, "change", "changes")): \((parts + none).joined(separator: ", ")). "
            + "The dashed line is the deadline, \(DisplayFormat.duration(deadline))."
    }
}

extension ObjectiveCharts.Budget {
    fileprivate init(_ snapshot: ChartSnapshot, _ standing: Overview.Standing, window: TimeSpan) {
        let target = standing.objective.target
        let left = BudgetBurnDown.remaining(snapshot, target: target)
        let recent = standing.burns.last { $0.over <= .hours(6) && $0.tally.compliance != nil }
        let burn = recent?.tally.errorBudgetRemaining(target: target).map { 1 - $0 }
        let projected = snapshot.to == snapshot.now ? burn : nil
        chart = BudgetBurnDown.svg(snapshot, target: target, burn: projected, window: window)
        lane = TimeLane.svg(snapshot, present: TimeLane.present(isProjected: projected != nil))
        axis = projected == nil ? "axis" : "axis future"
        steps = zip(snapshot.slices, left).map { slice, left in
            Step(
                at: DisplayFormat.moment(slice.beginsAt), good: DisplayFormat.grouped(slice.tally.good),
                bad: DisplayFormat.grouped(slice.tally.bad), left: DisplayFormat.percent(left, digits: 0))
        }
        guard let last = left.last else {
            summary = "Nothing was judged in this time."
            return
        }
        let goesOn =
            projected.flatMap { burn in
                recent.map {
                    " Dashed: at the burn rate of the last \(DisplayFormat.duration($0.over)), "
                        + "\(DisplayFormat.times(burn))."
                }
            } ?? ""
        summary =
            last < 0
            ? "More than the budget of this time was spent: \(DisplayFormat.percent(1 - last, digits: 1)) of it.\(goesOn)"
            : "\(DisplayFormat.percent(last, digits: 1)) of the budget of this time is left.\(goesOn)"
    }
}

extension ObjectiveCharts.Shares {
    /// - Returns: `nil` if no run with all its times ended.
    fileprivate init?(_ snapshot: ChartSnapshot) {
        let shares = RunShares(of: snapshot.slices)
        guard !shares.ran.spans.isEmpty else { return nil }
        chart = RunShares.svg(snapshot)
        let report =
            shares.reported.spans.isEmpty
            ? "." : ", and \(shares.reported.average) from the end at the backend until it was reported."
        summary =
            "\(DisplayFormat.count(shares.ran.spans.count, "run", "runs")) that succeeded or failed: on average "
            + "\(shares.queued.average) in the queue, \(shares.ran.average) running\(report)"
    }
}
