import SLOMetrics
import Testing

@Suite struct OpenMetricsTests {
    @Test(arguments: [Samples.registry(), Samples.busy(), ExemplarTests.registry()])
    func `the output keeps the rules of OpenMetrics`(_ registry: MetricsRegistry) throws {
        let families = try OpenMetricsText(registry.text(.openMetrics)).families
        #expect(families.count > 30)
        #expect(families["packit_builds_queued"]?.type == "counter")
        #expect(families["packit_slo_blind_seconds"]?.unit == "seconds")
        #expect(families["packit_slo_build"]?.type == "info")
    }

    @Test func `both formats have the same samples`() {
        let samples = ExpositionFormat.allCases.map { format in
            Samples.busy().text(format).split(separator: "\n").filter { !$0.hasPrefix("#") }
        }
        #expect(samples[0] == samples[1])
    }

    @Test(arguments: [
        "# TYPE a counter\na 1\n# EOF\n", "# TYPE a counter\na_total 1\n", "# TYPE a_total counter\na_total 1\n# EOF\n",
        "# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n", "# TYPE a gauge\n\na 1\n# EOF\n",
        "# TYPE a gauge\na 1\n# TYPE b gauge\na 2\n# EOF\n", "# TYPE a gauge\na 1\na 1\n# EOF\n",
        "# TYPE a gauge\na NaN\n# EOF\n", "# TYPE a gauge\na{b=\"c} 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n# EOF\n",
        "# TYPE a gauge\na 1 # {b=\"c\"} 1 1\n# EOF\n", "# TYPE a counter\na_total 1 # 1 1\n# EOF\n",
        "# TYPE a counter\na_total 1 # {b=\"c\"}\n# EOF\n", "# TYPE a counter\na_total 1 # {b=\"c\"} 1 x\n# EOF\n",
        "# TYPE a counter\na_total 1 # {b=\"\(String(repeating: "é", count: 128))\"} 1 1\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1 # {b=\"c\"} 1 1\na_count 1\n"
            + "# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 1 # {b=\"c\"} 2 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n"
            + "# EOF\n",
    ])
    func `the little parser refuses what breaks the rules`(_ text: String) {
        #expect(throws: OpenMetricsText.Broken.self) { try OpenMetricsText(text) }
    }
}

/// A strict reader of as much of OpenMetrics as is written here.
struct OpenMetricsText {
    struct Broken: Error { let line: Int, reason: String }
    struct Family {
        var type = ""
        var unit: String?
        var help: String?
        var samples: [Sample] = []
    }
    typealias Sample = (name: String, labels: [String: String], value: Double)

    private(set) var families: [String: Family] = [:]

    init(_ text: String) throws(Broken) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", lines.popLast() == "# EOF" else {
            throw Broken(line: lines.count, reason: "does not end in # EOF")
        }
        var current = ""
        for (index, line) in lines.enumerated() {
            func check(_ holds: Bool, _ reason: String) throws(Broken) {
                if !holds { throw Broken(line: index + 1, reason: reason + ": " + line) }
            }
            if line.hasPrefix("# ") {
                let parts = line.split(separator: " ", maxSplits: 3)
                try check(parts.count == 4, "short comment")
                let name = String(parts[2])
                try check(Self.isName(name), "bad name")
                switch parts[1] {
                case "TYPE":
                    try check(families[name] == nil, "family twice")
                    try check(["counter", "gauge", "histogram", "info"].contains(parts[3]), "unknown type")
                    try check(parts[3] != "counter" || !name.hasSuffix("_total"), "counter family ends in _total")
                    families[name] = Family(type: String(parts[3]))
                    current = name
                case "UNIT":
                    try check(name == current && families[name]?.samples.isEmpty == true, "unit out of place")
                    try check(name.hasSuffix("_" + parts[3]), "unit is not the suffix")
                    families[name]?.unit = String(parts[3])
                case "HELP":
                    try check(name == current && families[name]?.samples.isEmpty == true, "help out of place")
                    families[name]?.help = String(parts[3])
                default:
                    try check(false, "unknown comment")
                }
                continue
            }
            let parts = line.split(separator: " # ", maxSplits: 1, omittingEmptySubsequences: false)
            guard let sample = Self.sample(parts[0]) else {
                throw Broken(line: index + 1, reason: "no sample: " + line)
            }
            if let exemplar = parts.dropFirst().first { try check(Self.fits(exemplar, sample), "exemplar") }
            let suffixes: [String: [String]] = [
                "counter": ["_total"], "gauge": [""], "info": ["_info"], "histogram": ["_bucket", "_sum", "_count"],
            ]
            let allowed = suffixes[families[current]?.type ?? "", default: []].map { current + $0 }
            try check(allowed.contains(sample.name), "sample of another family")
            let isTwice = families[current]?.samples.contains { $0.name == sample.name && $0.labels == sample.labels }
            try check(isTwice == false, "sample twice")
            try check(!sample.value.isNaN, "NaN")
            families[current]?.samples.append(sample)
        }
        for (name, family) in families where family.type == "histogram" { try Self.checkHistogram(name, family) }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            && text.first?.isNumber == false
    }

    /// `name{label="value",…} number`
    private static func sample(_ line: Substring) -> (name: String, labels: [String: String], value: Double)? {
        guard let match = line.wholeMatch(of: #/([a-z_]+)(?:\{((?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*)\})? (\S+)/#)
        else { return nil }
        var labels: [String: String] = [:]
        var rest = match.2 ?? ""
        while !rest.isEmpty {
            guard let pair = rest.prefixMatch(of: #/([a-z_]+)="((?:[^"\\]|\\["\\n])*)"(?:,(?=.)|$)/#),
                labels.updateValue(String(pair.2), forKey: String(pair.1)) == nil
            else { return nil }
            rest = rest[pair.range.upperBound...]
        }
        return Double(String(match.3)).map { (String(match.1), labels, $0) }
    }

    /// `{label="value",…} number time`, of a counter or of a bucket in which the number is.
    private static func fits(_ exemplar: Substring, _ sample: Sample) -> Bool {
        guard sample.name.hasSuffix("_total") || sample.name.hasSuffix("_bucket"),
            let end = exemplar.lastIndex(of: " "), Double(exemplar[exemplar.index(after: end)...]) != nil,
            let written = self.sample("x" + exemplar[..<end]), exemplar.hasPrefix("{")
        else { return false }
        let length = written.labels.reduce(0) { $0 + $1.key.unicodeScalars.count + $1.value.unicodeScalars.count }
        let bound = sample.labels["le"].flatMap { Double($0 == "+Inf" ? "inf" : $0) } ?? .infinity
        return length <= 128 && written.value <= bound
    }

    /// Per set of labels: ascending canonical bounds up to +Inf, counts that never fall, and that of +Inf the count.
    private static func checkHistogram(_ name: String, _ family: Family) throws(Broken) {
        func check(_ holds: Bool, _ reason: String) throws(Broken) {
            if !holds { throw Broken(line: 0, reason: reason + ": " + name) }
        }
        let series = Dictionary(grouping: family.samples) { sample in
            sample.labels.filter { $0.key != "le" }
        }
        for samples in series.values {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.map { $0.labels["le"] ?? "" }
            try check(bounds.last == "+Inf", "no infinite bucket")
            try check(bounds.dropLast().allSatisfy { $0.contains(".") }, "bound without a point")
            let numbers = bounds.map { Double($0 == "+Inf" ? "inf" : $0) ?? .nan }
            try check(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "bounds do not ascend")
            try check(zip(buckets, buckets.dropFirst()).allSatisfy { $0.value <= $1.value }, "counts fall")
            try check(samples.filter { $0.name == name + "_sum" }.count == 1, "not one sum")
            try check(
                samples.filter { $0.name == name + "_count" }.map(\.value) == buckets.suffix(1).map(\.value),
                "count is not that of the infinite bucket")
        }
    }
}
