import SLOCore
import SLOStore
import Testing

@testable import SLOQueries

/// What is told of a cluster's nodes.
@Suite struct `Nodes` {
    private static let now = Timestamp(seconds: 1_795_348_800)

    private static func node(
        _ name: String, version: String? = "0.2.0", digest: String = "a", settings: [NodeSetting] = [],
        seen: TimeSpan = .milliseconds(200), term: NodeReport.Term? = nil,
        change: (inout ReceiverLife) -> Void = { _ in }
    ) -> ClusterNodes.Node {
        var life = ReceiverLife(
            stream: StreamID(7), node: name, startedAt: now - .hours(2), seenAt: now - seen)
        life.through = now - seen
        change(&life)
        let report = version.map {
            NodeReport(
                node: name, version: $0, term: term, settings: NodeSettings(digest: digest, settings: settings))
        }
        return ClusterNodes.Node(
            life: life, undecidedCount: 0, report: report, reportedAt: report.map { _ in now - .seconds(5) })
    }

    private static func snapshot(_ nodes: [ClusterNodes.Node], decider: String? = "a", epoch: Int64 = 4)
        -> NodesSnapshot
    {
        NodesSnapshot(ClusterNodes(at: now, epoch: epoch, decider: decider, nodes: nodes))
    }

    @Test func `Receive, are silent or have stopped`() {
        let found = Self.snapshot([
            Self.node("a"), Self.node("b", seen: .seconds(4)),
            Self.node("c", seen: .minutes(4)) { $0.endedAt = Self.now - .minutes(4) },
        ])
        #expect(found.nodes.map(\.state) == [.receives, .silent, .stopped])
        #expect(found.nodes.map(\.isDecider) == [true, false, false])
    }

    @Test func `Say since when one decides, if it is of this term`() {
        let term = NodeReport.Term(epoch: 4, since: Self.now - .minutes(3))
        #expect(Self.snapshot([Self.node("a", term: term)]).decidesSince == Self.now - .minutes(3))
        #expect(Self.snapshot([Self.node("a", term: term)], epoch: 5).decidesSince == nil)
        #expect(Self.snapshot([Self.node("b", term: term)]).decidesSince == nil)
        #expect(Self.snapshot([Self.node("a", term: term)], decider: nil).decidesSince == nil)
    }

    @Test func `Are told apart by version, also where one tells none`() {
        let found = Self.snapshot([Self.node("a"), Self.node("b", version: nil), Self.node("c")])
        #expect(found.versions.map(\.value) == ["0.2.0", nil])
        #expect(found.versions.map(\.nodes) == [["a", "c"], ["b"]])
    }

    @Test func `Tell nothing of a process that ran before`() {
        let found = Self.snapshot([
            Self.node("a") {
                $0 = ReceiverLife(
                    stream: StreamID(8), node: "a", startedAt: Self.now - .seconds(1), seenAt: Self.now)
            }
        ])
        #expect(found.nodes.map(\.version) == [nil])
    }

    @Test func `Differ in settings that are named with what each has`() {
        let target = { NodeSetting(name: "objectives.builds.target", value: $0) }
        let common = NodeSetting(name: "jobs.settle", value: "2min")
        let own = NodeSetting(name: "copr.users", value: "{packit: prod}")
        let found = Self.snapshot([
            Self.node("a", digest: "1", settings: [target("0.95"), common]),
            Self.node("b", digest: "2", settings: [target("0.9"), common, own]),
            Self.node("c", digest: "1", settings: [target("0.95"), common]),
        ])
        #expect(found.haveDifferentSettings)
        #expect(found.differences.map(\.name) == ["objectives.builds.target", "copr.users"])
        #expect(found.differences[0].values.map(\.value) == ["0.95", "0.9"])
        #expect(found.differences[0].values.map(\.nodes) == [["a", "c"], ["b"]])
        #expect(found.differences[1].values.map(\.value) == [nil, "{packit: prod}"])
    }

    @Test func `Differ in secrets without telling any`() {
        let secret = { NodeSetting(name: "api.tokens", value: $0, isSecret: true) }
        let found = Self.snapshot([
            Self.node("a", digest: "1", settings: [secret("12ab")]),
            Self.node("b", digest: "2", settings: [secret("34cd")]),
        ])
        #expect(found.differences.map(\.isSecret) == [true])
        #expect(found.differences[0].values.map(\.value) == [nil, nil])
        #expect(found.differences[0].values.map(\.nodes) == [["a"], ["b"]])
    }

    @Test func `That have stopped, or tell nothing, differ in no setting`() {
        let target = { NodeSetting(name: "objectives.builds.target", value: $0) }
        let found = Self.snapshot([
            Self.node("a", digest: "1", settings: [target("0.95")]),
            Self.node("b", digest: "2", settings: [target("0.9")]) { $0.endedAt = Self.now },
            Self.node("c", version: nil),
        ])
        #expect(!found.haveDifferentSettings)
        #expect(found.differences.isEmpty)
    }

    @Test func `Keep a bounded list of settings`() {
        let long = (0..<1000).map { NodeSetting(name: "n\($0)", value: String(repeating: "x", count: 400)) }
        let kept = NodeSettings(digest: "d", settings: long).settings
        #expect(kept.count > 100 && kept.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } <= 64 << 10)
    }
}
