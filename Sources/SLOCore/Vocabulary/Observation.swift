/// A fact in terms of the domain, in the past tense, with the provider's time.
///
/// `SLOSources` decodes deliveries to observations. The core knows no JSON and no provider formats.
public enum Observation: Equatable, Sendable {
    /// A pull request needs an answer: it was opened, reopened, or pushed to.
    case changePushed(ChangePushed)
    case changeClosed(ChangeClosed)
    /// Packit posted a check run or a commit status.
    case statusReported(StatusReported)
    /// A branch was pushed to. It needs no answer; runs of pushes belong to it.
    case branchPushed(BranchPushed)
    case releasePublished(ReleasePublished)
    /// An authentic event that is not used otherwise contains a repository: its name, and whether it is private.
    case repositoryNamed(Repository)
    /// Copr started or ended one chroot of a build, or its source build.
    case buildReported(BuildReported)
    /// Testing Farm reported on a request.
    case testRunReported(TestRunReported)
    /// A Testing Farm request has changed: a hint without state (docs/counting.md, rule 21).
    case testRunHinted(requestID: String)
    /// Copr was asked about one chroot of a build.
    case buildLookedUp(BuildLookedUp)
    /// Packit was asked which backend run belongs to a job.
    case jobIdentified(JobIdentified)
    /// A person gave a deployment a command, in a comment on a pull request.
    case commandGiven(CommandGiven)
    /// A deployment's App commented on a pull request.
    case appCommented(AppCommented)
    /// GitHub's list of the deliveries to a watched App was read.
    case appDeliveriesListed(AppDeliveriesListed)
}

/// A repository as a body shows it.
public struct Repository: Hashable, Sendable {
    public let id: RepositoryID
    /// `owner/name`.
    public let fullName: String
    public let isPrivate: Bool
    /// The newest provider time in the body that named it, which tells how recent the name is. `nil` if the body has
    /// none.
    public var statedAt: Timestamp?

    public init(id: RepositoryID, fullName: String, isPrivate: Bool = false, statedAt: Timestamp? = nil) {
        self.id = id
        self.fullName = fullName
        self.isPrivate = isPrivate
        self.statedAt = statedAt
    }
}

extension Observation {
    /// The repository in the observation's body; `nil` for other sources than GitHub.
    public package(set) var repository: Repository? {
        get {
            switch self {
            case .changePushed(let fact): fact.repository
            case .changeClosed(let fact): fact.repository
            case .statusReported(let fact): fact.repository
            case .branchPushed(let fact): fact.repository
            case .releasePublished(let fact): fact.repository
            case .commandGiven(let fact): fact.repository
            case .appCommented(let fact): fact.repository
            case .repositoryNamed(let repository): repository
            case .buildReported, .testRunReported, .testRunHinted, .buildLookedUp, .jobIdentified,
                .appDeliveriesListed:
                nil
            }
        }
        set {
            guard let repository = newValue else { return }
            switch self {
            case .changePushed(var fact):
                fact.repository = repository
                self = .changePushed(fact)
            case .changeClosed(var fact):
                fact.repository = repository
                self = .changeClosed(fact)
            case .statusReported(var fact):
                fact.repository = repository
                self = .statusReported(fact)
            case .branchPushed(var fact):
                fact.repository = repository
                self = .branchPushed(fact)
            case .releasePublished(var fact):
                fact.repository = repository
                self = .releasePublished(fact)
            case .commandGiven(var fact):
                fact.repository = repository
                self = .commandGiven(fact)
            case .appCommented(var fact):
                fact.repository = repository
                self = .appCommented(fact)
            case .repositoryNamed: self = .repositoryNamed(repository)
            case .buildReported, .testRunReported, .testRunHinted, .buildLookedUp, .jobIdentified,
                .appDeliveriesListed:
                break
            }
        }
    }
}

public struct ChangePushed: Equatable, Sendable {
    public enum Action: String, CaseIterable, Hashable, Sendable {
        case opened
        case reopened
        case synchronize
    }

    public internal(set) var repository: Repository
    /// The pull request's number.
    public let number: Int
    public let action: Action
    /// The commit that became the pull request's head.
    public let headSHA: String
    /// `owner/name` of the head's repository; `nil` if that fork is deleted.
    public let headRepository: String?
    /// The branch into which the pull request is to be merged.
    public let baseRef: String
    /// When the wait began: `created_at` of an opened, `updated_at` of a reopened or pushed-to pull request.
    public let startedAt: Timestamp
    /// The configured deployment whose App the delivery's headers name, if there is one.
    public let addressee: Deployment?

    public init(
        repository: Repository, number: Int, action: Action, headSHA: String, headRepository: String?,
        baseRef: String, startedAt: Timestamp, addressee: Deployment?
    ) {
        self.repository = repository
        self.number = number
        self.action = action
        self.headSHA = headSHA
        self.headRepository = headRepository
        self.baseRef = baseRef
        self.startedAt = startedAt
        self.addressee = addressee
    }
}

public struct ChangeClosed: Equatable, Sendable {
    public internal(set) var repository: Repository
    public let number: Int
    public let closedAt: Timestamp
    /// Further fields of the pull request; `nil` in journals of versions that did not keep them.
    public let pullRequest: ClosedPullRequest?

    public init(repository: Repository, number: Int, closedAt: Timestamp, pullRequest: ClosedPullRequest? = nil) {
        self.repository = repository
        self.number = number
        self.closedAt = closedAt
        self.pullRequest = pullRequest
    }
}

/// A pull request as it was when it was closed.
public struct ClosedPullRequest: Equatable, Sendable {
    public let headSHA: String
    /// `owner/name` of the head's repository; `nil` if that fork is deleted.
    public let headRepository: String?
    public let baseRef: String
    public let createdAt: Timestamp

    public init(headSHA: String, headRepository: String?, baseRef: String, createdAt: Timestamp) {
        self.headSHA = headSHA
        self.headRepository = headRepository
        self.baseRef = baseRef
        self.createdAt = createdAt
    }
}

public struct BranchPushed: Equatable, Sendable {
    public internal(set) var repository: Repository
    /// The full ref, `refs/heads/main`.
    public let ref: String
    /// The commit that the ref points to; all zeros if it was deleted.
    public let sha: String

    public init(repository: Repository, ref: String, sha: String) {
        self.repository = repository
        self.ref = ref
        self.sha = sha
    }
}

public struct ReleasePublished: Equatable, Sendable {
    public internal(set) var repository: Repository
    public let tag: String
    public let publishedAt: Timestamp?

    public init(repository: Repository, tag: String, publishedAt: Timestamp?) {
        self.repository = repository
        self.tag = tag
        self.publishedAt = publishedAt
    }
}
