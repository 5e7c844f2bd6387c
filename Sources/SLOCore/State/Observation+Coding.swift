// The stored form of observations in the journal. It begins with a number for the case; numbers are never reused.

extension Observation: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        if let statedAt = repository?.statedAt {
            writer.write(UInt64(12))
            writer.write(statedAt)
        }
        switch self {
        case .changePushed(let fact): writer.write(UInt64(1)); writer.write(fact)
        case .changeClosed(let fact): writer.write(UInt64(13)); writer.write(fact)
        case .statusReported(let fact): writer.write(UInt64(3)); writer.write(fact)
        case .branchPushed(let fact): writer.write(UInt64(4)); writer.write(fact)
        case .releasePublished(let fact): writer.write(UInt64(5)); writer.write(fact)
        case .buildReported(let fact): writer.write(UInt64(6)); writer.write(fact)
        case .testRunReported(let fact): writer.write(UInt64(7)); writer.write(fact)
        case .testRunHinted(let requestID): writer.write(UInt64(8)); writer.write(requestID)
        case .buildLookedUp(let fact): writer.write(UInt64(9)); writer.write(fact)
        case .jobIdentified(let fact): writer.write(UInt64(10)); writer.write(fact)
        case .repositoryNamed(let repository): writer.write(UInt64(11)); writer.write(repository)
        case .commandGiven(let fact): writer.write(UInt64(20)); writer.write(fact)
        case .appCommented(let fact): writer.write(UInt64(21)); writer.write(fact)
        case .appDeliveriesListed(let fact): writer.write(UInt64(14)); writer.write(fact)
        }
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.readUInt64() {
        case 1: self = .changePushed(try reader.read())
        // The form of closings before they contained more than the pull request's number.
        case 2:
            self = .changeClosed(
                ChangeClosed(repository: try reader.read(), number: try reader.read(), closedAt: try reader.read()))
        case 3: self = .statusReported(try reader.read())
        case 4: self = .branchPushed(try reader.read())
        case 5: self = .releasePublished(try reader.read())
        case 6: self = .buildReported(try reader.read())
        case 7: self = .testRunReported(try reader.read())
        case 8: self = .testRunHinted(requestID: try reader.read())
        case 9: self = .buildLookedUp(try reader.read())
        case 10: self = .jobIdentified(try reader.read())
        case 11: self = .repositoryNamed(try reader.read())
        // The body's age, before its content.
        case 12:
            let statedAt = try reader.read(Timestamp.self)
            self = try reader.read()
            repository?.statedAt = statedAt
        case 13: self = .changeClosed(try reader.read())
        case 20: self = .commandGiven(try reader.read())
        case 21: self = .appCommented(try reader.read())
        case 14: self = .appDeliveriesListed(try reader.read())
        case let other: throw ByteCodingError(message: "\(other) is not an observation that this version knows")
        }
    }
}

extension ChangePushed: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(number)
        writer.write(action)
        writer.write(headSHA)
        writer.write(headRepository)
        writer.write(baseRef)
        writer.write(startedAt)
        writer.write(addressee)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            repository: try reader.read(), number: try reader.read(), action: try reader.read(),
            headSHA: try reader.read(), headRepository: try reader.read(), baseRef: try reader.read(),
            startedAt: try reader.read(), addressee: try reader.read())
    }
}

extension ChangeClosed: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(number)
        writer.write(closedAt)
        writer.write(pullRequest)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            repository: try reader.read(), number: try reader.read(), closedAt: try reader.read(),
            pullRequest: try reader.read())
    }
}

extension ClosedPullRequest: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(headSHA)
        writer.write(headRepository)
        writer.write(baseRef)
        writer.write(createdAt)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            headSHA: try reader.read(), headRepository: try reader.read(), baseRef: try reader.read(),
            createdAt: try reader.read())
    }
}

extension BranchPushed: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(ref)
        writer.write(sha)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: try reader.read(), ref: try reader.read(), sha: try reader.read())
    }
}

extension ReleasePublished: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(tag)
        writer.write(publishedAt)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: try reader.read(), tag: try reader.read(), publishedAt: try reader.read())
    }
}

extension StatusReported: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(sha)
        writer.write(deployment)
        writer.write(carrier)
        writer.write(name)
        writer.write(externalID)
        writer.write(pullRequests)
        writer.write(startedAt)
        writer.write(completedAt)
        writer.write(state)
        writer.write(title)
        writer.write(job)
        writer.write(requestID)
        writer.write(asBuild)
        writer.write(asTestRun)
        writer.write(asJob)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            repository: try reader.read(), sha: try reader.read(), deployment: try reader.read(),
            carrier: try reader.read(), name: try reader.read(), externalID: try reader.read(),
            pullRequests: try reader.read(), startedAt: try reader.read(), completedAt: try reader.read(),
            state: try reader.read(), title: try reader.read(), job: try reader.read(),
            requestID: try reader.read(), asBuild: try reader.read(), asTestRun: try reader.read(),
            asJob: try reader.readIfPresent(Step.self) ?? .unclear)
    }
}

extension BuildReported: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(buildID)
        writer.write(chroot)
        writer.write(owner)
        writer.write(project)
        writer.write(event)
        writer.write(sentAt)
        writer.write(version)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), buildID: try reader.read(), chroot: try reader.read(),
            owner: try reader.read(), project: try reader.read(), event: try reader.read(),
            sentAt: try reader.read(), version: try reader.readIfPresent(String?.self) ?? nil)
    }
}

extension TestRunReported: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(requestID)
        writer.write(step)
        writer.write(createdAt)
        writer.write(startedAt)
        writer.write(finishedAt)
        writer.write(repositoryName)
        writer.write(sha)
        writer.write(pullRequest)
        writer.write(chroot)
        writer.write(buildID)
        writer.write(summary)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), requestID: try reader.read(), step: try reader.read(),
            createdAt: try reader.read(), startedAt: try reader.read(), finishedAt: try reader.read(),
            repositoryName: try reader.read(), sha: try reader.read(), pullRequest: try reader.read(),
            chroot: try reader.read(), buildID: try reader.read(), summary: try reader.read())
    }
}

extension BuildLookedUp: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(buildID)
        writer.write(chroot)
        writer.write(step)
        writer.write(ground)
        writer.write(submittedAt)
        writer.write(startedAt)
        writer.write(finishedAt)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            buildID: try reader.read(), chroot: try reader.read(), step: try reader.read(),
            ground: try reader.read(), submittedAt: try reader.read(), startedAt: try reader.read(),
            finishedAt: try reader.read())
    }
}

extension JobIdentified: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(repository)
        writer.write(sha)
        writer.write(job)
        writer.write(backend)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), repository: try reader.read(), sha: try reader.read(),
            job: try reader.read(), backend: try reader.read())
    }
}

extension CommandGiven: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(number)
        writer.write(deployment)
        writer.write(commentID)
        writer.write(word)
        writer.write(authorAssociation)
        writer.write(givenAt)
        writer.write(isClosed)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            repository: try reader.read(), number: try reader.read(), deployment: try reader.read(),
            commentID: try reader.read(), word: try reader.read(), authorAssociation: try reader.read(),
            givenAt: try reader.read(), isClosed: try reader.read())
    }
}

extension AppCommented: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(number)
        writer.write(deployment)
        writer.write(commentID)
        writer.write(commentedAt)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            repository: try reader.read(), number: try reader.read(), deployment: try reader.read(),
            commentID: try reader.read(), commentedAt: try reader.read())
    }
}

extension AppDeliveriesListed: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(app)
        writer.write(deployment)
        writer.write(attempts)
        writer.write(readThrough)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            app: try reader.read(), deployment: try reader.read(), attempts: try reader.read(),
            readThrough: try reader.read())
    }
}

extension AppDeliveryStatus: ByteCodable {}

extension AppDeliveryAttempt: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(delivery)
        writer.write(deliveredAt)
        writer.write(isRedelivery)
        writer.write(status)
        writer.write(duration.milliseconds)
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.read(), delivery: try reader.readUInt64(), deliveredAt: try reader.read(),
            isRedelivery: try reader.read(), status: try reader.read(),
            duration: .milliseconds(try reader.read()))
    }
}
