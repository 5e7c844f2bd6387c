import SLOCore

/// A row of the table of settings, which drives parsing, environment names, `check-config`, help and reference.
struct Setting: Sendable {
    /// The path in the file, joined by dots: `objectives.builds.target`.
    let name: String
    let meaning: String
    let typeName: String
    let bounds: String?
    let isSecret: Bool
    /// Whether a written value of a secret setting has nothing that must be kept secret.
    var isHarmless: @Sendable (RawValue) -> Bool = { _ in false }
    /// The objective of which it is a key.
    let objective: Objective.Name?
    /// Parses a written value and assigns it. An objective is a draft until all sources are read.
    let assign: @Sendable (RawValue, inout Configuration, inout ObjectiveDrafts) throws(Mismatch) -> Void
    /// The effective value, as it would be written; secrets masked, `nil` if nothing is set.
    let written: @Sendable (Configuration) -> WrittenValue?

    /// `PACKIT_SLO_OBJECTIVES_BUILDS_TARGET`
    var environmentName: String { Self.environmentPrefix + Self.environmentWords(name) }

    static let environmentPrefix = "PACKIT_SLO_"

    /// `OBJECTIVES_BUILDS_TARGET`
    static func environmentWords(_ name: String) -> String {
        name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }
}

extension Setting {
    init<Value: Sendable>(
        _ name: String, _ place: any WritableKeyPath<Configuration, Value> & Sendable, _ format: ValueFormat<Value>,
        _ meaning: String
    ) {
        self.init(
            name: name, meaning: meaning, typeName: format.typeName, bounds: format.bounds, isSecret: format.isSecret,
            isHarmless: format.isHarmless, objective: nil,
            assign: { raw, configuration, _ throws(Mismatch) in
                configuration[keyPath: place] = try format.read(raw)
            },
            written: { configuration in
                let written = format.write(configuration[keyPath: place])
                return format.masksItself ? written : written?.disclosed
            })
    }
}
