/// The two formats of the exposition, and the choice between them.
enum MetricsFormat: Equatable {
    case prometheus
    case openMetrics

    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// OpenMetrics if the client prefers it, otherwise plain text. A client that accepts neither gets plain text, too,
    /// which is more useful than a 406.
    init(accept: String?) {
        let ranges = MediaRange.list(accept)
        let openMetrics = ranges.quality(of: "application/openmetrics-text", version: "1.0.0")
        let prometheus = ranges.quality(of: "text/plain", version: "0.0.4")
        self = openMetrics > prometheus ? .openMetrics : .prometheus
    }
}
