import Foundation
import SLORules
import SLOYAML
import Testing

/// That `Tests/Rules`, which promtool runs, has a case for and a case against each alert.
@Suite struct RuleCaseTests {
    /// An alert, and of which objective where several share its name.
    private struct Subject: Hashable, CustomStringConvertible {
        let alert: String
        let objective: String?

        var description: String { alert + (objective.map { " of \($0)" } ?? "") }
    }

    private struct RuleFile: Decodable {
        struct Group: Decodable { let rules: [Rule] }
        struct Rule: Decodable {
            let alert: String?
            let labels: [String: String]?
            let annotations: [String: String]?
        }
        let groups: [Group]
    }

    private struct CaseFile: Decodable {
        struct Test: Decodable {
            let alert_rule_test: [Case]?
        }
        struct Case: Decodable {
            let alertname: String
            let exp_alerts: [Expected]
        }
        struct Expected: Decodable { let exp_labels: [String: String] }
        let tests: [Test]
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Rules").standardizedFileURL

    private static func decode<File: Decodable>(_ file: File.Type, from yaml: String) throws -> File {
        let json = try JSONSerialization.data(withJSONObject: try #require(try YAMLReader.document(yaml)).texts)
        return try JSONDecoder().decode(file, from: json)
    }

    private static func cases() throws -> [CaseFile.Case] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yml" }
        return try files.flatMap { file in
            try decode(CaseFile.self, from: String(contentsOf: file, encoding: .utf8)).tests
                .flatMap { $0.alert_rule_test ?? [] }
        }
    }

    private static func rules() throws -> [RuleFile.Rule] {
        let text = Rules.prometheus.text(
            try ruleSettings(
                """
                pages: {url: 'https://slo.example.org', runbook_url: 'https://docs.example.org/a.md'}
                cluster.database: host=db dbname=slo
                """))
        return try decode(RuleFile.self, from: text).groups.flatMap(\.rules).filter { $0.alert != nil }
    }

    @Test func `Each alert has a case in which it fires and one in which it does not`() throws {
        let cases = try Self.cases()
        for rule in try Self.rules() {
            let subject = Subject(alert: rule.alert ?? "", objective: rule.labels?["objective"])
            let verdicts = cases.filter { $0.alertname == subject.alert }.map { tried in
                tried.exp_alerts.contains { $0.exp_labels["objective"] == subject.objective }
            }
            #expect(verdicts.contains(true), "No case in Tests/Rules has \(subject) fire.")
            #expect(verdicts.contains(false), "No case in Tests/Rules has \(subject) not fire.")
        }
    }

    @Test func `A case is of an alert that there is`() throws {
        let known = Set(try Self.rules().compactMap(\.alert))
        #expect(Set(try Self.cases().map(\.alertname)).subtracting(known).isEmpty)
    }

    @Test func `Each alert says what is the matter, what to do, and where to look`() throws {
        for rule in try Self.rules() {
            let (name, annotations) = (rule.alert ?? "", rule.annotations ?? [:])
            let byRank = #"{{ if eq $labels.deployment "prod" }}critical{{ else }}warning{{ end }}"#
            #expect(["critical", "warning", byRank].contains(rule.labels?["severity"]), "\(name)")
            #expect((annotations["summary"] ?? "").count > 10, "\(name)")
            #expect((annotations["description"] ?? "").count > 80, "\(name)")
            #expect(annotations["link"]?.hasPrefix("https://slo.example.org/") == true, "\(name)")
            #expect(annotations["runbook_url"] == "https://docs.example.org/a.md#\(name.lowercased())")
        }
    }
}
