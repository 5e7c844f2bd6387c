import LongComputations
import SLOCore
import SLOTestSupport
import Testing

@Suite("Generated histories", .computes)
struct HistoryTests {
    @Test("are the same for the same seed, and others for another")
    func determinism() {
        for shape in [HistoryShape.small, .ordinary] {
            for seed: UInt64 in 0..<20 {
                let first = HistoryGenerator(seed: seed, shape: shape).history()
                let second = HistoryGenerator(seed: seed, shape: shape).history()
                #expect(first.entries == second.entries && first.settings == second.settings)
                let other = HistoryGenerator(seed: seed + 1000, shape: shape).history()
                #expect(other.entries != first.entries)
            }
        }
    }

    @Test("are judged by objectives of the indicators that they draw, and some without a default one")
    func objectives() {
        let settings = (0..<100).map { HistoryGenerator(seed: $0, shape: .small).settings }
        for indicator: Objective.Indicator in [.initialStatus, .builds, .testRuns, .buildStart, .testRunStart] {
            let further = settings.filter { settings in
                settings.objectives.contains { $0.indicator == indicator && $0.name.rawValue.hasPrefix("further") }
            }
            #expect(further.count > 20)
        }
        for name in Objective.defaults.map(\.name) {
            let without = settings.filter { $0[name] == nil }
            #expect((1..<40).contains(without.count))
        }
        let selecting = settings.filter { $0.objectives.contains { !$0.selection.isEverything } }
        #expect((20..<100).contains(selecting.count))
    }

    @Test("draw the same numbers everywhere")
    func numbers() {
        var random = SeededGenerator(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect((0..<99).allSatisfy { _ in (-3...3 as ClosedRange<Int64>).contains(random.whole(-3...3)) })
        let id = random.uuid()
        #expect(id.utf8.count == 36 && id.split(separator: "-").map(\.utf8.count) == [8, 4, 4, 4, 12])
    }

    @Test("are received in order, and within three seconds of being sent", arguments: [HistoryShape.small, .ordinary])
    func receipts(shape: HistoryShape) {
        for seed: UInt64 in 0..<100 {
            let entries = HistoryGenerator(seed: seed, shape: shape).history().entries
            #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.receivedAt <= $1.receivedAt })
            let lags = entries.compactMap { entry in sentAt(entry.input).map { entry.receivedAt - $0 } }
            #expect(!lags.isEmpty && lags.allSatisfy { $0 >= .zero && $0 < .seconds(3) })
        }
    }

    /// When GitHub or Copr says that it happened.
    private func sentAt(_ input: History.Input) -> Timestamp? {
        switch input {
        case .observation(.changePushed(let change)): change.startedAt
        case .observation(.changeClosed(let change)): change.closedAt
        case .observation(.statusReported(let status)): status.completedAt ?? status.startedAt
        case .observation(.releasePublished(let release)): release.publishedAt
        case .observation(.buildReported(let build)): build.sentAt
        default: nil
        }
    }

    @Test("number checks in the order of posting, over all repositories")
    func checkIDs() {
        for seed: UInt64 in 0..<100 {
            var posted: [(time: Timestamp, id: Int64)] = []
            for case .observation(.statusReported(let status)) in HistoryGenerator(seed: seed, shape: .small).stream()
                .map(\.input)
            {
                // GitHub's own end comes later on a check that was there before.
                if ["stale", "cancelled"].contains(status.state) { continue }
                guard case .checkRun(let id) = status.carrier, let time = status.startedAt ?? status.completedAt else {
                    continue
                }
                posted.append((time, id))
            }
            posted.sort { ($0.id, $0.time) < ($1.id, $1.time) }
            #expect(zip(posted, posted.dropFirst()).allSatisfy { $0.time <= $1.time })
        }
    }

    @Test("end on a check that was there before where GitHub ends it")
    func endsByGitHub() {
        var ends = 0
        for seed: UInt64 in 0..<100 {
            var checks: [StatusReported.Carrier: String] = [:]
            for case .observation(.statusReported(let status)) in HistoryGenerator(seed: seed, shape: .small).stream()
                .map(\.input)
            {
                if status.state == "stale" {
                    ends += 1
                    // Open before, or the same delivery twice.
                    #expect(["queued", "in_progress", "stale"].contains(checks[status.carrier] ?? ""))
                }
                checks[status.carrier] = status.state
            }
        }
        #expect(ends > 10)
    }

    @Test("show each oddity in some of a few hundred seeds", arguments: [HistoryShape.small, .traffic])
    func coverage(shape: HistoryShape) {
        var seeds = [Int](repeating: 0, count: Oddity.allCases.count)
        for seed: UInt64 in 0..<400 {
            var stream = HistoryGenerator(seed: seed, shape: shape).stream()
            while stream.next() != nil {}
            for oddity in Oddity.allCases where stream.tally[oddity] > 0 { seeds[oddity.rawValue] += 1 }
        }
        let rare = Oddity.allCases.filter { seeds[$0.rawValue] < 4 && shape[$0] > 0 }
        #expect(rare.isEmpty)
    }

    @Test("collide: commits of several pull requests and branches, projects of several repositories")
    func collisions() {
        var shared = 0
        var onBranch = 0
        var sameProject = 0
        for seed: UInt64 in 0..<200 {
            var pulls: [String: Set<String>] = [:]
            var branches: Set<String> = []
            var projects: [String: Set<Int64>] = [:]
            for entry in HistoryGenerator(seed: seed, shape: .small).stream() {
                switch entry.input {
                case .observation(.changePushed(let change)):
                    let pull = "\(change.repository.id) \(change.number)"
                    pulls[change.headSHA, default: []].insert(pull)
                    let project = "\(change.repository.fullName)-\(change.number)"
                    projects[String(project.map { $0 == "/" ? "-" : $0 }), default: []].insert(
                        change.repository.id.number)
                case .observation(.branchPushed(let push)): branches.insert(push.sha)
                default: break
                }
            }
            shared += pulls.values.contains { $0.count > 1 } ? 1 : 0
            onBranch += pulls.keys.contains { branches.contains($0) } ? 1 : 0
            sameProject += projects.values.contains { $0.count > 1 } ? 1 : 0
        }
        #expect(shared > 5 && onBranch > 5 && sameProject > 5)
    }

    @Test("vary by what they are judged, so that deadlines and horizons are reached")
    func settings() {
        let drawn = (0..<100 as Range<UInt64>).map { HistoryGenerator(seed: $0, shape: .small).settings }
        #expect(Set(drawn.map(\.policy)).count == 3)
        #expect(Set(drawn.map(\.horizon)).count > 2)
        #expect(Set(drawn.map(\.settle)).count > 2)
        #expect(Set(drawn.map(\.joinWait)).count > 2)
        #expect(drawn.contains { !$0.ignoredRepositories.isEmpty })
        #expect(drawn.contains { $0.primary != $0.deployments.first })
        #expect(HistoryGenerator(seed: 1, shape: .steady(deliveries: 1000, days: 1)).settings == LedgerSettings())
    }

    @Test("told as a stream are the same")
    func streaming() {
        let generator = HistoryGenerator(seed: 5, shape: .ordinary)
        #expect(Array(generator.stream()) == generator.history().entries)
    }

    @Test("have the size they are asked for")
    func sizes() {
        let counts = (0..<200 as Range<UInt64>).map { seed in
            HistoryGenerator(seed: seed, shape: .small).history().entries.count
        }.sorted()
        #expect((50...300).contains(counts[counts.count / 2]))
        let ordinary = (0..<40 as Range<UInt64>).map { seed in
            HistoryGenerator(seed: seed, shape: .ordinary).history().entries.count
        }.reduce(0, +)
        #expect((700...1300).contains(ordinary / 40))
        var steady = 0
        for _ in HistoryGenerator(seed: 1, shape: .steady(deliveries: 30_000, days: 7)).stream() { steady += 1 }
        #expect((24_000...36_000).contains(steady))
    }
}

@Suite("A failing history", .computes)
struct ShrinkingTests {
    @Test("shrinks to the entries that it fails by")
    func shrinking() throws {
        let history = HistoryGenerator(seed: 2, shape: .ordinary).history()
        let needed = [3, 200, history.entries.count - 1].map { history.entries[$0] }
        let shrunk = history.shrunk { part in needed.allSatisfy(part.entries.contains) }
        #expect(shrunk.entries == needed)
        #expect(shrunk.settings == history.settings)
    }
}
