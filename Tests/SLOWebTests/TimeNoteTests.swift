import Foundation
import SLOCore
import SLOService
import Synchronization
import Testing

@testable import SLOQueries
@testable import SLOWeb

/// Notes on times, as they are written and shown.
@Suite(.timeLimit(.minutes(1)))
struct TimeNoteTests {
    private static let note =
        "/api/v1/notes?kind=maintenance&from=2026-11-22T10:00:00Z&to=2026-11-22T12:00:00Z&words=new%20builders"
    private static let token = "Authorization: Bearer sesame\r\n"

    private static func answer(
        _ method: String, _ path: String, headers: String = token, to notes: FakeNotes? = FakeNotes()
    ) async throws -> RawConnection.Response {
        try await TestServer.run(notes: notes) {
            try await $0.answer(
                to: get(path, method: method, headers: "Content-Length: 0\r\n" + headers))
        }
    }

    @Test("A note is stored, and returned with its id")
    func stored() async throws {
        let notes = FakeNotes()
        let response = try await Self.answer("POST", Self.note, to: notes)
        #expect(response.status == 201)
        let told = try #require(JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any])
        #expect(told["id"] as? Int == 42)
        #expect(told["words"] as? String == "new builders")
        #expect(notes.edits == ["maintenance 2026-11-22T10:00:00Z 2026-11-22T12:00:00Z new builders"])
    }

    @Test(
        "Nobody notes anything without a configured token",
        arguments: [
            ("", 401), ("Authorization: Bearer wrong\r\n", 401), ("Authorization: Basic sesame\r\n", 401),
            ("authorization: bearer sesame\r\n", 201),
        ])
    func tokens(headers: String, status: Int) async throws {
        let notes = FakeNotes()
        let response = try await Self.answer("POST", Self.note, headers: headers, to: notes)
        #expect(response.status == status)
        #expect(notes.edits.isEmpty == (status == 401))
        if status == 401 { #expect(response["www-authenticate"] == "Bearer") }
    }

    @Test("Without tokens nobody may, and the answer says what to set")
    func closed() async throws {
        let closed = FakeNotes(access: .closed)
        let response = try await Self.answer("POST", Self.note, to: closed)
        #expect(response.status == 403)
        #expect(response.body.contains("api.tokens"))
        // Who gives none is told first that one is needed.
        #expect(try await Self.answer("POST", Self.note, headers: "", to: closed).status == 401)
    }

    @Test("The answer to another method names those that write")
    func otherMethods() async throws {
        let response = try await Self.answer("PUT", Self.note, to: FakeNotes())
        #expect(response.status == 405)
        #expect(response["allow"] == "DELETE, GET, HEAD, POST")
    }

    @Test(
        "What is no note is refused in a sentence",
        arguments: [
            ("kind=incident", "The parameter from is missing."),
            ("kind=party&from=2026-11-22T10:00:00Z", "must be one of incident, maintenance"),
            (
                "kind=incident&from=2026-11-22T10:00:00Z&to=2026-11-22T09:59:59Z&words=a",
                "The parameter to must be after `from`, and at most 31 days."
            ),
            ("kind=incident&from=2026-11-22T10:00:00Z&to=2027-11-22T10:00:00Z&words=a", "at most 31 days"),
            ("kind=incident&from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z&words=a%0Ab", "The parameter words must"),
            ("id=1", "The parameter id is unknown"),
        ])
    func refused(query: String, sentence: String) async throws {
        let notes = FakeNotes()
        let response = try await Self.answer("POST", "/api/v1/notes?" + query, to: notes)
        #expect(response.status == 400)
        #expect(response.body.contains(sentence))
        #expect(notes.edits.isEmpty)
    }

    @Test("A note is withdrawn by its id")
    func withdrawn() async throws {
        let notes = FakeNotes()
        let response = try await Self.answer("DELETE", "/api/v1/notes?id=42", to: notes)
        #expect(response.status == 204)
        #expect(notes.edits == ["42"])
        #expect(try await Self.answer("DELETE", "/api/v1/notes").status == 400)
    }

    @Test("What cannot be stored at the moment is to be sent again")
    func notStored() async throws {
        for (method, path) in [("POST", Self.note), ("DELETE", "/api/v1/notes?id=42")] {
            let response = try await Self.answer(method, path, to: FakeNotes(isBroken: true))
            #expect(response.status == 503)
            #expect(response["retry-after"] == "5")
        }
    }

    @Test("Charts, timeline and table show a note, as text")
    func shown() async throws {
        try await TestServer.run(pages: FakePages.full) { server in
            for path in ["/", "/conditions"] {
                let body = try await server.answer(to: get(path)).body
                #expect(body.contains("class=\"note-mark\""))
                #expect(body.contains("Maintenance, "))
                #expect(body.contains("&lt;new&gt; builders"))
                #expect(!body.contains("<new>"))
            }
        }
        try await TestServer.run { server in
            for path in ["/", "/conditions"] {
                let body = try await server.answer(to: get(path)).body
                #expect(!body.contains("note-mark"))
            }
        }
    }
}

/// Keeps what is noted.
private final class FakeNotes: TimeNoteJournal {
    private let kept = Mutex<[String]>([])
    private let granted: WriteAccess
    private let isBroken: Bool

    init(access: WriteAccess = .granted, isBroken: Bool = false) {
        granted = access
        self.isBroken = isBroken
    }

    var edits: [String] { kept.withLock { $0 } }

    func access(with token: String?) -> WriteAccess {
        if case .granted = granted { token == "sesame" ? .granted : .denied } else { granted }
    }

    func note(kind: String, from: Timestamp, to: Timestamp, words: String) async -> Int64? {
        guard !isBroken else { return nil }
        kept.withLock { $0.append("\(kind) \(from.rfc3339) \(to.rfc3339) \(words)") }
        return 42
    }

    func withdrawNote(_ id: Int64) async -> Bool {
        guard !isBroken else { return false }
        kept.withLock { $0.append("\(id)") }
        return true
    }
}
