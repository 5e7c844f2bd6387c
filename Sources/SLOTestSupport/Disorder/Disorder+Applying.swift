internal import SLOCore

extension Disorder {
    /// The history as it is received with this disorder.
    public func applied(to history: History, seed: UInt64) -> History {
        var random = SeededGenerator(seed: seed, for: "deliveries")
        return applied(to: history, by: &random)
    }

    /// The history as it is received with this disorder. Times of receipt do not go back; entries received at the same
    /// time keep their order.
    public func applied(to history: History, by random: inout SeededGenerator) -> History {
        // Each kind of disorder uses its own generator, so that disabling one does not change the others.
        var ways = random.fork()
        var clock = random.fork()
        var receiver = random.fork()
        var entries = Self.inOrder(onTheWay(history.entries, &ways))
        if bursts.count > 0 { holdBack(&entries, &ways) }
        stepClock(&entries, &clock)
        return History(settings: history.settings, entries: interrupted(entries, &receiver).asRead)
    }

    private static func inOrder(_ entries: [History.Entry]) -> [History.Entry] {
        entries.enumerated()
            .sorted { ($0.element.receivedAt, $0.offset) < ($1.element.receivedAt, $1.offset) }
            .map(\.element)
    }

    // MARK: Transport

    private func onTheWay(_ entries: [History.Entry], _ random: inout SeededGenerator) -> [History.Entry] {
        var arrived: [History.Entry] = []
        arrived.reserveCapacity(entries.count)
        for entry in entries {
            // The same number of draws for every entry, whatever happens to it.
            var own = random.fork()
            guard case .observation(let observation) = entry.input, !observation.isReading else {
                arrived.append(entry)
                continue
            }
            let isLost = own.chance(lost)
            let isDelayed = own.chance(delayed.share)
            let isDoubled = own.chance(doubled.share)
            let jitter = Self.span(upTo: shuffle, &own)
            let delay = isDelayed ? Self.span(upTo: delayed.within, &own) : .zero
            let receipt = entry.receivedAt + jitter + delay
            if !isLost { arrived.append(History.Entry(entry.input, receivedAt: receipt)) }
            guard isDoubled, !isLost else { continue }
            let again = receipt + Self.span(upTo: doubled.within, &own)
            arrived.append(History.Entry(entry.input, receivedAt: again))
        }
        return arrived
    }

    /// Often whole seconds, like the deadlines.
    private static func span(upTo bound: TimeSpan, _ random: inout SeededGenerator) -> TimeSpan {
        let span = random.whole(0...max(0, bound.milliseconds))
        return .milliseconds(random.chance(0.5) ? span : span / 1000 * 1000)
    }

    /// GitHub's deliveries of some intervals arrive at the end of the interval.
    private func holdBack(_ entries: inout [History.Entry], _ random: inout SeededGenerator) {
        guard !entries.isEmpty else { return }
        for start in Self.places(bursts.count, in: entries, &random) {
            let since = entries[start].receivedAt
            let until = since + Self.span(upTo: bursts.within, &random)
            for index in entries.indices where entries[index].receivedAt > since && entries[index].receivedAt < until {
                guard case .observation(let observation) = entries[index].input, observation.repository != nil else {
                    continue
                }
                entries[index].receivedAt = until
            }
            entries = Self.inOrder(entries)
        }
    }

    // MARK: The receiver's clock

    /// From some entry on the clock is wrong by a step, until the next step. After a step back, times of receipt stay
    /// the same until the clock reaches them again.
    private func stepClock(_ entries: inout [History.Entry], _ random: inout SeededGenerator) {
        guard clockSteps.count > 0, !entries.isEmpty else { return }
        let steps = Self.places(clockSteps.count, in: entries, &random)
        var offset = TimeSpan.zero
        var last = Timestamp(milliseconds: .min)
        var next = 0
        for index in entries.indices {
            while next < steps.count, steps[next] == index {
                let bound = max(0, clockSteps.within.milliseconds)
                offset = .milliseconds(random.whole(-bound...bound))
                next += 1
            }
            last = max(last, entries[index].receivedAt + offset)
            entries[index].receivedAt = last
        }
    }

    private static func places(
        _ count: Int, in entries: [History.Entry], _ random: inout SeededGenerator
    ) -> [Int] {
        (0..<count).map { _ in Int(random.whole(0...Int64(entries.count - 1))) }.sorted()
    }

    // MARK: The receiver

    /// The receiver starts before the first entry, and again after each outage, whose beginning it knows.
    private func interrupted(_ entries: [History.Entry], _ random: inout SeededGenerator) -> [History.Entry] {
        guard outages.count > 0, let first = entries.first else { return entries }
        let ends = Self.places(outages.count, in: entries, &random)
        var received = [History.Entry(.start(blindSince: nil), receivedAt: first.receivedAt)]
        var index = 0
        for end in ends where end >= index {
            received += entries[index..<end]
            index = end
            let last = received.map(\.receivedAt).max() ?? first.receivedAt
            interrupt(&received, after: last, entries, &index, &random)
        }
        return Self.inOrder(received + entries[index...])
    }

    /// An outage between the last entry received and the start after it.
    private func interrupt(
        _ received: inout [History.Entry], after last: Timestamp, _ entries: [History.Entry], _ index: inout Int,
        _ random: inout SeededGenerator
    ) {
        // The outage begins before the next delivery, soon after the last action.
        let pause = max(.zero, (index < entries.count ? entries[index].receivedAt : last) - last)
        let blindSince = last + Self.span(upTo: min(pause, .seconds(10)), &random)
        let start = blindSince + Self.span(upTo: outages.within, &random)
        let isLosing = random.chance(outages.losing)
        received.append(History.Entry(.start(blindSince: blindSince), receivedAt: start))
        while index < entries.count, entries[index].receivedAt < start {
            let isKept = if case .observation = entries[index].input { !isLosing } else { true }
            if case .observation(let observation) = entries[index].input, observation.isReading {
                // Nothing is read while it is down, and everything at the start.
                received.append(History.Entry(entries[index].input, receivedAt: start))
            } else if isKept {
                let caughtUp = start + Self.span(upTo: .seconds(30), &random)
                received.append(History.Entry(entries[index].input, receivedAt: caughtUp))
            }
            index += 1
        }
        received = Self.inOrder(received)
    }
}
