import Foundation

@testable import SLOCore
@testable import SLORecordings

extension Property {
    /// A recording is read to its end or refused with a line; what is read is written so that it reads the same.
    static let recording = Property(name: "recording") { input in
        let file = try MemoryFile.recording.holding(input)
        let reader = try RecordingReader(paths: [file])
        var clock: Timestamp?
        do {
            while let delivery = try reader.next() {
                try expect(clock.map { $0 <= delivery.receivedAt } ?? true, "the clock went back")
                clock = delivery.receivedAt
                try expect(RecordedDelivery(line: delivery.line) == delivery, "written as another delivery")
                try isMovedAndBack(delivery)
            }
        } catch let error as RecordingError {
            try expect(error.line != nil, "no line is named: \(error)")
        }
    }

    private static func isMovedAndBack(_ delivery: RecordedDelivery) throws {
        let year = TimeSpan.days(365)
        let there = TimeShift(from: Timestamp(seconds: 0), to: Timestamp(seconds: 0) + year).shifted(delivery)
        try expect(there.receivedAt - delivery.receivedAt == year, "moved to \(there.receivedAt.rfc3339)")
        if !delivery.isForm {
            try expect(there.body.count == delivery.body.count, "the body changed its length")
        }
    }
}

/// A file without a disk, by a path that this process can open.
final class MemoryFile: Sendable {
    static let recording = MemoryFile(name: "recording")
    static let configuration = MemoryFile(name: "configuration")

    private let descriptor: CInt

    private init(name: String) {
        let unique = "/packit-slo-\(name)-\(getpid())"
        descriptor = shm_open(unique, O_CREAT | O_EXCL | O_RDWR, 0o600)
        shm_unlink(unique)
    }

    /// - Returns: the path of a file with this content.
    func holding(_ bytes: [UInt8]) throws -> String {
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw Broken(description: "there is no memory for a file")
        }
        return "/proc/self/fd/\(descriptor)"
    }
}
