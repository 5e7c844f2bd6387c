import CPostgres
import Glibc
import SLOCore

/// A connection to PostgreSQL that sends statements in a pipeline: however many there are, their results come after one
/// round trip.
///
/// Used by one thread at a time. A connection on which anything but a statement has failed is broken, and of no more
/// use.
final class PostgresConnection {
    private let libpq: CPostgresFunctions
    private let connection: OpaquePointer
    private let place: String
    private let notices = Notices()
    /// The names of prepared statements, by their texts.
    private var prepared: [String: String] = [:]
    private var preparations = 0
    private(set) var isBroken = false

    /// How long results are waited for. The server is given no limit: a statement that it ends is clear, and a COMMIT
    /// that it ends is not.
    private let patience: Duration

    /// - Parameter patience: for the results of statements that are sent together.
    /// - Throws: `StoreError` if the server is not reached, or refuses the user.
    init(to address: PostgresAddress, applicationName: String, patience: Duration = .seconds(8)) throws {
        libpq = try PostgresLibrary.functions()
        self.patience = patience
        place = address.place
        connection = try Self.connect(libpq, address, applicationName)
        guard libpq.PQstatus(connection) == CPOSTGRES_CONNECTION_OK else {
            throw StoreError.unreachable(
                place, cause: libpq.PQerrorMessage(connection).map { String(cString: $0) } ?? "")
        }
        _ = libpq.PQsetnonblocking(connection, 1)
        _ = libpq.PQenterPipelineMode(connection)
        _ = libpq.PQsetNoticeReceiver(
            connection, { context, notice in Notices.take(notice, context) },
            Unmanaged.passUnretained(notices).toOpaque())
    }

    deinit { libpq.PQfinish(connection) }

    private static func connect(
        _ libpq: CPostgresFunctions, _ address: PostgresAddress, _ applicationName: String
    ) throws -> OpaquePointer {
        let pairs = address.keywords(applicationName: applicationName)
        return try withCStrings(pairs.map(\.0)) { keywords in
            try withCStrings(pairs.map(\.1)) { values in
                guard let connection = libpq.PQconnectdbParams(keywords, values, 1) else {
                    throw StoreError.unreachable(address.place, cause: "out of memory")
                }
                return connection
            }
        }
    }

    // MARK: - Statements

    /// Runs statements one after the other; one that fails keeps the ones behind it from running.
    /// - Returns: a result for each.
    /// - Throws: `StoreError` of the first one that failed. Where the connection broke, whether they ran is unknown.
    @discardableResult
    func run(_ statements: [PostgresStatement]) throws -> [PostgresResult] {
        guard !isBroken else { throw broken("it was closed") }
        notices.clear()
        let deadline = ContinuousClock.now + patience
        // Whose results will come: of preparing a text, or of a statement.
        var sent: [String?] = []
        for statement in statements {
            if prepared[statement.sql] == nil {
                try prepare(statement)
                sent.append(statement.sql)
            }
            try send(statement)
            sent.append(nil)
        }
        try require(libpq.PQpipelineSync(connection) == 1)
        try flush(until: deadline)
        return try results(of: sent, until: deadline)
    }

    /// Runs statements as one transaction.
    /// - Returns: a result for each.
    /// - Throws: `StoreError`. With the code `commitAmbiguous` it is unknown whether they are stored. With every other
    ///   code they are not.
    @discardableResult
    func transact(_ statements: [PostgresStatement]) throws -> [PostgresResult] {
        let results: [PostgresResult]
        do {
            results = try run([.begin] + statements + [.commit])
        } catch let error as StoreError {
            guard !isBroken else { throw error.inDoubt(place) }
            try run([.rollback])
            throw error
        }
        // A standby whose confirmation was not waited for may not have the transaction: then COMMIT warns.
        if let warning = notices.warning { throw broken(warning).inDoubt(place) }
        guard results.last?.tag == "COMMIT" else {
            throw StoreError(code: .rejected, message: "the database \(place) rolled a transaction back")
        }
        return Array(results.dropFirst().dropLast())
    }

    /// Runs all that `work` sends as one transaction, however many round trips that takes.
    /// - Throws: what `work` throws, after which nothing of it is stored; or `StoreError`, as `transact` does.
    func inTransaction<Result>(_ begin: PostgresStatement = .begin, _ work: () throws -> Result) throws -> Result {
        try run([begin])
        let result: Result
        do { result = try work() } catch {
            if !isBroken { try run([.rollback]) }
            throw error
        }
        do {
            guard try run([.commit])[0].tag == "COMMIT" else {
                throw StoreError(code: .rejected, message: "the database \(place) rolled a transaction back")
            }
        } catch let error as StoreError {
            throw isBroken ? error.inDoubt(place) : error
        }
        if let warning = notices.warning { throw broken(warning).inDoubt(place) }
        return result
    }

    /// Follows what is sent before it, which may make the table that it names.
    private func prepare(_ statement: PostgresStatement) throws {
        let types = statement.parameters.map(\.type.number)
        let name = "s\(preparations)"
        preparations += 1
        prepared[statement.sql] = name
        try require(libpq.PQsendPrepare(connection, name, statement.sql, CInt(types.count), types) == 1)
    }

    private func send(_ statement: PostgresStatement) throws {
        let parameters = statement.parameters
        // One buffer for all values: a pointer to each is valid as long as the buffer is.
        var buffer: [UInt8] = []
        buffer.reserveCapacity(parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) } + 1)
        var starts: [Int?] = []
        for parameter in parameters {
            starts.append(parameter.bytes.map { _ in buffer.count })
            buffer.append(contentsOf: parameter.bytes ?? [])
        }
        buffer.append(0)
        let lengths = parameters.map { CInt($0.bytes?.count ?? 0) }
        let formats = [CInt](repeating: 1, count: parameters.count)
        let isSent = buffer.withUnsafeBytes { buffer in
            let first = buffer.assumingMemoryBound(to: CChar.self).baseAddress
            let values = starts.map { start in start.flatMap { first?.advanced(by: $0) } }
            return libpq.PQsendQueryPrepared(
                connection, prepared[statement.sql], CInt(parameters.count), values, lengths, formats, 1) == 1
        }
        try require(isSent)
    }

    private func require(_ isDone: Bool) throws {
        guard isDone else { throw broken(libpq.PQerrorMessage(connection).map { String(cString: $0) } ?? "") }
    }

    private func broken(_ cause: String) -> StoreError {
        isBroken = true
        return .unreachable(place, cause: cause)
    }

    // MARK: - Results

    private func results(
        of sent: [String?], until deadline: ContinuousClock.Instant
    ) throws -> [PostgresResult] {
        var failure: StoreError?
        var results: [PostgresResult] = []
        for preparedText in sent {
            let result = try oneResult(until: deadline)
            try note(result, &failure)
            guard let preparedText else {
                results.append(result)
                continue
            }
            if result.status != CPOSTGRES_COMMAND_OK { prepared[preparedText] = nil }
        }
        guard try nextResult(until: deadline)?.status == CPOSTGRES_PIPELINE_SYNC else {
            throw broken("the server answered out of order")
        }
        if let failure { throw failure }
        return results
    }

    private func note(_ result: PostgresResult, _ failure: inout StoreError?) throws {
        switch result.status {
        case CPOSTGRES_COMMAND_OK, CPOSTGRES_TUPLES_OK, CPOSTGRES_PIPELINE_ABORTED: return
        default: break
        }
        guard let state = result.sqlState, !StoreError.endsConnection(sqlState: state) else {
            throw broken(result.errorMessage ?? libpq.PQerrorMessage(connection).map { String(cString: $0) } ?? "")
        }
        failure = failure ?? StoreError(sqlState: state, result.errorMessage ?? "", place: place)
    }

    /// A command's result, and the mark behind it.
    private func oneResult(until deadline: ContinuousClock.Instant) throws -> PostgresResult {
        guard let result = try nextResult(until: deadline), try nextResult(until: deadline) == nil else {
            throw broken(libpq.PQerrorMessage(connection).map { String(cString: $0) } ?? "")
        }
        return result
    }

    private func nextResult(until deadline: ContinuousClock.Instant) throws -> PostgresResult? {
        while libpq.PQisBusy(connection) != 0 {
            try wait(forWriting: false, until: deadline)
            try require(libpq.PQconsumeInput(connection) == 1)
        }
        return libpq.PQgetResult(connection).map { PostgresResult($0, libpq) }
    }

    /// Sends everything. What the server answers meanwhile is read, or both sides would wait for each other.
    private func flush(until deadline: ContinuousClock.Instant) throws {
        while true {
            let rest = libpq.PQflush(connection)
            try require(rest >= 0)
            guard rest > 0 else { return }
            try wait(forWriting: true, until: deadline)
            try require(libpq.PQconsumeInput(connection) == 1)
        }
    }

    private func wait(forWriting isWriting: Bool, until deadline: ContinuousClock.Instant) throws {
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .zero else { throw broken("it did not answer within \(patience)") }
        let events = Int16(POLLIN) | (isWriting ? Int16(POLLOUT) : 0)
        var descriptor = pollfd(fd: libpq.PQsocket(connection), events: events, revents: 0)
        let milliseconds = rest.components.seconds * 1000 + rest.components.attoseconds / 1_000_000_000_000_000 + 1
        guard poll(&descriptor, 1, CInt(milliseconds)) >= 0 || errno == EINTR else {
            throw broken(String(cString: strerror(errno)))
        }
    }
}

/// The warnings of the server since the last statements were sent.
private final class Notices {
    private(set) var warning: String?

    func clear() { warning = nil }

    static func take(_ notice: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
        guard let notice, let context, let libpq = try? PostgresLibrary.functions() else { return }
        let severity = libpq.PQresultErrorField(notice, CInt(CPOSTGRES_SEVERITY)).map { String(cString: $0) }
        guard severity == "WARNING" else { return }
        let message = libpq.PQresultErrorField(notice, CInt(CPOSTGRES_MESSAGE)).map { String(cString: $0) }
        Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().warning = message ?? "a warning"
    }
}

/// Passes a list of C strings with NULL behind it.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> Result
) rethrows -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var pointers = copies.map { $0.map { UnsafePointer($0) } }
    pointers.append(nil)
    return try pointers.withUnsafeBufferPointer { try body($0.baseAddress!) }
}
