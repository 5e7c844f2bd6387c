import Foundation
import SLOConfiguration
import SLOMetrics
import SLORules
import Testing

@Suite struct RulesTests {
    private func text(_ format: Rules, _ yaml: String = "", minimumEvents: Int? = nil) throws -> String {
        format.text(try ruleSettings(yaml, minimumEvents: minimumEvents))
    }

    @Test func `Every alert has its section in the runbook, and every section its alert`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/alerts.md").standardizedFileURL
        let sections = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        let names = Rules.alertNames(try ruleSettings("cluster.database: host=db dbname=slo"))
        #expect(Set(sections) == Set(names))
        #expect(sections.count == Set(sections).count)
    }

    @Test(arguments: Rules.allCases)
    func `Only series that the product exports are asked for`(format: Rules) throws {
        let exported = Set(MetricsCatalogue.all.map(\.name))
        let asked = try text(format).matches(of: /\bpackit_[a-z_]+\b(?!:)/).map { String($0.output) }
        #expect(!asked.isEmpty)
        for name in Set(asked) {
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map {
                String(name.dropLast($0.count))
            }
            #expect(exported.contains(name) || base.map(exported.contains) == true, "\(name)")
        }
    }

    @Test(arguments: Rules.allCases)
    func `What is configured is what is written`(format: Rules) throws {
        #expect(try text(format) == text(format))
        let other = "objectives:\n  builds:\n    target: 0.5\n"
        #expect(try text(format, other) != text(format))
    }

    @Test func `The operator's resource has the rules of the rule file`() throws {
        let file = try text(.prometheus).split(separator: "\n").drop { $0.hasPrefix("#") }
        let resource = try text(.prometheusOperator).split(separator: "\n").drop { $0 != "spec:" }.dropFirst()
        #expect(resource.map { $0.dropFirst(2) } == file.map { $0[...] })
    }

    @Test func `A file that drifted is told by its first other line`() {
        #expect(Drift(found: "a\nb\n", expected: "a\nb\n") == nil)
        #expect(Drift(found: "a\nx\n", expected: "a\nb\n")?.line == 2)
        #expect(Drift(found: "a", expected: "a\nb")?.found == nil)
        #expect(Drift(found: "a\nb", expected: "a")?.expected == nil)
    }

    @Test func `An objective with a window of its own has alerts and recordings of that window`() throws {
        let text = Rules.prometheus.text(try ruleSettings("objectives.builds.window: 7d"))
        // A quarter of the usual windows, at the same burn rates.
        #expect(
            text.contains(#"deployment_objective:packit_objective_burn_rate:increase15m{objective="builds"} > 13.44"#))
        #expect(!text.contains(#"deployment_objective:packit_objective_burn_rate:increase1h{objective="builds"}"#))
        #expect(text.contains(#"deployment_objective:packit_objective_burn_rate:increase1h{objective="test_runs"}"#))
        #expect(text.contains("record: deployment_objective:packit_objective_burn_rate:increase15m"))
        #expect(text.contains("record: deployment_objective:packit_objective_burn_rate:increase1h"))
        #expect(text.contains(#"packit_objective_window_seconds{objective="builds"}) != 604800"#))
        #expect(text.contains(#"packit_objective_window_seconds{objective="test_runs"}) != 2419200"#))
    }

    @Test func `A minimum of events is asked for besides the burn`() throws {
        #expect(try text(.prometheus, minimumEvents: 17).contains("17"))
        #expect(try !text(.prometheus, minimumEvents: 5).contains("17"))
    }
}
