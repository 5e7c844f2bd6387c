import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import SLOService

/// `/api/v1/objectives`, of everything or, with `?repository=owner/name`, of one repository.
func objectivesAnswer(_ request: Request, status: any ServiceStatus, logger: Logger) async throws -> Response {
    let repository = request.uri.queryParameters["repository"].map(String.init)
    if let repository, !isRepositoryName(repository) {
        return Response(
            Problem(status: .badRequest, detail: "The parameter repository is to be owner/name."))
    }
    let document: [UInt8]?
    do {
        document = try await status.objectives(of: repository)
    } catch {
        logger.error("The objectives could not be read.", metadata: ["error": "\(error)"])
        return Response(
            Problem(
                status: .serviceUnavailable, detail: "The database cannot be read at the moment.",
                headers: [("Retry-After", "10")]))
    }
    guard let document else {
        return Response(
            Problem(status: .notFound, detail: "Nothing is known of a public repository of that name."))
    }
    return Response(bytes: ByteBuffer(bytes: document), contentType: "application/json")
}

private func isRepositoryName(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 256
}
