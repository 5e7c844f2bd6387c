public import SLOCore

/// Compares the ledger with the reference model on a disordered history, with batches that fail and processes that end:
/// both must agree at every checked moment.
public struct LedgerTrial: Sendable {
    public let history: History
    public let disorder: Disorder
    public let weather: Weather
    public let moments: [Timestamp]
    private let random: SeededGenerator

    /// Time after the last entry: longer than any deadline.
    static let afterwards = TimeSpan.days(9)
    private static let questions = 4

    public init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let shape: HistoryShape = random.chance(0.1) ? .ordinary : random.chance(0.2) ? .small : .traffic
        disorder = random.chance(0.1) ? .none : Disorder(drawnBy: &random, bursts: true)
        let orderly = HistoryGenerator(seed: random.next(), shape: shape).history()
        history = disorder.applied(to: orderly, by: &random).asLongAsRemembered.withoutBounds
        weather = Weather.drawn(by: &random)
        let first = history.entries.first?.receivedAt ?? Timestamp(milliseconds: 0)
        let last = history.entries.last?.receivedAt ?? first
        let drawn = (0..<Self.questions).map { _ in
            Timestamp(milliseconds: random.whole(first.milliseconds...last.milliseconds))
        }
        // Moments at which the process is down cannot be checked.
        moments = history.whenUp(drawn).sorted() + [last + Self.afterwards]
        self.random = random
    }

    /// A trial of a certain history.
    init(
        _ history: History, disorder: Disorder, weather: Weather, moments: [Timestamp], random: SeededGenerator
    ) {
        self.history = history.withoutBounds
        self.disorder = disorder
        self.weather = weather
        self.moments = history.whenUp(moments)
        self.random = random
    }

    /// - Throws: `Trial.Failure`.
    func run() throws -> Trial.Tally {
        if let difference = difference(in: history, under: weather) {
            throw Trial.Failure(description: "\(disorder); \(weather)\n\(difference)")
        }
        return Trial.Tally(events: history.entries.count)
    }

    /// The difference between ledger and model on a history, if any.
    public func difference(in history: History, under weather: Weather) -> String? {
        difference(in: history, under: weather, from: ReferenceModel(history).indicators(at: moments))
    }

    /// - Parameter expected: what the model says.
    func difference(in history: History, under weather: Weather, from expected: [Indicators]) -> String? {
        do {
            var run = LedgerRun(settings: history.settings, weather: weather, random: random)
            let found = try run.indicators(of: history, at: moments)
            for (place, moment) in moments.enumerated() where found[place] != expected[place] {
                let lines = found[place].differences(from: expected[place])
                return "at \(moment.rfc3339):\n" + lines.map { "  " + $0 }.joined(separator: "\n")
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// The fewest entries that still show a difference, without disturbances if possible.
    public func shrunk() -> (history: History, weather: Weather) {
        let isFair = difference(in: history, under: .fair) != nil
        let weather = isFair ? Weather.fair : weather
        return (history.shrunk { difference(in: $0, under: weather) != nil }, weather)
    }
}

extension History {
    /// The model forgets nothing, but the ledger forgets ended entities: later entries are left out.
    fileprivate var asLongAsRemembered: History {
        guard let first = entries.first else { return self }
        let end = first.receivedAt + settings.horizon + .days(3)
        return History(settings: settings, entries: Array(entries.prefix { $0.receivedAt < end }))
    }

    /// Nor has it any bounds.
    fileprivate var withoutBounds: History {
        var settings = settings
        settings.bounds = .lifted
        return History(settings: settings, entries: entries)
    }

    fileprivate func whenUp(_ moments: [Timestamp]) -> [Timestamp] {
        moments.filter { moment in
            !entries.contains { entry in
                guard case .start(let blindSince?) = entry.input else { return false }
                return blindSince < moment && moment < entry.receivedAt
            }
        }
    }
}
