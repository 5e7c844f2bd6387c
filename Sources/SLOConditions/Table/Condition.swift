public import SLOCore

/// A row of the table of conditions: what may be wrong, and how that is seen. From it are made the alert of the rule
/// file, the server's own evaluation, the runbook's check and the tests.
///
/// Several rows may share a name: one condition for several objectives.
public struct Condition: Sendable {
    /// Whose part of the way is affected.
    public enum Owner: Sendable {
        case party(Incident.Party)
        /// The one that a label names.
        case label(String)
    }

    /// Since when it is so. An expression that looks back begins to hold later.
    enum Onset: Sendable {
        /// The last time that one of the counters rose, or that the gauge was 0.
        case stop(of: Selector, while: Selector)
        /// The first time that one of the counters rose after one of the others rose for the last time.
        case first(Selector, after: Selector)
        /// A gauge with a time in seconds.
        case timestamp(Selector)
    }

    public let name: String
    public let severity: Incident.Severity
    /// How long the expression holds before the alert fires.
    public var hold = TimeSpan.zero
    /// The labels that it adds to those of its expression.
    public var labels = Labels.none
    let owner: Owner
    public var expression: SeriesExpression
    var onset: Onset?
    /// How many wait for it, now.
    var waiting: SeriesExpression?
    /// One line for a pager.
    public let summary: Sentence
    /// What is wrong, and what to do.
    public let description: Sentence
    /// The page that shows more.
    public let page: Page
    /// Whether the server evaluates it, too. Some can only be seen from outside.
    var isSeenByServer = true

    /// Every condition, in the order of the rule file.
    public static func all(_ settings: ConditionSettings) -> [Condition] {
        objectives(settings) + observer(settings)
    }

    /// Whether deployments other than the first have no critical alert of it. Only the one that ranks first, the first
    /// one in the configuration, is worth waking somebody.
    public func ranksDeployments(_ settings: ConditionSettings) -> Bool {
        severity == .critical && summary.names("deployment") && settings.deployments.count > 1
    }

    func severity(of subject: Labels, _ settings: ConditionSettings) -> Incident.Severity {
        guard ranksDeployments(settings), let first = settings.deployments.first else { return severity }
        return subject["deployment"] == first.label ? .critical : .warning
    }

    /// The series that the server samples for it.
    var selectors: Set<Selector> {
        guard isSeenByServer else { return [] }
        let ofOnset: Set<Selector> =
            switch onset {
            case .stop(let one, let other), .first(let one, let other): [one, other]
            case .timestamp(let selector): [selector]
            case nil: []
            }
        return expression.selectors.union(waiting?.selectors ?? []).union(ofOnset)
    }

    /// How far the server looks back for it.
    var reach: TimeSpan { isSeenByServer ? expression.reach : .zero }

    func party(of subject: Labels) -> Incident.Party {
        switch owner {
        case .party(let party): party
        case .label(let name): subject[name].flatMap(Incident.Party.init) ?? .observer
        }
    }
}

/// The pages to which conditions, rules and panels link.
public enum Page: String, Sendable {
    case overview = "/"
    case waiting = "/waiting"
    case history = "/history"
    case deliveries = "/deliveries"
}
