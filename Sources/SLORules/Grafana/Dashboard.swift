import SLOConditions

/// The dashboard: rows of panels, laid out from left to right.
enum Dashboard {
    struct Row {
        let title: String
        let panels: [Panel]
        /// The variable for each of whose chosen values Grafana shows the row once.
        var repeatedBy: String?
    }

    static let datasource: Document = ["type": "prometheus", "uid": "${datasource}"]

    static func document(_ settings: RuleSettings) -> Document {
        [
            "uid": "packit-slo",
            "title": "Packit's service levels",
            "description": """
            How Packit meets its objectives, measured from outside. Written by `packit-slo rules grafana` from the \
            running configuration.
            """,
            "tags": ["packit", "slo"],
            "schemaVersion": 41,
            "version": 1,
            "editable": true,
            "graphTooltip": 1,
            "refresh": "1m",
            "timezone": "utc",
            "time": ["from": "now-24h", "to": "now"],
            "timepicker": [:],
            "annotations": ["list": .list(annotations(settings))],
            "links": .list(links(settings)),
            "templating": ["list": [datasourceVariable, deploymentVariable(settings), objectiveVariable(settings)]],
            "panels": .list(panels(settings)),
        ]
    }

    /// What is drawn over all panels: times at which something was wrong.
    private static func annotations(_ settings: RuleSettings) -> [Document] {
        func annotation(
            _ name: String, _ colour: String, _ expression: String, title: String, text: String,
            isValueTime: Bool = false
        ) -> Document {
            [
                "name": .text(name), "datasource": datasource, "enable": true, "hide": false,
                "iconColor": .text(colour),
                "expr": .text(expression), "step": "1m", "titleFormat": .text(title), "textFormat": .text(text),
                "tagKeys": "severity", "useValueForTime": .flag(isValueTime),
            ]
        }
        // While it is down nothing is scraped: what it missed then is counted when it is back.
        let isBlind = "max(\(settings.series("packit_slo_blind"))) > 0"
        let wasBlind = "sum(increase(\(settings.series("packit_slo_blind_seconds_total"))[2m])) > 0"
        let alerts =
            #"ALERTS{alertname=~"Packit.+",alertstate="firing",deployment=~"$deployment|",objective=~"$objective|"}"#
        return [
            annotation(
                "Incidents", "red", "max by (alertname, severity, deployment, objective) (\(alerts))",
                title: "{{alertname}}", text: "{{deployment}} {{objective}}"),
            annotation(
                "Blind intervals", "purple", "\(isBlind) or \(wasBlind)", title: "Blind",
                text: "Deliveries were refused or missed: see what was excluded"),
            annotation(
                "Notes", "blue", "max by (kind) (\(settings.series("packit_slo_time_notes"))) > 0",
                title: "Noted {{kind}}", text: "The page of conditions has the words"),
            // Most incidents are noted afterwards: nothing was in force when Prometheus asked. Grafana takes
            // milliseconds.
            annotation(
                "Times of notes", "blue",
                "max by (kind, edge) (\(settings.series("packit_slo_latest_time_note_timestamp_seconds"))) * 1000",
                title: "{{edge}} of a noted {{kind}}", text: "The page of conditions has the words", isValueTime: true),
        ]
    }

    private static func links(_ settings: RuleSettings) -> [Document] {
        let pages: [(String, Page)] = [
            ("Overview", .overview), ("Waiting and overdue", .waiting), ("History", .history),
            ("Deliveries", .deliveries),
        ]
        return pages.map { title, page in
            [
                "title": .text(title), "type": "link", "icon": "external link", "url": .text(settings.link(page)),
                "targetBlank": true, "asDropdown": false, "includeVars": false, "keepTime": false, "tags": [],
                "tooltip": "",
            ]
        }
    }

    private static let datasourceVariable: Document = [
        "name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "regex": "",
        "refresh": 1, "hide": 0, "includeAll": false, "multi": false, "options": [], "current": [:],
    ]

    private static func deploymentVariable(_ settings: RuleSettings) -> Document {
        labelVariable("deployment", "Deployment", settings)
    }

    private static func objectiveVariable(_ settings: RuleSettings) -> Document {
        labelVariable("objective", "Objective", settings)
    }

    /// Several values of a label of all objectives, at first all of them.
    private static func labelVariable(_ label: String, _ title: String, _ settings: RuleSettings) -> Document {
        let query = "label_values(\(settings.series("packit_objective_target_ratio")), \(label))"
        return [
            "name": .text(label), "label": .text(title), "type": "query", "datasource": datasource,
            "query": ["query": .text(query), "refId": .text(label + "s")], "definition": .text(query), "regex": "",
            "refresh": 2, "sort": 1, "hide": 0, "includeAll": true, "multi": true, "options": [],
            "current": ["text": ["All"], "value": ["$__all"]],
        ]
    }

    /// Rows of 24 columns; a panel that does not fit begins a new line.
    private static func panels(_ settings: RuleSettings) -> [Document] {
        var documents: [Document] = []
        var (x, y) = (0, 0)
        var lineHeight = 0
        for row in rows(settings) {
            (x, y) = (0, y + lineHeight)
            let heading: Document = [
                "id": .integer(documents.count + 1), "type": "row", "title": .text(row.title), "collapsed": false,
                "gridPos": ["h": 1, "w": 24, "x": 0, "y": .integer(y)], "panels": [],
            ]
            documents.append(row.repeatedBy.map { heading + ["repeat": .text($0)] } ?? heading)
            (y, lineHeight) = (y + 1, 0)
            for panel in row.panels {
                if x + panel.width > 24 { (x, y, lineHeight) = (0, y + lineHeight, 0) }
                documents.append(panel.document(id: documents.count + 1, x: x, y: y, settings))
                (x, lineHeight) = (x + panel.width, max(lineHeight, panel.height))
            }
        }
        return documents
    }
}
