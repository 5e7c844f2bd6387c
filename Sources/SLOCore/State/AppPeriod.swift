// What is remembered of the deliveries to an App, so that each counts once however often the list is read.

/// How far the list of an App has been read.
struct WatchedApp: Equatable, Sendable {
    var readThrough: Timestamp
}

/// A quarter of an hour of an App's deliveries.
struct AppPeriodKey: Hashable, Sendable {
    let app: Int64
    /// Whole periods since 1970.
    let period: Int64

    static let length = TimeSpan.minutes(15)

    init(app: Int64, period: Int64) {
        self.app = app
        self.period = period
    }

    init(app: Int64, at moment: Timestamp) {
        let (quotient, remainder) = moment.milliseconds.quotientAndRemainder(dividingBy: Self.length.milliseconds)
        self.init(app: app, period: remainder < 0 ? quotient - 1 : quotient)
    }
}

/// What was counted of a period.
struct AppPeriod: Equatable, Sendable {
    /// The numbers of the attempts, ascending.
    private(set) var attempts: [UInt64] = []
    /// The fingerprints of the deliveries whose first attempt is among them, ascending.
    private(set) var deliveries: [UInt64] = []

    /// Far more than the busiest App gets: 390,000 a day.
    static let attemptsLimit = 4096

    var isFull: Bool { attempts.count >= Self.attemptsLimit }

    func contains(attempt: Int64) -> Bool { Self.find(UInt64(bitPattern: attempt), in: attempts).isFound }
    func contains(delivery: UInt64) -> Bool { Self.find(delivery, in: deliveries).isFound }

    mutating func add(attempt: Int64) { Self.add(UInt64(bitPattern: attempt), to: &attempts) }
    mutating func add(delivery: UInt64) { Self.add(delivery, to: &deliveries) }

    private static func add(_ number: UInt64, to numbers: inout [UInt64]) {
        let (place, isFound) = find(number, in: numbers)
        if !isFound { numbers.insert(number, at: place) }
    }

    /// - Returns: the place of a number, or that at which it belongs.
    private static func find(_ number: UInt64, in numbers: [UInt64]) -> (place: Int, isFound: Bool) {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return (low, low < numbers.count && numbers[low] == number)
    }
}

// MARK: - Stored forms

extension AppPeriodKey: KeyCodable {
    func writeKey(to writer: inout ByteWriter) {
        writer.writeOrdered(app)
        writer.writeOrdered(period)
    }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(app: try reader.readOrdered(), period: try reader.readOrdered())
    }
}

extension WatchedApp: ByteCodable {
    func write(to writer: inout ByteWriter) { writer.write(readThrough) }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(readThrough: try reader.read())
    }
}

extension AppPeriod: ByteCodable {
    /// Differences are shorter than the numbers.
    func write(to writer: inout ByteWriter) {
        for numbers in [attempts, deliveries] {
            writer.write(UInt64(numbers.count))
            var last: UInt64 = 0
            for number in numbers {
                writer.write(number - last)
                last = number
            }
        }
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        attempts = try Self.ascending(&reader)
        deliveries = try Self.ascending(&reader)
    }

    private static func ascending(_ reader: inout ByteReader) throws(ByteCodingError) -> [UInt64] {
        let count = try reader.readUInt64()
        guard count <= attemptsLimit else { throw ByteCodingError(message: "a period has too many deliveries") }
        var numbers: [UInt64] = []
        var last: UInt64 = 0
        for _ in 0..<count {
            last &+= try reader.readUInt64()
            numbers.append(last)
        }
        return numbers
    }
}
