import SLOCore
import SLOQueries

extension APISchema {
    static let deliveries: [(name: String, schema: APISchema)] = [
        ("Deliveries", page(of: "Delivery")), ("Delivery", object(delivery)), ("Observation", observation),
        ("DeliveryWithBody", deliveryWithBody), ("UnknownNames", page(of: "UnknownName", surveyed)),
        ("UnknownName", unknownName),
        ("Contradictions", page(of: "Contradiction", [member("counts", .named("ContradictionCounts"))])),
        ("Contradiction", contradiction), ("ContradictionCounts", contradictionCounts),
    ]

    private static let sequence = "Its number in the journal."
    private static let received = "2026-11-17T14:03:30.123Z"

    private static let delivery: [Member] = [
        member("sequence", .integer(4711), sequence), member("received_at", .time(received)),
        member("source", .choice(Source.allCases.map(\.rawValue))), member("event", .text("pull_request")),
        member("result", .text("accepted")), member("body_bytes", .integer(23_700), "As it arrived."),
        optional(
            "id", .text("2d2fbf28-c8d8-11f0-8de9-0242ac120002"), "The sender’s id, while the body is kept."),
        optional("action", .text("opened"), "Of a delivery of GitHub’s, while the body is kept."),
        optional(
            "repository_name", .orNull(.text("acme/rocket")),
            "`null` if it is private or unknown. Left out if nothing was made of the delivery."),
        optional("is_private", .flag(false), "Whether it is private; what identifies it is then left out."),
        optional("observations", .list(.named("Observation")), "What was made of it. Left out by a search."),
    ]

    private static let observation = object([
        member("kind", .choice(DeliveryFact.Kind.allCases.map(\.rawValue))),
        optional("deployment", .text("prod")), member("pull_requests", .list(.integer(42))),
        optional("sha", .text(sha)),
        optional("name", .text("rpm-build:fedora-rawhide-x86_64"), "Of a check; a branch or tag; a command."),
        optional("state", .text("in_progress"), "Of a check, a build or a test run; the action of a push."),
        optional("title", .text("RPM build has started..."), "Of a check."),
        optional("chroot", .text("fedora-rawhide-x86_64")),
        optional("backend_id", .text("9001"), "Copr’s build or Testing Farm’s request."),
        optional("stated_at", .time(moment), "The latest of the provider’s times."),
    ])

    private static let deliveryWithBody = object(
        [at] + delivery + [
            member(
                "body_state", .choice(DeliverySnapshot.Body.words),
                "Whether the body is shown, and why not: it is not kept any more, is about a private repository or may "
                    + "be, has more than 4 MiB, or is no JSON."),
            optional("body", .text("{\n  \"action\": \"opened\"\n}\n"), "Indented, without secrets."),
            optional("is_body_cut", .flag(false), "Whether only the beginning is shown."),
        ])

    private static let surveyed: [Member] = [
        optional("since", .time(moment), "When the first delivery was received that was looked at."),
        member("private_names", .integer(0), "How many names in private repositories there are."),
    ]

    private static let unknownName = object([
        member("name", .text("Image for fedora-42-x86_64"), "Of the check that was seen last."), deployment,
        member("statuses", .integer(12), "How many states of such checks were received."),
        member("last_seen_at", .time(received)), member("repository_name", .text("acme/rocket")),
        optional("pull_request", .integer(42)), member("sha", .text(sha)), optional("check_run_id", .integer(77)),
        member("sequence", .integer(4711), "The delivery’s number in the journal."),
        optional(
            "rule",
            .text("names:\n  - {template: \"Image for {chroot}\", subject: build}\n"),
            "A rule file that would classify it, with a guess of its subject. Left out if no rule can."),
    ])

    private static let contradiction = object([
        member("kind", .choice(UnexplainedSnapshot.Contradiction.Kind.allCases.map(\.rawValue))),
        optional("deployment", .text("prod")), repositoryName, isPrivate, optional("pull_request", .integer(42)),
        optional("name", .text("rpm-build:fedora-rawhide-x86_64")), optional("backend_id", .text("9001")),
        member("stated", .text("check: success"), "What one side says."),
        member("instead", .text("backend: failure"), "What the other says."), member("at", .time(moment)),
        optional("sequence", .integer(4711), "The delivery’s number in the journal."),
    ])

    private static let contradictionCounts = object(
        UnexplainedSnapshot.Contradiction.Kind.allCases.map {
            member($0.rawValue, .integer(1), "Listed or not.")
        })
}
