import Foundation
import Testing

/// An `application/problem+json` body, read by a parser that is not the product's.
struct ProblemDocument: Decodable {
    struct Component: Decodable, Equatable {
        let component: String
        let ready: Bool
        let reason: String
    }

    let type: String
    let title: String
    let status: Int
    let detail: String
    let components: [Component]?

    init(_ response: RawConnection.Response) throws {
        try #require(response["content-type"] == "application/problem+json")
        self = try JSONDecoder().decode(ProblemDocument.self, from: Data(response.body.utf8))
    }
}
