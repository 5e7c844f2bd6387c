import SLOCore

extension ConfigurationLoading {
    static let maxObjectives = 100

    /// Makes the objectives of their drafts, and adds problems with incomplete and inconsistent ones.
    ///
    /// - Parameter ordered: how many names have the order of the defaults and of the file. Variables and options have
    ///   none, so their names are sorted.
    mutating func completeObjectives(ordered: Int) {
        let names = objectives.names.prefix(ordered) + objectives.names.dropFirst(ordered).sorted()
        for name in names where objectives[name].isLeftOut { checkLeftOut(name) }
        let present = names.filter { !objectives[$0].isLeftOut }
        if present.count > Self.maxObjectives {
            let first = present[Self.maxObjectives]
            failObjective(first, "is one more than the \(Self.maxObjectives) objectives that are possible")
        }
        configuration.objectives.list = present.prefix(Self.maxObjectives).compactMap { name in
            check(name)
            return objectives[name].objective(name)
        }
    }

    /// An objective that nothing defines cannot be left out: its name is misspelt.
    private mutating func checkLeftOut(_ name: Objective.Name) {
        let isDefined =
            Objective.byDefault(name) != nil || ObjectiveKey.table.contains { isSet(ObjectiveKey.path(name, $0.name)) }
        guard !isDefined else { return }
        if case .environment(let variable) = objectives[name].place {
            warnUnknown(variable)
        } else {
            failObjective(name, "is null, but nothing configures such an objective" + Self.defaultLike(name))
        }
    }

    private mutating func check(_ name: Objective.Name) {
        let draft = objectives[name]
        checkRequired(name, draft)
        guard let indicator = draft.indicator else { return }
        if let byDefault = Objective.byDefault(name), byDefault.indicator != indicator {
            fail(
                ObjectiveKey.path(name, "indicator"),
                "is \(byDefault.indicator.rawValue) for this default objective; choose another name for an objective of "
                    + indicator.rawValue)
            return
        }
        checkDeadline(name, draft.deadline, indicator)
        if draft.grace != nil, !indicator.hasGrace {
            let others = Objective.Indicator.allCases.filter(\.hasGrace).map(\.rawValue).joined(separator: ", ")
            fail(ObjectiveKey.path(name, "grace"), "is not possible with \(indicator.rawValue), only with \(others)")
        }
        checkSelection(name, draft.selection, indicator)
    }

    private mutating func checkDeadline(
        _ name: Objective.Name, _ deadline: TimeSpan?, _ indicator: Objective.Indicator
    ) {
        guard let deadline else { return }
        let path = ObjectiveKey.path(name, "deadline")
        guard let allowed = indicator.deadlines else {
            fail(path, "is not possible with \(indicator.rawValue), whose events are good or bad at once")
            return
        }
        guard !allowed.contains(deadline) else { return }
        fail(path, "\(DurationText.text(deadline)) is out of range; \(DurationText.text(allowed)) is allowed")
    }

    private mutating func checkRequired(_ name: Objective.Name, _ draft: ObjectiveDraft) {
        let indicators = Objective.Indicator.allCases.map(\.rawValue).joined(separator: ", ")
        let required = [
            ("indicator", draft.indicator == nil, "choose one of \(indicators)\(Self.defaultLike(name))"),
            ("target", draft.target == nil, "a new objective needs one"),
            (
                "deadline", draft.deadline == nil && draft.indicator?.hasDeadline ?? true,
                "a new objective needs one"
            ),
        ]
        for (key, isMissing, hint) in required {
            let path = ObjectiveKey.path(name, key)
            // A value that could not be read is a problem already.
            guard isMissing, !isSet(path) else { continue }
            fail(path, at: objectives[name].place ?? .defaults, "is missing; \(hint)")
        }
    }

    private mutating func checkSelection(
        _ name: Objective.Name, _ selection: ObjectiveSelection, _ indicator: Objective.Indicator
    ) {
        let (isOfRepositories, isOfRuns) = (indicator.isOfRepositories, indicator.runKind != nil)
        let lists = [
            ("repositories", selection.repositories, "repository", isOfRepositories),
            ("branches", selection.branches, "branch", isOfRepositories),
            ("chroots", selection.chroots, "chroot", isOfRuns),
            ("names", selection.names, "name of a check", isOfRuns),
            ("identifiers", selection.identifiers, "identifier", isOfRuns),
        ]
        for (key, globs, word, isPossible) in lists where !globs.isEmpty && !isPossible {
            fail(ObjectiveKey.path(name, "select.\(key)"), "an event of \(indicator.rawValue) has no \(word)")
        }
    }

    private mutating func failObjective(_ name: Objective.Name, _ reason: String) {
        fail(ObjectiveKey.path(name), at: objectives[name].place ?? .defaults, reason)
    }

    private static func defaultLike(_ name: Objective.Name) -> String {
        Spelling.suggestion(for: name.rawValue, in: Objective.defaults.map(\.name.rawValue))
    }
}

extension Objective {
    fileprivate static func byDefault(_ name: Name) -> Objective? {
        defaults.first { $0.name == name }
    }
}
