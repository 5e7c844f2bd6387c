// Deliveries to the watched App (docs/counting.md, rule 52).

extension Ledger {
    /// Longer than the list reaches back, so that a clock that is set back counts nothing again.
    private static let appPeriodsRetention = AppDeliveryAttempt.retention + .days(1)

    /// Counts each attempt once, and judges each delivery by its first one, at GitHub's time.
    mutating func appDeliveriesListed(_ fact: AppDeliveriesListed) {
        forgetAppPeriods()
        for attempt in fact.attempts.sorted(by: { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }) {
            count(attempt, of: fact)
        }
        guard let through = fact.readThrough else { return }
        state.apps.update(fact.app, orInsert: WatchedApp(readThrough: through)) {
            $0.readThrough = max($0.readThrough, through)
        }
    }

    private mutating func count(_ attempt: AppDeliveryAttempt, of fact: AppDeliveriesListed) {
        // One from the future is read again when its time has come.
        guard attempt.deliveredAt >= now - AppDeliveryAttempt.retention,
            attempt.deliveredAt <= now + Self.futureTolerance
        else { return }
        let key = AppPeriodKey(app: fact.app, at: attempt.deliveredAt)
        let period = state.appPeriods[key] ?? AppPeriod()
        guard !period.contains(attempt: attempt.id) else { return }
        guard !period.isFull else { return count(.limitReached(.appDelivery)) }
        let isFirst = !attempt.isRedelivery && !isJudged(attempt.delivery, of: fact.app)
        state.appPeriods.update(key, orInsert: AppPeriod()) {
            $0.add(attempt: attempt.id)
            if isFirst { $0.add(delivery: attempt.delivery) }
        }
        count(.appDeliveries(fact.deployment, attempt.status))
        if attempt.status.isAnswer {
            effects.observations.append(
                HistogramObservation(.appDeliveryDuration(fact.deployment), attempt.duration))
        }
        if isFirst { judge(attempt, of: fact.deployment) }
    }

    private mutating func judge(_ attempt: AppDeliveryAttempt, of deployment: Deployment) {
        let judges = settings.judges(of: .appDeliveries)
        guard !judges.isEmpty else { return }
        let delivery = nextEntity()
        for judge in judges where !isLeftToOther(judge.name) {
            self.judge(
                judge.name, deployment, attempt.status == .success ? .good : .bad, of: delivery, .init(),
                at: min(attempt.deliveredAt, now))
        }
    }

    /// GitHub gives a delivery one GUID and marks later attempts, so this is nearly never true.
    private func isJudged(_ delivery: UInt64, of app: Int64) -> Bool {
        let first = AppPeriodKey(app: app, at: now - Self.appPeriodsRetention).period
        let last = AppPeriodKey(app: app, at: now + Self.futureTolerance).period
        return (first...last).contains {
            state.appPeriods[AppPeriodKey(app: app, period: $0)]?.contains(delivery: delivery) ?? false
        }
    }

    /// Forgets what is no longer listed, also of Apps that are no longer watched.
    mutating func forgetAppPeriods() {
        let first = AppPeriodKey(app: 0, at: now - Self.appPeriodsRetention).period
        for key in state.appPeriods.keys.filter({ $0.period < first }) { state.appPeriods[key] = nil }
    }
}

// MARK: - What has been read

extension Ledger {
    /// How far a stored state has read the list of an App; `nil` before it was read to its end.
    public static func readThrough(ofApp app: Int64, from source: some StateSource) throws -> Timestamp? {
        var ledger = Ledger(settings: LedgerSettings())
        try ledger.takeUp([StateKey(.apps, app)], from: source)
        return ledger.state.apps[app]?.readThrough
    }

    /// Those of an App's attempts that a stored state has not counted.
    public static func uncounted(
        _ attempts: [AppDeliveryAttempt], ofApp app: Int64, from source: some StateSource
    ) throws -> [AppDeliveryAttempt] {
        var ledger = Ledger(settings: LedgerSettings())
        let keys = Set(attempts.map { AppPeriodKey(app: app, at: $0.deliveredAt) })
        try ledger.takeUp(keys.map { StateKey(.appPeriods, $0) }, from: source)
        return attempts.filter { attempt in
            let key = AppPeriodKey(app: app, at: attempt.deliveredAt)
            return !(ledger.state.appPeriods[key]?.contains(attempt: attempt.id) ?? false)
        }
    }
}
