internal import SLOCore

/// What the stories of a history share: the repositories, and who counts what in which order.
struct World {
    var places: [Place]
    private var lastEventID: Int64 = 400_000
    private var lastJobID: Int64 = 300_000
    private var lastBuildID: Int64 = 9_000_000

    /// Packit's id of an event that made it post.
    mutating func newEventID() -> String {
        lastEventID += 1
        return String(lastEventID)
    }

    /// The id of a page on Packit's dashboard.
    mutating func newJobID() -> Int64 {
        lastJobID += 1
        return lastJobID
    }

    mutating func newBuildID() -> Int64 {
        lastBuildID += 1
        return lastBuildID
    }
}

/// A repository, with what is configured in it.
struct Place {
    let id: Int64
    let fullName: String
    /// What it is called once it was renamed or transferred.
    let laterName: String
    /// In seconds; `nil`: it keeps its name.
    let renamedAt: Int64?
    let isPrivate: Bool
    let chroots: [String]
    /// Several where Packit has more than one job for a chroot.
    let identifiers: [String?]
    let isTested: Bool
    /// Whether its tests show the states of their builds.
    let mirrorsBuilds: Bool
    let naming: Naming
    /// Where it builds, if not in projects that Packit made for it.
    let customProject: (owner: String, project: String)?

    var lastNumber: Int
    /// The latest heads of its pull requests, the latest last. Few are kept.
    private(set) var recentHeads: [RecentHead] = []

    struct RecentHead {
        let sha: String
        let number: Int
        /// Packit's id of the event, in the primary deployment.
        let eventID: String
    }

    func repository(at time: Int64) -> Repository {
        Repository(id: id, fullName: name(at: time), isPrivate: isPrivate)
    }

    func name(at time: Int64) -> String {
        if let renamedAt, time >= renamedAt { laterName } else { fullName }
    }

    mutating func note(_ head: RecentHead) {
        recentHeads.append(head)
        if recentHeads.count > 4 { recentHeads.removeFirst() }
    }

    /// Packit's name for the Copr project of a pull request, branch or release.
    func project(at time: Int64, for what: String, identifier: String?) -> String {
        let parts = [name(at: time), what] + (identifier.map { [$0] } ?? [])
        return Self.normalized(parts.joined(separator: "-"))
    }

    private static func normalized(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    }
}

/// How a repository's checks are called.
enum Naming {
    case plain
    /// By a template that names the chroot.
    case withChroot
    /// By a template that does not.
    case withoutChroot

    func build(_ chroot: String, event: String?, identifier: String?) -> CheckName {
        name(job: "rpm-build", .build, words: "packages", chroot, event, identifier)
    }

    func test(_ chroot: String, event: String?, identifier: String?) -> CheckName {
        name(job: "testing-farm", .testRun, words: "tests", chroot, event, identifier)
    }

    private func name(
        job: String, _ subject: CheckName.Subject, words: String, _ chroot: String, _ event: String?,
        _ identifier: String?
    ) -> CheckName {
        switch self {
        case .plain:
            let parts = [job, event, chroot, identifier].compactMap { $0 }
            return CheckName(
                text: parts.joined(separator: ":"), subject: subject, event: event, chroot: chroot,
                identifier: identifier)
        case .withChroot:
            return CheckName(
                text: "The \(words) for \(chroot)" + (identifier.map { " (\($0))" } ?? ""), subject: .unknown,
                chroot: chroot)
        case .withoutChroot:
            return CheckName(text: "The \(words)" + (identifier.map { " (\($0))" } ?? ""), subject: .unknown)
        }
    }
}
