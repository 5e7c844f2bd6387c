internal import SLOCore

/// What the stories of a history share: repositories, and counters for ids.
struct World {
    var places: [Place]
    private var lastEventID: Int64 = 400_000
    private var lastJobID: Int64 = 300_000
    private var lastBuildID: Int64 = 9_000_000
    private var lastCommentID: Int64 = 3_500_000_000

    /// A new event id of Packit.
    mutating func newEventID() -> String {
        lastEventID += 1
        return String(lastEventID)
    }

    /// A new id on Packit's dashboard.
    mutating func newJobID() -> Int64 {
        lastJobID += 1
        return lastJobID
    }

    mutating func newBuildID() -> Int64 {
        lastBuildID += 1
        return lastBuildID
    }

    mutating func newCommentID() -> Int64 {
        lastCommentID += 1
        return lastCommentID
    }
}

/// A repository with its configuration.
struct Place {
    let id: RepositoryID
    let fullName: String
    /// Its new names with their times in seconds, if it is renamed or transferred, in order.
    let renamings: [(at: Int64, name: String)]
    /// When it is private, in seconds.
    let privateTimes: ClosedRange<Int64>?
    /// Whether its bodies contain times.
    let isDated: Bool
    let chroots: [String]
    /// Several if Packit has more than one job per chroot.
    let identifiers: [String?]
    let isTested: Bool
    /// Whether its tests show the states of their builds.
    let mirrorsBuilds: Bool
    let naming: Naming
    /// The number of packages of a monorepo that build and test under the same names.
    let packages: Int
    /// Its custom Copr project, if it has one.
    let customProject: (owner: String, project: String)?

    var lastNumber: Int
    /// A few recent heads of its pull requests, the latest last.
    private(set) var recentHeads: [RecentHead] = []

    struct RecentHead {
        let sha: String
        let number: Int
        /// Packit's event id in the primary deployment.
        let eventID: String
    }

    func repository(at time: Int64) -> Repository {
        Repository(
            id: id, fullName: name(at: time), isPrivate: privateTimes?.contains(time) ?? false,
            statedAt: isDated ? Timestamp(seconds: time) : nil)
    }

    func name(at time: Int64) -> String {
        renamings.last { time >= $0.at }?.name ?? fullName
    }

    mutating func note(_ head: RecentHead) {
        recentHeads.append(head)
        if recentHeads.count > 4 { recentHeads.removeFirst() }
    }

    /// The Copr project that Packit creates for a pull request, branch or release.
    func project(at time: Int64, for what: String, identifier: String?) -> String {
        let parts = [name(at: time), what] + (identifier.map { [$0] } ?? [])
        return Self.normalized(parts.joined(separator: "-"))
    }

    private static func normalized(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    }
}

/// How a repository's checks are named.
enum Naming {
    case plain
    /// By a template with the chroot.
    case withChroot
    /// By a template without the chroot.
    case withoutChroot
    /// Tests by a template, builds with built-in names.
    case plainBuilds
    /// By a template whose names begin like built-in ones.
    case likeBuiltIn

    func build(_ chroot: String, event: String?, identifier: String?) -> CheckName {
        let naming = self == .plainBuilds ? .plain : self
        return naming.name(job: "rpm-build", .build, words: "packages", chroot, event, identifier)
    }

    func test(_ chroot: String, event: String?, identifier: String?) -> CheckName {
        let naming = self == .plainBuilds ? .withChroot : self
        return naming.name(job: "testing-farm", .testRun, words: "tests", chroot, event, identifier)
    }

    /// Other jobs have names of the usual form.
    static func otherJob(_ job: String, _ chroot: String, event: String?) -> CheckName {
        plain.name(job: job, .job, words: "", chroot, event, nil)
    }

    private func name(
        job: String, _ subject: CheckName.Subject, words: String, _ chroot: String, _ event: String?,
        _ identifier: String?
    ) -> CheckName {
        let behind = identifier.map { " (\($0))" } ?? ""
        switch self {
        case .plain, .plainBuilds:
            let parts = [job, event, chroot, identifier].compactMap { $0 }
            return CheckName(
                text: parts.joined(separator: ":"), subject: subject, event: event, chroot: chroot,
                identifier: identifier, alternative: alternative(chroot, event, identifier),
                jobKind: subject == .job ? JobKind(job) : nil)
        case .withChroot:
            return CheckName(text: "The \(words) for \(chroot)\(behind)", subject: .unknown, chroot: chroot)
        case .withoutChroot: return CheckName(text: "The \(words)\(behind)", subject: .unknown)
        case .likeBuiltIn:
            return CheckName(text: "\(job): \(words) on \(chroot)\(behind)", subject: .unknown, chroot: chroot)
        }
    }

    /// A branch that looks like a chroot, before a chroot, may be read as the target of a pull request's job with an
    /// identifier, and an identifier that looks like a chroot as the target of a branch's.
    private func alternative(_ chroot: String, _ event: String?, _ identifier: String?) -> CheckName.Alternative? {
        if let event, identifier == nil, event.looksLikeTarget {
            return CheckName.Alternative(
                CheckName.Reading(chroot: event, identifier: chroot), isOutweighed: !event.hasKnownArchitecture)
        }
        if let identifier, event == nil, identifier.looksLikeTarget {
            return CheckName.Alternative(
                CheckName.Reading(event: chroot, chroot: identifier),
                isOutweighed: chroot.hasKnownArchitecture && !identifier.hasKnownArchitecture)
        }
        return nil
    }
}

extension String {
    fileprivate var looksLikeTarget: Bool { split(separator: "-").count > 2 }

    fileprivate var hasKnownArchitecture: Bool {
        ["x86_64", "aarch64", "ppc64le", "s390x"].contains { hasSuffix("-" + $0) }
    }
}
