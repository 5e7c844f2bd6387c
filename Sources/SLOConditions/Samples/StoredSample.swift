public import SLOCore

/// A series that is sampled. Numbers begin at 0, have no gap, and are never reused.
public struct SampledSeries: Equatable, Sendable {
    public let number: Int
    /// As the exposition writes it.
    public let series: String

    public init(number: Int, series: String) {
        self.number = number
        self.series = series
    }
}

/// The values of one moment.
public struct StoredSample: Equatable, Sendable {
    public let at: Timestamp
    /// By the number of the series; not a number if it is absent.
    public let values: [Double]

    init(at: Timestamp, values: [Double]) {
        self.at = at
        self.values = values
    }
}

// In bytes: whole numbers in few, others whole.
extension StoredSample {
    private static let largestWhole = Double(1 << 52)
    private static let absent: UInt64 = 0
    private static let bits: UInt64 = 1
    /// Whole numbers follow: the positive ones even, the negative ones odd.
    private static let wholes: UInt64 = 2

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt64(values.count))
        for value in values {
            if value.isNaN {
                writer.write(Self.absent)
            } else if abs(value) < Self.largestWhole, value.rounded() == value {
                let magnitude = UInt64(abs(value)) * 2
                writer.write(Self.wholes + (value < 0 ? magnitude - 1 : magnitude))
            } else {
                writer.write(Self.bits)
                writer.write(value.bitPattern)
            }
        }
        return writer.bytes
    }

    /// - Throws: `ByteCodingError`.
    public init(at: Timestamp, bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        let count = try reader.readUInt64()
        guard count <= UInt64(bytes.count) else { throw ByteCodingError(message: "a sample is cut off") }
        self.at = at
        values = try (0..<count).map { _ in
            switch try reader.readUInt64() {
            case Self.absent: return .nan
            case Self.bits: return Double(bitPattern: try reader.readUInt64())
            case let whole:
                let number = whole - Self.wholes
                return number % 2 == 0 ? Double(number / 2) : -Double(number / 2 + 1)
            }
        }
    }

    /// Absent values are equal.
    public static func == (one: StoredSample, other: StoredSample) -> Bool {
        one.at == other.at && one.values.map(\.bitPattern) == other.values.map(\.bitPattern)
    }
}
