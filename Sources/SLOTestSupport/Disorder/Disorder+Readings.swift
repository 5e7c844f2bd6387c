internal import SLOCore

extension [History.Entry] {
    /// With lists of deliveries as the service reads them by its own clock: it passes over what is in the future, which
    /// a later reading finds.
    var asRead: [History.Entry] {
        var later: [Int64: [AppDeliveryAttempt]] = [:]
        var through: [Int64: Timestamp] = [:]
        return compactMap { entry in
            guard case .observation(.appDeliveriesListed(let listed)) = entry.input else { return entry }
            let attempts = (later[listed.app] ?? []) + listed.attempts
            let known = attempts.filter { $0.deliveredAt <= entry.receivedAt + .minutes(10) }
            later[listed.app] = attempts.filter { $0.deliveredAt > entry.receivedAt + .minutes(10) }
            let last = through[listed.app] ?? .distantPast
            let readThrough = listed.readThrough.map { Swift.max(last, Swift.min($0, entry.receivedAt)) }
            through[listed.app] = readThrough ?? last
            guard !known.isEmpty || readThrough != nil else { return nil }
            return History.Entry(
                .observation(
                    .appDeliveriesListed(
                        AppDeliveriesListed(
                            app: listed.app, deployment: listed.deployment, attempts: known, readThrough: readThrough))),
                receivedAt: entry.receivedAt)
        }
    }
}
