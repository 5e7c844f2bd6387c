internal import SLOCore

/// Objectives besides the mission's, and without some of these.
extension LedgerSettings {
    /// Draws nothing that the stories of a history depend on.
    mutating func drawObjectives(by random: inout SeededGenerator) {
        for objective in objectives {
            if random.chance(0.1) {
                self[objective.name] = nil
            } else if random.chance(0.1) {
                self[objective.name]?.selection = .drawn(for: objective.indicator, by: &random)
            }
        }
        for number in 0..<random.whole(0...6) {
            guard let name = Objective.Name(rawValue: "further_\(number)") else { continue }
            let another = random.chance(0.15) ? objectives.last : nil
            let objective = Objective(name, like: another ?? .drawn(by: &random))
            objectives.insert(objective, at: Int(random.whole(0...Int64(objectives.count))))
        }
    }

    /// By a generator of their own, so that the rest of a seed stays as it was.
    mutating func drawReportObjectives(by random: inout SeededGenerator) {
        for number in 0..<random.whole(0...4) {
            guard let name = Objective.Name(rawValue: "further_report_\(number)") else { continue }
            objectives.append(Objective(name, like: .drawnOfReports(by: &random)))
        }
    }

    /// Objectives of further indicators, some by the name that their series follow.
    mutating func drawFurtherObjectives(by random: inout SeededGenerator) {
        for number in 0..<random.whole(0...7) {
            let indicator = random.pick(Objective.drawnLater)
            let own = random.chance(0.9) ? indicator : random.pick(Objective.drawnLater)
            let text = random.chance(0.3) ? own.rawValue : "further_later_\(number)"
            guard let name = Objective.Name(rawValue: text), self[name] == nil else { continue }
            let objective = Objective(name, like: .drawnLater(indicator, by: &random))
            objectives.insert(objective, at: Int(random.whole(0...Int64(objectives.count))))
        }
    }
}

extension Objective {
    fileprivate init(_ name: Name, like other: Objective) {
        self.init(
            name, other.indicator, target: other.target, deadline: other.deadline, grace: other.grace,
            selection: other.selection)
    }

    /// The seeds that tests name depend on this list.
    private static let drawnFirst: [Indicator] = [.initialStatus, .builds, .testRuns, .buildStart, .testRunStart]

    /// With a deadline near to which something may happen.
    fileprivate static func drawn(by random: inout SeededGenerator) -> Objective {
        let indicator = random.pick(drawnFirst)
        let longest: Int64 =
            switch indicator {
            case .initialStatus, .allStatuses: 3600
            case .buildStart, .testRunStart: 7200
            default: 43_200
            }
        let isShort = indicator == .initialStatus && random.chance(0.5)
        return Objective(
            .initialStatus, indicator, target: random.pick([0.5, 0.9, 0.99]),
            deadline: .seconds(isShort ? random.whole(1...40) : random.magnitude(1...longest)),
            grace: random.pick([.zero, .seconds(1), .seconds(30), .minutes(5), .hours(1)]),
            selection: random.chance(0.5) ? ObjectiveSelection() : .drawn(for: indicator, by: &random))
    }
}

extension Objective {
    /// With a deadline near to the times that pass between the end at a backend and its being shown.
    fileprivate static func drawnOfReports(by random: inout SeededGenerator) -> Objective {
        let indicator = random.pick([Indicator.buildReport, .testRunReport])
        let deadline = random.chance(0.5) ? random.whole(0...60) : random.magnitude(60...14_400)
        return Objective(
            .initialStatus, indicator, target: 0.9, deadline: .seconds(max(1, deadline)), grace: .zero,
            selection: random.chance(0.7) ? ObjectiveSelection() : .drawn(for: indicator, by: &random))
    }

    fileprivate static let drawnLater: [Indicator] = [
        .allStatuses, .jobs, .commandAnswer, .appDeliveries,
    ]

    /// With a deadline near to which something may happen, if its indicator has one.
    fileprivate static func drawnLater(_ indicator: Indicator, by random: inout SeededGenerator) -> Objective {
        if !indicator.hasDeadline {
            return Objective(.initialStatus, indicator, target: random.pick([0.5, 0.9, 0.99]))
        }
        let (usual, longest): (ClosedRange<Int64>, Int64) =
            switch indicator {
            case .allStatuses: (1...40, 3600)
            case .commandAnswer: (58...62, 3600)
            default: (3600...43_200, 43_200)
            }
        return Objective(
            .initialStatus, indicator, target: random.pick([0.5, 0.9, 0.99]),
            deadline: .seconds(random.chance(0.5) ? random.whole(usual) : random.magnitude(1...longest)),
            grace: random.pick([.zero, .seconds(1), .seconds(30), .minutes(5), .hours(1)]),
            selection: random.chance(0.5) ? ObjectiveSelection() : .drawn(for: indicator, by: &random))
    }
}

extension ObjectiveSelection {
    /// Each glob matches some of what the stories contain.
    fileprivate static func drawn(
        for indicator: Objective.Indicator, by random: inout SeededGenerator
    ) -> ObjectiveSelection {
        func globs(_ all: [String], _ share: Double) -> [String] {
            guard random.chance(share) else { return [] }
            return (0..<random.whole(1...2)).map { _ in random.pick(all) }
        }
        var selection = ObjectiveSelection(
            repositories: globs(["a/*", "A-B/c", "*/c", "a/b-?", "moved/*", "*-1", "fennel/*", "*project*"], 0.4),
            branches: globs(["main", "stable/*", "*1*", "rawhide", "v1.?", "release-*"], 0.4))
        guard indicator.runKind != nil || random.chance(0.05) else { return selection }
        selection.chroots = globs(["*-x86_64", "fedora-*", "*rawhide*", "*-42-*", "OL8*"], 0.3)
        selection.names = globs(["rpm-build:*", "testing-farm:*", "*:fedora-42-*", "The *", "*:?", "*main*"], 0.3)
        selection.identifiers = globs(["1", "one", "*/one", "e?", "tier*", "*"], 0.2)
        return selection
    }
}
