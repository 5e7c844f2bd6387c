/// Decides whether a command may write to a file: no command overwrites a file that belongs to a database.
enum WriteTarget {
    /// What SQLite, and earlier versions of this program, append to a database's name.
    static let suffixes = ["-wal", "-shm", "-journal", ".lock"]

    /// Refuses the database at `database` and the files that belong to it, whatever path leads to them.
    static func refuse(_ target: String, ifOf database: String) throws {
        guard let file = try FileIdentity.of(target) else { return }
        let resolved = File.resolved(database)
        guard try FileIdentity.of(resolved) != file else {
            throw StoreError(code: .exists, message: "\(target) is the database itself: choose another name")
        }
        for suffix in suffixes where try FileIdentity.of(resolved + suffix) == file {
            throw belongs(target, to: resolved)
        }
    }

    /// Refuses the name of a file that SQLite uses beside a database.
    /// - Parameter open: an open database, whose file must not be opened here.
    static func refuseNameBesideDatabase(_ target: String, open: String? = nil) throws {
        // The path itself, and the path that a link leads to.
        for name in Set([target, File.resolved(target)]) {
            for suffix in suffixes where name.hasSuffix(suffix) {
                let stem = String(name.dropLast(suffix.count))
                guard let file = try FileIdentity.of(stem) else { continue }
                if try open.map(FileIdentity.of) == file { throw belongs(target, to: stem) }
                if try DatabaseFileKind(ofFileAt: stem)?.isDatabase == true { throw belongs(target, to: stem) }
            }
        }
    }

    /// Refuses a log, a server's database, and another program's database. A backup may be replaced.
    static func refuseContent(of target: String) throws {
        switch try DatabaseFileKind(ofFileAt: target) {
        case .log:
            throw StoreError(code: .exists, message: "\(target) is a database's log: choose another name")
        case .database(.server):
            throw StoreError(code: .exists, message: "\(target) is a server's database: choose another name")
        case .database(.foreign): throw Connection.refusal(.foreign, path: target)
        case .database(.backup), nil: break
        }
    }

    private static func belongs(_ target: String, to database: String) -> StoreError {
        StoreError(code: .exists, message: "\(target) belongs to the database \(database): choose another name")
    }
}

/// The kind of a file, by its first bytes.
enum DatabaseFileKind: Equatable {
    case database(Maker)
    /// A write-ahead log, its index, or a rollback journal.
    case log

    enum Maker {
        /// A server's database: it has, or had, a log.
        case server
        case backup
        case foreign
    }

    var isDatabase: Bool {
        if case .database = self { true } else { false }
    }

    /// - Returns: `nil` if there is no file, or one of neither kind.
    init?(ofFileAt path: String) throws {
        guard let status = try File.status(path), File.isRegular(status) else { return nil }
        self.init(try File.beginning(of: path, bytes: Connection.headerBytes))
    }

    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: "SQLite format 3\0".utf8) {
            guard bytes.count >= Connection.headerBytes else {
                self = .database(.foreign)
                return
            }
            func number(_ place: Int) -> Int64 { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int64($1) } }
            // SQLite's file format, section 1.3: 2 stands for a write-ahead log. A new database may still lie there
            // completely.
            let hasLog = bytes[18] == 2 || bytes[19] == 2
            let isNew = hasLog && number(28) <= 1
            let isOurs = number(68) == Schema.applicationID || isNew
            self = .database(!isOurs ? .foreign : hasLog ? .server : .backup)
        } else if Self.logs.contains(where: bytes.starts) {
            self = .log
        } else {
            return nil
        }
    }

    private static let logs: [[UInt8]] = [
        [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
        // The log's index begins with its version, 3007000, in the machine's byte order.
        [0x18, 0xE2, 0x2D, 0x00], [0x00, 0x2D, 0xE2, 0x18],
        [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7],
    ]
}
