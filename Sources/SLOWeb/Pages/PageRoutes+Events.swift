import Hummingbird
import SLOCore
import SLOQueries

extension PageRoutes {
    func addEvents(to router: Router<BasicRequestContext>) {
        router.get(RouterPath(EventsPage.path)) { request, _ in
            try await answer {
                let settings = source.pageSettings
                let asked = try APIRequest(page: request, as: EventQuery.parameters(settings))
                let found = try await source.events(EventQuery(asked))
                return render("events", EventsPage(found, asked, settings: settings, hosts: hosts))
            }
        }
        router.get(RouterPath(RunsPage.path)) { request, _ in
            try await answer {
                let settings = source.pageSettings
                let asked = try APIRequest(page: request, as: RunQuery.parameters(settings))
                let found = try await source.endedRuns(RunQuery(asked))
                return render("events", RunsPage(found, asked, settings: settings, hosts: hosts))
            }
        }
        router.get(RouterPath(RepositoryPage.route)) { _, context in
            try await answer {
                let asked = Self.text(context.parameters["owner"]) + "/" + Self.text(context.parameters["name"])
                guard let report = try await source.report(of: asked) else { return unknown(repository: asked) }
                let name = report.parts(by: .repository).first?.name.text ?? asked
                var query = EventQuery()
                query.filter.repository = name
                query.filter.verdicts = VerdictFilter.missed.verdicts
                query.limit = RepositoryPage.eventLimit
                async let (work, missed) = (source.openWork(), source.events(query))
                return try await render(
                    "repository",
                    RepositoryPage(report, work, missed, named: name, settings: source.pageSettings, hosts: hosts))
            }
        }
    }

    private func unknown(repository: String) -> Response {
        message(
            Frame("Not found"), "\(repository) is not known",
            "No delivery has been received for a public repository of this name.",
            hint: "Possible reasons: no event since this server started, the App is not installed there, or the "
                + "name is wrong.", status: .notFound)
    }
}
