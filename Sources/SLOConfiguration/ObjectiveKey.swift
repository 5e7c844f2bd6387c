import SLOCore

/// A key of objectives. It is a setting of each: `objectives.builds.target`.
struct ObjectiveKey: Sendable {
    /// After the objective's name: `target`, `select.chroots`.
    let name: String
    let meaning: String
    let typeName: String
    let bounds: String?
    private let assign: @Sendable (RawValue, inout ObjectiveDraft) throws(Mismatch) -> Void
    private let written: @Sendable (ObjectiveDraft) -> WrittenValue?

    private init<Value: Sendable>(
        _ name: String, _ place: any WritableKeyPath<ObjectiveDraft, Value> & Sendable, _ format: ValueFormat<Value>,
        _ meaning: String
    ) {
        self.name = name
        self.meaning = meaning
        self.typeName = format.typeName
        self.bounds = format.bounds
        self.assign = { raw, draft throws(Mismatch) in
            draft[keyPath: place] = try format.read(raw)
            draft.isLeftOut = false
        }
        self.written = { format.write($0[keyPath: place])?.disclosed }
    }

    private init<Value: Sendable>(
        _ name: String, _ place: any WritableKeyPath<ObjectiveDraft, Value?> & Sendable, _ format: ValueFormat<Value>,
        _ meaning: String
    ) {
        self.init(name, place, format.optional, meaning)
    }

    func setting(of objective: Objective.Name) -> Setting {
        let (assign, written) = (assign, written)
        return Setting(
            name: Self.path(objective, name), meaning: meaning, typeName: typeName, bounds: bounds,
            isSecret: false, objective: objective,
            assign: { raw, _, drafts throws(Mismatch) in try assign(raw, &drafts[objective]) },
            written: { $0.objectives[objective].flatMap { written(ObjectiveDraft($0)) } })
    }

    /// What is set of the objectives, and which defaults are left out.
    static func settings(of objectives: Configuration.Objectives) -> [Setting] {
        let set = objectives.list.flatMap { objective in
            table.filter { $0.written(ObjectiveDraft(objective)) != nil }.map { $0.setting(of: objective.name) }
        }
        let leftOut = Objective.defaults.map(\.name).filter { objectives[$0] == nil }
        return set + leftOut.map(presence)
    }

    static let table = [
        ObjectiveKey(
            "indicator", \.indicator, .choice,
            "What it counts ([counting](counting.md#rule-44-several-objectives-of-one-indicator)). That of a default "
                + "objective cannot be changed."),
        ObjectiveKey("target", \.target, .target, "Target ratio of good events."),
        ObjectiveKey(
            "deadline", \.deadline, .deadline, "Within which an event is good. Not with `app_deliveries`."),
        ObjectiveKey(
            "grace", \.grace, .duration(.zero ... .days(1)),
            "How long after the deadline the final verdict waits for late deliveries; 5m unless set. Only with "
                + "`initial_status`."),
        ObjectiveKey(
            windowName, \.window, .window,
            "The rolling window of its error budget; `objectives.window` unless set. At most `history.keep`."),
        ObjectiveKey("description", \.description, .line.unlessEmpty, "What it is for, for people."),
        ObjectiveKey(
            "select.repositories", \.selection.repositories, .globs.unlessEmpty,
            "Count only events in these repositories, as globs on owner/name."),
        ObjectiveKey(
            "select.branches", \.selection.branches, .patterns.unlessEmpty,
            "Count only events of these branches: the base of the pull request, else the branch itself."),
        ObjectiveKey(
            "select.chroots", \.selection.chroots, .patterns.unlessEmpty,
            "Count only runs in these chroots, such as `fedora-*`."),
        ObjectiveKey(
            "select.names", \.selection.names, .patterns.unlessEmpty, "Count only runs whose check has such a name."),
        ObjectiveKey(
            "select.identifiers", \.selection.identifiers, .patterns.unlessEmpty,
            "Count only runs of jobs with such an identifier."),
    ]
}

// MARK: - Finding a key

extension ObjectiveKey {
    static let sectionName = "objectives"
    static let section = sectionName + "."
    /// The window of all objectives.
    static let window = section + windowName
    private static let windowName = "window"

    /// `objectives.builds`, `objectives.builds.target`
    static func path(_ objective: Objective.Name, _ key: String? = nil) -> String {
        section + objective.rawValue + (key.map { ".\($0)" } ?? "")
    }

    /// - Parameter path: the part of a key after `section`.
    static func find(_ path: Substring) -> Settings.Key {
        let parts = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let objective = objectiveName(parts[0]) else {
            return .unknown(
                reason: "'\(parts[0])' cannot be an objective's name; a name has lower-case letters, digits and "
                    + "underscores, a letter first, at most \(Objective.Name.maxBytes), and is not \(windowName)")
        }
        guard parts.count == 2 else { return .objective(presence(of: objective)) }
        if let key = table.first(where: { $0.name == parts[1] }) { return .setting(key.setting(of: objective)) }
        if table.contains(where: { $0.name.hasPrefix(parts[1] + ".") }) { return .section }
        let names = table.map(\.name)
        return .unknown(
            reason: "is not a known key; an objective has \(names.joined(separator: ", "))"
                + Spelling.suggestion(for: parts[1], in: names))
    }

    /// The name of the objective is what stands before the longest ending that belongs to a key. Without such an
    /// ending, a variable can only leave an objective out.
    static func find(variable: String, value: String) -> Setting? {
        let prefix = Setting.environmentPrefix + Setting.environmentWords(section)
        guard variable.hasPrefix(prefix) else { return nil }
        let path = variable.dropFirst(prefix.count)
        let ending = endings.first { path.hasSuffix($0.text) }
        guard let objective = objectiveName(path.dropLast(ending?.text.count ?? 0).lowercased()) else { return nil }
        let setting =
            if let ending { ending.key.setting(of: objective) } else {
                value == absent ? presence(of: objective) : nil
            }
        return setting?.environmentName == variable ? setting : nil
    }

    /// The longest first.
    private static let endings =
        table
        .map { (text: "_" + Setting.environmentWords($0.name), key: $0) }
        .sorted { $0.text.count > $1.text.count }

    private static func objectiveName(_ text: String) -> Objective.Name? {
        text == windowName ? nil : Objective.Name(rawValue: text)
    }

    /// What leaves an objective out, in variables and options.
    private static let absent = "null"

    /// The objective itself, which is there or not.
    static func presence(of objective: Objective.Name) -> Setting {
        Setting(
            name: path(objective), meaning: "Leaves the objective out.", typeName: "null",
            bounds: nil, isSecret: false, objective: objective,
            assign: { raw, _, drafts throws(Mismatch) in
                switch raw.content {
                case .map: drafts[objective].isLeftOut = false
                case .null, .inline(absent): drafts[objective].isLeftOut = true
                case .scalar, .list, .inline:
                    throw Mismatch(
                        "takes keys of an objective, or null to leave it out"
                            + Spelling.suggestion(for: objective.rawValue, in: [windowName]))
                }
            },
            written: { $0.objectives[objective] == nil ? .nothing : nil })
    }
}
