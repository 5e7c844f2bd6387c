import HTTPTypes
import Hummingbird
import Logging
import SLOSources

// A route that checks the signature and responds, without storing anything.

guard CommandLine.arguments.count == 3, let port = Int(CommandLine.arguments[1]),
    let signature = HTTPField.Name("X-Hub-Signature-256")
else {
    throw Usage()
}
let secrets = try SecretSet([CommandLine.arguments[2]])

let router = Router()
router.post("/webhooks/github") { request, _ -> HTTPResponse.Status in
    let body = try await request.body.collect(upTo: 25 << 20)
    let check = body.withUnsafeReadableBytes { secrets.check(signature: request.headers[signature], body: $0) }
    return check == .valid ? .accepted : .unauthorized
}

var logger = Logger(label: "bare-hummingbird")
logger.logLevel = .error
let application = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
try await application.runService()

struct Usage: Error, CustomStringConvertible {
    var description: String { "usage: bare-hummingbird PORT SECRET" }
}
