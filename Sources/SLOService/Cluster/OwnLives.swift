import SLOCore
import SLOStore
import Synchronization

/// The process's lives as a receiver: the one that it lives, and those that a suspension ended without the inbox's
/// knowledge.
///
/// Shared by the thread that acknowledges and the one that forwards.
final class OwnLives: Sendable {
    /// From its start, or from the end of a suspension.
    struct Life: Sendable {
        let stream: StreamID
        /// Since when the source takes deliveries.
        let startedAt: Timestamp
        /// Whether the inbox has the stream.
        var isBegun = false
        /// The last position that was given to an entry.
        var position: Int64 = 0
        /// All that was received before it is in the inbox or in the spool.
        var reached: Timestamp
        /// The watermark in the inbox.
        var through: Timestamp
        /// Through when it received, if a suspension ended it.
        var endsAt: Timestamp?

        init(_ stream: StreamID, startedAt: Timestamp) {
            self.stream = stream
            self.startedAt = startedAt
            reached = startedAt
            through = startedAt
        }
    }

    struct State: Sendable {
        var current: Life
        /// In their order, which is that of their entries in the spool.
        var ended: [Life] = []

        func life(of stream: StreamID) -> Life? {
            current.stream == stream ? current : ended.first { $0.stream == stream }
        }
    }

    private let inbox: any Inbox
    private let node: String
    private let lock: Mutex<State>

    /// A machine may be suspended often while the database is away. What is left out here ends with its last entry.
    private static let endedLimit = 100

    init(in inbox: any Inbox, of node: String, startedAt: Timestamp) {
        self.inbox = inbox
        self.node = node
        lock = Mutex(State(current: Life(inbox.newStream(startedAt: startedAt), startedAt: startedAt)))
    }

    var state: State { lock.withLock { $0 } }
    var current: Life { state.current }

    /// The next places in the stream.
    func places(_ count: Int) -> (stream: StreamID, first: Int64) {
        lock.withLock { state in
            let first = state.current.position + 1
            state.current.position += Int64(count)
            return (state.current.stream, first)
        }
    }

    // MARK: - Watermarks

    /// All that was received before a moment is on the disk or in the inbox.
    func didStore(_ stream: StreamID, through moment: Timestamp) {
        change(stream) { $0.reached = max($0.reached, moment) }
    }

    func didAppend(_ stream: StreamID, through moment: Timestamp) {
        change(stream) {
            $0.reached = max($0.reached, moment)
            $0.through = max($0.through, moment)
        }
    }

    private func change(_ stream: StreamID, _ work: (inout Life) -> Void) {
        lock.withLock { state in
            if state.current.stream == stream { return work(&state.current) }
            if let place = state.ended.firstIndex(where: { $0.stream == stream }) { work(&state.ended[place]) }
        }
    }

    // MARK: - Beginnings and ends

    /// Tells the inbox of a life.
    /// - Throws: `StoreError`.
    func begin(_ life: Life) throws {
        guard !life.isBegun else { return }
        do { try inbox.beginStream(life.stream, node: node, startedAt: life.startedAt) } catch let error as StoreError
            where error.code == .foreign
        {
            forget(life.stream)
            throw error
        }
        change(life.stream) { $0.isBegun = true }
    }

    /// The process was suspended: what it receives from now on is of another life.
    func split(through moment: Timestamp, resuming start: Timestamp) {
        let next = Life(inbox.newStream(startedAt: start), startedAt: start)
        lock.withLock { state in
            state.current.endsAt = max(moment, state.current.through)
            if state.ended.count < Self.endedLimit { state.ended.append(state.current) }
            state.current = next
        }
    }

    /// The inbox does not have the stream, or has another process's: the life goes on in a new one.
    func forget(_ stream: StreamID) {
        lock.withLock { state in
            if state.current.stream == stream {
                let start = state.current.startedAt
                state.current = Life(inbox.newStream(startedAt: start), startedAt: start)
            }
            state.ended.removeAll { $0.stream == stream }
        }
    }

    /// Tells the inbox of the ends of lives of which nothing is in the spool.
    /// - Throws: `StoreError`.
    func end(_ lives: some Sequence<Life>) throws {
        for life in lives {
            guard let end = life.endsAt else { continue }
            try begin(life)
            do { try inbox.endStream(life.stream, at: end) } catch let error as StoreError
                where error.code == .foreign
            {
                // The database is another one, to which this life is unknown.
            }
            lock.withLock { $0.ended.removeAll { $0.stream == life.stream } }
        }
    }
}
