import SLOCore

/// A blind time as the journal has it.
struct JournalledGap: ByteCodable {
    let from: Timestamp
    let to: Timestamp
    let excludes: Bool

    init(from: Timestamp, to: Timestamp, excludes: Bool) {
        self.from = from
        self.to = to
        self.excludes = excludes
    }

    func write(to writer: inout ByteWriter) {
        writer.write([from, to])
        if !excludes { writer.write(excludes) }
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        let times: [Timestamp] = try reader.read()
        guard times.count == 2 else { throw ByteCodingError(message: "a blind time has no two times") }
        self.init(from: times[0], to: times[1], excludes: try reader.readIfPresent(Bool.self) ?? true)
    }
}
