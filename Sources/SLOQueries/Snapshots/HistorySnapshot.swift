import Foundation
public import SLOCore
import SLOStore

/// The runs that ended within the window: outcomes and durations.
public struct HistorySnapshot: Sendable {
    /// Outcomes and durations of some runs.
    public struct Numbers: Sendable {
        public fileprivate(set) var outcomes: [Outcome: Int64] = [:]
        private var durations = DurationSketch()

        public init() {}

        public var total: Int64 { outcomes.values.reduce(0, +) }
        public func count(_ outcome: Outcome) -> Int64 { outcomes[outcome] ?? 0 }
        /// A quantile of successes and failures, with an error of at most one twelfth; `nil` if there are none.
        public func duration(atQuantile quantile: Double) -> TimeSpan? { durations.value(atQuantile: quantile) }

        mutating func add(_ outcome: Outcome, after duration: TimeSpan?) {
            outcomes[outcome, default: 0] += 1
            if let duration, [.success, .failure].contains(outcome) { durations.add(duration) }
        }
    }

    public struct Day: Sendable {
        public let beginsAt: Timestamp
        public fileprivate(set) var numbers = Numbers()
    }

    /// The runs of one chroot or repository.
    public struct Slice: Sendable {
        public let name: RepositoryName
        public let numbers: Numbers
    }

    public struct Group: Sendable {
        public let kind: RunKind
        public let deployment: Deployment
        public let total: Numbers
        public let days: [Day]
        /// The slowest first, limited in number.
        public let slowestChroots: [Slice]
        public let slowestRepositories: [Slice]
        /// Those with the largest share of failures and errors first.
        public let failingChroots: [Slice]
        public let failingRepositories: [Slice]
    }

    public let at: Timestamp
    public let beginsAt: Timestamp
    public let groups: [Group]
}

/// Sums up runs. Its memory is bounded by days, chroots and repositories.
struct HistorySnapshotBuilder {
    private let beginsAt: Timestamp
    private let at: Timestamp
    private let emptyDays: [HistorySnapshot.Day]
    private let deployments: [Deployment]
    private let directory: RepositoryDirectory
    private let showsPrivate: Bool
    fileprivate var sums: [Key: Sums] = [:]

    fileprivate struct Key: Hashable {
        let kind: RunKind
        let deployment: Deployment
    }

    fileprivate struct Sums {
        var total = HistorySnapshot.Numbers()
        var days: [HistorySnapshot.Day]
        var chroots: [RepositoryName: HistorySnapshot.Numbers] = [:]
        var repositories: [RepositoryName: HistorySnapshot.Numbers] = [:]
    }

    /// Repositories and chroots beyond this are combined as `unknown`.
    private static let slicesLimit = 5000
    private static let slicesShown = 10
    /// A chroot or repository is ranked if it has one in a thousand of all runs, limited to this range.
    private static let leastRuns: ClosedRange<Int64> = 3...20

    init(
        from beginsAt: Timestamp, through at: Timestamp, deployments: [Deployment], directory: RepositoryDirectory,
        showsPrivate: Bool
    ) {
        self.beginsAt = beginsAt.startOfDay
        self.at = at
        emptyDays = Timestamp.days(from: beginsAt, through: at).map { HistorySnapshot.Day(beginsAt: $0) }
        self.deployments = deployments
        self.directory = directory
        self.showsPrivate = showsPrivate
    }

    mutating func add(_ run: EndedRun) {
        let key = Key(kind: run.kind, deployment: run.deployment)
        let (empty, repository) = (Sums(days: emptyDays), tell(run.repositoryName))
        sums[key, default: empty].add(
            run, chroot: tell(run.chroot, of: repository), repository: repository, limit: Self.slicesLimit)
    }

    private func tell(_ name: String?) -> RepositoryName {
        guard let name else { return .unknown }
        return showsPrivate || directory.isPublic(name) ? .known(name) : .hidden
    }

    /// A chroot's name may reveal a private project. A run that only a backend reported may belong to one, too.
    private func tell(_ chroot: String?, of repository: RepositoryName) -> RepositoryName {
        guard let chroot else { return .unknown }
        switch repository {
        case .known: return .known(chroot)
        case .unknown: return showsPrivate || !directory.hidesAny ? .known(chroot) : .hidden
        case .hidden: return .hidden
        }
    }

    var snapshot: HistorySnapshot {
        let groups = RunKind.allCases.flatMap { kind in
            deployments.map { deployment in
                let sums = sums[Key(kind: kind, deployment: deployment)] ?? Sums(days: emptyDays)
                return HistorySnapshot.Group(
                    kind: kind, deployment: deployment, total: sums.total, days: sums.days,
                    slowestChroots: Self.slowest(sums.chroots), slowestRepositories: Self.slowest(sums.repositories),
                    failingChroots: Self.failing(sums.chroots), failingRepositories: Self.failing(sums.repositories))
            }
        }
        return HistorySnapshot(at: at, beginsAt: beginsAt, groups: groups)
    }

    private static func slowest(_ slices: [RepositoryName: HistorySnapshot.Numbers]) -> [HistorySnapshot.Slice] {
        first(slices) { Double($0.duration(atQuantile: 0.9)?.milliseconds ?? 0) }
    }

    private static func failing(_ slices: [RepositoryName: HistorySnapshot.Numbers]) -> [HistorySnapshot.Slice] {
        first(slices) { Double($0.count(.failure) + $0.count(.error)) / Double(max($0.total, 1)) }
    }

    private static func first(
        _ slices: [RepositoryName: HistorySnapshot.Numbers], by measure: (HistorySnapshot.Numbers) -> Double
    ) -> [HistorySnapshot.Slice] {
        let thousandth = slices.values.map(\.total).reduce(0, +) / 1000
        let least = min(max(thousandth, leastRuns.lowerBound), leastRuns.upperBound)
        return slices.filter { $0.value.total >= least && measure($0.value) > 0 }
            .map { (slice: HistorySnapshot.Slice(name: $0.key, numbers: $0.value), rank: measure($0.value)) }
            .sorted {
                ($0.rank, $0.slice.numbers.total, $1.slice.name.text ?? "")
                    > ($1.rank, $1.slice.numbers.total, $0.slice.name.text ?? "")
            }
            .prefix(slicesShown).map(\.slice)
    }
}

extension HistorySnapshotBuilder.Sums {
    fileprivate mutating func add(
        _ run: EndedRun, chroot: RepositoryName, repository: RepositoryName, limit: Int
    ) {
        total.add(run.outcome, after: run.duration)
        if let first = days.first, let day = Int(exactly: (run.countedAt.dayNumber - first.beginsAt.dayNumber)),
            days.indices.contains(day)
        {
            days[day].numbers.add(run.outcome, after: run.duration)
        }
        chroots[chroots.count < limit || chroots[chroot] != nil ? chroot : .unknown, default: .init()]
            .add(run.outcome, after: run.duration)
        let isRoom = repositories.count < limit || repositories[repository] != nil
        repositories[isRoom ? repository : .unknown, default: .init()]
            .add(run.outcome, after: run.duration)
    }
}

/// Durations in classes that grow by one twelfth, so that quantiles need little memory.
struct DurationSketch: Sendable {
    private var classes: [UInt32] = []
    private var count: Int64 = 0

    private static let growth = 1.0 + 1.0 / 12

    mutating func add(_ duration: TimeSpan) {
        let place = Self.place(of: max(0, duration.inSeconds))
        if place >= classes.count { classes.append(contentsOf: repeatElement(0, count: place + 1 - classes.count)) }
        classes[place] &+= 1
        count += 1
    }

    func value(atQuantile quantile: Double) -> TimeSpan? {
        guard count > 0 else { return nil }
        var rest = Int64((Double(count) * quantile).rounded(.up))
        for (place, number) in classes.enumerated() {
            rest -= Int64(number)
            if rest <= 0 { return .seconds(Int64(Self.middle(of: place).rounded())) }
        }
        return .seconds(Int64(Self.middle(of: classes.count - 1).rounded()))
    }

    private static func place(of seconds: Double) -> Int {
        // A year exceeds every horizon and is the last class.
        Int(log(1 + min(seconds, 366 * 86_400)) / log(growth))
    }

    private static func middle(of place: Int) -> Double {
        pow(growth, Double(place) + 0.5) - 1
    }
}
