internal import SLOCore

/// GitHub's lists of the deliveries to Apps (docs/counting.md, rule 52).
extension HistoryBuilder {
    /// Of the whole history at once, because a reading says of everything before it that it was read.
    mutating func watchApps(from time: Int64) {
        var guids: [UInt64] = []
        for (place, deployment) in settings.deployments.enumerated() where odd(.appWatched) {
            let isShort = shape.mixesOddities
            let begins = isShort ? time + random.magnitude(1...span) : time
            let ends = begins + (isShort ? random.magnitude(600...max(600, span)) : span)
            // The first reading finds what was sent in the three days before it.
            let before = isShort && random.chance(0.3) ? 259_200 : isShort ? random.magnitude(1...260_000) : 3600
            let times = (begins - before)...ends
            let deliveries = isShort ? random.magnitude(1...60) : max(1, span / Self.secondsPerDelivery)
            let log = AppDeliveryLog(
                deliveries: deliveries, within: times, oddities: isShort ? 0.4 : 0.15, guids: &guids,
                by: &random)
            let readings = AppDeliveryReadings(
                log, app: 29_180 + Int64(place), deployment: deployment,
                pageSize: isShort ? random.pick([1, 2, 5, 100]) : 100, from: begins)
            read(readings, from: begins, to: max(ends, log.end ?? ends))
        }
    }

    private static let secondsPerDelivery: Int64 = 1800

    private mutating func read(_ readings: AppDeliveryReadings, from begins: Int64, to ends: Int64) {
        var readings = readings
        let interval: Int64 = random.pick([60, 300, 300, 3600])
        var time = begins
        while time <= ends + interval {
            for page in readings.read(at: time, by: &random) {
                read(page.listed, at: page.at)
                time = page.at
            }
            time += interval + (random.chance(0.1) ? random.magnitude(1...4 * interval) : 0)
        }
    }
}
