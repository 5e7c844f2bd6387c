/// The table of settings, with lookups.
enum Settings {
    /// What a key, written with dots, is.
    enum Key {
        case setting(Setting)
        /// A prefix of keys that is no key itself: `http`, `http.tls`.
        case section
        /// An objective, which is a section, or `null`.
        case objective(Setting)
        case unknown(reason: String)
    }

    static let takesKeys = "is a section and takes keys, not a value"

    static func find(_ key: String) -> Key {
        if let setting = byName[key] { return .setting(setting) }
        if sections.contains(key) { return .section }
        if key.hasPrefix(ObjectiveKey.section) {
            return ObjectiveKey.find(key.dropFirst(ObjectiveKey.section.count))
        }
        return .unknown(reason: "is not a known key" + Spelling.suggestion(for: key, in: namesAndSections))
    }

    static func find(variable: String, value: String) -> Setting? {
        byVariable[variable] ?? ObjectiveKey.find(variable: variable, value: value)
    }

    /// Every setting of a configuration, in the order of the reference: the table, and the keys of its objectives.
    static func all(of configuration: Configuration) -> [Setting] {
        Setting.table.flatMap { setting in
            setting.name == ObjectiveKey.window
                ? [setting] + ObjectiveKey.settings(of: configuration.objectives) : [setting]
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: Setting.table.map { ($0.name, $0) })
    private static let byVariable = Dictionary(uniqueKeysWithValues: Setting.table.map { ($0.environmentName, $0) })

    private static let sections = Set(
        Setting.table.flatMap { setting in
            let words = setting.name.split(separator: ".")
            return (1..<words.count).map { words.prefix($0).joined(separator: ".") }
        })

    private static let namesAndSections = (Setting.table.map(\.name) + sections).sorted()
}

/// The known word that an unknown one most likely means.
public enum Spelling {
    /// `; did you mean http?`, or nothing.
    public static func suggestion(for unknown: String, in known: [String]) -> String {
        nearest(to: unknown, in: known).map { "; did you mean \($0)?" } ?? ""
    }

    private static func nearest(to unknown: String, in known: [String]) -> String? {
        let length = unknown.utf8.count
        let furthest = max(1, length / 3)
        let ranked =
            known
            .filter { abs($0.utf8.count - length) <= furthest }
            .map { (name: $0, distance: editDistance(unknown, $0)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= furthest ? best.name : nil
    }

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
