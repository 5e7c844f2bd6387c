/// The two text formats of the exposition, and which of them a scraper prefers.
enum MetricsFormat: Equatable {
    case prometheus
    case openMetrics

    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// OpenMetrics where it is liked better than plain text, else plain text: also for those who accept neither, as
    /// a readable answer serves them better than a refusal.
    init(accept: String?) {
        let ranges = MediaRange.list(accept)
        let openMetrics = ranges.quality(of: "application/openmetrics-text", version: "1.0.0")
        let prometheus = ranges.quality(of: "text/plain", version: "0.0.4")
        self = openMetrics > prometheus ? .openMetrics : .prometheus
    }
}
