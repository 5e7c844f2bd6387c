/// Reads values from an exposition in Prometheus' text format.
enum ExpositionText {
    /// The values of the series of these metrics.
    static func values(of metrics: Set<String>, in text: [UInt8]) -> [(series: String, value: Double)] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let nameEnd = line.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") } ?? line.endIndex
            guard line.first != UInt8(ascii: "#"), let space = line.lastIndex(of: UInt8(ascii: " ")),
                metrics.contains(String(decoding: line[..<nameEnd], as: UTF8.self)),
                let value = Double(String(decoding: line[(space + 1)...], as: UTF8.self))
            else { return nil }
            return (String(decoding: line[..<space], as: UTF8.self), value)
        }
    }
}
