import CPostgres

/// Where a cluster's database is, and how to log in to it.
public struct PostgresAddress: Sendable {
    /// A connection string of libpq's: `postgres://…`, or `host=… dbname=…`. It may hold a password.
    let connectionString: String
    /// The database and its hosts, for people.
    let place: String
    /// All that it tells but passwords.
    private let target: [String: String]

    /// - Throws: `StoreError`, which never repeats the string: a password may be anywhere in it.
    public init(_ connectionString: String) throws {
        let libpq = try PostgresLibrary.functions()
        guard !connectionString.utf8.contains(0), let options = libpq.PQconninfoParse(connectionString, nil) else {
            throw Self.unreadable
        }
        defer { libpq.PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        guard Self.isPlain(values) else { throw Self.unreadable }
        self.connectionString = connectionString
        place = Self.place(values)
        target = values.filter { !$0.key.hasSuffix("password") }
    }

    /// Whether the two differ at most in their passwords.
    func hasSameTarget(as other: PostgresAddress) -> Bool { target == other.target }

    /// Whether what is told of it can hold no part of a password: in a URL, one with `@`, `:` or `/` reads as other
    /// parts.
    private static func isPlain(_ values: [String: String]) -> Bool {
        let ports = (values["port"] ?? "").split(separator: ",")
        let names = [values["dbname"], values["host"], values["hostaddr"]].compactMap { $0 }
        return ports.allSatisfy { UInt16($0) != nil } && !names.contains { $0.contains("@") }
    }

    private static let unreadable = StoreError(
        code: .cannotOpen,
        message: """
            the address of the cluster's database cannot be read: write postgres://user@host/database, with %40, %3A \
            and %2F for @, : and / in a password, or host=… dbname=… user=…
            """)

    private static func place(_ values: [String: String]) -> String {
        let database = values["dbname"] ?? values["user"] ?? "postgres"
        let hosts = values["host"] ?? values["hostaddr"] ?? "this machine"
        return "\(database) on \(hosts)"
    }

    /// The keywords of a connection: what is asked for here wins over the string.
    ///
    /// A machine that dies without a word breaks no connection by itself, so the kernel asks after two seconds. A
    /// statement's result is waited for with a time limit of its own.
    func keywords(applicationName: String) -> [(String, String)] {
        [
            ("dbname", connectionString),
            ("application_name", applicationName),
            ("client_encoding", "UTF8"),
            ("target_session_attrs", "read-write"),
            ("connect_timeout", "2"),
            ("keepalives_idle", "2"),
            ("keepalives_interval", "1"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "3000"),
        ]
    }
}
