import SLOCore
import SLOJSON
import SLOStore

extension DeliveriesSnapshot {
    /// The deliveries read to fill a page, where the filter needs more than the database compares.
    private static let filtered = 500

    /// A hidden delivery matches no repository, pull request and commit, so that a filter cannot reveal it.
    init(_ query: DeliveryQuery, at now: Timestamp, mask: EventMask, from store: any StoreReading) throws {
        let blind = try store.blindIntervals().suffix(20).reversed().map(BlindIntervalSnapshot.init)
        let name = query.repository.map { name in
            mask.directory.id(of: name).flatMap(mask.directory.name) ?? name
        }
        // Not searched at all, because the length of the search would reveal that it exists.
        if let name, !mask.shows(repository: name) {
            self.init(at: now, deliveries: [], next: nil, blindIntervals: blind)
            return
        }
        let isFiltered = name != nil || query.pullRequest != nil || query.commit != nil
        let found = try store.deliveries(
            before: Self.end(query, in: store),
            JournalFilter(
                source: query.source, event: query.event, result: query.result?.rawValue,
                containing: (query.commit ?? name).map { Array($0.utf8) }),
            atMost: isFiltered ? max(query.limit, Self.filtered) : query.limit)
        var shown: [ShownDelivery] = []
        for entry in found.deliveries where shown.count < query.limit {
            guard let delivery = ShownDelivery(entry, mask), delivery.fits(query, named: name) else { continue }
            shown.append(delivery)
        }
        let last = shown.count == query.limit ? shown.last?.summary.sequence : nil
        self.init(
            at: now, deliveries: try ShownDelivery.completed(shown, from: store),
            next: last.map { $0 > 1 ? $0 : nil } ?? found.next, blindIntervals: blind)
    }

    private static func end(_ query: DeliveryQuery, in store: any StoreReading) throws -> Int64? {
        guard query.before == nil, let until = query.until else { return query.before }
        return try store.firstEntry(receivedFrom: until + .milliseconds(1))
    }
}

extension ShownDelivery {
    /// - Returns: `nil` for an entry of another kind.
    init?(_ entry: StoredEntry, _ mask: EventMask) {
        guard let delivery = entry.delivery else { return nil }
        let observations = entry.observations
        let repository = mask.repository(of: observations)
        self.init(
            summary: DeliverySummary(
                sequence: entry.sequence, receivedAt: entry.receivedAt, source: delivery.source, event: delivery.event,
                result: delivery.result, bodyByteCount: Int64(delivery.bodyByteCount)),
            repository: repository,
            facts: observations.map { observation in
                let fact = DeliveryFact(observation)
                return repository == .hidden ? DeliveryFact(kind: fact.kind, deployment: fact.deployment) : fact
            })
    }

    fileprivate func fits(_ query: DeliveryQuery, named name: String?) -> Bool {
        if let name, repository?.text?.lowercased() != name.lowercased() { return false }
        if let number = query.pullRequest, !facts.contains(where: { $0.pullRequests.contains(number) }) { return false }
        if let commit = query.commit, !facts.contains(where: { $0.sha?.hasPrefix(commit) ?? false }) { return false }
        return true
    }

    /// Larger bodies are not read for a list, nor more than this for all of it.
    private static let peekedBytes: Int64 = 256 << 10
    private static let peekedBytesInAll: Int64 = 8 << 20

    /// With what only the kept bodies and headers tell.
    static func completed(_ deliveries: [ShownDelivery], from store: any StoreReading) throws -> [ShownDelivery] {
        var room = peekedBytesInAll
        let read = deliveries.map(\.summary).filter { summary in
            guard summary.bodyByteCount <= min(peekedBytes, room) else { return false }
            room -= summary.bodyByteCount
            return true
        }
        let bodies = try store.bodies(of: read.map(\.sequence))
        let bodyOfSequence = Dictionary(bodies.map { ($0.sequence, $0) }) { first, _ in first }
        return deliveries.map { delivery in
            bodyOfSequence[delivery.summary.sequence].map { delivery.completed(with: $0) } ?? delivery
        }
    }

    func completed(with stored: StoredDelivery) -> ShownDelivery {
        var delivery = self
        switch stored.source {
        case .github:
            delivery.id = stored.header("X-GitHub-Delivery")
            delivery.action = stored.beginning(of: "action")
        case .copr: delivery.id = stored.beginning(of: "id")
        case .testingFarm: break
        }
        return delivery
    }
}

extension StoredEntry {
    /// None of an entry that another version wrote.
    var observations: [Observation] { observation.flatMap { try? [Observation](stored: $0) } ?? [] }
}

extension StoredDelivery {
    func header(_ name: String) -> String? { (try? JSONValue(parsing: Array(headers.utf8)))?[name]?.text }

    /// The JSON text, which GitHub may have sent as a form.
    var json: [UInt8]? {
        let isForm = header("Content-Type")?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
        return isForm ? body.withUnsafeBytes(FormPayload.decoded) : body
    }

    /// Members that are looked at: senders write what identifies a message first.
    private static var peekedMembers: Int { 4 }

    /// The text of one of the first members; the rest is not read.
    fileprivate func beginning(of key: String) -> String? {
        json?.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            guard scanner.take("{") else { return nil }
            for _ in 0..<Self.peekedMembers {
                guard let found = try? scanner.text(), scanner.take(":") else { return nil }
                if found == key { return try? scanner.text() }
                guard (try? scanner.skipValue()) != nil, scanner.take(",") else { return nil }
            }
            return nil
        }
    }
}
