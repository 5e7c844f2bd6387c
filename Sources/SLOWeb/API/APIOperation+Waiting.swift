import SLOCore
import SLOJSON
import SLOQueries

extension APIOperation {
    static func waiting(_ settings: LedgerSettings) -> APIOperation {
        APIOperation(
            path: "/waiting", id: "listWaiting",
            summary: "Changes without a first status, and runs that have not ended",
            description: "Overdue items come first, each part the longest waiting first. The list changes constantly: "
                + "an item that changes between two pages may appear twice, or not at all.",
            parameters: WaitingFilter.parameters(settings) + [
                APIParameter(
                    name: "sort", kind: .choice(["overdue", "time_left"]),
                    meaning:
                        "Overdue items first, each part the longest waiting first; or what has least time left first.",
                    fallback: .text("overdue")),
                .limit, .cursor(.waiting),
            ],
            answer: "Waiting"
        ) { request, source in
            let work = try await source.openWork()
            let items = WaitingFilter(request).items(of: work)
            let leftOut = work.leftOut.reduce(0) { $0 + $1.count }
            let sums: [(String, JSONValue?)] = [
                ("total", .integer(Int64(items.count))), ("overdue", .integer(Int64(items.count(where: \.isOverdue)))),
                ("left_out", leftOut > 0 ? .integer(Int64(leftOut)) : nil),
            ]
            return PageJSON.document(of: items, at: work.at, sums: sums, request, .waiting) { $0.json(now: work.at) }
        }
    }

    static func waitingGroups(_ settings: LedgerSettings) -> APIOperation {
        APIOperation(
            path: "/waiting/groups", id: "listWaitingGroups", summary: "What waits, counted by what it has in common",
            description: "What belongs to private repositories is combined without a name, except by hop.",
            parameters: [
                APIParameter(
                    name: "by", kind: .choice(WaitingGrouping.allCases.map(\.rawValue)),
                    meaning: "What the items of a group have in common.", fallback: .text("hop"))
            ] + WaitingFilter.parameters(settings) + [
                APIParameter(
                    name: "sort", kind: .choice(["overdue", "time_left"]),
                    meaning: "Groups with most overdue items first, hops in their order; or those first of which an "
                        + "item that is not overdue has least time left.", fallback: .text("overdue")),
                .limit, .cursor(.waitingGroups),
            ],
            answer: "WaitingGroups"
        ) { request, source in
            let work = try await source.openWork()
            let groups = WaitingFilter(request).groups(of: work)
            return PageJSON.document(of: groups, at: work.at, request, .waitingGroups, json: \.json)
        }
    }
}

extension WaitingFilter {
    fileprivate static func parameters(_ settings: LedgerSettings) -> [APIParameter] {
        [
            APIParameter(
                name: "repository", kind: .text(pattern: "^[A-Za-z0-9_./-]{1,201}$", maxLength: 201),
                meaning: "A part of `owner/name`, case-insensitive. The whole name of a repository of which something "
                    + "waits matches it alone.", example: .text("acme/")),
            APIParameter(
                name: "kind", kind: .choice(kinds), meaning: "Only this kind.", example: .text("build")),
            .deployment(settings),
            APIParameter(
                name: "overdue", kind: .flag, meaning: "Only overdue items, or only others.", example: .bool(true)),
            APIParameter(
                name: "hop", kind: .choice(OpenWorkSnapshot.Item.Hop.allCases.map(\.rawValue)),
                meaning: "Only what waits for this.", example: .text("queued")),
            .chroot, .architecture,
        ]
    }

    /// - Parameter request: with these parameters.
    fileprivate init(_ request: APIRequest) {
        self.init()
        repository = request.text("repository") ?? ""
        kind = request.text("kind") ?? ""
        deployment = request.text("deployment") ?? ""
        isOverdue = request.flag("overdue")
        hop = request.word("hop")
        chroot = request.text("chroot") ?? ""
        architecture = request.text("architecture") ?? ""
        grouping = request.word("by") ?? .hop
        isByTimeLeft = request.text("sort") == "time_left"
    }
}

extension WaitingGroup {
    fileprivate var json: JSONValue {
        .members([
            ("name", name.text.map { .text($0) } ?? .null), ("is_private", .bool(name == .hidden)),
            ("waiting", .integer(Int64(count))), ("overdue", .integer(Int64(overdue))),
            ("longest_seconds", .seconds(max(.zero, longest))),
            ("next_deadline_seconds", timeLeft.map { .seconds($0) }),
        ])
    }
}
