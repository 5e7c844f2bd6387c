import Foundation
import SLOConfiguration
import Testing

/// Loads a configuration from text, as if it stood in a file called `slo.yaml`.
func load(
    _ yaml: String, environment: [String: String] = [:], set overrides: [String] = []
) throws -> LoadedConfiguration {
    let folder = try ScratchFolder()
    return try Configuration.load(
        file: try folder.file("slo.yaml", yaml), environment: environment,
        overrides: overrides.compactMap { ConfigurationOverride(option: "--set", assignment: $0) })
}

/// The lines with which a configuration is refused; none if it is taken.
func complaints(
    _ yaml: String, environment: [String: String] = [:], set overrides: [String] = []
) throws -> [String] {
    let folder = try ScratchFolder()
    let path = try folder.file("slo.yaml", yaml)
    do {
        _ = try Configuration.load(
            file: path, environment: environment,
            overrides: overrides.compactMap { ConfigurationOverride(option: "--set", assignment: $0) })
        return []
    } catch {
        return error.problems.map { $0.description.replacing(path, with: "slo.yaml") }
    }
}
