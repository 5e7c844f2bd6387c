package import SLOCore

/// A blind interval as a journal entry stores it.
package struct JournalledGap: ByteCodable {
    package let from: Timestamp
    package let to: Timestamp
    package let excludes: Bool

    init(from: Timestamp, to: Timestamp, excludes: Bool) {
        self.from = from
        self.to = to
        self.excludes = excludes
    }

    package func write(to writer: inout ByteWriter) {
        writer.write([from, to])
        if !excludes { writer.write(excludes) }
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        let times: [Timestamp] = try reader.read()
        guard times.count == 2 else { throw ByteCodingError(message: "a blind interval must have two times") }
        self.init(from: times[0], to: times[1], excludes: try reader.readIfPresent(Bool.self) ?? true)
    }
}
