import SLOCore
import SLOSources
import Testing

@Suite("Copr's messages")
struct CoprDecoderTests {
    private let decoding: Decoding

    init() throws {
        decoding = try Decoding()
    }

    private func read(_ body: JSON) -> BuildReported? {
        guard case .buildReported(let report) = decoding.copr(body).outcome.observation else { return nil }
        return report
    }

    @Test("as Fedora Messaging dumps them bring their identity and time")
    func dump() throws {
        let expected = BuildReported(
            deployment: Deployment("prod"), buildID: 1_044_215, chroot: "fedora-rawhide-x86_64", owner: "packit",
            project: "packit-hello-world-24", event: .succeeded, sentAt: try Timestamp.at("10:05:00"),
            version: "0.7.0-1.fc30")
        let delivery = decoding.copr(Payloads.copr)
        #expect(delivery.outcome == .observed([.buildReported(expected)]))
        #expect(delivery.identity == "7c1b0d6e-30f2-4a0f-8b0e-1f5f5a3d9c11")
        #expect(delivery.event == "build.end")
    }

    @Test("as Packit flattens them have neither, and their timestamp is not believed")
    func flat() throws {
        let delivery = decoding.copr(Payloads.flatCopr)
        let report = try #require(read(Payloads.flatCopr))
        #expect(report.sentAt == nil)
        #expect(report.buildID == 1_044_215)
        #expect(delivery.event == "build.end")
        #expect(delivery.identity?.count == 64)
        #expect(decoding.copr(Payloads.flatCopr.with("pid", 1)).identity != delivery.identity)
        #expect(decoding.copr(Payloads.flatCopr).identity == delivery.identity)
    }

    @Test("tell a start, a success, and all else as a failure")
    func events() {
        let start = Payloads.copr.with("topic", "org.fedoraproject.prod.copr.build.start").with("body.status", 3)
        #expect(read(start)?.event == .started)
        #expect(decoding.copr(start).event == "build.start")
        for (status, event) in [(1, BuildReported.Event.succeeded), (0, .failed), (2, .failed), (5, .failed)] {
            #expect(read(Payloads.copr.with("body.status", .number(String(status))))?.event == event)
        }
        let staging = Payloads.copr.with("topic", "org.fedoraproject.stg.copr.build.end")
        #expect(read(staging)?.event == .succeeded)
    }

    @Test("may have a version")
    func versions() {
        #expect(read(Payloads.copr.with("body.version", .null)).map { $0.version == nil } == true)
        #expect(read(Payloads.copr.with("body.version", .string("1.0-1.pr5.2.gabcdef1")))?.version != nil)
    }

    @Test("of a source build have no chroot")
    func sourceBuild() throws {
        let report = try #require(read(Payloads.copr.with("body.chroot", "srpm-builds").with("body.pkg", .null)))
        #expect(report.chroot == nil)
    }

    @Test("are Packit's by their user, whoever the owner is")
    func users() {
        let group = Payloads.copr.with("body.owner", "@kdesig")
        #expect(read(group)?.owner == "@kdesig")
        #expect(read(Payloads.copr.with("body.user", "packit-stg"))?.deployment == Deployment("stg"))
        #expect(decoding.copr(Payloads.copr.with("body.user", "someone")).outcome == .ignored)
        #expect(decoding.copr(Payloads.copr.with("body.user", .null)).outcome == .ignored)
    }

    @Test("on other topics are ignored")
    func otherTopics() {
        let chroot = decoding.copr(Payloads.copr.with("topic", "org.fedoraproject.prod.copr.chroot.start"))
        #expect(chroot.outcome == .ignored)
        #expect(chroot.event == "chroot.start")
        let other = decoding.copr(["topic": "org.fedoraproject.prod.buildsys.build.state.change", "body": [:]])
        #expect(other.outcome == .ignored)
        #expect(other.event == "other")
    }

    @Test("with an odd id are known by their bytes")
    func oddID() {
        for id in [JSON.string(""), "a b", "a\nb", 7, .null, .string(String(repeating: "a", count: 129))] {
            #expect(decoding.copr(Payloads.copr.with("id", id)).identity?.count == 64)
        }
    }

    @Test("that lack what they need are malformed, with the field named")
    func malformed() {
        for path in ["topic", "body.user", "body.chroot", "body.build", "body.owner", "body.copr", "body.status"] {
            let delivery = decoding.copr(Payloads.copr.with(path, nil))
            #expect(delivery.outcome.malformedReason == "`\(path)` is missing")
            #expect(delivery.identity != nil)
        }
        #expect(decoding.copr(Payloads.flatCopr.with("build", nil)).outcome.malformedReason == "`build` is missing")
        #expect(decoding.copr(Payloads.copr.with("body", .null)).outcome.malformedReason == "`body` is null")
        let time = Payloads.copr.with("headers.sent-at", "later")
        #expect(decoding.copr(time).outcome.malformedReason == "`headers.sent-at` is not a time")
        #expect(read(Payloads.copr.with("headers", nil)) != nil)
    }
}
