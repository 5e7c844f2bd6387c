/// A pull request's heads and closings in order of the provider's times, in whatever order they were received.
struct PullRequest: Equatable, Sendable {
    /// The head became a commit: opened, reopened or pushed to.
    struct HeadMove: Equatable, Sendable {
        /// Provider time; the receipt if that is in the future (docs/counting.md, rule 39).
        let at: Timestamp
        let sha: String
        let action: ChangePushed.Action
        /// Provider time in any case; with commit and action it identifies the move.
        let statedAt: Timestamp

        init(at: Timestamp, sha: String, action: ChangePushed.Action, statedAt: Timestamp? = nil) {
            self.at = at
            self.sha = sha
            self.action = action
            self.statedAt = statedAt ?? at
        }

        func stated(at time: Timestamp) -> HeadMove {
            HeadMove(at: at, sha: sha, action: action, statedAt: time)
        }

        fileprivate func isSame(as other: HeadMove) -> Bool {
            statedAt == other.statedAt && action == other.action && sha == other.sha
        }

        fileprivate func precedes(_ other: HeadMove) -> Bool {
            if at == other.at { return action == .opened && other.action != .opened }
            return at < other.at
        }
    }

    struct Closing: Equatable, Sendable {
        /// Provider time; the receipt if that is in the future (docs/counting.md, rule 39).
        let at: Timestamp
        /// Provider time in any case; it identifies the closing.
        let statedAt: Timestamp
        /// The pull request that it shows; `nil` in observations of older versions.
        var shown: Shown?
    }

    /// A pull request in a closing (docs/counting.md, rule 34).
    struct Shown: Equatable, Sendable {
        let sha: String
        let createdAt: Timestamp
    }

    let key: PullRequestKey
    let id: EntityID
    /// In order of provider time; within a second the opening comes first, others in order of receipt.
    private(set) var moves: [HeadMove] = []
    /// In order of provider time.
    private(set) var closings: [Closing] = []
    /// `nil` in rows of versions that did not keep it.
    private(set) var base: Base?
    /// By provider time.
    private(set) var appComments: [AppComment] = []
    var touchedAt: Timestamp
    var armedFor: Timestamp?

    /// The branch into which it is to be merged.
    struct Base: Equatable, Sendable {
        let name: String
        /// When a delivery named it, by provider time.
        let at: Timestamp
    }

    /// The limit of moves, of closings and of comments: beyond it the oldest are dropped.
    static let movesLimit = 256

    init(key: PullRequestKey, id: EntityID, touchedAt: Timestamp) {
        self.key = key
        self.id = id
        self.touchedAt = touchedAt
    }

    init(
        key: PullRequestKey, id: EntityID, moves: [HeadMove], closings: [Closing], touchedAt: Timestamp,
        armedFor: Timestamp?, base: Base?, appComments: [AppComment]
    ) {
        self.key = key
        self.id = id
        self.moves = moves
        self.closings = closings
        self.touchedAt = touchedAt
        self.armedFor = armedFor
        self.base = base
        self.appComments = appComments
    }

    /// - Returns: whether it is new.
    mutating func record(_ move: HeadMove) -> Bool {
        guard !moves.contains(where: { $0.isSame(as: move) }) else { return false }
        // Most moves are the latest.
        let place = moves.lastIndex { !move.precedes($0) }.map { $0 + 1 } ?? 0
        moves.insert(move, at: place)
        if moves.count > Self.movesLimit { moves.removeFirst() }
        return true
    }

    /// - Returns: the closing as it was first received, and whether that is now.
    mutating func record(_ closing: Closing) -> (Closing, isNew: Bool) {
        if let known = closings.firstIndex(where: { $0.statedAt == closing.statedAt }) {
            closings[known].shown = closings[known].shown ?? closing.shown
            return (closings[known], false)
        }
        let place = closings.lastIndex { $0.at <= closing.at }.map { $0 + 1 } ?? 0
        closings.insert(closing, at: place)
        if closings.count > Self.movesLimit { closings.removeFirst() }
        return (closing, true)
    }

    /// - Returns: whether it is new.
    mutating func record(_ comment: AppComment) -> Bool {
        let place = appComments.lastIndex { $0.at <= comment.at }.map { $0 + 1 } ?? 0
        let sameSecond = appComments[..<place].reversed().prefix { $0.at == comment.at }
        guard !sameSecond.contains(where: { $0.deployment == comment.deployment }) else { return false }
        appComments.insert(comment, at: place)
        if appComments.count > Self.movesLimit { appComments.removeFirst() }
        return true
    }

    /// Of several deliveries the latest counts.
    mutating func noteBase(_ name: String, at moment: Timestamp) {
        if base.map({ $0.at <= moment }) ?? true { base = Base(name: name, at: moment) }
    }

    /// Whether a delivery of its own was received, and not only comments on it.
    var isReceived: Bool { !moves.isEmpty || !closings.isEmpty }

    /// The latest known head.
    var head: String? { moves.last?.sha ?? closedHead }

    /// The head by its latest closing: all that is known if its opening was not received.
    var closedHead: String? { closings.last { $0.shown != nil }?.shown?.sha }

    /// The commits that it had as head.
    var shas: Set<String> { Set(moves.map(\.sha)).union(closedHeads) }

    private var closedHeads: [String] { closings.compactMap(\.shown?.sha) }

    /// Open as far as is known: its last closing, if any, came before its last move. A pull request that is pushed to
    /// is open, because its reopening may have been missed.
    var isOpen: Bool { isOpen(at: Timestamp(milliseconds: .max)) }

    func isOpen(at moment: Timestamp) -> Bool {
        guard let move = moves.last(where: { $0.at <= moment }) else { return closedHead(at: moment) != nil }
        return !isClosed(at: moment, after: move)
    }

    /// Whether a closing came before a moment, and no move between them.
    func isClosed(at moment: Timestamp) -> Bool {
        isClosed(at: moment, after: moves.last { $0.at <= moment })
    }

    private func isClosed(at moment: Timestamp, after move: HeadMove?) -> Bool {
        guard let closing = closings.last(where: { $0.at <= moment })?.at else { return false }
        guard let move else { return true }
        // Within one second a reopening follows a closing, and a closing follows everything else.
        return move.action == .reopened ? closing > move.at : closing >= move.at
    }

    func hasAsHead(_ sha: String, at moment: Timestamp) -> Bool {
        isOpen(at: moment) && (moves.last { $0.at <= moment }?.sha ?? closedHead(at: moment)) == sha
    }

    /// The head at a moment, as far as it is known. A closing names the head of a push that was not received.
    func head(at moment: Timestamp) -> String? {
        let move = moves.last { $0.at <= moment }
        let closing = closings.last { $0.shown != nil && $0.at <= moment }
        if let closing, move.map({ $0.at <= closing.at }) ?? true { return closing.shown?.sha }
        return move?.sha ?? closedHead(at: moment)
    }

    /// The head at a moment before the first known move, by the next closing.
    private func closedHead(at moment: Timestamp) -> String? {
        closings.first { $0.at > moment && $0.shown.map { $0.createdAt <= moment } ?? false }?.shown?.sha
    }

    func firstMove(to sha: String) -> HeadMove? {
        moves.first { $0.sha == sha }
    }

    /// When the next change came, if there is one: a push, or a reopening, which ends a wait as well.
    func next(after move: HeadMove) -> Timestamp? {
        guard let own = moves.lastIndex(where: { $0.isSame(as: move) }) else {
            return moves.first { $0.at > move.at }?.at
        }
        return moves[(own + 1)...].first?.at
    }

    /// The first closing after a change. Within one second a reopening follows a closing, and a closing everything
    /// else.
    func closing(after move: HeadMove) -> Timestamp? {
        closings.first { move.action == .reopened ? $0.at > move.at : $0.at >= move.at }?.at
    }

    /// When the first change after a moment came, and the first closing. Those of its own second came before it.
    func next(after moment: Timestamp) -> Timestamp? { moves.first { $0.at > moment }?.at }
    func closing(after moment: Timestamp) -> Timestamp? { closings.first { $0.at > moment }?.at }

    /// When the head returned to a commit that it had left.
    func returns(to sha: String) -> [Timestamp] {
        guard let first = moves.firstIndex(where: { $0.sha == sha }) else { return [] }
        return moves.indices[(first + 1)...].filter { moves[$0].sha == sha && moves[$0 - 1].sha != sha }
            .map { moves[$0].at }
    }

    /// The moves before and after a move.
    func neighbours(of move: HeadMove) -> [HeadMove] {
        guard let own = moves.lastIndex(where: { $0.isSame(as: move) }) else { return [] }
        return moves[..<own].suffix(1) + moves[(own + 1)...].prefix(1)
    }

    /// All moves to a commit.
    func moves(to sha: String) -> [HeadMove] { moves.filter { $0.sha == sha } }

    /// The commits whose time as head changes with a move or closing at a moment: the one before it, and those from
    /// then on until the next move.
    func shasTouched(at moment: Timestamp) -> Set<String> {
        guard !moves.isEmpty else { return shas }
        let own = moves.lastIndex { $0.at < moment } ?? 0
        let next = moves[own...].firstIndex { $0.at > moment } ?? moves.count - 1
        return Set(moves[own...next].map(\.sha)).union(closedHeads)
    }

    /// The moves whose first closing is the one at a moment.
    func moves(closedAt moment: Timestamp) -> [HeadMove] {
        let before = moves.lastIndex { $0.at <= moment } ?? -1
        var concerned: [HeadMove] = []
        for move in moves[..<(before + 1)].reversed() {
            // A closing does not end what was reopened in the same second.
            guard let closing = closing(after: move), closing <= moment else { continue }
            if closing < moment { break }
            concerned.append(move)
        }
        return concerned
    }

    /// When a push superseded what was opened on a commit at a moment (docs/counting.md, rule 16): the move to another
    /// commit after the last move to this commit at or before the moment.
    /// - Parameter seenAt: when something was first seen on the commit. It replaces the move to a commit that was never
    ///   seen as head, because its push was not received.
    func superseded(sha: String, openedAt: Timestamp, seenAt: Timestamp) -> Timestamp? {
        let tolerated = openedAt + Self.clockTolerance
        let own =
            moves.lastIndex { $0.at <= tolerated && $0.sha == sha } ?? moves.firstIndex { $0.sha == sha }
        guard let own else { return moves.first { $0.at > seenAt }?.at }
        return moves[own...].first { $0.sha != sha }?.at
    }

    /// When pushes moved the head to another commit after the last move to this one at or before a moment. A reopening
    /// is not a push.
    func pushes(awayFrom sha: String, openedAt: Timestamp) -> [Timestamp] {
        let tolerated = openedAt + Self.clockTolerance
        let own =
            moves.lastIndex { $0.at <= tolerated && $0.sha == sha } ?? moves.firstIndex { $0.sha == sha }
        guard let own else { return [] }
        return moves[own...].filter { $0.sha != sha && $0.action == .synchronize }.map(\.at)
    }

    /// Two provider times of one event may differ by truncation and a little more (docs/counting.md, rule 4).
    static let clockTolerance = TimeSpan.seconds(2)
}

struct PullRequestKey: Hashable, Sendable {
    let repository: RepositoryID
    let number: Int
}
