import HTTPTypes
import Hummingbird
import NIOHTTP1
import SLOCore
import SLOHTTP
import SLOJSON
import SLOQueries
import SLOService

extension APIOperation {
    static let timeNotes = APIOperation(
        path: "/notes", id: "listNotes", summary: "What people noted of times, those that end last first",
        description: "Notes tell of incidents and planned maintenance. They take nothing out of any number; reports "
            + "tell compliance with and without them. At most 500.",
        parameters: [
            .time("from", "Only notes that end at this time or later."),
            .time("to", "Only notes that begin at this time or earlier."),
        ], answer: "Notes"
    ) { request, source in
        let (at, notes) = try await source.timeNotes(
            from: request.time("from"), through: request.time("to"), limit: TimeNoteSnapshot.limit)
        return PageJSON.document(at: at, items: notes.map(\.json), next: nil)
    }
}

/// An operation that writes. All its parameters are needed, and are in the query; a body is ignored.
struct APIEdit: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let id: String
    let summary: String
    let parameters: [APIParameter]
    /// - Returns: `nil` if it cannot be stored at present.
    let make: @Sendable (APIRequest, any TimeNoteJournal) async throws -> JSONValue?
    /// The name of the response's component; `nil` if it has no content.
    var answer: String?

    static let all = [addNote, withdrawNote]

    private static let addNote = APIEdit(
        method: .post, path: APIOperation.timeNotes.path, id: "addNote",
        summary: "Notes what happened in a time, or is planned",
        parameters: [
            APIParameter(
                name: "kind", kind: .choice(TimeNoteKind.allCases.map(\.rawValue)), meaning: "What it is.",
                example: .text("maintenance")),
            .time("from", "When it began or begins."), .time("to", "When it ended or ends, at most 31 days later."),
            APIParameter(
                name: "words",
                kind: .text(
                    pattern: "^[^\\x00-\\x1f\\x7f]{1,\(TimeNoteSnapshot.maxWordsBytes)}$",
                    maxLength: TimeNoteSnapshot.maxWordsBytes),
                meaning: "What everybody may read who sees the pages.",
                example: .text("Copr moves to new builders")),
        ],
        make: { request, journal in
            guard let kind = request.word("kind", as: TimeNoteKind.self), let words = request.text("words"),
                let from = request.time("from"), let to = request.time("to")
            else { return nil }
            guard from <= to, to - from <= TimeNoteSnapshot.longest else {
                throw APIRequest.Refusal(parameter: "to", reason: "must be after `from`, and at most 31 days")
            }
            guard let id = await journal.note(kind: kind.rawValue, from: from, to: to, words: words) else {
                return nil
            }
            return TimeNoteSnapshot(id: id, kind: kind, from: from, to: to, words: words).json
        }, answer: "Note")

    private static let withdrawNote = APIEdit(
        method: .delete, path: APIOperation.timeNotes.path, id: "withdrawNote", summary: "Withdraws a note",
        parameters: [
            APIParameter(
                name: "id", kind: .integer(1...Int(Int64.max)), meaning: "Of the note.",
                example: .integer(1_795_348_800_000))
        ],
        make: { request, journal in
            await journal.withdrawNote(Int64(request.integer("id") ?? 0)) ? .null : nil
        })
}

extension APIEdit {
    /// Carries it out for whoever has a token.
    func response(
        to request: Request, _ context: BasicRequestContext, in journal: any TimeNoteJournal
    ) async throws -> Response {
        // Who gives none is told first that one is needed.
        guard let token = Self.token(request.headers[.authorization]) else { return Response(.tokenNeeded) }
        switch journal.access(with: token) {
        case .closed: return Response(.closedToWriting)
        case .denied: return Response(.tokenNeeded)
        case .granted: break
        }
        let asked = try APIRequest(request, parameters: context.parameters, as: parameters)
        if let missing = parameters.first(where: { asked.text($0.name) == nil }) {
            throw APIRequest.Refusal(parameter: missing.name, reason: "is missing")
        }
        guard let document = try await make(asked, journal) else { return Response(.notStored) }
        guard answer != nil else { return Response(status: .noContent) }
        var response = Response(
            KeptText(document.document, contentType: "application/json", cacheControl: "no-store"), for: request)
        response.status = .created
        return response
    }

    /// Of the scheme `Bearer`.
    private static func token(_ header: String?) -> String? {
        let words = header?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}

extension Problem {
    fileprivate static let closedToWriting = Problem(
        status: .forbidden, detail: "Nobody may write: no token is configured (api.tokens).")
    fileprivate static let tokenNeeded = Problem(
        status: .unauthorized, detail: "A configured token is needed, as Authorization: Bearer TOKEN (api.tokens).",
        headers: [("WWW-Authenticate", "Bearer")])
    fileprivate static let notStored = Problem(
        status: .serviceUnavailable, detail: "It cannot be stored at the moment; try again later.",
        headers: [("Retry-After", "5")])
}
