import SLOCore

/// A search among the judgements: the index that it reads, and in which direction.
///
/// One search reads a limited number of the index's entries: a first query finds the last of them without reading a
/// row, and a second one reads the matching rows up to it.
struct JudgementSearch: Sendable {
    enum Index: CaseIterable, Sendable {
        case byTime
        /// Has only those that are not good.
        case missed
        case byRepository
    }

    let index: Index
    let order: TimeOrder

    static let all = Index.allCases.flatMap { index in
        TimeOrder.allCases.map { JudgementSearch(index: index, order: $0) }
    }

    /// Reads the index that has the fewest entries that do not match.
    init(for filter: JudgementFilter, in order: TimeOrder) {
        self.init(index: Self.index(for: filter), order: order)
    }

    init(index: Index, order: TimeOrder) {
        self.index = index
        self.order = order
    }

    private static func index(for filter: JudgementFilter) -> Index {
        if filter.repository != nil { return .byRepository }
        return filter.verdicts.contains(.good) ? .byTime : .missed
    }
}

extension JudgementFilter {
    /// The far end of the times in an order, included.
    func bound(_ order: TimeOrder) -> Int64 {
        switch order {
        case .newest: from?.milliseconds ?? .min
        case .oldest: (to?.milliseconds ?? .max) - 1
        }
    }

    /// The verdicts, of which no name is part of another.
    var verdictNames: String { verdicts.map(\.rawValue).sorted().joined(separator: ",") }
}

extension JudgementPlace {
    /// Before every judgement of the filter's times that follows a place.
    static func start(
        of filter: JudgementFilter, _ order: TimeOrder, after place: JudgementPlace?
    ) -> JudgementPlace {
        switch order {
        case .newest:
            let to = filter.to ?? Timestamp(milliseconds: .max)
            if let place, place.at < to { return place }
            // Nothing precedes it at its time, and so what is judged then is left out.
            return JudgementPlace(at: to, objective: "", entity: .min, deployment: "")
        case .oldest:
            let from = filter.from ?? Timestamp(milliseconds: .min)
            if let place, place.at >= from { return place }
            return JudgementPlace(at: from, objective: "", entity: .min, deployment: "")
        }
    }

    /// After every judgement in an order.
    static func far(_ order: TimeOrder) -> JudgementPlace {
        switch order {
        case .newest: JudgementPlace(at: Timestamp(milliseconds: .min), objective: "", entity: .min, deployment: "")
        // An objective's name has no character beyond `z`.
        case .oldest: JudgementPlace(at: Timestamp(milliseconds: .max), objective: "~", entity: .max, deployment: "")
        }
    }

    /// - Parameter row: time, objective, entity and deployment.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a judgement")
        self.init(
            at: try required.time(0), objective: try required.text(1), entity: try required.integer(2),
            deployment: try required.text(3))
    }
}

extension FoundJudgements {
    /// The wanted judgements among the rows that one search reads.
    ///
    /// - Parameters:
    ///   - end: the last entry that it reads, if there are more.
    ///   - nextRow: each row: objective, deployment, entity, repository, verdict, time, branch, chroot, check name and
    ///     cause.
    init(
        atMost limit: Int, upTo end: JudgementPlace?, where isWanted: (ObjectiveJudgement) -> Bool,
        reading nextRow: () throws -> (some ResultRow)?
    ) throws {
        var found: [Item] = []
        while let row = try nextRow() {
            let judgement = try ObjectiveJudgement(row)
            guard isWanted(judgement) else { continue }
            if found.count == limit {
                self.init(items: found, next: found.last.map { JudgementPlace(after: $0.judgement) })
                return
            }
            found.append(Item(judgement: judgement, cause: row.text(9)))
        }
        self.init(items: found, next: end)
    }
}
