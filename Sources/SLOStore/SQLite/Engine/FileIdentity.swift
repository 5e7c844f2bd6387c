import Glibc
import Synchronization

/// Identifies a file by device and inode, whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// - Returns: `nil` if there is no file.
    static func of(_ path: String) throws -> FileIdentity? {
        try File.status(path).map(FileIdentity.init)
    }
}

/// The databases that this process has open, and descriptors of them that must not be closed yet.
///
/// Closing any descriptor of a file releases all POSIX locks that the process holds on it (fcntl(2)), including those
/// of SQLite's connections. Another program that then closes the database would consider itself the last one and delete
/// the log. A descriptor of a database is therefore closed only when no connection to it is left.
enum OpenDatabases {
    private struct Use {
        var connections = 0
        var descriptors: [Int32] = []
    }

    private static let uses = Mutex<[FileIdentity: Use]>([:])

    /// Call before opening a connection, and `end` after closing it.
    static func begin(_ file: FileIdentity) {
        uses.withLock { $0[file, default: Use()].connections += 1 }
    }

    static func end(_ file: FileIdentity) {
        let unneeded = uses.withLock { uses -> [Int32] in
            guard var use = uses[file] else { return [] }
            use.connections -= 1
            uses[file] = use.connections > 0 ? use : nil
            return use.connections > 0 ? [] : use.descriptors
        }
        for descriptor in unneeded { Glibc.close(descriptor) }
    }

    /// Closes a descriptor of the file once no connection to it is left.
    static func close(_ descriptor: Int32, of file: FileIdentity) {
        let isInUse = uses.withLock { uses -> Bool in
            uses[file]?.descriptors.append(descriptor)
            return uses[file] != nil
        }
        if !isInUse { Glibc.close(descriptor) }
    }
}

/// The use of a database by one connection of this process, from before it opens until after it has closed.
final class ConnectionUse: Sendable {
    private let file: Mutex<FileIdentity?>

    /// - Parameter file: `nil` if there is none, and therefore no connection will open.
    init(of file: FileIdentity?) {
        self.file = Mutex(file)
        if let file { OpenDatabases.begin(file) }
    }

    /// A second call does nothing.
    func end() {
        file.withLock { file in
            if let file { OpenDatabases.end(file) }
            file = nil
        }
    }
}
