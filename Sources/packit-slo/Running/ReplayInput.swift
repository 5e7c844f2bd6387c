import SLOCore
import SLORecordings
import SLOService
import SLOSources
import SLOStore
import SLOReplay

/// Recorded deliveries, read once and fed to one replay, or to several with different settings.
struct RecordingInput {
    let paths: [String]

    /// - Parameter end: deliveries received after it are not fed.
    /// - Returns: when the first delivery was received.
    @discardableResult
    func feed(_ replays: inout [SLOReplay.Replay], until end: Timestamp?) throws -> Timestamp? {
        let reader = try RecordingReader(paths: paths)
        var progress = Progress()
        var beginsAt: Timestamp?
        while let recorded = try reader.next() {
            if let end, recorded.receivedAt > end { break }
            if beginsAt == nil { beginsAt = recorded.receivedAt }
            let delivery = ReceivedDelivery(recorded)
            for place in replays.indices { replays[place].feed(delivery) }
            progress.show(replays.progress)
        }
        progress.clear()
        reader.complainOfClock()
        return beginsAt
    }
}

extension RecordingReader {
    /// Call it once all is read.
    func complainOfClock() {
        guard clockStepsBack > 0 else { return }
        Terminal.complain("the recording's times go back \(clockStepsBack) times; later ones are used there")
    }
}

/// The journal of a database, which a server may be writing.
struct JournalInput {
    let store: any StoreReading
    let extent: JournalExtent

    init(_ store: any StoreReading) throws {
        self.store = store
        extent = try store.journalExtent()
    }

    /// Feeds the journal and advances to the last heartbeat.
    /// - Parameter end: entries after it are not fed.
    func feed(_ replays: inout [SLOReplay.Replay], until end: Timestamp?) throws {
        var progress = Progress()
        try store.forEachEntry(before: extent.nextSequence) { entry in
            if let end, entry.receivedAt > end { return }
            for place in replays.indices { try replays[place].feed(entry) }
            progress.show(replays.progress)
        }
        progress.clear()
        guard let heartbeat = extent.lastHeartbeat, end.map({ heartbeat <= $0 }) ?? true else { return }
        for place in replays.indices { replays[place].advance(toHeartbeat: heartbeat) }
    }
}

extension [SLOReplay.Replay] {
    fileprivate var progress: String {
        first.map { "\($0.deliveries) deliveries, \($0.now.rfc3339)" } ?? ""
    }
}

extension ReceivedDelivery {
    init(_ recorded: RecordedDelivery) {
        self.init(
            receivedAt: recorded.receivedAt, source: recorded.source, headers: WebhookHeaders(recorded.headers),
            body: recorded.body)
    }
}

extension WebhookHeaders {
    /// A recording's headers; without a content type the body is JSON.
    init(_ headers: RecordedHeaders) {
        self.init { headers[$0] }
        if contentType == nil { contentType = "application/json" }
    }
}
