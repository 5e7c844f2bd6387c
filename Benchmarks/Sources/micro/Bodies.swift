import Foundation

/// The bodies used for measuring.
struct Bodies {
    let pullRequest: [UInt8]
    /// Of another repository, to create a dictionary from.
    let otherPullRequest: [UInt8]
    let checkRun: [UInt8]
    let copr: [UInt8]
    let request: [UInt8]

    init(folder: String) throws {
        func read(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name + ".json")))
        }
        pullRequest = try read("pull_request")
        otherPullRequest = try read("other_pull_request")
        checkRun = try read("check_run")
        copr = try read("copr")
        request = try read("request")
    }
}

struct MeasurementError: Error, CustomStringConvertible {
    let description: String
}
