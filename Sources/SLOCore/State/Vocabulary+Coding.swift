// The stored forms of the vocabulary, field by field in the order of declaration.

extension Timestamp: ByteCodable {
    public func write(to writer: inout ByteWriter) { writer.write(milliseconds) }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(milliseconds: try reader.read())
    }
}

extension Deployment: ByteCodable {
    public func write(to writer: inout ByteWriter) { writer.write(label) }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(try reader.read(String.self))
    }
}

extension Objective.Name: ByteCodable {}

extension EntityID: ByteCodable {
    public func write(to writer: inout ByteWriter) { writer.write(number) }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(try reader.read(Int64.self))
    }
}

extension RepositoryID: ByteCodable {
    public func write(to writer: inout ByteWriter) { writer.write(stored) }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(stored: try reader.read())
    }
}

extension Repository: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(fullName)
        writer.write(isPrivate)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(id: try reader.read(), fullName: try reader.read(), isPrivate: try reader.read())
    }
}

extension JobLink: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(job)
        writer.write(id)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(job: try reader.read(), id: try reader.read())
    }
}

extension CheckName: ByteCodable {
    /// Names are in the middle of rows, so a new field is announced by a number that older versions never wrote: bit 0
    /// for an identifier, bit 1 for a second reading, bit 2 for the kind of a job.
    public func write(to writer: inout ByteWriter) {
        writer.write(text)
        writer.write(subject)
        writer.write(event)
        writer.write(chroot)
        writer.write(
            UInt64(identifier == nil ? 0 : 1) | UInt64(alternative == nil ? 0 : 2) | UInt64(jobKind == nil ? 0 : 4))
        if let identifier { writer.write(identifier) }
        if let alternative { writer.write(alternative) }
        if let jobKind { writer.write(jobKind.label) }
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let text = try reader.readString()
        let subject = try reader.read(Subject.self)
        let event = try reader.read(String?.self)
        let chroot = try reader.read(String?.self)
        let flags = try reader.readUInt64()
        guard flags < 8 else { throw ByteCodingError(message: "a name has parts that this version does not know") }
        self.init(
            text: text, subject: subject, event: event, chroot: chroot,
            identifier: flags & 1 == 0 ? nil : try reader.readString(),
            alternative: flags & 2 == 0 ? nil : try reader.read(Alternative.self),
            jobKind: flags & 4 == 0 ? nil : JobKind(try reader.readString()))
    }
}

extension CheckName.Alternative: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(reading.event)
        writer.write(reading.chroot)
        writer.write(reading.identifier)
        writer.write(isOutweighed)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            CheckName.Reading(
                event: try reader.read(), chroot: try reader.read(), identifier: try reader.read()),
            isOutweighed: try reader.read())
    }
}

extension Step: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .unclear: writer.write(UInt64(0))
        case .accepted: writer.write(UInt64(1))
        case .waiting: writer.write(UInt64(2))
        case .queued: writer.write(UInt64(3))
        case .started: writer.write(UInt64(4))
        case .finished(let outcome, let reason):
            writer.write(UInt64(5))
            writer.write(outcome)
            writer.write(reason)
        }
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.readUInt64() {
        case 0: self = .unclear
        case 1: self = .accepted
        case 2: self = .waiting
        case 3: self = .queued
        case 4: self = .started
        case 5: self = .finished(try reader.read(), try reader.read())
        case let other: throw ByteCodingError(message: "\(other) is not a step that this version knows")
        }
    }
}

extension StatusReported.Carrier: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .checkRun(let id):
            writer.write(true)
            writer.write(id)
        case .commitStatus(let id):
            writer.write(false)
            writer.write(id)
        }
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self = try reader.read(Bool.self) ? .checkRun(id: try reader.read()) : .commitStatus(id: try reader.read())
    }
}
extension BuildLookedUp.Ground: ByteCodable {}
