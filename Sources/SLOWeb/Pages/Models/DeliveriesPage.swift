import SLOCore
import SLOService
import SLOQueries

/// The page at `/deliveries`.
struct DeliveriesPage: Sendable {
    struct ResultRow: Sendable {
        let name: String
        let meaning: String
        let count: String
        let tone: String
    }

    struct SourceSection: Sendable {
        let id: String
        let name: String
        let last: TimeText?
        /// The text if there is no last delivery.
        let absence: String
        let lag: String
        let hasResults: Bool
        let results: [ResultRow]
    }

    struct Row: Sendable {
        let at: TimeText
        let source: String
        let event: String
        let result: String
        let tone: String
        let size: String
    }

    let frame: Frame
    let sources: [SourceSection]
    let sourceOptions: [Choice]
    let resultOptions: [Choice]
    let hasRows: Bool
    let emptyText: String
    let rows: [Row]
    let next: String?
    let hasBlind: Bool
    let blind: [OverviewPage.BlindRow]

    /// The outcomes in the journal. Refused deliveries are only counted.
    static let journalled: [DeliveryOutcome] = [.accepted, .ignored, .malformed, .processingFailed]

    init(_ reading: DeliveriesSnapshot, _ query: DeliveryQuery, _ sources: [SourceSnapshot]) {
        let now = reading.at
        frame = Frame("Deliveries", at: "/deliveries", fresh: query.before == nil ? 30 : nil, asOf: now)
        self.sources = sources.map { SourceSection($0, now: now) }
        sourceOptions = Choice.list(
            all: "all", Source.allCases.map { ($0.rawValue, $0.title) }, chosen: query.source?.rawValue ?? "")
        resultOptions = Choice.list(
            all: "all", Self.journalled.map { ($0.rawValue, $0.title) }, chosen: query.result?.rawValue ?? "")
        rows = reading.deliveries.map { delivery in
            let result = DeliveryOutcome(rawValue: delivery.result)
            return Row(
                at: TimeText(delivery.receivedAt, now: now), source: delivery.source.title, event: delivery.event,
                result: result?.title ?? delivery.result,
                tone: result == .malformed || result == .processingFailed
                    ? "tone-bad" : result == .ignored ? "soft" : "",
                size: DisplayFormat.bytes(delivery.bodyByteCount))
        }
        hasRows = !rows.isEmpty
        emptyText =
            reading.next == nil
            ? "No stored delivery matches." : "None of the latest deliveries matches; look further back."
        next = reading.next.map { next in
            "/deliveries"
                + Path.query([
                    ("source", query.source?.rawValue ?? ""), ("result", query.result?.rawValue ?? ""),
                    ("before", String(next)),
                ]) + "#journal"
        }
        blind = reading.blindIntervals.map { OverviewPage.BlindRow($0, now: now) }
        hasBlind = !blind.isEmpty
    }
}

extension DeliveriesPage.SourceSection {
    fileprivate init(_ source: SourceSnapshot, now: Timestamp) {
        let counted = source.outcomes.filter { $0.count > 0 }
        self.init(
            id: "source-\(source.source.rawValue)", name: source.source.title,
            last: source.lastText(now: now),
            absence: counted.isEmpty ? "No delivery has been received." : "No recent delivery.",
            lag: source.medianLag.map {
                "Half of all deliveries arrive within \(DisplayFormat.duration($0)) of the provider’s time."
            } ?? "",
            hasResults: !counted.isEmpty,
            results: counted.map { result, count in
                DeliveriesPage.ResultRow(
                    name: result.title, meaning: result.meaning, count: DisplayFormat.grouped(count),
                    tone: result.isRefusal || result == .conflicting || result == .processingFailed ? "tone-bad" : "")
            })
    }
}
