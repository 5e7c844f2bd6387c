/// An irregularity of a story. Without any, a pull request is opened, answered within seconds, built, tested and
/// merged. `HistoryShape` sets the share of each.
public enum Oddity: Int, CaseIterable, Hashable, Sendable {
    // Pull requests
    case pushedAgain, pushedAgainAtOnce, returnedToOldCommit, reopened, closedAtOnce, closedEarly, leftOpen
    case deletedFork, otherBase, addressed, sharedCommit, commitOnBranch
    /// How checks are bound to one of several pull requests with the same commit
    case sharedEventID, noEventID, listedPullRequests
    case renamed

    // Answers
    case secondDeployment, silence, answerNearDeadline, slowAnswer, answerAfterMinutes, answerAfterHours
    case answerBeforeChange, refused, otherJob, fallbackStatuses, untimedCheck, doubledDelivery

    // Names
    case identifier, templatedName

    // Builds
    case submissionRetried, submissionFailed, sourceFailed, buildFailed, unsupportedTarget, mergeConflict
    case slowBuild

    // Tests
    case untested, unmirrored, testFailed, testErred, testCanceled, testSkipped, testUnclassified
    case testSubmissionRetried, testSubmissionFailed, testMisconfigured, waitsForLatestBuild
    case buildFailureShownAsNeutral

    // Chains of checks of both kinds
    case acceptanceMissing, acceptedTwice, startMissing, abandoned, stale, canceledOnGitHub, endsTwice
    case successAfterFailure, endBeforeStart, unknownTitles, longRun, endNearDeadline, jobChanges

    // Further runs of the commit
    case runAgain, runAgainWhileOpen, testedAgain

    // Copr
    case coprUnheard, coprStartMissing, coprEndMissing, coprUntimed, coprDisagrees, coprEndsFirst, coprStartsEarly
    case customProject, coprAlone

    // Testing Farm
    case requestsUnheard, requestUnlinked, requestWithoutVariables, requestOnlyKnowsBuild, requestWithoutDeployment
    case requestDisagrees, requestCancelRequested, requestHinted, requestFractional, requestAlone

    // Branches and releases
    case branchPushed, branchDeleted, released

    // Further ones of real traffic
    case renamedAgain, namedAlone, privateForAWhile, fromFuture
    case oddTarget, templatedTests, templateLikeBuiltIn, ambiguousName, sideBySide
    case versioned, neverSubmitted

    // Comments on pull requests
    case commanded, commandGivenToAll, commandUnanswered, commandElsewhere, commandWhenClosed, commentEditedAgain
    case appCommented

    // Runs of other jobs, and checks that are posted later than the others
    case jobRun, checkPostedLater

    /// GitHub's list of the deliveries to a deployment's App is read
    case appWatched

    /// Those that some seeds are without, whose histories are as they were before there were any of these. They are
    /// drawn by a generator of their own.
    static let further: [Oddity] = [
        .commanded, .commandGivenToAll, .commandUnanswered, .commandElsewhere, .commandWhenClosed, .commentEditedAgain,
        .appCommented, .jobRun, .checkPostedLater, .appWatched,
    ]

    /// Those that only `HistoryShape.traffic` has.
    public static let ofTraffic: [Oddity] = [
        .renamedAgain, .namedAlone, .privateForAWhile, .fromFuture, .oddTarget, .templatedTests, .templateLikeBuiltIn,
        .ambiguousName, .sideBySide, .versioned, .neverSubmitted,
    ]
}

/// How many times each irregularity has happened.
public struct OddityTally: Equatable, Sendable {
    private var counts = [Int](repeating: 0, count: Oddity.allCases.count)

    public init() {}

    public subscript(oddity: Oddity) -> Int { counts[oddity.rawValue] }

    mutating func note(_ oddity: Oddity) {
        counts[oddity.rawValue] += 1
    }
}
