import Foundation
import SLORules
import Testing

/// What Grafana needs of a dashboard before it asks anything. That its questions have answers is tried with a real
/// Prometheus, in `Tests/EndToEnd/test_dashboard.py`.
@Suite struct DashboardTests {
    private struct Dashboard: Decodable {
        struct Variable: Decodable { let name, type: String }
        struct Templating: Decodable { let list: [Variable] }
        struct Source: Decodable { let uid: String }
        struct Place: Decodable { let x, y, w, h: Int }
        struct Link: Decodable { let url: String }
        struct Annotation: Decodable {
            let name, expr: String
            let datasource: Source
            let enable, useValueForTime: Bool
        }
        struct Annotations: Decodable { let list: [Annotation] }
        struct Target: Decodable {
            let refId, expr, legendFormat: String
            let datasource: Source
            let exemplar: Bool
        }
        struct Panel: Decodable {
            let id: Int
            let type, title: String
            let description: String?
            let gridPos: Place
            let links: [Link]?
            let targets: [Target]?
        }
        let schemaVersion: Int
        let uid: String
        let templating: Templating
        let links: [Link]
        let annotations: Annotations
        let panels: [Panel]
    }

    private func dashboard(_ yaml: String = "") throws -> Dashboard {
        let text = Rules.grafana.text(try ruleSettings(yaml))
        return try JSONDecoder().decode(Dashboard.self, from: Data(text.utf8))
    }

    @Test func `Data source and deployment are chosen above`() throws {
        let dashboard = try dashboard()
        #expect(dashboard.templating.list.map(\.name) == ["datasource", "deployment", "objective"])
        #expect(dashboard.templating.list.map(\.type) == ["datasource", "query", "query"])
        let targets = dashboard.panels.flatMap { $0.targets ?? [] }
        #expect(targets.allSatisfy { $0.datasource.uid == "${datasource}" })
        for target in targets where target.expr.contains(/packit_(?!slo_)/) {
            #expect(target.expr.contains(#"deployment=~"$deployment""#), "\(target.expr)")
        }
    }

    @Test func `Incidents, blind intervals and notes are drawn over all panels`() throws {
        let annotations = try dashboard().annotations.list
        #expect(annotations.map(\.name) == ["Incidents", "Blind intervals", "Notes", "Times of notes"])
        #expect(annotations.allSatisfy { $0.enable && $0.datasource.uid == "${datasource}" })
        // Alerts without a deployment or objective are shown whatever is chosen.
        #expect(annotations[0].expr.contains(#"deployment=~"$deployment|",objective=~"$objective|""#))
        #expect(annotations[1].expr.contains("packit_slo_blind"))
        #expect(annotations[2].expr.contains("packit_slo_time_notes"))
        // Grafana takes milliseconds as a time.
        #expect(annotations[3].expr.hasSuffix(" * 1000"))
        #expect(annotations.map(\.useValueForTime) == [false, false, false, true])
    }

    @Test func `Counters and histograms of Packit ask for exemplars`() throws {
        let targets = try dashboard().panels.flatMap { $0.targets ?? [] }
        let asked = targets.filter(\.exemplar).map(\.expr)
        #expect(asked.contains { $0.contains("packit_builds_finished_total") })
        #expect(asked.contains { $0.contains("packit_initial_status_duration_seconds_bucket") })
        #expect(asked.allSatisfy { $0.contains("_total{") || $0.contains("_bucket{") })
        #expect(asked.count < targets.count)
    }

    @Test func `Panels say what they show, lead on, and lie beside each other`() throws {
        let dashboard = try dashboard("pages.url: https://slo.example.org/packit/")
        let panels = dashboard.panels
        #expect(Set(panels.map(\.id)).count == panels.count)
        for panel in panels where panel.type != "row" {
            #expect(panel.description?.isEmpty == false, "\(panel.title)")
            #expect(panel.links?.isEmpty == false, "\(panel.title)")
            #expect(panel.targets?.isEmpty == false, "\(panel.title)")
            #expect(Set(panel.targets?.map(\.refId) ?? []).count == panel.targets?.count, "\(panel.title)")
            #expect(panel.gridPos.x + panel.gridPos.w <= 24, "\(panel.title)")
        }
        let links = dashboard.links + panels.flatMap { $0.links ?? [] }
        #expect(links.allSatisfy { $0.url.hasPrefix("https://slo.example.org/packit/") })
        for (place, panel) in panels.enumerated() {
            for other in panels.dropFirst(place + 1) {
                let (a, b) = (panel.gridPos, other.gridPos)
                let isApart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
                #expect(isApart, "\(panel.title) and \(other.title) overlap.")
            }
        }
    }
}
