import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import SLOService
import SLOHTTP

/// Sets headers that forbid browsers to run, embed and cache what these pages do not need.
struct SafetyHeaders<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in Self.fields {
            response.headers[name] = value
        }
        // A route may set its own.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private static var fields: [(HTTPField.Name, String)] {
        [
            (.xContentTypeOptions, "nosniff"),
            (
                .contentSecurityPolicy,
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
                    + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            ),
        ]
    }
}

/// Logs each request and its response's status. Never the query, which may contain sensitive data.
struct RequestLog<Context: RequestContext>: RouterMiddleware {
    let log: LimitedLog

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        self.log.debug(
            "request served",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path.prefix(200))",
                "status": "\(response.status.code)",
            ]
        )
        return response
    }
}

/// Turns every error into a problem document, and a wrong method for an existing path into 405.
struct Problems<Context: RequestContext>: RouterMiddleware {
    /// The existing paths, all for GET and HEAD.
    let paths: [PathPattern]
    /// Those of them at which people may write, too.
    let writable: [PathPattern]
    let log: LimitedLog

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return Response(self.problem(error, request: request), isHEAD: request.method == .head)
        } catch {
            self.log.error(
                "request failed", metadata: ["path": "\(request.uri.path.prefix(200))", "error": "\(error)"]
            )
            return Response(.failed, isHEAD: request.method == .head)
        }
    }

    private func problem(_ error: HTTPError, request: Request) -> Problem {
        let path = request.uri.path
        if error.status == .notFound {
            let isRead = request.method == .get || request.method == .head
            return !isRead && self.paths.contains { $0.fits(path) }
                ? .methodNotAllowed(path: path, allow: self.allowed(at: path)) : .notFound(path: path)
        }
        let status = HTTPResponseStatus(statusCode: error.status.code)
        return Problem(status: status, detail: error.body ?? status.reasonPhrase)
    }

    private func allowed(at path: String) -> String {
        self.writable.contains { $0.fits(path) } ? "DELETE, GET, HEAD, POST" : "GET, HEAD"
    }
}

/// A path with parameters: a name in braces matches anything except a slash.
struct PathPattern: Sendable {
    private let segments: [String?]

    init(_ path: String) {
        self.segments = path.split(separator: "/").map { $0.first == "{" ? nil : String($0) }
    }

    func fits(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.count == self.segments.count
            && zip(self.segments, parts).allSatisfy { segment, part in segment.map { $0 == part } ?? true }
    }
}

extension Response {
    init(_ problem: Problem, isHEAD: Bool = false) {
        let body = ByteBuffer(string: problem.json)
        self.init(
            status: HTTPResponse.Status(code: Int(problem.status.code)),
            headers: [.contentType: Problem.contentType],
            body: ResponseBody(byteBuffer: body)
        )
        for (name, value) in problem.headers {
            if let name = HTTPField.Name(name) { self.headers[name] = value }
        }
        if isHEAD { self = self.createHeadResponse() }
    }
}
