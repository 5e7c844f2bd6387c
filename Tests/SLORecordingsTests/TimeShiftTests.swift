import Foundation
import SLOCore
import SLORecordings
import Testing

@Suite struct `A recording moved in time` {
    private let shift = TimeShift(from: Timestamp(milliseconds: 1_000_500), to: Timestamp(milliseconds: 87_401_400))

    private func shifted(_ body: String) -> String {
        String(decoding: shift.shifted(Deliveries.backend(.copr, body)).body, as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"a":"2025-11-24T16:00:00Z"}"#, #"{"a":"2025-11-25T16:00:00Z"}"#),
        (#"["2025-12-31T23:59:59.123456"]"#, #"["2026-01-01T23:59:59.123456"]"#),
        (
            #"["2025-02-28 10:00:00+02:00","2024-02-28T10:00:00-0500"]"#,
            #"["2025-03-01 10:00:00+02:00","2024-02-29T10:00:00-0500"]"#
        ),
        (#"{"2025-11-24T16:00:00Z":1}"#, #"{"2025-11-25T16:00:00Z":1}"#),
    ])
    func `Has its times moved by the same whole seconds, in their own form`(body: String, moved: String) {
        #expect(shifted(body) == moved)
    }

    @Test(arguments: [
        #"{"a":1764000000}"#, #"["2025-11-24"]"#, #"["on 2025-11-24T16:00:00Z"]"#, #"["2025-11-24T16:00:00Z, then"]"#,
        #"["2025-13-24T16:00:00Z"]"#, #"["9999-12-31T16:00:00Z"]"#, "\"", "", "\"2025-11-24T16:00:00",
        #"["2025-11-24T16:00:0"]"#,
    ])
    func `Has everything else left alone`(body: String) {
        #expect(shifted(body) == body)
    }

    @Test func `Is received as much later`() {
        #expect(shift.shifted(Deliveries.copr).receivedAt == Deliveries.copr.receivedAt + .seconds(86400))
    }

    @Test func `Is moved inside GitHub's form too`() throws {
        var (form, json) = (shift.shifted(Deliveries.pullRequestForm), shift.shifted(Deliveries.pullRequest))
        #expect(json.body != Deliveries.pullRequest.body)
        // Scrubbed with scrubbers of the same past, both say the same.
        var (one, other) = (Scrubber(), Scrubber())
        form.headers["Content-Type"] = "application/x-www-form-urlencoded"
        json.headers["Content-Type"] = "application/json"
        let (scrubbedForm, scrubbedJSON) = (one.scrub(form), other.scrub(json))
        let text = String(decoding: try #require(scrubbedForm).body.dropFirst(8), as: UTF8.self)
        #expect(text.removingPercentEncoding == String(decoding: try #require(scrubbedJSON).body, as: UTF8.self))
    }
}
