/// A promise: what share of an indicator's events is to be good.
public struct Objective: Hashable, Sendable {
    /// The value of the `objective` label: `[a-z][a-z0-9_]*`, at most 40 bytes.
    public struct Name: RawRepresentable, Hashable, Comparable, Sendable {
        public let rawValue: String
        /// Tells most names apart at once: of a hundred objectives each run remembers those that have judged it.
        private let fingerprint: UInt64

        /// - Returns: `nil` for what is no name.
        public init?(rawValue: String) {
            guard rawValue.utf8.count <= Self.maxBytes, let first = rawValue.utf8.first, Self.isLetter(first),
                rawValue.utf8.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: "_") })
            else { return nil }
            self.init(unchecked: rawValue)
        }

        private init(_ literal: StaticString) {
            self.init(unchecked: "\(literal)")
        }

        private init(unchecked rawValue: String) {
            self.rawValue = rawValue
            var digest = FNV1a()
            digest.add(rawValue)
            fingerprint = digest.value
        }

        public static func == (left: Name, right: Name) -> Bool {
            left.fingerprint == right.fingerprint && left.rawValue == right.rawValue
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(fingerprint)
        }

        public static let maxBytes = 40

        // The three of the mission. Their series have names of their own, so the code knows these names.
        public static let initialStatus = Name("initial_status")
        public static let builds = Name("builds")
        public static let testRuns = Name("test_runs")
        // Those that series of further indicators follow, where they are configured.
        public static let commandAnswer = Name("command_answer")
        public static let jobs = Name("jobs")
        public static let allStatuses = Name("all_statuses")

        public static func < (left: Name, right: Name) -> Bool {
            left.rawValue < right.rawValue
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }

        private static func isDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    public let name: Name
    public let indicator: Indicator
    /// The ratio of events that must be good: from 0 to 1.
    public var target: Double
    /// Within which an event is good; zero where the indicator has no deadline.
    public var deadline: TimeSpan
    /// How long after the deadline the final judgement of a change waits for late deliveries.
    public var grace: TimeSpan
    /// Which events count.
    public var selection: ObjectiveSelection
    /// The rolling window of its error budget; `nil` for that of all objectives.
    public var window: TimeSpan?
    /// For people; may be empty.
    public var description: String

    public init(
        _ name: Name, _ indicator: Indicator, target: Double, deadline: TimeSpan = .zero, grace: TimeSpan = .minutes(5),
        selection: ObjectiveSelection = ObjectiveSelection(), window: TimeSpan? = nil, description: String = ""
    ) {
        self.name = name
        self.indicator = indicator
        self.target = target
        self.deadline = deadline
        self.grace = grace
        self.selection = selection
        self.window = window
        self.description = description
    }

    // The three of the mission, which hold where nothing else is configured.
    public static let initialStatus = Objective(.initialStatus, .initialStatus, target: 0.99, deadline: .seconds(15))
    public static let builds = Objective(.builds, .builds, target: 0.98, deadline: .hours(12))
    public static let testRuns = Objective(.testRuns, .testRuns, target: 0.95, deadline: .hours(12))
    public static let defaults = [initialStatus, builds, testRuns]

    // The series of a further indicator follow it where nothing of its name is configured: it judges nothing.
    static let commandAnswer = Objective(.commandAnswer, .commandAnswer, target: 0.95, deadline: .minutes(1))
    static let jobs = Objective(.jobs, .jobs, target: 0.95, deadline: .hours(12))

    /// By which it judges one event.
    var terms: Terms { Terms(deadline: deadline, grace: grace) }

    /// Its deadline, if its indicator has one.
    public var statedDeadline: TimeSpan? { indicator.hasDeadline ? deadline : nil }

    /// For people: "Initial status".
    public var title: String {
        let words = name.rawValue.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension Objective {
    struct Terms: Equatable, Sendable {
        let deadline: TimeSpan
        let grace: TimeSpan

        /// From the start of an event to its last judgement.
        var longestWait: TimeSpan { deadline + grace }
    }

    /// What an objective counts. Raw values are the configuration's.
    public enum Indicator: String, CaseIterable, Hashable, Sendable {
        case initialStatus = "initial_status"
        case allStatuses = "all_statuses"
        case builds
        case testRuns = "test_runs"
        case jobs
        case buildStart = "build_start"
        case testRunStart = "test_run_start"
        case buildReport = "build_report"
        case testRunReport = "test_run_report"
        case commandAnswer = "command_answer"
        case appDeliveries = "app_deliveries"

        /// The kind of the runs that are its events; `nil` where its events are no runs.
        public var runKind: RunKind? {
            switch self {
            case .initialStatus, .allStatuses, .commandAnswer, .appDeliveries: nil
            case .builds, .buildStart, .buildReport: .build
            case .testRuns, .testRunStart, .testRunReport: .testRun
            case .jobs: .job
            }
        }

        /// Whether its events are good or bad by a time.
        public var hasDeadline: Bool { self != .appDeliveries }

        /// Whether its events are of repositories. GitHub's list of deliveries names none.
        public var isOfRepositories: Bool { self != .appDeliveries }
    }
}

extension [Objective] {
    /// By which the series of an indicator judge: another objective of that name, with another indicator, does not
    /// (docs/counting.md, *Further indicators*).
    public func first(named name: Objective.Name, of indicator: Objective.Indicator) -> Objective? {
        first { $0.name == name && $0.indicator == indicator }
    }
}

extension RunKind {
    /// The indicator of how runs of this kind end.
    public var endIndicator: Objective.Indicator {
        switch self {
        case .build: .builds
        case .testRun: .testRuns
        case .job: .jobs
        }
    }

    /// The indicator of when runs of this kind start; `nil` if there is none.
    public var startIndicator: Objective.Indicator? {
        switch self {
        case .build: .buildStart
        case .testRun: .testRunStart
        case .job: nil
        }
    }

    /// The indicator of when GitHub shows how runs of this kind ended; `nil` if there is none.
    public var reportIndicator: Objective.Indicator? {
        switch self {
        case .build: .buildReport
        case .testRun: .testRunReport
        case .job: nil
        }
    }

    /// The objective for runs of this kind by which their own series judge, if there is one of that name.
    public var objective: Objective.Name {
        switch self {
        case .build: .builds
        case .testRun: .testRuns
        case .job: .jobs
        }
    }
}

/// What people read of an indicator, one row each.
extension Objective.Indicator {
    /// Its events: "98 % of **builds** end as success or failure".
    public var events: String { words.events }

    /// What makes an event good: "98 % of builds **end as success or failure**".
    public var good: String { words.good }

    private var words: (events: String, good: String) {
        switch self {
        case .initialStatus: ("changes", "get their first status")
        case .allStatuses: ("changes", "get the first status of all their checks")
        case .builds: ("builds", "end as success or failure")
        case .testRuns: ("test runs", "end as success or failure")
        case .jobs: ("runs of other jobs", "end as success or failure")
        case .buildStart: ("builds", "start")
        case .testRunStart: ("test runs", "start")
        case .appDeliveries: ("deliveries to the App", "are answered with 2xx at the first attempt")
        case .commandAnswer: ("commands", "are answered")
        case .buildReport: ("ended builds", "are shown as ended")
        case .testRunReport: ("ended test runs", "are shown as ended")
        }
    }
}
