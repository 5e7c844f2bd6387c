import Glibc
import Synchronization

/// Which file it is, whatever name, link or mount leads to it.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// - Returns: `nil` where there is no file.
    static func of(_ path: String) throws -> FileIdentity? {
        try File.status(path).map(FileIdentity.init)
    }
}

/// Databases that this process has open, and descriptors of them that must stay open as long.
///
/// Closing any descriptor of a file gives up every POSIX lock that the process has on that file (fcntl(2)), those of
/// SQLite's connections too. Another program that closes the database then takes itself for the last one and deletes
/// the log. So a descriptor of a database is closed here, once no connection to it is left.
enum OpenDatabases {
    private struct Use {
        var connections = 0
        var descriptors: [Int32] = []
    }

    private static let uses = Mutex<[FileIdentity: Use]>([:])

    /// To be called before a connection is opened, and answered by `end` once it is closed.
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

    /// Closes a descriptor of the file, at once or as soon as no connection is left.
    static func close(_ descriptor: Int32, of file: FileIdentity) {
        let isInUse = uses.withLock { uses -> Bool in
            uses[file]?.descriptors.append(descriptor)
            return uses[file] != nil
        }
        if !isInUse { Glibc.close(descriptor) }
    }
}

/// A connection of this process to a database, from before it is opened until after it is closed.
final class ConnectionUse: Sendable {
    private let file: Mutex<FileIdentity?>

    /// - Parameter file: `nil` where there is none, so that no connection will be.
    init(of file: FileIdentity?) {
        self.file = Mutex(file)
        if let file { OpenDatabases.begin(file) }
    }

    /// Harmless when done before.
    func end() {
        file.withLock { file in
            if let file { OpenDatabases.end(file) }
            file = nil
        }
    }
}
