import Foundation
import Logging
import RunningService
import SLOCore
import SLOService
import SLOStore
import Synchronization
import Testing

/// What is erased is in no file of the database any more, and the numbers are as they were (docs/privacy.md).
@Suite(.serialized) struct EraserTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func push(
        _ repository: Int, _ name: String, number: Int, fork: String, sender: String = "somebody"
    ) -> String {
        """
        {"action":"opened","number":\(number),"pull_request":{"number":\(number),"created_at":"2026-11-10T10:00:00Z",
        "updated_at":"2026-11-10T10:00:00Z","closed_at":null,"head":{"sha":"s\(repository)-\(number)","ref":"topic",
        "repo":{"full_name":"\(fork)"}},"base":{"ref":"main"}},"repository":{"id":\(repository),
        "full_name":"\(name)","private":false},"sender":{"login":"\(sender)"}}
        """
    }

    private static func check(_ repository: Int, _ name: String, _ id: Int, _ number: Int) -> String {
        """
        {"action":"created","check_run":{"id":\(id),"name":"rpm-build:fedora-rawhide-x86_64",
        "head_sha":"s\(repository)-\(number)","external_id":"\(id)","status":"queued","conclusion":null,
        "started_at":"2026-11-10T10:00:04Z","completed_at":null,
        "output":{"title":"The task was accepted.","summary":""},"pull_requests":[],
        "app":{"slug":"packit-as-a-service"}},
        "repository":{"id":\(repository),"full_name":"\(name)","private":false}}
        """
    }

    /// A repository that was renamed, and another with a pull request from its fork and from an account.
    private static func fill(_ service: ObserverService) async throws {
        let bodies = [
            ("pull_request", push(1, "acme/oldname", number: 1, fork: "somebody/x")),
            ("check_run", check(1, "acme/oldname", 11, 1)),
            ("pull_request", push(1, "acme/newname", number: 2, fork: "somebody/x")),
            ("check_run", check(1, "acme/newname", 12, 2)),
            ("pull_request", push(2, "other/gadget", number: 3, fork: "acme/newname", sender: "wile-e")),
            ("check_run", check(2, "other/gadget", 13, 3)),
            ("pull_request", push(2, "other/gadget", number: 4, fork: "wile-e/gadget")),
            ("watch", #"{"action":"started","repository":{"id":3,"full_name":"wile-e/kit","private":false}}"#),
        ]
        for (number, (event, body)) in bodies.enumerated() {
            let response = try await RunningService.send(
                body, event: event, delivery: "delivery-\(number)", to: service)
            #expect(response == .stored)
        }
    }

    /// Which of the names are in the database's files.
    private static func remains(of names: [String], _ database: String) throws -> [String] {
        var content = Data()
        for suffix in ["", "-wal"] {
            content += FileManager.default.contents(atPath: database + suffix) ?? Data()
        }
        let text = String(decoding: content, as: UTF8.self).lowercased()
        return names.filter { text.contains($0) }
    }

    @discardableResult
    private static func erase(
        _ target: ErasureTarget, _ database: String, isDryRun: Bool = false, fault: @escaping StoreFault = { _ in }
    ) throws -> Eraser.Result {
        let now = Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
        let store = try SQLiteStore.open(path: database, startedAt: now, fault: fault)
        defer { try? store.close() }
        let settings = try RunningService.settings(database)
        return try Eraser(target, from: store, settings: settings, logger: silent).run(at: now, isDryRun: isDryRun)
    }

    private static func counters(_ service: ObserverService) -> [Substring] {
        String(decoding: service.metrics(openMetrics: false), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("packit_") && !$0.hasPrefix("packit_slo_") && !$0.contains("finished_total") }
            .filter { !$0.contains("unfinished") && !$0.contains("without_status") && !$0.contains("changes_total") }
    }

    private static func withDatabase(_ body: (String, [Substring]) async throws -> Void) async throws {
        let place = try ScratchPlace()
        defer { place.remove() }
        let database = place.path("observer")
        var before: [Substring] = []
        try await RunningService.run(RunningService.settings(database)) { service in
            try await fill(service)
            before = counters(service)
        }
        try await body(database, before)
    }

    @Test func aRepositoryIsGoneUnderAllItsNames() async throws {
        try await Self.withDatabase { database, before in
            let names = ["acme/oldname", "acme/newname"]
            #expect(try Self.remains(of: names, database) == names)
            let result = try Self.erase(.repository("acme/newname"), database)
            #expect(result.deliveries == 4)
            #expect(result.bodies == 5)
            #expect(result.renamedDeliveries == 1)
            #expect(result.state.repositories == 1)
            #expect(try Self.remains(of: names + ["oldname", "newname"], database) == [])
            #expect(try Self.remains(of: ["other/gadget"], database) == ["other/gadget"])
            try await RunningService.run(RunningService.settings(database)) { service in
                #expect(Self.counters(service) == before)
                // A repeated delivery is still recognised, and does not bring the name back.
                let repeated = try await RunningService.send(
                    Self.push(1, "acme/oldname", number: 1, fork: "somebody/x"), event: "pull_request",
                    delivery: "delivery-0", to: service)
                #expect(repeated == .alreadyHeld)
            }
            #expect(try Self.remains(of: names, database) == [])
        }
    }

    @Test func aFormerNameLeadsToTheRepository() async throws {
        try await Self.withDatabase { database, _ in
            try Self.erase(.repository("ACME/OldName"), database)
            #expect(try Self.remains(of: ["oldname", "newname"], database) == [])
        }
    }

    @Test func aLoginIsGoneWithItsRepositoriesAndOthersKeepTheirChanges() async throws {
        try await Self.withDatabase { database, before in
            #expect(try Self.remains(of: ["wile-e"], database) == ["wile-e"])
            let result = try Self.erase(.login("wile-e"), database)
            #expect(result.state.repositories == 1)
            #expect(result.state.entities == 0)
            #expect(try Self.remains(of: ["wile-e"], database) == [])
            try await RunningService.run(RunningService.settings(database)) { service in
                #expect(Self.counters(service) == before)
            }
        }
    }

    @Test func aDryRunTellsTheSameAndChangesNothing() async throws {
        try await Self.withDatabase { database, _ in
            let told = try Self.erase(.repository("acme/newname"), database, isDryRun: true)
            #expect(try Self.remains(of: ["acme/oldname"], database) == ["acme/oldname"])
            #expect(try Self.erase(.repository("acme/newname"), database) == told)
            #expect(try Self.erase(.repository("acme/newname"), database).isEmpty)
        }
    }

    /// Each transaction fails once, as if the process had been killed there.
    @Test(arguments: 0..<3) func whatWasInterruptedIsFinishedByTheNext(commit: Int) async throws {
        try await Self.withDatabase { database, _ in
            let commits = Counter()
            #expect(throws: StoreError.self) {
                try Self.erase(
                    .repository("acme/newname"), database,
                    fault: { point in
                        guard point == .beforeCommit || point == .afterCommit, commits.next() == commit else { return }
                        throw StoreError(code: .inputOutput, message: "killed")
                    })
            }
            try Self.erase(.repository("acme/newname"), database)
            #expect(try Self.remains(of: ["oldname", "newname"], database) == [])
        }
    }

    @Test func aDatabaseInUseIsRefused() async throws {
        try await Self.withDatabase { database, _ in
            try await RunningService.run(RunningService.settings(database)) { _ in
                let error = #expect(throws: StoreError.self) { try Self.erase(.login("wile-e"), database) }
                #expect(error?.code == .lockedByOther)
            }
        }
    }
}

/// Counts from 0.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}
