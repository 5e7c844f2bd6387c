/// A pull request's heads and closings by the provider's clock, in whatever order they were heard of.
struct PullRequest: Equatable, Sendable {
    /// The head moved to a commit: opened, reopened or pushed to.
    struct HeadMove: Equatable, Sendable {
        let at: Timestamp
        let sha: String
        let action: ChangePushed.Action

        fileprivate func precedes(_ other: HeadMove) -> Bool {
            if at == other.at { return action == .opened && other.action != .opened }
            return at < other.at
        }
    }

    let key: PullRequestKey
    let id: EntityID
    /// In the order of provider time; of the same second the opening first, others in the order of receipt.
    private(set) var moves: [HeadMove] = []
    private(set) var closings: [Timestamp] = []
    var touchedAt: Timestamp
    var armedFor: Timestamp?

    /// More than this many moves or closings: the oldest are forgotten.
    static let movesLimit = 1000

    init(key: PullRequestKey, id: EntityID, touchedAt: Timestamp) {
        self.key = key
        self.id = id
        self.touchedAt = touchedAt
    }

    init(
        key: PullRequestKey, id: EntityID, moves: [HeadMove], closings: [Timestamp], touchedAt: Timestamp,
        armedFor: Timestamp?
    ) {
        self.key = key
        self.id = id
        self.moves = moves
        self.closings = closings
        self.touchedAt = touchedAt
        self.armedFor = armedFor
    }

    mutating func record(_ move: HeadMove) {
        guard !moves.contains(move) else { return }
        let place = moves.firstIndex { move.precedes($0) } ?? moves.count
        moves.insert(move, at: place)
        if moves.count > Self.movesLimit { moves.removeFirst() }
    }

    mutating func recordClosing(at moment: Timestamp) {
        guard !closings.contains(moment) else { return }
        closings.append(moment)
        closings.sort()
        if closings.count > Self.movesLimit { closings.removeFirst() }
    }

    /// The latest known head.
    var head: String? { moves.last?.sha }

    /// Open as far as is known: its last closing, if any, came before its last opening or reopening.
    var isOpen: Bool { isOpen(at: Timestamp(milliseconds: .max)) }

    func isOpen(at moment: Timestamp) -> Bool {
        guard let move = moves.last(where: { $0.at <= moment }) else { return false }
        guard let closing = closings.last(where: { $0 <= moment }) else { return true }
        guard let opening = moves.last(where: { $0.at <= moment && $0.action != .synchronize }) else {
            return closing < move.at
        }
        // Within one second a reopening follows a closing, and a closing follows an opening.
        return opening.action == .reopened ? closing <= opening.at : closing < opening.at
    }

    func hasAsHead(_ sha: String, at moment: Timestamp) -> Bool {
        isOpen(at: moment) && moves.last { $0.at <= moment }?.sha == sha
    }

    func firstMove(to sha: String) -> HeadMove? {
        moves.first { $0.sha == sha }
    }

    func hasEverHad(_ sha: String) -> Bool {
        moves.contains { $0.sha == sha }
    }

    /// When the change that follows one came, if it did: a push, or a reopening, which ends a wait just as well.
    func next(after move: HeadMove) -> Timestamp? {
        guard let own = moves.firstIndex(of: move) else { return moves.first { $0.at > move.at }?.at }
        return moves[(own + 1)...].first?.at
    }

    /// The first closing after a change came. Within one second a reopening follows a closing, and a closing all else.
    func closing(after move: HeadMove) -> Timestamp? {
        closings.first { move.action == .reopened ? $0 > move.at : $0 >= move.at }
    }

    /// When the head came back to a commit that it had left.
    func returns(to sha: String) -> [Timestamp] {
        moves.indices.dropFirst().filter { place in
            moves[place].sha == sha && moves[place - 1].sha != sha && moves[..<place].contains { $0.sha == sha }
        }.map { moves[$0].at }
    }

    /// The commits that it came back to, in order.
    var shasOfReturns: [String] {
        var seen: Set<String> = []
        let again = Set(moves.map(\.sha).filter { !seen.insert($0).inserted })
        return again.filter { !returns(to: $0).isEmpty }.sorted()
    }

    /// When the push came that ended what was opened on a commit at a moment (docs/counting.md, rule 16):
    /// the head move to another commit that follows the last one to this commit at or before the moment.
    /// - Parameter seenAt: when something was first seen on the commit. It stands in for the move to one that was never
    ///   seen as head, since its push was not heard of.
    func superseded(sha: String, openedAt: Timestamp, seenAt: Timestamp) -> Timestamp? {
        let tolerated = openedAt + Self.clockTolerance
        let own =
            moves.lastIndex { $0.at <= tolerated && $0.sha == sha } ?? moves.firstIndex { $0.sha == sha }
        guard let own else { return moves.first { $0.at > seenAt }?.at }
        return moves[own...].first { $0.sha != sha }?.at
    }

    /// When it was pushed to another commit after the last move to this one at or before a moment. A reopening is no
    /// push.
    func pushes(awayFrom sha: String, openedAt: Timestamp) -> [Timestamp] {
        let tolerated = openedAt + Self.clockTolerance
        let own =
            moves.lastIndex { $0.at <= tolerated && $0.sha == sha } ?? moves.firstIndex { $0.sha == sha }
        guard let own else { return [] }
        return moves[own...].filter { $0.sha != sha && $0.action == .synchronize }.map(\.at)
    }

    /// Two provider times of one event may differ by their truncation and a little more (docs/counting.md, rule 4).
    static let clockTolerance = TimeSpan.seconds(2)
}

struct PullRequestKey: Hashable, Sendable {
    let repository: Int64
    let number: Int
}
