import SLOCore
import SLOQueries

extension APISchema {
    static let holding: [Member] = [
        optional("evaluated_at", .time(moment), "The last evaluation; left out before the first one."),
        optional("samples_since", .time("2026-11-10T13:03:30Z"), "What the evaluation looks back to."),
        member("holding", .list(.named("Condition")), "What is wrong now, the most urgent first."),
    ]

    static let condition = object(
        incident + [
            member("description", .text("Check at which hop builds wait or fail."), "What is wrong, and what to do."),
            member("is_firing", .flag(true), "Whether the alert fires."),
            member("fires_at", .time(moment), "When the alert fired, or fires if the condition still holds then."),
            optional("waiting", .integer(7), "How many wait for it; left out if that makes no sense."),
            optional(
                "party_reason", .text("12 of 15: waiting to be started"),
                "What most of those that wait wait for; left out if the party is the one whose part the objective "
                    + "measures."),
            member("page", .text("/waiting"), "The page that shows more."),
        ])

    static let note = object([
        member("id", .integer(1_795_348_800_000)),
        member("kind", .choice(TimeNoteKind.allCases.map(\.rawValue))),
        member("from", .time("2026-11-17T13:03:30Z")), member("to", .time(moment)),
        member("words", .text("Copr moves to new builders")),
    ])

    static let incident: [Member] = [
        member("condition", .text("PackitRunsStalled"), "The name of the alert."),
        member("labels", .anyObject, "Texts that tell which of several."),
        member("severity", .choice(Incident.Severity.allCases.map(\.rawValue))),
        member("party", .choice(Incident.Party.allCases.map(\.rawValue)), "Whose part of the way is affected."),
        member("summary", .text("Builds of Packit prod: none finishes"), "As it was last told."),
        member("since", .time("2026-11-17T10:03:30Z"), "Since when it was so, as far as is known."),
        member("began_at", .time("2026-11-17T13:03:30Z"), "When the alert's expression began to hold."),
        optional("fired_at", .time(moment), "Left out while the expression has not held long enough."),
        optional("ended_at", .time("2026-11-17T15:03:30Z"), "Left out while it holds."),
    ]
}
