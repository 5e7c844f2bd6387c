import Foundation
import SLORules
import SLOYAML
import Testing

/// That what is written is OpenSLO v1, as its specification says (github.com/OpenSLO/OpenSLO, README.md at 00da943).
@Suite struct OpenSLOTests {
    private static let two = """
        github:
          apps: {packit-as-a-service: prod, packit-as-a-service-stg: Stg_2}
        copr:
          users: {packit: prod}
        objectives:
          window: 7d
        """

    private static let ownWindow = """
        objectives:
          builds.window: 7d
          fast_builds: {indicator: build_start, target: 0.9, deadline: 10m, window: 2h, description: "Paid: yes"}
        """

    private func objects(_ yaml: String) throws -> [[String: Any]] {
        try YAMLReader.documents(Rules.openslo.text(try ruleSettings(yaml))).map {
            try #require($0.value as? [String: Any])
        }
    }

    @Test(arguments: ["", two, ownWindow, "objectives: {window: 1h, builds: {target: 0.123456}}"])
    func `Each object is what the specification asks of its kind`(yaml: String) throws {
        let objects = try objects(yaml)
        for object in objects {
            let kind = object["kind"] as? String ?? ""
            let spec = try #require(OpenSLOShape.specs[kind], "There is no kind \(kind).")
            #expect(OpenSLOShape.object(of: kind, spec).problems(with: object, at: kind) == [])
        }
        #expect(Set(objects.compactMap { $0["kind"] as? String }) == Set(OpenSLOShape.specs.keys))
    }

    @Test(arguments: ["", two, ownWindow, "github.apps: {a: x-2, b: x, c: X, d: x.2, e: ...}"])
    func `Names are told apart, and what is referred to is there`(yaml: String) throws {
        let objects = try objects(yaml)
        var names: [String: Set<String>] = [:]
        for object in objects {
            let name = try #require((object["metadata"] as? [String: Any])?["name"] as? String)
            let isNew = names[object["kind"] as? String ?? "", default: []].insert(name).inserted
            #expect(isNew, "\(name) is there twice.")
        }
        let referred = [
            "service": "Service", "indicatorRef": "SLI", "alertPolicyRef": "AlertPolicy",
            "conditionRef": "AlertCondition", "targetRef": "AlertNotificationTarget", "metricSourceRef": "DataSource",
        ]
        var found: Set<String> = []
        func follow(_ value: Any) {
            if let list = value as? [Any] { list.forEach(follow) }
            for (key, value) in value as? [String: Any] ?? [:] {
                if let kind = referred[key], let name = value as? String {
                    found.insert(key)
                    #expect(names[kind]?.contains(name) == true, "\(key) \(name)")
                }
                follow(value)
            }
        }
        follow(objects)
        #expect(found == Set(referred.keys))
    }

    @Test func `An objective says what is configured`() throws {
        let objects = try objects(Self.two)
        let objective = try #require(
            objects.first { object in
                let name = (object["metadata"] as? [String: Any])?["name"] as? String
                return object["kind"] as? String == "SLO" && name == "builds-stg-2"
            })
        let spec = try #require(objective["spec"] as? [String: Any])
        #expect((spec["timeWindow"] as? [[String: Any]])?.first?["duration"] as? String == "7d")
        #expect((spec["objectives"] as? [[String: Any]])?.first?["target"] as? Double == 0.98)
        #expect(objects.count { $0["kind"] as? String == "SLO" } == 6)
    }
}

/// What a value must be.
private indirect enum OpenSLOShape: Sendable {
    case text
    /// A text of at most 1050 characters.
    case description
    /// As RFC 1123 has names.
    case name
    /// A whole number and one of m, h, d, w, M, Q, Y.
    case duration
    case number(Range<Double>)
    case flag
    case word([String])
    case list(of: OpenSLOShape, ClosedRange<Int>)
    case map([String: OpenSLOShape], optional: [String: OpenSLOShape] = [:])
    case anything

    /// What every kind has around its `spec`.
    static func object(of kind: String, _ spec: OpenSLOShape) -> OpenSLOShape {
        .map([
            "apiVersion": .word(["openslo/v1"]), "kind": .word([kind]),
            "metadata": .map(
                ["name": .name], optional: ["displayName": .text, "labels": .anything, "annotations": .anything]),
            "spec": spec,
        ])
    }

    private static let metric = OpenSLOShape.map([
        "metricSource": .map(["spec": .anything], optional: ["metricSourceRef": .name, "type": .text])
    ])

    /// Of the alternatives that the specification leaves, the ones that are used.
    static let specs: [String: OpenSLOShape] = [
        "DataSource": .map(["type": .text, "connectionDetails": .anything], optional: ["description": .description]),
        "Service": .map([:], optional: ["description": .description]),
        "SLI": .map(
            ["ratioMetric": .map(["counter": .flag, "good": metric, "total": metric])],
            optional: ["description": .description]),
        "SLO": .map(
            [
                "service": .name, "indicatorRef": .name, "budgetingMethod": .word(["Occurrences"]),
                "timeWindow": .list(of: .map(["duration": .duration, "isRolling": .flag]), 1...1),
                "objectives": .list(
                    of: .map(["target": .number(0..<1)], optional: ["displayName": .text]), 1...100),
            ],
            optional: [
                "description": .description,
                "alertPolicies": .list(of: .map(["alertPolicyRef": .name]), 0...100),
            ]),
        "AlertPolicy": .map(
            [
                "conditions": .list(of: .map(["conditionRef": .name]), 1...1),
                "notificationTargets": .list(of: .map(["targetRef": .name]), 1...100),
            ],
            optional: [
                "description": .description, "alertWhenNoData": .flag, "alertWhenResolved": .flag,
                "alertWhenBreaching": .flag,
            ]),
        "AlertCondition": .map(
            [
                "severity": .text,
                "condition": .map(
                    [
                        "kind": .word(["burnrate"]), "threshold": .number(0..<1e9), "lookbackWindow": .duration,
                        "alertAfter": .duration,
                    ], optional: ["op": .word(["lte", "gte", "lt", "gt"])]),
            ], optional: ["description": .description]),
        "AlertNotificationTarget": .map(["target": .text], optional: ["description": .description]),
    ]

    /// What is wrong, and where.
    func problems(with value: Any, at path: String) -> [String] {
        func unless(_ holds: Bool, _ what: String) -> [String] { holds ? [] : ["\(path): \(value) is not \(what)"] }
        let text = value as? String
        switch self {
        case .anything: return []
        case .text: return unless(text?.isEmpty == false, "a text")
        case .description: return unless((text?.count ?? 2000) <= 1050, "a text of at most 1050 characters")
        case .name:
            return unless(
                text?.wholeMatch(of: /[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/) != nil, "a name as RFC 1123 has it")
        case .duration: return unless(text?.wholeMatch(of: /[1-9][0-9]*[mhdwMQY]/) != nil, "a duration")
        case .number(let range):
            let number = value as? Double ?? (value as? Int).map(Double.init)
            return unless(number.map(range.contains) == true, "a number in \(range)")
        case .flag: return unless(value is Bool, "true or false")
        case .word(let words): return unless(words.contains(text ?? ""), "one of \(words)")
        case .list(let shape, let count):
            guard let list = value as? [Any], count.contains(list.count) else {
                return unless(false, "a list of \(count)")
            }
            return list.enumerated().flatMap { shape.problems(with: $1, at: "\(path)[\($0)]") }
        case .map(let required, let optional):
            guard let map = value as? [String: Any] else { return unless(false, "a map") }
            let missing = Set(required.keys).subtracting(map.keys).sorted().map { "\(path): \($0) is missing" }
            return missing
                + map.flatMap { key, value in
                    (required[key] ?? optional[key])?.problems(with: value, at: "\(path).\(key)")
                        ?? ["\(path): there is no \(key)"]
                }
        }
    }
}
