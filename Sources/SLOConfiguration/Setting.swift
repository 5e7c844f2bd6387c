/// A row of the table of settings, which drives parsing, environment names, `check-config`, help and reference.
struct Setting: Sendable {
    /// The path in the file, joined by dots: `objectives.builds.target`.
    let name: String
    let meaning: String
    let typeName: String
    let bounds: String?
    let isSecret: Bool
    /// Parses a written value and assigns it.
    let assign: @Sendable (RawValue, inout Configuration) throws(Mismatch) -> Void
    /// The effective value, as it would be written; secrets masked, `nil` if nothing is set.
    let written: @Sendable (Configuration) -> WrittenValue?

    init<Value: Sendable>(
        _ name: String, _ place: any WritableKeyPath<Configuration, Value> & Sendable, _ format: ValueFormat<Value>,
        _ meaning: String
    ) {
        self.name = name
        self.meaning = meaning
        self.typeName = format.typeName
        self.bounds = format.bounds
        self.isSecret = format.isSecret
        self.assign = { raw, configuration throws(Mismatch) in configuration[keyPath: place] = try format.read(raw) }
        self.written = { configuration in
            let written = format.write(configuration[keyPath: place])
            return format.masksItself ? written : written?.disclosed
        }
    }

    /// `PACKIT_SLO_OBJECTIVES_BUILDS_TARGET`
    var environmentName: String {
        Self.environmentPrefix + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    static let environmentPrefix = "PACKIT_SLO_"
}

/// The table of settings, with lookups.
enum Settings {
    static let byName = Dictionary(uniqueKeysWithValues: Setting.table.map { ($0.name, $0) })
    static let byVariable = Dictionary(uniqueKeysWithValues: Setting.table.map { ($0.environmentName, $0) })

    /// `http`, `http.tls`, …: prefixes of keys that are not keys themselves.
    static let sections = Set(
        Setting.table.flatMap { setting in
            let words = setting.name.split(separator: ".")
            return (1..<words.count).map { words.prefix($0).joined(separator: ".") }
        })

    /// The known key or section that an unknown one most likely means.
    static func nearest(to unknown: String) -> String? {
        let length = unknown.utf8.count
        let furthest = max(1, length / 3)
        let ranked =
            namesAndSections
            .filter { abs($0.utf8.count - length) <= furthest }
            .map { (name: $0, distance: editDistance(unknown, $0)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= furthest ? best.name : nil
    }

    private static let namesAndSections = (Setting.table.map(\.name) + sections).sorted()

    /// The number of letters to add, remove or replace to get from one word to the other.
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var distances = Array(0...right.count)
        for (row, letter) in left.utf8.enumerated() {
            var diagonal = distances[0]
            distances[0] = row + 1
            for column in right.indices {
                let replaced = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = distances[column + 1]
                distances[column + 1] = min(replaced, diagonal + 1, distances[column] + 1)
            }
        }
        return distances[right.count]
    }
}
