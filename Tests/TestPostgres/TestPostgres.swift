import Foundation
import Synchronization

/// A PostgreSQL server for the tests of one process, in a folder of its own, with a socket in it and no port. It ends
/// with the process, however that ends.
package final class TestPostgres: Sendable {
    private let folder: String
    private let binaries: String
    private let databases = Atomic<Int>(0)
    /// The server ends when this end of the pipe is closed.
    private let lifeline: Pipe

    /// The one server of this process, which the first test that needs it starts.
    package static func shared() throws -> TestPostgres { try started.get() }

    private static let started = Result { try TestPostgres() }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private init() throws {
        binaries = try Self.binaries()
        // A socket's path has a limit of about a hundred bytes.
        folder = "/tmp/packit-slo-postgres-\(ProcessInfo.processInfo.processIdentifier)"
        lifeline = Pipe()
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if geteuid() == 0 { try Self.run("/usr/bin/chown", ["postgres", folder]) }
        try run(
            "initdb",
            ["--pgdata=\(folder)/data", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"])
        try start()
    }

    /// The newest version that is installed.
    private static func binaries() throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let newest = versions.compactMap({ Int($0) }).max() else {
            throw Failure(description: "PostgreSQL is not installed: run scripts/install-packages test")
        }
        return "/usr/lib/postgresql/\(newest)/bin"
    }

    private func start() throws {
        let server = Process()
        server.executableURL = URL(filePath: "/bin/sh")
        // When the test process ends, `read` returns, and the server is told to end at once.
        let command = Self.asServerUser(
            ["\(binaries)/postgres", "-D", "\(folder)/data", "-k", folder, "-c", "listen_addresses="])
        let quoted = command.map { "'\($0)'" }.joined(separator: " ")
        server.arguments = [
            "-c", "\(quoted) >'\(folder)/log' 2>&1 & read line; kill -QUIT $!; sleep 1; rm -rf '\(folder)'",
        ]
        server.standardInput = lifeline
        // Who reads what the tests print must not wait for it.
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        for _ in 0..<300 {
            if (try? run("pg_isready", ["--host=\(folder)", "--quiet"])) != nil { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
        throw Failure(description: "PostgreSQL did not start: \(log)")
    }

    /// Makes a database.
    /// - Returns: its address.
    package func database(encoding: String = "UTF8") throws -> String {
        let name = "test\(databases.add(1, ordering: .relaxed).newValue)"
        try run(
            "createdb",
            ["--host=\(folder)", "--username=postgres", "--template=template0", "--encoding=\(encoding)", name])
        return "host=\(folder) user=postgres dbname=\(name)"
    }

    /// Runs SQL as an administrator would.
    package func execute(_ sql: String, on address: String) throws {
        try run("psql", ["--quiet", "--set=ON_ERROR_STOP=1", "--command=\(sql)", address])
    }

    private func run(_ tool: String, _ arguments: [String]) throws {
        let command = Self.asServerUser(["\(binaries)/\(tool)"] + arguments)
        try Self.run(command[0], Array(command.dropFirst()))
    }

    /// The server refuses to run as root.
    private static func asServerUser(_ command: [String]) -> [String] {
        guard geteuid() == 0 else { return command }
        return ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + command
    }

    private static func run(_ path: String, _ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let reason = String(decoding: text, as: UTF8.self)
            throw Failure(description: "\(([path] + arguments).joined(separator: " ")): \(reason)")
        }
    }
}
