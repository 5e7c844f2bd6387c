import SLOCore
import Testing

@testable import packit_slo

@Suite struct `The pace of sending` {
    @Test func `Is none, a rate, or that of the recording`() {
        #expect(Pace.unlimited.delay(ofNumber: 9, recordedAfter: .seconds(9)) == .zero)
        #expect(Pace.rate(4).delay(ofNumber: 6, recordedAfter: .seconds(9)) == .milliseconds(1500))
        #expect(Pace.recorded(speed: 2).delay(ofNumber: 6, recordedAfter: .seconds(9)) == .milliseconds(4500))
    }
}

@Suite struct `The count of what was sent` {
    @Test func `Names each status, and the first refusal`() {
        var tally = SendTally()
        for status in [202, 200, 202, 401, 503] { tally.add(ServerResponse(status: status, body: "because")) }
        tally.elapsed = .milliseconds(2500)
        #expect(
            tally.summary
                == "5 deliveries in 2.5 s (2/s): 1 already stored or a ping (200), 2 stored (202), 1 refused (401), "
                + "1 refused (503)")
        #expect(tally.refused == 2)
        #expect(tally.firstRefusal == "401 because")
        #expect(SendTally().summary == "0 deliveries in 0.0 s")
    }
}
