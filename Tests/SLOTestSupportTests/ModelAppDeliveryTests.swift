import SLOCore
import SLOTestSupport
import Testing

@Suite("The reference model: deliveries to the watched App")
struct ModelAppDeliveryTests {
    private static let endpoint = Objective.Name(rawValue: "endpoint")!
    private static let began: Int64 = 1_793_491_200

    private func told() -> ManualHistory {
        var settings = LedgerSettings()
        settings.objectives.append(Objective(Self.endpoint, .appDeliveries, target: 0.9))
        return ManualHistory(settings: settings)
    }

    private func attempt(
        _ id: Int64, of delivery: UInt64 = 1, at seconds: Int64, again: Bool = false,
        _ status: AppDeliveryStatus = .success, _ milliseconds: Int64 = 1500
    ) -> AppDeliveryAttempt {
        AppDeliveryAttempt(
            id: id, delivery: delivery, deliveredAt: Timestamp(seconds: Self.began + seconds), isRedelivery: again,
            status: status, duration: .milliseconds(milliseconds))
    }

    private func page(_ attempts: AppDeliveryAttempt..., of app: Int64 = 7) -> Observation {
        .appDeliveriesListed(AppDeliveriesListed(app: app, deployment: .prod, attempts: attempts))
    }

    private func events(_ told: ManualHistory) -> [Bool: Int64] {
        let counters = told.counters(at: 1_000_000)
        return [true, false].reduce(into: [:]) {
            $0[$1] = counters[.objectiveEvents(Self.endpoint, .prod, isGood: $1)]
        }
    }

    @Test("Each attempt counts once for its App, with a duration if it was answered")
    func attempts() {
        var told = told()
        told.ingest(page(attempt(1, at: 0), attempt(2, of: 2, at: 1, .timedOut, 10_000)), at: 60)
        told.ingest(
            page(attempt(2, of: 2, at: 1, .timedOut, 10_000), attempt(3, at: 9, again: true, .serverError)), at: 61)
        told.ingest(page(attempt(1, at: 0), of: 8), at: 62)
        let last = told.last(at: 100)
        let counts = AppDeliveryStatus.allCases.map { last.counters[.appDeliveries(.prod, $0)] ?? 0 }
        #expect(counts == [2, 0, 0, 1, 1, 0])
        #expect(last.durations[.appDeliveryDuration(.prod)] == [1, 1, 1])
        #expect(events(told) == [true: 2, false: 1])
    }

    @Test("A redelivery is no event, and one without the first attempt neither")
    func redeliveries() {
        var told = told()
        told.ingest(page(attempt(2, at: 50, again: true)), at: 60)
        #expect(events(told).isEmpty)
        told.ingest(page(attempt(1, at: 0, .unreachable)), at: 70)
        #expect(events(told) == [false: 1])
    }

    @Test("Of several first attempts the first that is read counts, and of those on one page the oldest")
    func severalFirst() {
        var told = told()
        told.ingest(page(attempt(2, at: 9), attempt(1, at: 8, .redirection)), at: 60)
        told.ingest(page(attempt(3, at: 7)), at: 70)
        #expect(events(told) == [false: 1])
    }

    @Test(
        "A judgement has the time of the attempt, which is read within three days",
        arguments: [(259_300, [100]), (259_301, [])] as [(Int64, [Int64])])
    func times(readAt: Int64, judgedAt: [Int64]) {
        var told = told()
        told.ingest(page(attempt(1, at: 100)), at: readAt)
        let times = told.last(at: 1_000_000).judgements.keys.map(\.at)
        #expect(times == judgedAt.map { Timestamp(seconds: Self.began + $0) })
    }
}
