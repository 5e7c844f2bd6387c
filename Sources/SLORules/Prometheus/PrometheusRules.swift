import SLOConditions
import SLOCore
import SLOJSON

/// The rule file for Prometheus: recording rules first, which the alerts after them use.
enum PrometheusRules {
    static func text(_ settings: RuleSettings) -> String {
        heading("prometheus") + groups(settings).yaml
    }

    /// A PrometheusRule.
    static func resource(_ settings: RuleSettings) -> String {
        let resource: Document = [
            "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
            "metadata": ["name": "packit-slo", "labels": ["app.kubernetes.io/name": "packit-slo"]],
            "spec": groups(settings),
        ]
        return heading("prometheus-operator") + resource.yaml
    }

    private static func groups(_ settings: RuleSettings) -> Document {
        [
            "groups": [
                group("packit-slo-recordings", recordings(settings)),
                group("packit-slo-objectives", Condition.objectives(settings.conditions).map { rule($0, settings) }),
                group("packit-slo-observer", Condition.observer(settings.conditions).map { rule($0, settings) }),
            ]
        ]
    }

    private static func heading(_ format: String) -> String {
        """
        # Written by `packit-slo rules \(format)` from the running configuration. Write it again when that changes;
        # `--check FILE` tells whether it has to be. docs/alerts.md says what each alert means and what to do.

        """
    }

    private static func group(_ name: String, _ rules: [Document]) -> Document {
        ["name": .text(name), "rules": .list(rules)]
    }

    private static func recordings(_ settings: RuleSettings) -> [Document] {
        let spans = Set(settings.windows.flatMap(Burn.all).flatMap { [$0.short, $0.long] }).sorted()
        return spans.flatMap { span in
            Recording.allCases.map { recording in
                let rule: Document = [
                    "record": .text(recording.name(over: span)),
                    "expr": .text(recording.definition(over: span).promQL(job: settings.options.job)),
                ]
                guard let job = settings.options.job else { return rule }
                return rule + ["labels": ["job": .text(job)]]
            }
        }
    }

    private static func rule(_ condition: Condition, _ settings: RuleSettings) -> Document {
        let annotations = [
            ("summary", condition.summary.template), ("description", condition.description.template),
            ("link", settings.link(condition.page)),
            ("runbook_url", settings.runbookURL + "#" + condition.name.lowercased()),
        ]
        let head: Document = [
            "alert": .text(condition.name), "expr": .text(condition.expression.promQL(job: settings.options.job)),
        ]
        let hold: Document = condition.hold > .zero ? ["for": .text(condition.hold.text)] : [:]
        let labels =
            condition.labels.pairs.map { ($0.name, $0.value) } + [("severity", severityLabel(condition, settings))]
        return head + hold + ["labels": Document(texts: labels), "annotations": Document(texts: annotations)]
    }

    /// The value of the label `severity`, which Prometheus evaluates for each firing alert.
    private static func severityLabel(_ condition: Condition, _ settings: RuleSettings) -> String {
        guard condition.ranksDeployments(settings.conditions), let first = settings.deployments.first else {
            return condition.severity.rawValue
        }
        return "{{ if eq $labels.deployment \(jsonString(first.label)) }}\(Incident.Severity.critical.rawValue)"
            + "{{ else }}\(Incident.Severity.warning.rawValue){{ end }}"
    }
}
