import SLOCore
import SLOQueries

/// The page at `/deliveries/{sequence}`: what one delivery was, what was made of it, and its body.
struct DeliveryPage: Sendable {
    struct Item: Sendable {
        let name: String
        let text: String
        let note: String?
        let tone: String
    }

    struct FactRow: Sendable {
        let what: String
        let place: RepositoryLink?
        let deployment: String?
        let sha: String?
        let stated: TimeText?
        let isFromFuture: Bool
    }

    let frame: Frame
    let heading: String
    let received: TimeText
    let items: [Item]
    let hasFacts: Bool
    let facts: [FactRow]
    /// Why there is no body.
    let bodyAbsence: String?
    let body: String?
    let bodyNote: String

    static let route = "/deliveries/{sequence}"

    static func path(of sequence: Int64) -> String { "/deliveries/\(sequence)" }

    init(_ found: DeliverySnapshot) {
        let (delivery, summary) = (found.delivery, found.delivery.summary)
        frame = Frame("Delivery \(summary.sequence)", asOf: found.at)
        heading = "Delivery \(summary.sequence)"
        received = TimeText(moment: summary.receivedAt)
        items = Self.items(delivery)
        facts = delivery.facts.map { fact in
            FactRow(
                what: fact.phrase,
                place: delivery.place(of: fact),
                deployment: fact.deployment?.label, sha: fact.sha.map { String($0.prefix(12)) },
                stated: fact.statedAt.map { TimeText(moment: $0) },
                isFromFuture: fact.isFromFuture(receivedAt: summary.receivedAt))
        }
        hasFacts = !facts.isEmpty
        if case .text(let text, let isCut) = found.body {
            body = text
            bodyNote =
                "As it is stored, indented. Secrets, mail addresses and the variables of tests are replaced by "
                + "“scrubbed”." + (isCut ? " Only the beginning is shown; packit-slo export writes all of it." : "")
        } else {
            body = nil
            bodyNote = ""
        }
        bodyAbsence = found.body.absence
    }

    private static func items(_ delivery: ShownDelivery) -> [Item] {
        let summary = delivery.summary
        let outcome = DeliveryOutcome(rawValue: summary.result)
        let values: [(String, String?, String?, String)] = [
            ("Source", summary.source.title, nil, ""), ("Event", summary.event, nil, ""),
            ("Action", delivery.action, nil, ""), ("Id", delivery.id, nil, ""),
            ("Result", outcome?.title ?? summary.result, outcome?.meaning, outcome?.tone ?? ""),
            ("Size", DisplayFormat.bytes(summary.bodyByteCount), nil, ""),
        ]
        return values.compactMap { name, text, note, tone in
            text.map { Item(name: name, text: $0, note: note, tone: tone) }
        }
    }
}

extension DeliverySnapshot.Body {
    fileprivate var absence: String? {
        switch self {
        case .notKept:
            "The body is not kept: it is older than journal.keep_bodies allows, made room for newer ones "
                + "(journal.max_bytes), or its event is not used."
        case .hidden: "The body is about a private repository, or may be, so it is not shown."
        case .tooLarge: "The body is too large to be shown; packit-slo export writes it."
        case .unreadable: "The body is no JSON, so it is not shown; packit-slo export --raw writes it."
        case .text: nil
        }
    }
}
