public import SLOCore
import SLOMetrics
public import SLOStore
import SLOService

extension Replay {
    /// Feeds the journal's next entry.
    ///
    /// Under the settings that it was written with, a complete journal yields exactly the server's numbers, unless the
    /// server's clock was set back. The journal contains no refused and no repeated deliveries.
    /// - Throws: `StoreError` for an entry that cannot be read.
    public mutating func feed(_ entry: StoredEntry) throws {
        switch entry.kind {
        case .delivery: try feedDelivery(entry)
        case .deadline: letDeadlinesCome(by: entry.receivedAt)
        case .heartbeatGap: try feedGap(entry)
        case .start, .resume:
            // Deadlines due in between are decided afterwards, as in the server.
            now = max(now, entry.receivedAt)
            timeline.started(at: Moment(virtual: now))
        case .caughtUp:
            timeline.caughtUp(blindSince: try entry.decoded())
        case .stop: letDeadlinesCome(by: entry.receivedAt - .milliseconds(1))
        case .answer:
            now = max(now, entry.receivedAt)
            if entry.observation != nil { observe(try entry.decoded()) }
        case .erased:
            now = max(now, entry.receivedAt)
            erasedEntries += 1
        case .configuration: break
        }
    }

    /// Advances to a server's last heartbeat: the server had decided all deadlines before it.
    public mutating func advance(toHeartbeat heartbeat: Timestamp) {
        letDeadlinesCome(by: heartbeat - .milliseconds(1))
        now = max(now, heartbeat)
        publish()
    }

    private mutating func feedDelivery(_ entry: StoredEntry) throws {
        guard let delivery = entry.delivery, let result = DeliveryOutcome(rawValue: delivery.result) else {
            throw entry.unreadable("its result is unknown")
        }
        now = max(now, entry.receivedAt)
        change.count(.deliveries(delivery.source, result))
        if result != .processingFailed, result != .conflicting {
            let observations: [Observation] = entry.observation == nil ? [] : try entry.decoded()
            observe(observations)
            change.countDecided(
                result, event: delivery.event, from: delivery.source, saying: observations, at: now)
        }
        metrics.set(.lastDeliveryMilliseconds(delivery.source), to: now.milliseconds)
        deliveryDecided()
    }

    /// A blind interval is added before anything that it may exclude is decided.
    private mutating func feedGap(_ entry: StoredEntry) throws {
        let gap: JournalledGap = try entry.decoded()
        guard gap.from < gap.to else { throw entry.unreadable("it ends before it begins") }
        let (from, to) = (gap.from, gap.to)
        letDeadlinesCome(by: min(from, entry.receivedAt) - .milliseconds(1))
        timeline.wasBlind(from: from, to: to, excludes: gap.excludes)
        guard gap.excludes else { return }
        let counted = max(blindUntil[from] ?? from, from)
        change.count(.blindMilliseconds, by: max(0, (to - counted).milliseconds))
        blindUntil[from] = max(counted, to)
    }

    private mutating func letDeadlinesCome(by moment: Timestamp) {
        timeline.fireDeadlines(through: Moment(virtual: moment))
        now = max(now, moment)
    }
}

extension StoredEntry {
    fileprivate func decoded<Value: ByteCodable>() throws -> Value {
        do { return try Value(stored: observation ?? []) } catch { throw unreadable(error.message) }
    }

    fileprivate func unreadable(_ reason: String) -> StoreError {
        StoreError(
            code: .damaged,
            message: "journal entry \(sequence) cannot be read: it was written by another version or is damaged",
            cause: reason)
    }
}
