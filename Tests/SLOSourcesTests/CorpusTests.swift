import Foundation
import SLOCore
import SLOSources
import Testing

/// Real payloads, where there are some: a folder with `github/<event>/*.json` and `packit/{github,copr,testing-farm}`.
let corpus = ProcessInfo.processInfo.environment["PACKIT_SLO_CORPUS"]

@Suite("Real payloads", .enabled(if: corpus != nil))
struct CorpusTests {
    struct Sample {
        let path: String
        let source: Source
        let event: String
        let body: [UInt8]
    }

    static func samples() throws -> [Sample] {
        let root = URL(filePath: try #require(corpus))
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var samples: [Sample] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "json" else { continue }
            let parts = file.pathComponents.suffix(3)
            let folder = file.deletingLastPathComponent().lastPathComponent
            let source = Source(rawValue: folder) ?? .github
            samples.append(
                Sample(
                    path: parts.joined(separator: "/"), source: source,
                    event: folder == "github" ? Self.event(of: file.lastPathComponent) : folder,
                    body: [UInt8](try Data(contentsOf: file))))
        }
        return samples
    }

    /// Packit's own samples are named freely.
    private static func event(of file: String) -> String {
        let known = [
            "checkrun": "check_run", "installation": "installation", "issue": "issue_comment",
            "pr_comment": "issue_comment", "pr.": "pull_request", "push": "push", "release": "release",
        ]
        return known.first { file.hasPrefix($0.key) }?.value ?? "unknown"
    }

    @Test("are all read, and none lacks what its event needs")
    func all() throws {
        let decoding = try Decoding()
        let samples = try Self.samples()
        #expect(samples.count > 10)
        for sample in samples {
            switch decoding.decode(sample.source, .github(sample.event), sample.body).outcome {
            case .observed, .ignored, .ping: break
            case let other: Issue.record("\(sample.path): \(other)")
            }
        }
    }

    @Test("of the used events give observations")
    func used() throws {
        let decoding = try Decoding()
        for sample in try Self.samples() {
            let outcome = decoding.decode(sample.source, .github(sample.event), sample.body).outcome
            let isObserved = if case .observed = outcome { true } else { false }
            switch sample.event {
            case "push", "copr", "testing-farm": #expect(isObserved, "\(sample.path)")
            case "pull_request":
                let name = sample.path.split(separator: "/").last ?? ""
                let isUsed = ["opened", "reopened", "synchronize", "closed", "pr"].contains { name == "\($0).json" }
                #expect(isObserved == isUsed, "\(sample.path)")
            case "ping": #expect(outcome == .ping)
            // A command in a comment.
            case "issue_comment" where sample.path.hasSuffix("/pr_comment_copr_build.json"):
                #expect(isObserved, "\(sample.path)")
            case "release": break
            default: #expect(outcome == .ignored, "\(sample.path)")
            }
        }
    }
}
