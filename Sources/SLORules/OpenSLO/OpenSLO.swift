import SLOConditions
import SLOCore
import SLOJSON

/// The objectives as OpenSLO v1 objects: one data source, one service per deployment, and one indicator and one
/// objective per objective of each deployment.
enum OpenSLO {
    static func text(_ settings: RuleSettings) -> String {
        heading + YAML.stream(documents(settings))
    }

    private static let heading = """
        # Written by `packit-slo rules openslo` from the running configuration; `--check FILE` tells whether it has
        # changed since.

        """

    static func documents(_ settings: RuleSettings) -> [Document] {
        var documents = [dataSource(settings), target]
        for window in settings.windows {
            for burn in Burn.all(window: window) {
                documents += [condition(burn, window, settings), policy(burn, window, settings)]
            }
        }
        for deployment in settings.deployments {
            documents.append(service(deployment, settings))
            for objective in settings.objectives {
                documents += [
                    indicator(objective, deployment, settings), slo(objective, deployment, settings),
                ]
            }
        }
        return documents
    }

    private static let dataSourceName = "packit-slo-prometheus"
    private static let targetName = "packit-slo-on-call"

    private static func dataSource(_ settings: RuleSettings) -> Document {
        object(
            "DataSource", dataSourceName, "Prometheus that scrapes packit-slo",
            ["type": "Prometheus", "connectionDetails": ["url": .text(settings.options.prometheusURL)]])
    }

    private static let target = object(
        "AlertNotificationTarget", targetName, "Whoever is on call for Packit",
        ["target": "alertmanager", "description": "Alertmanager routes what Prometheus fires."])

    private static func condition(_ burn: Burn, _ window: TimeSpan, _ settings: RuleSettings) -> Document {
        object(
            "AlertCondition", conditionName(burn, window, settings),
            "Error budget burns at a \(burn.pace.rawValue) pace",
            [
                "description": .text(
                    "\((burn.budgetShare * 100).decimal) % of the budget is spent in \(burn.long.text)."),
                "severity": burn.pace == .slow ? "warning" : "critical",
                "condition": [
                    "kind": "burnrate",
                    "op": "gt",
                    "threshold": .number(burn.factor),
                    "lookbackWindow": .text(burn.long.shorthand),
                    "alertAfter": "1m",
                ],
            ])
    }

    private static func policy(_ burn: Burn, _ window: TimeSpan, _ settings: RuleSettings) -> Document {
        object(
            "AlertPolicy", policyName(burn, window, settings),
            "Tell when the budget burns at a \(burn.pace.rawValue) pace",
            [
                "description": "The rules for Prometheus also ask for a minimum of events and a shorter window.",
                "alertWhenNoData": false,
                "alertWhenResolved": true,
                "alertWhenBreaching": true,
                "conditions": [["conditionRef": .text(conditionName(burn, window, settings))]],
                "notificationTargets": [["targetRef": .text(targetName)]],
            ])
    }

    private static func service(_ deployment: Deployment, _ settings: RuleSettings) -> Document {
        object(
            "Service", name("packit", deployment, settings), "Packit (\(deployment.label))",
            [
                "description": .text(
                    "Builds and tests of pull requests, measured from outside. \(settings.link(.overview))")
            ])
    }

    private static func indicator(
        _ objective: Objective, _ deployment: Deployment, _ settings: RuleSettings
    ) -> Document {
        let labels = #"deployment=\#(jsonString(deployment.label)),objective="\#(objective.name.rawValue)""#
        func source(_ matchers: String) -> Document {
            [
                "metricSource": [
                    "metricSourceRef": .text(dataSourceName),
                    "type": "Prometheus",
                    "spec": ["query": .text("sum(\(settings.series("packit_objective_events_total", matchers)))")],
                ]
            ]
        }
        return object(
            "SLI", name(objective.slug, deployment, settings), "\(objective.title) (\(deployment.label))",
            [
                "description": .text("Good events: \(objective.meaning)."),
                "ratioMetric": [
                    "counter": true,
                    "good": source(labels + #",verdict="good""#),
                    "total": source(labels),
                ],
            ])
    }

    private static func slo(
        _ objective: Objective, _ deployment: Deployment, _ settings: RuleSettings
    ) -> Document {
        let name = name(objective.slug, deployment, settings)
        let window = settings.window(of: objective)
        return object(
            "SLO", name, "\(objective.title) (\(deployment.label))",
            [
                "description": .text(
                    ["\(objective.targetPercent) of \(objective.meaning).", objective.description]
                        .filter { !$0.isEmpty }.joined(separator: " ")),
                "service": .text(Self.name("packit", deployment, settings)),
                "indicatorRef": .text(name),
                "timeWindow": [["duration": .text(window.shorthand), "isRolling": true]],
                "budgetingMethod": "Occurrences",
                "objectives": [
                    ["displayName": .text(objective.title), "target": .number(objective.target)]
                ],
                "alertPolicies": .list(
                    Burn.all(window: window).map { ["alertPolicyRef": .text(policyName($0, window, settings))] }),
            ])
    }

    private static func object(_ kind: String, _ name: String, _ title: String, _ spec: Document) -> Document {
        [
            "apiVersion": "openslo/v1",
            "kind": .text(kind),
            "metadata": ["name": .text(name), "displayName": .text(title)],
            "spec": spec,
        ]
    }

    private static func conditionName(_ burn: Burn, _ window: TimeSpan, _ settings: RuleSettings) -> String {
        "packit-budget-burns-\(burn.pace.rawValue)" + suffix(of: window, settings)
    }

    private static func policyName(_ burn: Burn, _ window: TimeSpan, _ settings: RuleSettings) -> String {
        "packit-tell-budget-burns-\(burn.pace.rawValue)" + suffix(of: window, settings)
    }

    /// Tells the burn rates of a window that only some objectives have from those of the others.
    private static func suffix(of window: TimeSpan, _ settings: RuleSettings) -> String {
        window == settings.window ? "" : "-\(window.text)"
    }

    /// A DNS name: lower-case letters, digits and dashes, at most 63.
    private static func name(_ prefix: String, _ deployment: Deployment, _ settings: RuleSettings) -> String {
        let labels = settings.deployments.prefix { $0 != deployment } + [deployment]
        var words: [String] = []
        for label in labels {
            let word = word(label)
            let numbered = [word] + (2...(labels.count + 1)).map { "\(word)-\($0)" }
            words.append(numbered.first { !words.contains($0) } ?? word)
        }
        return prefix + "-" + words[words.count - 1]
    }

    /// The deployment's label with valid characters only. Several labels may give the same.
    private static func word(_ deployment: Deployment) -> String {
        let letters = deployment.label.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let word = String(letters.prefix(40).reversed().drop { $0 == "-" }.reversed())
        return word.isEmpty ? "unnamed" : word
    }
}

extension Objective {
    /// The objective's name with dashes.
    fileprivate var slug: String { name.rawValue.split(separator: "_").joined(separator: "-") }
}

extension TimeSpan {
    /// In OpenSLO's syntax: a whole number of minutes, hours or days, at least one minute.
    fileprivate var shorthand: String {
        max(TimeSpan.minutes(1), .seconds((wholeSeconds + 59) / 60 * 60)).text
    }
}
