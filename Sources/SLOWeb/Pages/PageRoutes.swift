import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SLOCore
import SLOService
import SLOQueries

/// Serves the pages.
struct PageRoutes: Sendable {
    let source: any QueryAPI
    let status: any ServiceStatus
    let templates: Templates
    let hosts: LinkHosts
    let log: LimitedLog

    /// All for GET and HEAD.
    static let paths =
        [
            "/", ConditionsPage.path, ObjectivePage.path, EventsPage.path, "/waiting", "/history",
            DeliveriesPage.path, DeliveryPage.route, UnexplainedPage.path, NodesPage.path, "/pull", pullRequest,
            RepositoryPage.route, RunbookPage.path,
        ]
        + StaticFile.all.map(\.path)
    private static let pullRequest = "/{owner}/{name}/pull/{number}"

    func add(to router: Router<BasicRequestContext>) {
        for file in StaticFile.all {
            router.get(RouterPath(file.path)) { request, _ in
                var response = Response(bytes: ByteBuffer(string: file.text), contentType: file.contentType)
                // A URL with the current version may be cached for good; any other is revalidated.
                let isVersioned = request.uri.query == StaticFile.version
                response.headers[.cacheControl] = isVersioned ? "public, max-age=31536000, immutable" : "no-cache"
                return response
            }
        }
        addOverview(to: router)
        addNodes(to: router)
        addObjective(to: router)
        addEvents(to: router)
        router.get("/waiting") { request, _ in
            try await answer(once: .standing) {
                let filter = WaitingFilter(request.uri.queryParameters)
                return try await render(
                    "waiting", WaitingPage(source.openWork(), filter, settings: source.pageSettings))
            }
        }
        router.get("/history") { request, _ in
            try await answer(once: .runs) {
                let query = request.uri.queryParameters
                let settings = source.pageSettings
                let kind = RunKind(rawValue: Self.text(query["kind"])) ?? .build
                let asked = Self.text(query["deployment"])
                let deployment = settings.labels.contains(asked) ? asked : settings.primary.label
                return try await render(
                    "history", HistoryPage(source.history(), kind: kind, deployment: deployment, settings: settings))
            }
        }
        addDeliveries(to: router)
        addSearch(to: router)
        router.get(RouterPath(RunbookPage.path)) { _, _ in render("runbook", RunbookPage.shared) }
        router.get(RouterPath(Self.pullRequest)) { request, context in
            try await answer {
                let repository = Self.text(context.parameters["owner"]) + "/" + Self.text(context.parameters["name"])
                let page = request.uri.queryParameters["page"].map(String.init) ?? ""
                guard page.isEmpty || CursorForm.pullRequest.isWritten(page) else { return noSuchPage }
                guard let number = context.parameters["number"].flatMap({ Int($0) }), number > 0,
                    repository.utf8.count <= 256,
                    let reading = try await source.pullRequest(
                        number, in: repository, from: page.isEmpty ? .start : CursorForm.place(page))
                else { return unknown(repository, Self.text(context.parameters["number"])) }
                return render("pull", PullRequestPage(reading, settings: source.pageSettings, hosts: hosts))
            }
        }
    }

    private func addOverview(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in
            try await answer(once: .standing) {
                async let (overview, work, sources) = (source.overview(), source.openWork(), source.sources())
                async let conditions = source.conditions()
                return try await render(
                    "overview", OverviewPage(overview, work, sources, status.readiness, conditions))
            }
        }
        router.get(RouterPath(ConditionsPage.path)) { request, _ in
            try await answer {
                let range = ConditionsPage.Range(rawValue: Self.text(request.uri.queryParameters["range"])) ?? .week
                let conditions = try await source.conditions()
                let found = try await source.incidents(over: range.span)
                let notes = try await source.timeNotes(
                    from: found.at - range.span, through: nil, limit: TimeNoteSnapshot.limit
                ).notes
                return render("conditions", ConditionsPage(conditions, found, notes: notes, over: range))
            }
        }
    }

    private func addNodes(to router: Router<BasicRequestContext>) {
        router.get(RouterPath(NodesPage.path)) { _, _ in
            try await answer {
                guard let found = try await source.nodes() else { return noCluster }
                return render("nodes", NodesPage(found))
            }
        }
    }

    private func addObjective(to router: Router<BasicRequestContext>) {
        router.get(RouterPath(ObjectivePage.path)) { request, _ in
            try await answer(once: .standing, .report) {
                let query = request.uri.queryParameters
                async let (overview, report) = (source.overview(), source.report(of: nil))
                let (objective, deployment) = (Self.text(query["objective"]), Self.text(query["deployment"]))
                let times = try APIRequest(page: request, as: ObjectiveCharts.parameters)
                let range = ObjectiveCharts.range(
                    Self.text(query["range"]), from: times.time("from"), to: times.time("to"))
                var charts: (snapshot: ChartSnapshot, range: ChartRange)?
                if let chosen = try await ObjectivePage.chosen(
                    objective: objective, deployment: deployment, in: overview),
                    let found = try await source.charts(
                        of: chosen.objective.name, chosen.deployment, over: range)
                {
                    charts = (found, range)
                }
                return try await render(
                    "objective",
                    ObjectivePage(overview, report, objective: objective, deployment: deployment, charts: charts))
            }
        }
    }

    static func text(_ value: Substring?) -> String { value.map { String($0.prefix(256)) } ?? "" }
    static func text(_ value: String?) -> String { value.map { String($0.prefix(256)) } ?? "" }

    func render(_ template: String, _ page: some Sendable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: templates.render(template, page))))
    }

    /// Responds with a page even if the database cannot be read, or is being read since the start.
    /// - Parameter parts: what the page needs of the history.
    func answer(once parts: HistoryPart..., page: () async throws -> Response) async throws -> Response {
        for part in parts where await source.isReading(part) { return reading }
        do { return try await page() } catch let refusal as APIRequest.Refusal {
            return message(
                Frame("Not understood"), "The address is not understood",
                "The parameter \(refusal.parameter) \(refusal.reason).", status: .badRequest)
        } catch {
            log.error("page cannot be rendered", metadata: ["reason": "\(error)"])
            var response = message(
                Frame("Not available", fresh: 15), "The database cannot be read at the moment",
                "The server’s log says why.",
                hint: "This page reloads by itself; /readyz shows the state of each part.",
                status: .serviceUnavailable)
            response.headers[.retryAfter] = "10"
            return response
        }
    }

    /// A page that has nothing but a message.
    func message(
        _ frame: Frame, _ heading: String, _ text: String, hint: String? = nil, status: HTTPResponse.Status
    ) -> Response {
        render("message", MessagePage(frame: frame, heading: heading, text: text, hint: hint), status: status)
    }

    private var reading: Response {
        var response = message(
            Frame("Reading history", fresh: 3), "Reading history",
            "The server has just started, and reads what it knows. Deliveries are already received.",
            hint: "This page reloads by itself.", status: .serviceUnavailable)
        response.headers[.retryAfter] = "3"
        return response
    }

    private func unknown(_ repository: String, _ number: String) -> Response {
        message(
            Frame("Not found"), "\(repository) #\(number) is not known",
            "No delivery has been received for a pull request with this number in a public repository of this name.",
            hint: "Possible reasons: no event since this server started, the App is not installed there, or the "
                + "name is wrong. The page of deliveries lists what was received.", status: .notFound)
    }

    private var noCluster: Response {
        message(
            Frame("Not found"), "This server is not a node of a cluster", "It decides what it receives, alone.",
            status: .notFound)
    }

    private var noSuchPage: Response {
        message(
            Frame("Not found"), "This page does not exist", "Use the links on the pull request’s first page.",
            status: .badRequest)
    }
}

extension WaitingFilter {
    /// - Parameter query: of the page; what it does not have, or what means nothing, filters nothing.
    fileprivate init(_ query: Parameters) {
        self.init()
        repository = PageRoutes.text(query["repository"])
        kind = PageRoutes.text(query["kind"])
        deployment = PageRoutes.text(query["deployment"])
        hop = OpenWorkSnapshot.Item.Hop(rawValue: PageRoutes.text(query["hop"]))
        chroot = PageRoutes.text(query["chroot"])
        architecture = PageRoutes.text(query["architecture"])
        grouping = WaitingGrouping(rawValue: PageRoutes.text(query["by"])) ?? .hop
        showsRows = query["rows"] == "true"
        isByTimeLeft = query["sort"] == "time_left"
        page = query["page"].flatMap { Int($0) } ?? 1
    }
}
