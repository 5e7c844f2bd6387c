internal import SLOCore

/// The topics of Copr's messages that are known, by their end.
enum CoprEvent: String, CaseIterable {
    case buildStart = "build.start"
    case buildEnd = "build.end"
    /// Says again what `build.start` said.
    case chrootStart = "chroot.start"

    init?(_ root: JSONObject) {
        let event = root.withText("topic") { topic in
            Self.endings.first { topic.suffix($0.ending.count).elementsEqual($0.ending) }?.event
        }
        guard let event else { return nil }
        self = event
    }

    private static let endings = allCases.map { (ending: Array("copr.\($0.rawValue)".utf8), event: $0) }
}

/// Copr's messages, as Fedora Messaging's tools dump them (`{id, topic, headers, body}`) or as Packit's
/// listener flattens them (`{topic, build, chroot, …}`). The flat form's `timestamp` is the listener's: it is not read.
struct CoprDecoder {
    /// What Copr calls the source build in place of a chroot.
    private static let sourceChroot = "srpm-builds"

    let settings: SourceSettings

    /// The message's own identity, where it has one that can be used.
    static func messageID(_ root: JSONObject) -> String? {
        root.optionalString("id").flatMap { HeaderRules.isDeliveryID($0) ? $0 : nil }
    }

    func decode(_ root: JSONObject) -> DecodedDelivery.Outcome {
        do throws(FieldProblem) {
            _ = try root.string("topic")
            guard let event = CoprEvent(root), event != .chrootStart else { return .ignored }
            let body = root.has("body") ? try root.object("body") : root
            // Builds that nobody in particular started have a null there.
            guard !body.isNull("user"), let deployment = settings.coprUsers[try body.string("user")] else {
                return .ignored
            }
            let chroot = try body.string("chroot")
            return .observed([
                .buildReported(
                    BuildReported(
                        deployment: deployment, buildID: try body.integer("build"),
                        chroot: chroot == Self.sourceChroot ? nil : chroot,
                        owner: try body.string("owner"), project: try body.string("copr"),
                        event: try reported(event, body), sentAt: try root.optionalTime("headers.sent-at"),
                        version: body.optionalString("version")))
            ])
        } catch {
            return .malformed(reason: error.description)
        }
    }

    private func reported(_ event: CoprEvent, _ body: JSONObject) throws(FieldProblem) -> BuildReported.Event {
        guard event == .buildEnd else { return .started }
        return try body.integer("status") == 1 ? .succeeded : .failed
    }
}
