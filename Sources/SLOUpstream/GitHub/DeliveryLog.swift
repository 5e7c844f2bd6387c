internal import SLOCore
internal import SLOMetrics

/// The state of reconciling GitHub's delivery log: how far the log was compared, and which deliveries are missing.
///
/// Each attempt is compared exactly once, in order of delivery, when it is old enough for its outcome to be known. A
/// value without I/O and clock; its size is bounded.
struct DeliveryLog: Equatable, Sendable {
    /// A missing delivery.
    struct Outstanding: Equatable, Sendable {
        let guid: String
        let deliveredAt: Timestamp
        let reason: MissReason
        /// The number of its latest attempt, by which a redelivery is requested.
        var id: Int64
        /// How many redeliveries were requested, and when the last one was.
        var requests = 0
        var requestedAt: Timestamp?
        /// Whether the log shows the outcome of the last request.
        var isAnswered = true
    }

    /// The result of one comparison.
    struct Findings: Equatable, Sendable {
        var checked: Int64 = 0
        var missed: [Outstanding] = []
        var recovered: [Outstanding] = []
        var givenUp: Int64 = 0
    }

    /// How long GitHub keeps its log and redelivers.
    static let retention = TimeSpan.days(3)
    static let outstandingLimit = 10_000
    static let requestsLimit = 5

    /// Everything sent from here…
    private(set) var since: Timestamp
    /// … to here, inclusive, has been compared.
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

    /// The share of the deliveries within GitHub's retention that the journal has, in millionths.
    var completeness: Int64? {
        let sent = sentInHour.values.reduce(0, +)
        return sent > 0 ? max(0, (sent - Int64(outstanding.count))) * 1_000_000 / sent : nil
    }

    /// Compares a part of the log.
    /// - Parameters:
    ///   - attempts: all attempts in the log from `through` on, in any order. Others are ignored.
    ///   - end: the end of the compared range.
    ///   - held: the GUIDs, of these and of the missing deliveries, that are in the journal.
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
        // A redelivery was counted with its first attempt.
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

    /// Records that the log before a time is no longer available: what was sent before it and not compared yet is
    /// unknown.
    mutating func markUnavailable(before time: Timestamp) {
        guard time > through else { return }
        since = time
        through = time
    }

    /// Chooses deliveries to redeliver, oldest first, and records the requests.
    /// - Parameters:
    ///   - pending: GUIDs with an attempt that is not finished.
    ///   - pause: the shortest time between two requests for one delivery; doubled with each request.
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

    /// Whether any redelivery may be requested, now or later.
    var hasMoreToRequest: Bool { outstanding.values.contains { $0.requests < Self.requestsLimit } }
}

extension DeliveryLog.Outstanding {
    fileprivate func isDue(pause: TimeSpan, at now: Timestamp) -> Bool {
        guard requests < DeliveryLog.requestsLimit else { return false }
        guard let requestedAt else { return true }
        // The log shows no attempt for a request that was not sent because the process ended.
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
