internal import SLOCore
internal import SLOMetrics

/// What is remembered of GitHub's deliveries: how far its list has been looked through, and what is not held.
///
/// Each attempt in the list is looked at exactly once, in the order of delivery, when it is old enough for its outcome
/// to be known. Nothing here asks anybody or knows a clock; all that is remembered is bounded.
struct DeliveryLog: Equatable, Sendable {
    /// A delivery that is not held.
    struct Outstanding: Equatable, Sendable {
        let guid: String
        let deliveredAt: Timestamp
        let reason: MissReason
        /// Of its latest attempt: what is asked for again.
        var id: Int64
        /// How often it was asked for, and when last.
        var requests = 0
        var requestedAt: Timestamp?
        /// Whether the list has shown what became of the last request.
        var isAnswered = true
    }

    /// What a look through the list has shown.
    struct Findings: Equatable, Sendable {
        var checked: Int64 = 0
        var missed: [Outstanding] = []
        var recovered: [Outstanding] = []
        var givenUp: Int64 = 0
    }

    /// GitHub keeps its list, and sends again, for so long.
    static let retention = TimeSpan.days(3)
    static let outstandingLimit = 10_000
    static let requestsLimit = 5

    /// All that was sent from here…
    private(set) var since: Timestamp
    /// … to here, inclusive, has been looked at.
    private(set) var through: Timestamp
    private(set) var outstanding: [String: Outstanding] = [:]
    /// How many deliveries were sent in each hour since 1970.
    private(set) var sentInHour: [Int64: Int64] = [:]

    init(since: Timestamp) {
        self.since = since
        through = since
    }

    var outstandingOldestFirst: [Outstanding] {
        outstanding.values.sorted { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }
    }

    /// How much of what GitHub sent within its retention is held, in millionths.
    var completeness: Int64? {
        let sent = sentInHour.values.reduce(0, +)
        return sent > 0 ? max(0, (sent - Int64(outstanding.count))) * 1_000_000 / sent : nil
    }

    /// Takes in what the list shows.
    /// - Parameters:
    ///   - attempts: all that the list has from `through` on, in any order. Others are passed over.
    ///   - end: how far they may be looked at.
    ///   - held: the GUIDs, of these and of what is outstanding, that are on disk.
    mutating func take(
        _ attempts: [DeliveryAttempt], through end: Timestamp, held: Set<String>, at now: Timestamp
    ) -> Findings {
        var findings = Findings()
        findings.recovered = outstandingOldestFirst.filter { held.contains($0.guid) }
        for recovered in findings.recovered { outstanding[recovered.guid] = nil }
        let new = attempts.filter { $0.isUsed && $0.deliveredAt > through && $0.deliveredAt <= end }
        for (guid, ofGUID) in Dictionary(grouping: new, by: \.guid) {
            take(ofGUID.sorted { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }, of: guid, held, &findings)
        }
        findings.missed.sort { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }
        through = max(through, end)
        forget(at: now, &findings)
        return findings
    }

    private mutating func take(
        _ attempts: [DeliveryAttempt], of guid: String, _ held: Set<String>, _ findings: inout Findings
    ) {
        guard let first = attempts.first, let last = attempts.last else { return }
        if outstanding[guid] != nil {
            outstanding[guid]?.id = last.id
            outstanding[guid]?.isAnswered = true
            return
        }
        let isHeld = held.contains(guid)
        // One that is sent again was counted the first time.
        if isHeld && first.isRedelivery { return }
        findings.checked += 1
        sentInHour[first.deliveredAt.seconds / 3600, default: 0] += 1
        guard !isHeld else { return }
        let reason: MissReason =
            if attempts.contains(where: { $0.outcome == .succeeded }) {
                .lost
            } else if attempts.contains(where: { $0.outcome == .failed }) {
                .failed
            } else {
                .pending
            }
        let missed = Outstanding(guid: guid, deliveredAt: first.deliveredAt, reason: reason, id: last.id)
        outstanding[guid] = missed
        findings.missed.append(missed)
    }

    private mutating func forget(at now: Timestamp, _ findings: inout Findings) {
        let oldest = now - Self.retention
        sentInHour = sentInHour.filter { $0.key >= oldest.seconds / 3600 }
        var gone = outstanding.values.filter { $0.deliveredAt < oldest }.map(\.guid)
        let tooMany = outstanding.count - gone.count - Self.outstandingLimit
        if tooMany > 0 {
            gone += outstandingOldestFirst.filter { $0.deliveredAt >= oldest }.prefix(tooMany).map(\.guid)
        }
        for guid in gone { outstanding[guid] = nil }
        findings.givenUp += Int64(gone.count)
    }

    /// Says that a part of the list cannot be had any more: what was sent before a time and was not looked at by then
    /// is not known.
    mutating func lostSight(before time: Timestamp) {
        guard time > through else { return }
        since = time
        through = time
    }

    /// Chooses what to ask for again, oldest first, and notes that it is asked for.
    /// - Parameters:
    ///   - pending: GUIDs of which an attempt is on its way.
    ///   - pause: at least so long between two requests for one delivery; doubled with each.
    mutating func request(
        atMost limit: Int, except pending: Set<String>, pause: TimeSpan, at now: Timestamp
    ) -> [Outstanding] {
        let due = outstandingOldestFirst.filter {
            !pending.contains($0.guid) && $0.isDue(pause: pause, at: now)
        }.prefix(limit)
        for delivery in due {
            outstanding[delivery.guid]?.requests += 1
            outstanding[delivery.guid]?.requestedAt = now
            outstanding[delivery.guid]?.isAnswered = false
        }
        return Array(due)
    }

    /// Whether anything may be asked for again, now or later.
    var hasMoreToRequest: Bool { outstanding.values.contains { $0.requests < Self.requestsLimit } }
}

extension DeliveryLog.Outstanding {
    fileprivate func isDue(pause: TimeSpan, at now: Timestamp) -> Bool {
        guard requests < DeliveryLog.requestsLimit else { return false }
        guard let requestedAt else { return true }
        // A request of which the list shows nothing may not have been sent: the process ended.
        let backoff = Backoff(first: pause, longest: .days(3))
        return now - requestedAt >= backoff.pause(after: isAnswered ? requests : max(requests, 3))
    }
}

extension DeliveryLog: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(since)
        writer.write(through)
        writer.write(outstandingOldestFirst)
        let hours = sentInHour.sorted { $0.key < $1.key }
        writer.write(hours.map(\.key))
        writer.write(hours.map(\.value))
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        since = try reader.read()
        through = try reader.read()
        let all: [Outstanding] = try reader.read()
        outstanding = Dictionary(all.map { ($0.guid, $0) }) { first, _ in first }
        let hours: [Int64] = try reader.read()
        let counts: [Int64] = try reader.read()
        sentInHour = Dictionary(zip(hours, counts)) { first, _ in first }
    }
}

extension DeliveryLog.Outstanding: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(guid)
        writer.write(deliveredAt)
        writer.write(reason.rawValue)
        writer.write(id)
        writer.write(requests)
        writer.write(requestedAt)
        writer.write(isAnswered)
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        guid = try reader.readString()
        deliveredAt = try reader.read()
        guard let reason = MissReason(rawValue: try reader.readString()) else {
            throw ByteCodingError(message: "an unknown reason")
        }
        self.reason = reason
        id = try reader.read()
        requests = min(max(0, try reader.read()), DeliveryLog.requestsLimit)
        requestedAt = try reader.read()
        isAnswered = try reader.read()
    }
}
