import Foundation
import SLOConfiguration
import SLOSources
import SLOStore

extension NodeSettings {
    /// The settings of this node as the others may see them.
    /// - Throws: `SecretError`, or the error of a file.
    init(_ configuration: Configuration) throws {
        let settings = try configuration.sharedSettings.map(NodeSetting.init)
        let text = settings.map { "\($0.name)\0\($0.value)\0" }.joined()
        self.init(digest: try Digest.of(Array(text.utf8), for: "settings"), settings: settings)
    }
}

extension NodeSetting {
    private static let maxBytes = 400

    fileprivate init(_ setting: SharedSetting) throws {
        switch setting.value {
        case .written(let text):
            self.init(name: setting.name, value: try Self.shortened(text))
        case .secrets(let secrets):
            // Which of several comes first makes no difference.
            let texts = secrets.map(\.text).sorted().joined(separator: "\n")
            self.init(
                name: setting.name, value: try Digest.ofSecret(Array(texts.utf8), for: setting.name), isSecret: true)
        case .files(let paths):
            let contents = try paths.map { path in
                try Digest.of(Array(Data(contentsOf: URL(filePath: path))), for: setting.name)
            }
            self.init(name: setting.name, value: "content \(contents.joined(separator: ", "))")
        }
    }

    /// A long value keeps its beginning, and the digest of all.
    private static func shortened(_ text: String) throws -> String {
        guard text.utf8.count > maxBytes else { return text }
        let beginning = String(decoding: text.utf8.prefix(maxBytes / 2), as: UTF8.self)
        return "\(beginning)… (\(text.utf8.count) bytes, digest \(try Digest.of(Array(text.utf8), for: "value")))"
    }
}

private enum Digest {
    /// Twelve hexadecimal digits, by which texts are told apart.
    static func of(_ bytes: [UInt8], for purpose: String) throws -> String {
        let signature = try bytes.withUnsafeBytes { try SecretSet.sign(body: $0, secret: "packit-slo \(purpose)") }
        return String(signature.dropFirst("sha256=".count).prefix(12))
    }

    /// Four digits: enough to see that two differ, and too few to try out which secret it is.
    static func ofSecret(_ bytes: [UInt8], for purpose: String) throws -> String {
        String(try of(bytes, for: purpose).prefix(4))
    }
}
