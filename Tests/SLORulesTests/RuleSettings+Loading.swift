import Foundation
import SLOConfiguration
import SLORules

/// What the rules are written from when a file has this text.
func ruleSettings(
    _ yaml: String = "", minimumEvents: Int? = nil
) throws -> RuleSettings {
    let file = FileManager.default.temporaryDirectory.appending(path: "packit-slo-rules-\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(yaml.utf8).write(to: file)
    return RuleSettings(
        try Configuration.load(file: file.path, environment: [:]).configuration,
        options: RuleOptions(minimumEvents: minimumEvents))
}
