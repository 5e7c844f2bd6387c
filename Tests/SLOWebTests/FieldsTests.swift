import Mustache
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite("A model that a template reads")
struct FieldsTests {
    private struct Row: Sendable {
        let name: String
        let link: String?
        let count: Int
    }

    private struct Page: Sendable {
        let title: String
        let hint: String?
        let first: Row?
        let last: Row?
        let rows: [Row]
        let words: [String]
        let isShort: Bool
    }

    private static let page = Page(
        title: "<All>", hint: nil, first: Row(name: "a", link: "/a", count: 1), last: nil,
        rows: [Row(name: "b", link: nil, count: 2), Row(name: "c", link: "/c", count: 3)], words: ["x", "y"],
        isShort: true)

    @Test(
        "says the same as without its fields being found beforehand",
        arguments: [
            "{{title}}|{{{title}}}|{{hint}}|{{^hint}}no hint{{/hint}}",
            "{{#isShort}}short{{/isShort}}{{^isShort}}long{{/isShort}}",
            "{{#first}}{{name}} {{link}} {{count}} of {{title}}{{/first}}{{#last}}{{name}}{{/last}}{{^last}}none{{/last}}",
            "{{#rows}}{{name}}{{#link}} at {{.}}{{/link}}{{^link}} nowhere{{/link}} {{count}} {{title}} {{hint}};{{/rows}}",
            "{{#words}}{{.}},{{/words}}{{first.name}}{{last.name}}{{#rows}}{{^last()}}-{{/last()}}{{/rows}}{{unknown}}",
            "{{count(rows)}} {{#empty(words)}}empty{{/empty(words)}}",
        ])
    func saysTheSame(text: String) throws {
        let template = try MustacheTemplate(string: text)
        let said = template.render(Fields.readable(Self.page))
        #expect(said == template.render(Self.page))
        #expect(!said.isEmpty && !said.contains("Fields"))
    }
}
