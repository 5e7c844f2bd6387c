internal import SLOCore

/// The known topics of Copr's messages, by their end.
enum CoprEvent: String, CaseIterable {
    case buildStart = "build.start"
    case buildEnd = "build.end"
    /// Repeats `build.start`.
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

/// Decodes Copr's messages, as Fedora Messaging's tools write them (`{id, topic, headers, body}`) or as Packit's
/// listener flattens them (`{topic, build, chroot, …}`). The flat form's `timestamp` is ignored: it is the listener's.
struct CoprDecoder {
    /// Copr's name for the source build in the place of a chroot.
    private static let sourceChroot = "srpm-builds"
    /// Copr's number for a build that succeeded. All other ends are failures.
    private static let succeededStatus: Int64 = 1

    let settings: SourceSettings

    /// The message's identifier, if it has a usable one.
    static func messageID(_ root: JSONObject) -> String? {
        root.optionalString("id").flatMap { HeaderRules.isDeliveryID($0) ? $0 : nil }
    }

    func decode(_ root: JSONObject) -> DecodedDelivery.Outcome {
        do throws(FieldProblem) {
            _ = try root.string("topic")
            guard let event = CoprEvent(root), event != .chrootStart else { return .ignored }
            let body = root.has("body") ? try root.object("body") : root
            // The user is null for builds that were started automatically.
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
        return try body.integer("status") == Self.succeededStatus ? .succeeded : .failed
    }
}
