import Hummingbird
import SLOCore
import SLOQueries

extension PageRoutes {
    func addDeliveries(to router: Router<BasicRequestContext>) {
        router.get(RouterPath(DeliveriesPage.path)) { request, _ in
            try await answer {
                let asked = try APIRequest(page: request, as: DeliveryQuery.parameters)
                return try await render(
                    "deliveries",
                    DeliveriesPage(source.deliveries(DeliveryQuery(asked)), asked, source.sources()))
            }
        }
        router.get(RouterPath(DeliveryPage.route)) { _, context in
            try await answer {
                guard let sequence = context.parameters["sequence"].flatMap({ Int64($0) }), sequence > 0,
                    let found = try await source.delivery(sequence)
                else { return unknownDelivery }
                return render("delivery", DeliveryPage(found))
            }
        }
        router.get(RouterPath(UnexplainedPage.path)) { _, _ in
            try await answer { try await render("unexplained", UnexplainedPage(source.unexplained(), hosts: hosts)) }
        }
    }

    private var unknownDelivery: Response {
        message(
            Frame("Not found"), "This delivery is not in the journal",
            "The journal keeps entries for journal.keep_observations.", status: .notFound)
    }
}
