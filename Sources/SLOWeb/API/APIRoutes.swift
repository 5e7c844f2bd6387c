import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import SLOJSON
import SLOService
import Synchronization
import SLOQueries
import SLOHTTP

/// Serves the operations of `APIOperation`.
struct APIRoutes: Sendable {
    let source: any QueryAPI
    private let operations: [APIOperation]
    private let fixed = FixedAnswers()
    private let log: LimitedLog

    private let notes: (any TimeNoteJournal)?

    /// - Parameter notes: where people may note something; without it they cannot.
    init(source: any QueryAPI, notes: (any TimeNoteJournal)?, hosts: LinkHosts, log: LimitedLog) {
        self.source = source
        self.notes = notes
        self.log = log
        operations = APIOperation.all(source.pageSettings, hosts: hosts)
    }

    var paths: [String] { operations.map { APIOperation.root + $0.path } }
    /// Where people may write: something is added by POST, and withdrawn by DELETE.
    var writablePaths: [String] { notes == nil ? [] : APIEdit.all.map { APIOperation.root + $0.path } }

    func add(to router: Router<BasicRequestContext>) {
        for operation in operations {
            router.get(RouterPath(APIOperation.root + operation.path)) { request, context in
                await answer(operation, to: request, context)
            }
        }
        guard let notes else { return }
        for edit in APIEdit.all {
            router.on(RouterPath(APIOperation.root + edit.path), method: edit.method) { request, context in
                do {
                    return try await edit.response(to: request, context, in: notes)
                } catch let refusal as APIRequest.Refusal {
                    return Response(refusal.problem)
                }
            }
        }
    }

    private func answer(
        _ operation: APIOperation, to request: Request, _ context: BasicRequestContext
    ) async -> Response {
        do {
            let asked = try APIRequest(request, parameters: context.parameters, as: operation.parameters)
            let isCSV = asked.text("format") == "csv"
            let type = isCSV ? "text/csv" : "application/json"
            guard MediaRange.list(request.headers[.accept]).accept(type) else {
                return Response(Problem(status: .notAcceptable, detail: "Only \(type) is available."))
            }
            if let text = fixed[operation] { return Response(text, for: request) }
            guard let document = try await operation.make(asked, source) else {
                return Response(Problem(status: .notFound, detail: operation.absence ?? "Not found."))
            }
            if isCSV { return csv(document, operation, asked, for: request) }
            let text = KeptText(document.document, contentType: "application/json", cacheControl: "no-cache")
            if operation.isFixed { fixed[operation] = text }
            return Response(text, for: request)
        } catch let refusal as APIRequest.Refusal {
            return Response(refusal.problem)
        } catch {
            log.error(
                "API request failed", metadata: ["path": "\(operation.path)", "error": "\(error)"])
            return Response(.databaseUnreadable)
        }
    }

    /// A page of a list as a file to save, with its next page in the header `Link` (RFC 8288).
    private func csv(
        _ page: JSONValue, _ operation: APIOperation, _ asked: APIRequest, for request: Request
    ) -> Response {
        let text = CSVDocument.text(page["items"]?.array ?? [], columns: operation.columns)
        var response = Response(
            KeptText(text, contentType: CSVDocument.contentType, cacheControl: "no-cache"), for: request)
        response.headers[.contentDisposition] = "attachment; filename=\"\(operation.path.dropFirst()).csv\""
        if let next = page["next_cursor"]?.text {
            response.headers[.link] =
                "<\(APIOperation.root)\(operation.path)\(asked.query(setting: ["cursor": next]))>; rel=\"next\""
        }
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let link = HTTPField.Name("Link") ?? .location
}

extension Problem {
    static let databaseUnreadable = Problem(
        status: .serviceUnavailable, detail: "The database cannot be read at the moment; the server’s log says why.",
        headers: [("Retry-After", "10")])
}

/// Responses that are the same for every request, rendered once.
private final class FixedAnswers: Sendable {
    private let texts = Mutex<[String: KeptText]>([:])

    subscript(_ operation: APIOperation) -> KeptText? {
        get { texts.withLock { $0[operation.path] } }
        set { texts.withLock { $0[operation.path] = newValue } }
    }
}

/// A document that clients may cache.
struct KeptText: Sendable {
    fileprivate let bytes: ByteBuffer
    fileprivate let tag: String
    fileprivate let contentType: String
    fileprivate let cacheControl: String

    init(_ text: String, contentType: String, cacheControl: String) {
        bytes = ByteBuffer(string: text)
        tag = "\"\(Fingerprint.of(text))\""
        self.contentType = contentType
        self.cacheControl = cacheControl
    }
}

extension Response {
    /// Responds with 304 if the client has this version.
    init(_ text: KeptText, for request: Request) {
        let held = request.headers[.ifNoneMatch]?.split(separator: ",").map {
            String($0.filter { !$0.isWhitespace }).replacing("W/", with: "", maxReplacements: 1)
        }
        if held?.contains(where: { $0 == text.tag || $0 == "*" }) == true {
            self.init(status: .notModified)
        } else {
            self.init(bytes: text.bytes, contentType: text.contentType)
        }
        headers[.eTag] = text.tag
        headers[.cacheControl] = text.cacheControl
    }
}

/// An FNV-1a hash of a text.
enum Fingerprint {
    static func of(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 36)
    }
}
