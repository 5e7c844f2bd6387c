import SLOCore
import SLOStore

/// As an entry of a cluster's inbox stores it.
extension BlindIntervalTracker.Interval: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write([from, to])
        writer.write(cause.rawValue)
        writer.write(missing.map { $0.sorted().flatMap(\.bytes).map(Int.init) })
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        let times: [Timestamp] = try reader.read()
        let word: String = try reader.read()
        let missing: [Int]? = try reader.read()
        guard times.count == 2, let cause = Cause(rawValue: word) else {
            throw ByteCodingError(message: "a blind interval must have two times and a cause")
        }
        self.init(
            from: times[0], to: times[1], cause: cause,
            missing: missing.map { Set(DeliveryIdentity.all(in: $0.map(UInt8.init(clamping:)))) })
    }
}
