import Foundation
import SLOConfiguration
import SLOCore
import Testing

@Suite struct `What is said about the configuration` {
    @Test func `The reference page is current`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(
            text == ConfigurationReference.markdown,
            "run: packit-slo check-config --reference > docs/configuration.md")
    }

    @Test func `The example of objectives on the page can be loaded`() throws {
        let blocks = ConfigurationReference.markdown.split(separator: "```")
        let example = try #require(blocks.first { $0.hasPrefix("yaml\n") })
        let objectives = try load(String(example.dropFirst("yaml\n".count))).configuration.objectives.list
        #expect(objectives.map(\.name.rawValue) == ["initial_status", "builds", "fast_builds"])
    }

    @Test func `The effective configuration reads as the same configuration again`() throws {
        let yaml = """
            http:
              listen: "[::1]:8080"
              operations_listen: localhost:9
              body_timeout: 250ms
            database: "odd: # \\"name\\"\\n"
            github:
              apps: {one: {deployment: prod, app_id: 5}, two: stg}
            copr.users: {}
            copr.projects: {"@acme/*": acme/rocket, "some?/night*": a/b}
            handled:
              repositories: ["*/packit", "a/b"]
              ignore: []
            objectives.builds.target: 0.123456789
            """
        let configuration = try load(yaml).configuration
        #expect(configuration != Configuration())
        #expect(try load(configuration.effectiveYAML).configuration == configuration)
        #expect(try load(Configuration().effectiveYAML).configuration == Configuration())
    }

    @Test(arguments: [
        "\u{7}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "\u{E000}", "\u{1F600}", "ä", "\"\\", "- a: b #",
    ])
    func `Can be read again with any character in it`(character: String) throws {
        var configuration = Configuration()
        for path in ["a\(character)b", "\(character)b", "a\(character)"] {
            configuration.database = path
            #expect(try load(configuration.effectiveYAML).configuration == configuration)
        }
    }

    @Test func `The effective configuration shows values in their best unit and what is not set`() {
        let lines = Configuration().effectiveYAML.split(separator: "\n")
        for line in [
            "  max_body_bytes: 25MiB", "  # operations_listen is not set", "    packit-as-a-service: prod",
            "    deadline: 12h", "  repositories: []", "    # certificate_file is not set",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
    }

    @Test func `Every key is in the help`() {
        #expect(ConfigurationReference.text.contains("  objectives.NAME.deadline               duration, default –"))
    }
}
