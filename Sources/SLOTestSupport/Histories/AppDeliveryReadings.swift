internal import SLOCore

/// Readings of GitHub's list of the deliveries to an App, as the service makes them: page by page from the newest
/// attempt back to a little before everything that was over; what it knows is left out.
struct AppDeliveryReadings {
    private let log: AppDeliveryLog
    private let app: Int64
    private let deployment: Deployment
    private let pageSize: Int
    private var known: Set<Int64> = []
    private var through: Timestamp
    private var storedThrough: Timestamp?
    /// The first line that may be read again.
    private var start = 0

    /// An attempt may be listed minutes after it was made.
    private static let overlap = TimeSpan.minutes(10)
    /// If nothing new is listed, it is told only this often how far the list was read.
    private static let longestUntold = TimeSpan.hours(1)

    init(_ log: AppDeliveryLog, app: Int64, deployment: Deployment, pageSize: Int, from time: Int64) {
        self.log = log
        self.app = app
        self.deployment = deployment
        self.pageSize = pageSize
        through = Timestamp(seconds: time) - AppDeliveryAttempt.retention
    }

    /// One reading: what its pages show for the first time, with the seconds at which they were read.
    mutating func read(at time: Int64, by random: inout SeededGenerator) -> [(at: Int64, listed: AppDeliveriesListed)] {
        let startedAt = Timestamp(seconds: time)
        let lines = listed(at: startedAt)
        let failsAfter = random.chance(0.05) ? Int(random.whole(0...3)) : nil
        var told: [(at: Int64, listed: AppDeliveriesListed)] = []
        var unstored: [AppDeliveryAttempt] = []
        var oldestWaiting: Timestamp?
        var now = time
        for (number, first) in stride(from: 0, to: lines.count, by: pageSize).enumerated() {
            // What was not stored is read again.
            if number == failsAfter { return told }
            // An interrupted reading goes on where it was.
            now += random.chance(0.03) ? random.magnitude(60...20_000) : number == 0 ? 0 : 1
            let page = Array(lines[first..<min(lines.count, first + pageSize)])
            let waiting = page.filter { $0.overAt > Timestamp(seconds: now) }.map(\.attempt.deliveredAt)
            oldestWaiting = (waiting + [oldestWaiting].compactMap { $0 }).min()
            let new = unknown(of: page, at: now, after: unstored, &random)
            guard !new.isEmpty else { continue }
            if !unstored.isEmpty { told.append((now, store(unstored, nil))) }
            unstored = new
        }
        through = max(through, min(startedAt, oldestWaiting.map { $0 - .milliseconds(1) } ?? startedAt))
        let isUntold = storedThrough.map { through - $0 >= Self.longestUntold } ?? true
        guard !told.isEmpty || !unstored.isEmpty || isUntold else { return [] }
        storedThrough = through
        told.append((now, store(unstored, through)))
        return told
    }

    /// The newest first.
    private mutating func listed(at now: Timestamp) -> [AppDeliveryLog.Line] {
        let beginning = max(through - Self.overlap, now - AppDeliveryAttempt.retention)
        while start < log.lines.count, log.lines[start].attempt.deliveredAt < beginning { start += 1 }
        let made = log.lines[start...].prefix { $0.attempt.deliveredAt <= now }
        return made.filter { $0.listedAt <= now }.reversed()
    }

    /// What a page shows that is over and not known, in any order now and then. The list may have moved on since the
    /// page before, so that something is on both.
    private func unknown(
        of page: [AppDeliveryLog.Line], at now: Int64, after unstored: [AppDeliveryAttempt],
        _ random: inout SeededGenerator
    ) -> [AppDeliveryAttempt] {
        var new = page.filter { $0.overAt <= Timestamp(seconds: now) && !known.contains($0.attempt.id) }.map(\.attempt)
        if let last = unstored.last, random.chance(0.05) { new.insert(last, at: 0) }
        if random.chance(0.2) {
            for place in new.indices { new.swapAt(place, Int(random.whole(0...Int64(place)))) }
        }
        return new
    }

    private mutating func store(_ attempts: [AppDeliveryAttempt], _ readThrough: Timestamp?) -> AppDeliveriesListed {
        known.formUnion(attempts.map(\.id))
        return AppDeliveriesListed(app: app, deployment: deployment, attempts: attempts, readThrough: readThrough)
    }
}
