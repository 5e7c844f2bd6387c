import SLOConditions

/// One panel of the dashboard: its title, queries and visualisation.
struct Panel {
    enum Kind: String {
        /// Current values.
        case stat
        /// Lines over time.
        case timeseries
        /// A distribution over time.
        case heatmap
    }

    /// Units as Grafana calls them.
    enum Unit: String {
        case count = "short"
        case ratio = "percentunit"
        case seconds = "s"
        case bytes
        case factor = "none"
    }

    struct Query {
        let expression: String
        let legend: String
    }

    /// A colour from a value on; `nil` is from the bottom.
    typealias Step = (colour: String, from: Double?)

    let title: String
    let kind: Kind
    let unit: Unit
    /// In columns of 24.
    let width: Int
    let description: String
    let page: Page
    let queries: [Query]
    /// Whether Grafana asks for the deliveries of which these numbers are, too.
    var hasExemplars = false
    var isStacked = false
    /// Whether to show the name of a series instead of its value.
    var isName = false
    var steps: [Step] = []
    /// Thresholds of their own for series whose legend ends in a word.
    var stepsByEnding: [(ending: String, steps: [Step])] = []

    var height: Int { kind == .stat ? 5 : 8 }

    func document(id: Int, x: Int, y: Int, _ settings: RuleSettings) -> Document {
        [
            "id": .integer(id),
            "type": .text(kind.rawValue),
            "title": .text(title),
            "description": .text(description),
            "datasource": Dashboard.datasource,
            "gridPos": ["h": .integer(height), "w": .integer(width), "x": .integer(x), "y": .integer(y)],
            "links": [["title": "Show more", "url": .text(settings.link(page)), "targetBlank": true]],
            "fieldConfig": ["defaults": defaults, "overrides": .list(stepsByEnding.map(Self.override))],
            "options": options,
            "targets": .list(zip("ABCDEFGH", queries).map { target(String($0), $1) }),
        ]
    }

    private func target(_ name: String, _ query: Query) -> Document {
        [
            "refId": .text(name),
            "datasource": Dashboard.datasource,
            "editorMode": "code",
            "expr": .text(query.expression),
            "legendFormat": .text(query.legend),
            "format": kind == .heatmap ? "heatmap" : "time_series",
            "instant": .flag(kind == .stat),
            "range": .flag(kind != .stat),
            "exemplar": .flag(hasExemplars),
        ]
    }

    private var defaults: Document {
        let plain: Document = ["unit": .text(unit.rawValue)]
        let coloured: Document =
            steps.isEmpty
            ? ["color": ["mode": "palette-classic"]]
            : ["color": ["mode": "thresholds"], "thresholds": Self.thresholds(steps)]
        switch kind {
        case .stat: return plain + coloured
        case .heatmap: return plain
        case .timeseries:
            let lines: Document = [
                "drawStyle": "line", "lineWidth": 1, "fillOpacity": isStacked ? 30 : 0, "showPoints": "auto",
                "spanNulls": false, "stacking": ["mode": isStacked ? "normal" : "none", "group": "A"],
                "thresholdsStyle": ["mode": steps.isEmpty ? "off" : "line"],
            ]
            let limits: Document = steps.isEmpty ? [:] : ["thresholds": Self.thresholds(steps)]
            // A budget may be overspent; nothing else is negative.
            let bottom: Document = unit == .ratio ? [:] : ["min": 0]
            return plain + bottom + ["color": ["mode": "palette-classic"], "custom": lines] + limits
        }
    }

    private var options: Document {
        switch kind {
        case .stat:
            [
                "reduceOptions": ["calcs": ["lastNotNull"], "fields": "", "values": false],
                "colorMode": steps.isEmpty && stepsByEnding.isEmpty ? "none" : "value",
                "graphMode": "none", "justifyMode": "auto", "orientation": "auto",
                "textMode": isName ? "name" : "value_and_name",
            ]
        case .timeseries:
            [
                "legend": ["displayMode": "list", "placement": "bottom", "showLegend": true],
                "tooltip": ["mode": "multi", "sort": "desc"],
            ]
        case .heatmap:
            [
                "calculate": false, "cellGap": 1, "yAxis": ["unit": .text(unit.rawValue)],
                "color": ["mode": "scheme", "scheme": "Blues", "steps": 64],
                "tooltip": ["mode": "single", "yHistogram": false], "legend": ["show": true],
            ]
        }
    }

    private static func override(ending: String, steps: [Step]) -> Document {
        [
            "matcher": ["id": "byRegexp", "options": .text("/\(ending)$/")],
            "properties": [
                ["id": "thresholds", "value": thresholds(steps)],
                ["id": "color", "value": ["mode": "thresholds"]],
            ],
        ]
    }

    private static func thresholds(_ steps: [Step]) -> Document {
        let written = steps.map { step -> Document in
            ["color": .text(step.colour), "value": step.from.map(Document.number) ?? .nothing]
        }
        return ["mode": "absolute", "steps": .list(written)]
    }
}
