import LongComputations
import SLOCore
import SLOTestSupport
import Testing

@Suite("Disorder", .computes)
struct DisorderTests {
    private let history = HistoryGenerator(seed: 11, shape: .ordinary).history()

    /// How often each observation is in a history, as text.
    private func inventory(_ history: History) -> [String: Int] {
        var counts: [String: Int] = [:]
        for case .observation(let observation) in history.entries.map(\.input) {
            counts["\(observation)", default: 0] += 1
        }
        return counts
    }

    private func isInOrder(_ history: History) -> Bool {
        zip(history.entries, history.entries.dropFirst()).allSatisfy { $0.receivedAt <= $1.receivedAt }
    }

    private func starts(_ history: History) -> [(blindSince: Timestamp?, at: Timestamp, index: Int)] {
        history.entries.enumerated().compactMap { index, entry in
            guard case .start(let blindSince) = entry.input else { return nil }
            return (blindSince, entry.receivedAt, index)
        }
    }

    @Test("none changes nothing")
    func none() {
        #expect(Disorder.none.applied(to: history, seed: 1).entries == history.entries)
        #expect("\(Disorder.none)" == "in order")
    }

    @Test("follows from its seed, never turns time back, and keeps the settings")
    func drawn() {
        for seed: UInt64 in 0..<40 {
            let disorder = Disorder(seed: seed)
            #expect(disorder == Disorder(seed: seed))
            let disordered = disorder.applied(to: history, seed: seed)
            #expect(disordered.entries == disorder.applied(to: history, seed: seed).entries, "\(disorder)")
            #expect(isInOrder(disordered), "\(disorder)")
            #expect(disordered.settings == history.settings)
        }
    }

    @Test("says what it is")
    func description() {
        let disorder = Disorder(
            shuffle: .seconds(30), doubled: .init(share: 0.25, within: .minutes(1)), lost: 0.012,
            outages: .init(count: 2, within: .hours(1), losing: 0.5))
        #expect(
            "\(disorder)" == "shuffled within 30.0 s, 25.0 % within 60.0 s received again, 1.2 % lost, "
                + "2 outages within 3600.0 s, 50.0 % losing")
    }

    @Test("a shuffle loses and adds nothing, delays within its bound, and changes the order")
    func shuffle() {
        let shuffled = Disorder(shuffle: .minutes(5)).applied(to: history, seed: 2)
        #expect(inventory(shuffled) == inventory(history))
        #expect(shuffled.entries.map(\.input) != history.entries.map(\.input))
        for (place, entry) in shuffled.entries.enumerated() {
            // Whatever stands at a place was sent at most the bound before what stood there.
            let bound = history.entries[place].receivedAt
            #expect(entry.receivedAt >= bound && entry.receivedAt - bound <= .minutes(5))
        }
    }

    @Test("what is doubled is received once or twice")
    func doubled() {
        let before = inventory(history)
        let after = inventory(
            Disorder(doubled: .init(share: 0.3, within: .hours(1))).applied(to: history, seed: 3))
        #expect(Set(after.keys) == Set(before.keys))
        for (observation, count) in before {
            #expect((count...2 * count).contains(after[observation] ?? 0))
        }
        #expect(after.values.reduce(0, +) > history.entries.count)
    }

    @Test("what is delayed is not lost, and the rest keeps its time")
    func delayed() {
        let delayed = Disorder(delayed: .init(share: 0.1, within: .hours(3))).applied(to: history, seed: 4)
        #expect(inventory(delayed) == inventory(history))
        let times = Set(history.entries.map(\.receivedAt))
        let kept = delayed.entries.count { times.contains($0.receivedAt) }
        #expect(kept > history.entries.count / 2 && kept < history.entries.count)
    }

    @Test("a loss leaves the rest as it is")
    func lost() {
        let rest = Disorder(lost: 0.2).applied(to: history, seed: 5)
        #expect(rest.entries.count < history.entries.count && rest.entries.count > history.entries.count / 2)
        var places = history.entries[...]
        for entry in rest.entries {
            guard let place = places.firstIndex(of: entry) else {
                Issue.record("an entry that was not there")
                return
            }
            places = places[(place + 1)...]
        }
    }

    @Test("a clock that steps keeps the order of all entries")
    func clockSteps() {
        let stepped = Disorder(clockSteps: .init(count: 3, within: .hours(2))).applied(to: history, seed: 6)
        #expect(stepped.entries.map(\.input) == history.entries.map(\.input))
        #expect(stepped.entries.map(\.receivedAt) != history.entries.map(\.receivedAt))
        #expect(isInOrder(stepped))
    }

    @Test("the receiver starts first of all and after each outage, in which it receives nothing")
    func outages() {
        for seed: UInt64 in 0..<20 {
            let disorder = Disorder(outages: .init(count: 4, within: .hours(1), losing: 0.5))
            let interrupted = disorder.applied(to: history, seed: seed)
            #expect(isInOrder(interrupted))
            let starts = starts(interrupted)
            #expect(starts.first?.index == 0 && starts.first?.blindSince == nil)
            #expect((2...5).contains(starts.count))
            for start in starts.dropFirst() {
                guard let blindSince = start.blindSince else {
                    Issue.record("an outage without a beginning")
                    continue
                }
                #expect(blindSince <= start.at)
                let before = interrupted.entries[start.index - 1].receivedAt
                #expect(before <= blindSince, "nothing was received while it was down")
            }
        }
    }

    @Test("an outage that loses nothing is caught up with after its start")
    func caughtUp() {
        let caughtUp = Disorder(outages: .init(count: 4, within: .hours(6), losing: 0)).applied(to: history, seed: 8)
        #expect(inventory(caughtUp) == inventory(history))
        let losing = Disorder(outages: .init(count: 4, within: .hours(6), losing: 1)).applied(to: history, seed: 8)
        #expect(inventory(losing).values.reduce(0, +) < history.entries.count)
    }
}
