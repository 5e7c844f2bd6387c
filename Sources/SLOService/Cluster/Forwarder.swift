import SLOCore
import SLOMetrics
import SLOStore

/// Appends what is in the spool to the cluster's inbox, while another thread acknowledges what comes.
///
/// Used by one thread. It uses the inbox only while that is its own (`Spooling`).
final class Forwarder: @unchecked Sendable {
    // Proof of sendability: mutable state is accessed by the forwarding thread only.
    private let spooling: Spooling
    private let inbox: any Inbox
    private let node: String
    private let lives: OwnLives
    private let connection: ConnectionRecord
    private let metrics: MetricsRegistry
    private let clock: ServiceClock
    private var adopted: Adopted?

    /// The stream that stands for one of another database.
    private struct Adopted {
        let original: StreamID
        let stream: StreamID
        var position: Int64 = 0
    }

    init(
        of spooling: Spooling, to inbox: any Inbox, node: String, lives: OwnLives, connection: ConnectionRecord,
        metrics: MetricsRegistry, clock: ServiceClock
    ) {
        self.spooling = spooling
        self.inbox = inbox
        self.node = node
        self.lives = lives
        self.connection = connection
        self.metrics = metrics
        self.clock = clock
    }

    /// Appends the next entries of the spool, or moves the watermark if there are none.
    /// - Returns: whether the next turn has something to append.
    @discardableResult
    func takeTurn() -> Bool {
        guard spooling.isDue(at: clock.now().clock) else { return false }
        do {
            try forward()
        } catch {
            connection.didFail()
            spooling.didFail(because: StoreError(wrapping: error), at: clock.now().clock)
            return false
        }
        connection.didAppend(at: clock.now().clock)
        metrics.set(.spooledDeliveries, to: Int64(spooling.spool.count))
        spooling.didForward()
        return spooling.spool.count > 0
    }

    private func forward() throws {
        // What the lives have reached before the spool is looked at is in it then.
        let before = lives.state
        let batch = try spooling.spool.next(atMost: 256, bytes: 4 << 20)
        let (own, stream) = (lives.state, batch?.entries.first?.place.stream)
        let life = stream.flatMap(own.life)
        if let batch, life == nil {
            try forwardAnothers(batch)
        } else {
            try lives.end(before.ended.prefix { $0.stream != stream })
        }
        if let batch, let life {
            let reached = before.life(of: life.stream)?.reached ?? life.startedAt
            try append(batch, of: life, reached: reached)
        }
        if own.current.stream != stream {
            // The others wait for what the spool has of it, and must hear that it lives.
            let isEmpty = spooling.spool.count == 0
            try append([], of: own.current, through: isEmpty ? own.current.reached : own.current.through)
        }
        if let batch { try spooling.spool.didForward(batch) }
    }

    private func append(_ batch: Spool.Batch, of life: OwnLives.Life, reached: Timestamp) throws {
        // Of its last millisecond more may follow.
        let latest = batch.entries.last?.receivedAt ?? life.through
        let through = batch.isRest ? max(reached, life.through) : latest
        try append(batch.entries, of: life, through: min(through, life.endsAt ?? through))
    }

    private func append(_ entries: [InboxEntry], of life: OwnLives.Life, through: Timestamp) throws {
        try lives.begin(life)
        do {
            try inbox.append(entries, to: life.stream, through: through, at: clock.now().wall)
        } catch let error as StoreError where error.code == .foreign {
            // What is in the spool then is another stream's.
            lives.forget(life.stream)
            throw error
        }
        lives.didAppend(life.stream, through: through)
    }

    // MARK: - Of earlier processes

    /// Where their stream is not in this database, they get another one.
    private func forwardAnothers(_ batch: Spool.Batch) throws {
        guard let first = batch.entries.first, let last = batch.entries.last else { return }
        let original = first.place.stream
        if adopted?.original != original {
            do { return try append(batch, of: original, through: last.receivedAt) } catch let error as StoreError
                where error.code == .foreign
            {
                adopted = try adopt(original, from: first)
            }
        }
        guard let adopted else { return try append(batch, of: original, through: last.receivedAt) }
        // Numbered again from the same place when it is tried again, or the positions would have a hole.
        let entries = batch.entries.numbered(in: adopted.stream, from: adopted.position + 1)
        try append(entries, of: adopted.stream, through: last.receivedAt, ends: batch.endsStream)
        self.adopted?.position += Int64(entries.count)
    }

    /// Begins a stream that no process could begin while the database was away. Where its first entries are gone, they
    /// were in another database: then the others need other places.
    private func adopt(_ original: StreamID, from first: InboxEntry) throws -> Adopted? {
        guard first.place.position == 1 else {
            return Adopted(
                original: original, stream: try inbox.beginStream(node: node, startedAt: first.receivedAt))
        }
        try inbox.beginStream(original, node: node, startedAt: first.receivedAt)
        return nil
    }

    private func append(_ batch: Spool.Batch, of stream: StreamID, through: Timestamp) throws {
        try append(batch.entries, of: stream, through: through, ends: batch.endsStream)
    }

    private func append(_ entries: [InboxEntry], of stream: StreamID, through: Timestamp, ends: Bool) throws {
        let now = clock.now().wall
        try inbox.append(entries, to: stream, through: through, at: now)
        if ends { try inbox.endStream(stream, at: min(through, now)) }
    }
}
