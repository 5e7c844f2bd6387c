import SLOCore
import TestPostgres
import Testing

@testable import SLOStore

/// What the nodes of a cluster tell of themselves.
@Suite struct NodeReportTests {
    private let now = Timestamp(seconds: 1_795_341_600)

    private func report(_ node: String, target: String = "0.95") -> NodeReport {
        NodeReport(
            node: node, version: "0.2.0", term: .init(epoch: 1, since: now), spooledCount: 3,
            settings: NodeSettings(
                digest: "d-\(target)",
                settings: [
                    NodeSetting(name: "objectives.builds.target", value: target),
                    NodeSetting(name: "api.tokens", value: "12ab", isSecret: true),
                ]))
    }

    @Test func areReadAsTheyWereTold() throws {
        let address = try TestPostgres.shared().database()
        let cluster = try PostgresCluster(PostgresAddress(address), at: now)
        let inbox = cluster.inbox()
        let streams = try ["b", "a", "b"].map { try inbox.beginStream(node: $0, startedAt: now) }
        let reports = cluster.nodeReports()
        try reports.store(report("b", target: "0.5"))
        try reports.store(report("b"))
        // A node that has no stream is nobody's.
        try reports.store(report("c"))
        let reader = try cluster.readers.open()
        var found = try #require(try reader.clusterNodes())
        #expect(found.decider == nil)
        #expect(found.nodes.map(\.life.node) == ["a", "b"])
        #expect(found.nodes.map(\.life.stream) == [streams[1], max(streams[0], streams[2])])
        #expect(found.nodes.map(\.report) == [nil, report("b")])
        #expect(found.nodes[1].reportedAt.map { abs(($0 - found.at).milliseconds) < 60_000 } == true)

        _ = try #require(try cluster.lease().claim(by: "a"))
        found = try #require(try reader.clusterNodes())
        #expect(found.decider == "a")
        #expect(found.epoch == 1)
    }

    @Test func haveATableInADatabaseThatWasMadeWithoutIt() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        _ = try PostgresCluster(PostgresAddress(address), at: now)
        try server.execute("DROP TABLE packit_slo.node", on: address)
        let cluster = try PostgresCluster(PostgresAddress(address), at: now)
        try cluster.nodeReports().store(report("a"))
    }

    @Test func areForgottenWithTheReceiver() throws {
        let server = try TestPostgres.shared()
        let address = try server.database()
        let cluster = try PostgresCluster(PostgresAddress(address), at: now)
        let inbox = cluster.inbox()
        for node in ["a", "b"] {
            _ = try inbox.beginStream(node: node, startedAt: now)
            try cluster.nodeReports().store(report(node))
        }
        let term = try #require(try cluster.lease().claim(by: "a"))
        var batch = CommitBatch()
        batch.heartbeat = now + .days(9)
        try term.commit(batch)
        try server.execute(
            "UPDATE packit_slo.receiver SET seen_at = seen_at - interval '2 days' WHERE node = 'b'", on: address)
        var steps = 0
        while try term.prune(now: now + .days(9), limits: PruneTests.limits, rows: 100), steps < 100 { steps += 1 }
        try server.execute(
            "DO $$ BEGIN ASSERT (SELECT array_agg(node) FROM packit_slo.node) = ARRAY['a']; END $$", on: address)
    }

    @Test func areNoneOfAProcessThatIsAlone() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        defer { try? store.close() }
        #expect(try ReaderSource(path: scratch.database).open().clusterNodes() == nil)
    }
}
