public import SLOCore

/// What happens to deliveries in transport, to the receiver and to its clock. Changes whether, when and how often
/// deliveries are received, but not their content.
public struct Disorder: Equatable, Sendable {
    /// An effect on a share of the deliveries.
    public struct Some: Equatable, Sendable {
        /// Of all deliveries, 0 to 1.
        public var share: Double
        /// The longest delay.
        public var within: TimeSpan

        public init(share: Double = 0, within: TimeSpan = .zero) {
            self.share = share
            self.within = within
        }
    }

    /// Steps of the receiver's clock, forward and back.
    public struct ClockSteps: Equatable, Sendable {
        public var count: Int
        /// The longest step.
        public var within: TimeSpan

        public init(count: Int = 0, within: TimeSpan = .zero) {
            self.count = count
            self.within = within
        }
    }

    /// Downtimes of the receiver.
    public struct Outages: Equatable, Sendable {
        public var count: Int
        /// The longest outage.
        public var within: TimeSpan
        /// The share of outages in which deliveries are lost; in the others they are received after the start.
        public var losing: Double

        public init(count: Int = 0, within: TimeSpan = .zero, losing: Double = 0) {
            self.count = count
            self.within = within
            self.losing = losing
        }
    }

    /// The longest delay of every delivery. Each has its own, so neighbours may change places. None is early.
    public var shuffle = TimeSpan.zero
    /// Received twice.
    public var doubled = Some()
    /// Received much later.
    public var delayed = Some()
    /// The share that is never received.
    public var lost = 0.0
    public var clockSteps = ClockSteps()
    /// Intervals in which GitHub's webhooks are delayed until their end.
    public var bursts = ClockSteps()
    public var outages = Outages()

    public init(
        shuffle: TimeSpan = .zero, doubled: Some = Some(), delayed: Some = Some(), lost: Double = 0,
        clockSteps: ClockSteps = ClockSteps(), outages: Outages = Outages()
    ) {
        self.shuffle = shuffle
        self.doubled = doubled
        self.delayed = delayed
        self.lost = lost
        self.clockSteps = clockSteps
        self.outages = outages
    }

    /// Everything in order.
    public static let none = Disorder()
}

extension Disorder {
    /// A random disorder: each kind is included in half of the cases, slight or severe.
    public init(seed: UInt64) {
        var random = SeededGenerator(seed: seed, for: "disorder")
        self.init(drawnBy: &random)
    }

    public init(drawnBy random: inout SeededGenerator, bursts: Bool = false) {
        self.init()
        if bursts, random.chance(0.5) {
            self.bursts = ClockSteps(count: Int(random.whole(1...3)), within: .seconds(random.magnitude(60...20000)))
        }
        if random.chance(0.5) { shuffle = .milliseconds(random.magnitude(1...600_000)) }
        if random.chance(0.5) { doubled = Some(share: random.fraction() / 2, within: Self.span(&random)) }
        if random.chance(0.5) { delayed = Some(share: random.fraction() / 4, within: Self.span(&random)) }
        if random.chance(0.4) { lost = random.fraction() / 5 }
        if random.chance(0.3) {
            clockSteps = ClockSteps(count: Int(random.whole(1...4)), within: .seconds(random.magnitude(1...20000)))
        }
        if random.chance(0.4) {
            outages = Outages(
                count: Int(random.whole(1...5)), within: .seconds(random.magnitude(1...40000)),
                losing: random.pick([0, 0.5, 1]))
        }
    }

    private static func span(_ random: inout SeededGenerator) -> TimeSpan {
        .seconds(random.magnitude(1...random.pick([60, 3600, 36000])))
    }
}

extension Disorder: CustomStringConvertible {
    public var description: String {
        var parts: [String] = []
        if shuffle > .zero { parts.append("shuffled within \(shuffle.inSeconds) s") }
        if doubled.share > 0 { parts.append("\(doubled) received again") }
        if delayed.share > 0 { parts.append("\(delayed) delayed") }
        if lost > 0 { parts.append("\(Self.percent(lost)) lost") }
        if clockSteps.count > 0 {
            parts.append("\(clockSteps.count) clock steps within \(clockSteps.within.inSeconds) s")
        }
        if bursts.count > 0 { parts.append("\(bursts.count) bursts after at most \(bursts.within.inSeconds) s") }
        if outages.count > 0 {
            parts.append(
                "\(outages.count) outages within \(outages.within.inSeconds) s, \(Self.percent(outages.losing)) losing")
        }
        return parts.isEmpty ? "in order" : parts.joined(separator: ", ")
    }

    fileprivate static func percent(_ share: Double) -> String {
        let tenths = Int(share * 1000)
        return "\(tenths / 10).\(tenths % 10) %"
    }
}

extension Disorder.Some: CustomStringConvertible {
    public var description: String { "\(Disorder.percent(share)) within \(within.inSeconds) s" }
}
