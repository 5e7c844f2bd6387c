import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SLOCore
import SLOService
import SLOQueries

/// Badges of objectives, for everything or for one repository. The badge of a private repository looks like that of an
/// unknown one.
struct BadgeRoutes: Sendable {
    let source: any QueryAPI
    let log: LimitedLog

    /// Each part has the same name in all paths, which the router requires.
    static let paths = ["/badges/{first}", "/badges/{first}/{second}", "/badges/{first}/{second}/{third}"]
    private static let all = "status"

    func add(to router: Router<BasicRequestContext>) {
        for path in Self.paths {
            router.get(RouterPath(path)) { request, context in
                try await answer(request, context)
            }
        }
    }

    private func answer(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        do {
            let deployment = APIParameter.deployment(source.pageSettings)
            let asked = try APIRequest(request, parameters: context.parameters, as: [deployment])
            guard
                let badge = try await badge(
                    context.parameters, of: asked.deployment ?? source.pageSettings.primary)
            else { throw HTTPError(.notFound) }
            return Response(
                KeptText(badge.svg, contentType: "image/svg+xml", cacheControl: "public, max-age=60"), for: request)
        } catch let refusal as APIRequest.Refusal {
            return Response(refusal.problem)
        } catch let error as HTTPError {
            throw error
        } catch {
            log.error("badge cannot be rendered", metadata: ["error": "\(error)"])
            return Response(.databaseUnreadable)
        }
    }

    /// - Returns: `nil` for a path that is not a badge's.
    private func badge(_ parameters: Parameters, of deployment: Deployment) async throws -> Badge? {
        let parts = ["first", "second", "third"].compactMap { parameters[$0].map(String.init) }
        guard let file = parts.last, file.hasSuffix(".svg") else { return nil }
        let stem = String(file.dropLast(4))
        let window = source.pageSettings.window
        guard parts.count > 1 else {
            let standings = try await source.overview().standings.filter { $0.deployment == deployment }
                .map(BadgeStanding.init)
            return make(stem, standings, of: deployment.label, window)
        }
        // A repository's own badge has the repository's name; the badges of its objectives are below it.
        let isWhole = parts.count == 2
        let repository = "\(parts[0])/\(isWhole ? stem : parts[1])"
        guard APIParameter.repository.objection(to: repository) == nil else { return nil }
        let standings =
            try await source.report(of: repository)?.standings.filter { $0.deployment == deployment }
            .map(BadgeStanding.init) ?? []
        return make(isWhole ? Self.all : stem, standings, of: repository, window)
    }

    private func make(_ stem: String, _ standings: [BadgeStanding], of what: String, _ window: TimeSpan) -> Badge? {
        if stem == Self.all { return Badge(standings, of: what, window: window) }
        guard let objective = Objective.Name(rawValue: stem).flatMap({ source.pageSettings[$0] }) else { return nil }
        return Badge(
            objective, standings.first { $0.objective == objective }, of: what,
            window: source.pageSettings.window(of: objective))
    }
}
