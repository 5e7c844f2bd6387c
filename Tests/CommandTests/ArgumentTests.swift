import ArgumentParser
import SLOConfiguration
import SLOCore
import Testing

@testable import packit_slo

@Suite struct `What is typed` {
    @Test func `The end of a replay is a time, 'end', or left out`() throws {
        #expect(try Replay.parse(["a", "b"]).until == .afterLastDelivery)
        #expect(try Replay.parse(["a", "--until", "end"]).until == .whenNothingIsDue)
        let replay = try Replay.parse(["a", "--until", "2026-11-22T10:00:00Z", "--format", "metrics"])
        #expect(replay.until == .at(Timestamp(seconds: 1_795_341_600)))
        #expect(replay.format == .metrics)
    }

    @Test func `A report is of the database unless recordings are named`() throws {
        let report = try #require(try PackitSLO.parseAsRoot(["report"]) as? ReportCommand)
        #expect(report.paths.isEmpty)
        #expect(report.at == nil)
        #expect(report.format == .text)
        let other = try #require(
            try PackitSLO.parseAsRoot(["report", "a", "--at", "2026-11-22T10:00:00Z", "--format", "markdown"])
                as? ReportCommand)
        #expect(other.paths == ["a"])
        #expect(other.at?.time == Timestamp(seconds: 1_795_341_600))
        #expect(other.format == .markdown)
    }

    @Test func `A word that is no command is answered with the one that was meant`() {
        #expect(
            PackitSLO.unknownCommand(in: ["serv", "--config", "a"])
                == "'serv' is no command; did you mean serve? `packit-slo --help` lists the commands")
        #expect(
            PackitSLO.unknownCommand(in: ["gibberish"])
                == "'gibberish' is no command; `packit-slo --help` lists the commands")
        for known in [["serve"], ["help", "serve"], ["--version"], ["check-config", "--reference"], []] {
            #expect(PackitSLO.unknownCommand(in: known) == nil)
        }
    }

    @Test func `A journal is replayed where it is asked for`() throws {
        let replay = try Replay.parse(["--journal", "--database", "slo.sqlite"])
        #expect(replay.journal)
        #expect(replay.databaseOption.database == "slo.sqlite")
    }

    @Test func `Other settings are key and value`() throws {
        let replay = try Replay.parse(["a", "--set", "jobs.settle=1s", "--set", "database=a=b"])
        #expect(
            try Assignment.overrides(replay.assignments) == [
                ConfigurationOverride(option: "--set", key: "jobs.settle", value: "1s"),
                ConfigurationOverride(option: "--set", key: "database", value: "a=b"),
            ])
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", false, "127.0.0.1", 8080, "/webhooks/github", "127.0.0.1:8080"),
        ("http://localhost/", false, "localhost", 80, "/webhooks/github", "localhost"),
        ("https://slo.example/base/", true, "slo.example", 443, "/base/webhooks/github", "slo.example"),
        ("https://[::1]:9", true, "::1", 9, "/webhooks/github", "[::1]:9"),
        ("http://[::1]", false, "::1", 80, "/webhooks/github", "[::1]"),
    ])
    func `A server's address is taken apart`(
        text: String, isSecure: Bool, host: String, port: Int, path: String, authority: String
    ) throws {
        let target = try #require(SendTarget(text))
        #expect(target.isSecure == isSecure)
        #expect(target.host == host)
        #expect(target.port == port)
        #expect(target.path(of: .github) == path)
        #expect(target.authority == authority)
    }

    @Test(arguments: [
        "", "localhost", "ftp://a", "http://", "http://:80", "http://a:0", "http://a:65536", "http://a:b",
        "http://u@a", "http://a/?q", "http://a b", "http://a/\r\nX: y",
    ])
    func `What is no server's address is none`(text: String) {
        #expect(SendTarget(text) == nil)
    }

    @Test(arguments: [
        ["replay"], ["replay", "a", "--until", "noon"], ["replay", "a", "--set", "x"],
        ["replay", "a", "--format", "xml"], ["replay", "a", "--journal"], ["replay", "a", "--database", "b"],
        ["report", "a", "--database", "b"], ["report", "--set", "database=b"], ["report", "--at", "noon"],
        ["report", "--format", "pdf"],
        ["send", "a"], ["send", "--to", "http://a"], ["send", "a", "--to", "http://a", "--rate", "0"],
        ["send", "a", "--to", "http://a", "--rate", "1", "--speed", "1"],
        ["send", "a", "--to", "http://a", "--speed", "nan"], ["send", "a", "--to", "http://a", "--connections", "0"],
        ["export", "--since", "2026-11-22T10:00:01Z", "--until", "2026-11-22T10:00:00Z"],
        ["export", "--raw", "--keep", "a"],
        ["backup"], ["restore"], ["brew"], ["serve", "--port", "1"], ["import"], ["demo", "a"],
        ["report", "--public", "a.jsonl"], ["annotate", "words"], ["annotate", "--withdraw", "1", "words"],
        [
            "annotate", "--from", "2026-11-22T10:00:01Z", "--to", "2026-11-22T10:00:00Z", "words",
        ],
    ])
    func `Wrong usage ends with 64`(arguments: [String]) {
        do {
            _ = try PackitSLO.parseAsRoot(arguments)
            Issue.record("was taken")
        } catch {
            #expect(CommandFailure(explaining: error) == nil)
            #expect(PackitSLO.exitCode(for: error).rawValue == 64)
        }
    }

    @Test(arguments: [
        "serve", "demo", "report", "annotate", "replay", "import", "send", "export", "backup", "restore",
        "check-config",
    ])
    func `Every command has help with an example`(command: String) throws {
        let help = try #require(
            PackitSLO.configuration.subcommands.first { $0._commandName == command }?.helpMessage())
        #expect(help.contains("EXAMPLE\n  packit-slo \(command) "))
    }

    @Test func `A wrong configuration ends with 78, a failed run with 1`() throws {
        let problem = ConfigurationProblem(place: .option("--set"), key: "a", reason: "is wrong")
        let wrong = try #require(CommandFailure(explaining: ConfigurationError(problems: [problem])))
        #expect(wrong == CommandFailure("--set: a: is wrong", code: .misconfigured))
        let failed = try #require(CommandFailure(explaining: Output.Failure(description: "no room")))
        #expect(failed == CommandFailure("no room", code: .failed))
    }
}
