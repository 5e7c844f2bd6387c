import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import SLOService

/// Answers what `APIOperation` lists.
struct APIRoutes: Sendable {
    let source: any PageSource
    private let operations: [APIOperation]

    init(source: any PageSource, hosts: LinkHosts) {
        self.source = source
        operations = APIOperation.all(source.pageSettings, hosts: hosts)
    }

    var paths: [String] { operations.map { APIOperation.root + $0.path } }

    func add(to router: Router<BasicRequestContext>) {
        for operation in operations {
            router.get(RouterPath(APIOperation.root + operation.path)) { request, context in
                await answer(operation, to: request, context)
            }
        }
    }

    private func answer(
        _ operation: APIOperation, to request: Request, _ context: BasicRequestContext
    ) async -> Response {
        guard MediaRange.list(request.headers[.accept]).accept("application/json") else {
            return Response(Problem(status: .notAcceptable, detail: "Nothing but application/json is served here."))
        }
        do {
            let asked = try APIRequest(request, parameters: context.parameters, as: operation.parameters)
            guard let document = try await operation.make(asked, source) else {
                return Response(Problem(status: .notFound, detail: operation.absence ?? "There is nothing."))
            }
            return Response(
                kept: document.document, contentType: "application/json", cacheControl: "no-cache", for: request)
        } catch let refusal as APIRequest.Refusal {
            return Response(refusal.problem)
        } catch {
            context.logger.error(
                "An answer of the API could not be made.", metadata: ["path": "\(operation.path)", "error": "\(error)"])
            return Response(.databaseUnreadable)
        }
    }
}

extension Problem {
    static let databaseUnreadable = Problem(
        status: .serviceUnavailable, detail: "The database cannot be read at the moment. The log says why.",
        headers: [("Retry-After", "10")])
}

extension Response {
    /// A document that its reader may keep: 304 where it has just this one.
    init(kept text: String, contentType: String, cacheControl: String, for request: Request) {
        let tag = "\"\(Fingerprint.of(text))\""
        let held = request.headers[.ifNoneMatch]?.split(separator: ",").map {
            String($0.filter { !$0.isWhitespace }).replacing("W/", with: "", maxReplacements: 1)
        }
        if held?.contains(where: { $0 == tag || $0 == "*" }) == true {
            self.init(status: .notModified)
        } else {
            self.init(bytes: ByteBuffer(string: text), contentType: contentType)
        }
        headers[.eTag] = tag
        headers[.cacheControl] = cacheControl
    }
}

/// Tells texts apart (FNV-1a).
enum Fingerprint {
    static func of(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 36)
    }
}
