/// Reads values from an exposition in Prometheus' text format.
enum ExpositionText {
    /// The values of the series of these metrics.
    ///
    /// The lines of a metric follow each other, so a name is looked up where it changes.
    static func values(of metrics: Set<String>, in text: [UInt8]) -> [(series: String, value: Double)] {
        var values: [(series: String, value: Double)] = []
        var lookedUp: (name: ArraySlice<UInt8>, isWanted: Bool) = ([], false)
        var rest = text[...]
        while let first = rest.first {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let name = line.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: " ") }
            guard first != UInt8(ascii: "#"), !name.isEmpty else { continue }
            if name != lookedUp.name {
                lookedUp = (name, metrics.contains(String(decoding: name, as: UTF8.self)))
            }
            guard lookedUp.isWanted, let space = line.lastIndex(of: UInt8(ascii: " ")),
                let value = Double(String(decoding: line[(space + 1)...], as: UTF8.self))
            else { continue }
            values.append((String(decoding: line[..<space], as: UTF8.self), value))
        }
        return values
    }
}
