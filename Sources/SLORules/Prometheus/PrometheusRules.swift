import SLOCore

/// The rule file for Prometheus: recording rules first, which the alerts after them use.
enum PrometheusRules {
    static func text(_ settings: RuleSettings) -> String {
        let file: Document = [
            "groups": [
                group("packit-slo-recordings", recordings(settings)),
                group("packit-slo-objectives", Alert.objectives(settings).map { rule($0, settings) }),
                group("packit-slo-observer", Alert.observer(settings).map { rule($0, settings) }),
            ]
        ]
        return heading + file.yaml
    }

    private static let heading = """
        # Written by `packit-slo rules prometheus` from the running configuration. Write it again when that changes;
        # `--check FILE` tells whether it has to be. docs/alerts.md says what each alert means and what to do.

        """

    private static func group(_ name: String, _ rules: [Document]) -> Document {
        ["name": .text(name), "rules": .list(rules)]
    }

    private static func recordings(_ settings: RuleSettings) -> [Document] {
        let spans = Set(settings.windows.flatMap(Burn.all).flatMap { [$0.short, $0.long] }).sorted()
        return spans.flatMap { span in
            Recording.allCases.map { recording in
                let rule: Document = [
                    "record": .text(recording.name(over: span)),
                    "expr": .text(recording.expression(over: span, settings)),
                ]
                guard let job = settings.options.job else { return rule }
                return rule + ["labels": ["job": .text(job)]]
            }
        }
    }

    private static func rule(_ alert: Alert, _ settings: RuleSettings) -> Document {
        var annotations = [
            ("summary", alert.summary), ("description", alert.description), ("link", settings.link(alert.page)),
        ]
        if let runbook = settings.runbookURL {
            annotations.append(("runbook_url", runbook + "#" + alert.name.lowercased()))
        }
        let head: Document = ["alert": .text(alert.name), "expr": .text(alert.expression)]
        let hold: Document = alert.hold > .zero ? ["for": .text(alert.hold.text)] : [:]
        return head + hold
            + [
                "labels": Document(texts: alert.labels + [("severity", alert.severityLabel(settings))]),
                "annotations": Document(texts: annotations),
            ]
    }
}
