import SLOCore

extension Incident {
    static let columns = "began_at, condition, subject, severity, party, summary, since, fired_at, ended_at"

    /// - Parameter row: of `columns`.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "an incident")
        self.init(
            key: Key(
                beganAt: try required.time(0), condition: try required.text(1), subject: try required.text(2)),
            severity: try required.name(3), party: try required.name(4), summary: try required.text(5),
            since: try required.time(6), firedAt: row.time(7), endedAt: row.time(8))
    }
}

extension SampledSeriesRecord {
    /// - Parameter row: number and series.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a sampled series")
        self.init(number: try required.integer(0), series: try required.text(1))
    }
}

extension SampleRecord {
    /// - Parameter row: time and bytes.
    init(_ row: some ResultRow) throws {
        let required = RequiredColumns(row, of: "a sample")
        self.init(at: try required.time(0), bytes: try required.bytes(1))
    }

    /// Visits all samples from a moment on.
    /// - Parameter page: the first `ReadingLimit.samples` from a moment on.
    static func forEach(
        from first: Timestamp, reading page: (Timestamp) throws -> [SampleRecord],
        _ visit: (SampleRecord) throws -> Void
    ) throws {
        var next = first
        while true {
            let samples = try page(next)
            for sample in samples { try visit(sample) }
            guard samples.count == ReadingLimit.samples, let last = samples.last else { return }
            next = last.at + .milliseconds(1)
        }
    }
}
