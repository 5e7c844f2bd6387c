extension LedgerSettings {
    /// What keeps small what one delivery may cost, far above what real projects reach. They are the same in every
    /// installation; trials lift them, to compare what the rules say without them.
    public struct Bounds: Equatable, Sendable {
        // MARK: Of a lane

        /// A lane with more facts than this drops what says nothing new, and the oldest of its final runs, until no
        /// more than three quarters of them are left.
        public var factsOfLane = 128
        /// More runs of a lane that are not final at once: the oldest of them end.
        public var openRunsOfLane = 32

        // MARK: Of a commit

        /// More distinct times of the statuses of all events at Packit on a commit: each event keeps its earliest, and
        /// of the others an equal share.
        public var answerTimesOfCommit = 1024

        // MARK: Of commands

        /// More commands of a pull request: the oldest is dropped.
        public var commandsOfPullRequest = 64
        /// More commands that wait for a status on a commit: the oldest is excluded.
        public var commandsOfCommit = 1024

        // MARK: Of a name that shows its kind

        /// What one input teaches is passed on at once to no more lanes than this, and to no more than have so many
        /// facts. The others have their turn by deadlines, as many at each, so that no delivery takes longer where
        /// more of a name wait for their kind.
        public var lanesTaughtAtOnce = 16
        public var factsTaughtAtOnce = 128

        // MARK: Of joins

        /// No backend's run is compared with more runs than this.
        public var runsCompared = 48
        /// Nor are more passed over that cannot be it at first sight.
        public var runsLookedAt = 256
        /// No check looks at more backend runs than this, on either side of its own beginning.
        public var claimsLookedAt = 32
        /// Nor asks for more whether it alone fits them.
        public var claimsTried = 4
        /// On news of a run no more of what waits is looked at than this; the rest has its turn at the next news, and
        /// at the end of its wait.
        public var waitingLookedAt = 32

        public init() {}

        /// None that a history of a trial reaches.
        public static var lifted: Bounds {
            let none = 1_000_000
            var bounds = Bounds()
            bounds.factsOfLane = none
            bounds.openRunsOfLane = none
            bounds.answerTimesOfCommit = none
            bounds.commandsOfPullRequest = none
            bounds.commandsOfCommit = none
            bounds.lanesTaughtAtOnce = none
            bounds.factsTaughtAtOnce = none
            bounds.runsCompared = none
            bounds.runsLookedAt = none
            bounds.claimsLookedAt = none
            bounds.claimsTried = none
            bounds.waitingLookedAt = none
            return bounds
        }
    }
}
