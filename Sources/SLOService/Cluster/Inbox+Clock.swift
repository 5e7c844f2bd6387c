import SLOCore
import SLOStore

extension Inbox {
    /// Appends what a process received, as of now at the latest.
    ///
    /// While the process's clock is ahead, the inbox takes nothing. Once it is set right, what was received meanwhile
    /// has times that are yet to come, for which everything behind it in the stream would wait.
    ///
    /// - Parameter now: by the process's clock.
    /// - Throws: what `append` throws.
    func append(_ entries: [InboxEntry], to stream: StreamID, through: Timestamp, at now: Timestamp) throws {
        try append(entries.map { $0.received(by: now) }, to: stream, through: min(through, now), sentAt: now)
    }
}
