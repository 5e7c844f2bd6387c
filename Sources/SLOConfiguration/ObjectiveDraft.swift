import SLOCore

/// What the sources that were read so far say of an objective.
struct ObjectiveDraft {
    var indicator: Objective.Indicator?
    var target: Double?
    var deadline: TimeSpan?
    /// `nil` for the default, and for indicators without.
    var grace: TimeSpan?
    var selection = ObjectiveSelection()
    /// `nil` for that of all objectives.
    var window: TimeSpan?
    var description = ""
    /// Whether it is `null` in the last source that names it.
    var isLeftOut = false
    /// Where it was named first, last left out, or brought back; `nil` for an untouched default.
    var place: ConfigurationProblem.Place?

    init() {}

    init(_ objective: Objective) {
        indicator = objective.indicator
        target = objective.target
        deadline = objective.statedDeadline
        grace = objective.indicator.hasGrace ? objective.grace : nil
        selection = objective.selection
        window = objective.window
        description = objective.description
    }

    /// - Returns: `nil` if something required is missing.
    func objective(_ name: Objective.Name) -> Objective? {
        guard let indicator, let target, let deadline = indicator.hasDeadline ? deadline : .zero else { return nil }
        var objective = Objective(
            name, indicator, target: target, deadline: deadline, selection: selection, window: window,
            description: description)
        if let grace { objective.grace = grace }
        return objective
    }
}

/// The drafts of all objectives: at first the defaults.
struct ObjectiveDrafts {
    /// In the order in which the sources name them.
    private(set) var names = Objective.defaults.map(\.name)
    private var drafts = Dictionary(uniqueKeysWithValues: Objective.defaults.map { ($0.name, ObjectiveDraft($0)) })

    func contains(_ name: Objective.Name) -> Bool { drafts[name] != nil }

    subscript(_ name: Objective.Name) -> ObjectiveDraft {
        get { drafts[name] ?? ObjectiveDraft() }
        set {
            if drafts.updateValue(newValue, forKey: name) == nil { names.append(name) }
        }
    }
}

/// What an objective of an indicator may have.
extension Objective.Indicator {
    /// Of most objectives of runs.
    static let runDeadlines: ClosedRange<TimeSpan> = .seconds(1) ... .days(30)

    /// `nil` if it has none.
    var deadlines: ClosedRange<TimeSpan>? {
        switch self {
        case .builds, .testRuns, .jobs, .buildStart, .testRunStart: Self.runDeadlines
        case .initialStatus, .allStatuses, .commandAnswer: .seconds(1) ... .hours(1)
        case .buildReport, .testRunReport: .seconds(1) ... .days(1)
        case .appDeliveries: nil
        }
    }

    /// Whether its verdicts wait for late deliveries.
    var hasGrace: Bool { [.initialStatus, .allStatuses, .commandAnswer].contains(self) }
}
