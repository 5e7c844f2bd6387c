// The stored forms of lanes, runs, and runs at a backend, field by field.

extension Lane: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(deployment)
        writer.write(head)
        writer.write(externalID)
        writer.write(name)
        writer.write(kind)
        writer.write(facts)
        writer.write(runs)
        writer.write(touchedAt)
        writer.write(armedFor)
        writer.write(closing)
        writer.write(facts.map(\.decidedRun))
        writer.write(closing?.jobs ?? [])
        writer.write(isKindLearned)
        writer.write(kind == .job ? facts.map(\.asJob) : [])
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.read(), deployment: try reader.read(), head: try reader.read(),
            externalID: try reader.read(), name: try reader.read(), kind: try reader.read(),
            facts: try reader.read(), runs: try reader.read(), touchedAt: try reader.read(),
            armedFor: try reader.read(), closing: try reader.readIfPresent(Closing?.self) ?? nil)
        // Rows of an older version do not tell: then all that a run has now is what was decided.
        let decided = try reader.readIfPresent([EntityID?].self) ?? facts.map(\.run)
        for (place, run) in zip(facts.indices, decided) { facts[place].decidedRun = run }
        let jobs = try reader.readIfPresent([JobLink].self)
        if let known = closing, let jobs { closing = Closing(checkRun: known.checkRun, time: known.time, jobs: jobs) }
        isKindLearned = try reader.readIfPresent(Bool.self) ?? false
        // Of other jobs alone: the checks of builds and tests say nothing about one.
        let steps = try reader.readIfPresent([Step].self) ?? []
        for (place, step) in zip(facts.indices, steps) { facts[place].asJob = step }
    }
}

extension Lane.Closing: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(checkRun)
        writer.write(time)
        writer.write(jobs.last)
    }
    /// All of its jobs stand at the end of the lane's row.
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            checkRun: try reader.read(), time: try reader.read(),
            jobs: [try reader.read(JobLink?.self)].compactMap { $0 })
    }
}

extension Fact: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(carrier)
        writer.write(startedAt)
        writer.write(completedAt)
        writer.write(receivedAt)
        writer.write(input)
        writer.write(state)
        writer.write(asBuild)
        writer.write(asTestRun)
        writer.write(job)
        writer.write(requestID)
        writer.write(run)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            carrier: try reader.read(), startedAt: try reader.read(), completedAt: try reader.read(),
            receivedAt: try reader.read(), input: try reader.read(), state: try reader.read(),
            asBuild: try reader.read(), asTestRun: try reader.read(), job: try reader.read(),
            requestID: try reader.read(), run: try reader.read())
    }
}

extension Run: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(kind)
        writer.write(deployment)
        writer.write(lane)
        writer.write(backend)
        writer.write(knownSince)
        writer.write(queuedAt)
        writer.write(firstSeenAt)
        writer.write(startedAt)
        writer.write(counted.queued)
        writer.write(counted.started)
        writer.write(terminal)
        writer.write(supersession)
        writer.write(phase)
        writer.write(isOverdue)
        // Older versions had one objective for each kind, and stored whether it had judged.
        writer.write(judgedBy.contains(kind.objective))
        writer.write(finalInput)
        writer.write(isRevised)
        writer.write(armedFor)
        writer.write(newerRun?.openedAt)
        writer.write(newerHead?.at)
        writer.write(claimInput)
        writer.write(newerRun)
        writer.write(newerHead?.settlesUntil)
        writer.write(waitsSince)
        writer.write(decidedUntil)
        writer.write(judgedBy)
        writer.write(group.jobKind?.label)
        writer.write(isReportDecided)
        writer.write(isCountedAsUnsubmitted)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        let (id, kind) = (try reader.read(EntityID.self), try reader.read(RunKind.self))
        self.init(
            id: id, group: RunGroup(kind, job: nil), deployment: try reader.read(), lane: try reader.read(),
            backend: try reader.read(), knownSince: try reader.read(), queuedAt: try reader.read(),
            firstSeenAt: try reader.read(), startedAt: try reader.read(),
            counted: Counted(queued: try reader.read(), started: try reader.read()), terminal: try reader.read(),
            supersession: try reader.read(), phase: try reader.read(), isOverdue: try reader.read(),
            judgedBy: try reader.read(Bool.self) ? [kind.objective] : [], finalInput: try reader.read(),
            isRevised: try reader.read(), armedFor: try reader.read())
        let newerRunAt = try reader.readIfPresent(Timestamp?.self) ?? nil
        let newerHeadAt = try reader.readIfPresent(Timestamp?.self) ?? nil
        claimInput = try reader.readIfPresent(Int64.self) ?? 0
        // Rows of an older version had one time for both.
        let settlesUntil = supersession?.due
        newerRun =
            try reader.readIfPresent(NewerRun?.self)
            ?? newerRunAt.map {
                NewerRun(openedAt: $0, openedHeardAt: $0, settlesUntil: settlesUntil ?? $0)
            }
        let headSettlesUntil = try reader.readIfPresent(Timestamp?.self) ?? settlesUntil
        newerHead = newerHeadAt.map { NewerHead(at: $0, settlesUntil: headSettlesUntil ?? $0) }
        waitsSince = try reader.readIfPresent(Timestamp?.self) ?? nil
        // Rows of an older version do not tell: what was heard of too late was compared when the run became final.
        decidedUntil = try reader.readIfPresent(Timestamp?.self) ?? nil
        judgedBy = try reader.readIfPresent([Objective.Name].self) ?? judgedBy
        let job = try reader.readIfPresent(String?.self) ?? nil
        group = RunGroup(kind, job: job.map(JobKind.init))
        // What an older version had made final was reported before there were objectives of that.
        isReportDecided = try reader.readIfPresent(Bool.self) ?? isFinished
        isCountedAsUnsubmitted = try reader.readIfPresent(Bool.self) ?? isFinished
    }
}

extension Run.NewerRun: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(openedAt)
        writer.write(openedHeardAt)
        writer.write(end?.receivedAt)
        writer.write(end?.heardAt)
        writer.write(settlesUntil)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        openedAt = try reader.read()
        openedHeardAt = try reader.read()
        let receivedAt = try reader.read(Timestamp?.self)
        let heardAt = try reader.read(Timestamp?.self)
        if let receivedAt, let heardAt { end = End(receivedAt: receivedAt, heardAt: heardAt) }
        settlesUntil = try reader.read()
    }
}

extension Run.Terminal: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(finishedAt)
        writer.write(receivedAt)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(finishedAt: try reader.read(), receivedAt: try reader.read())
    }
}

extension Run.Supersession: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(endedAt)
        writer.write(due)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(endedAt: try reader.read(), due: try reader.read())
    }
}

extension Run.Phase: ByteCodable {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .waiting: writer.write(UInt64(0))
        case .unfinished: writer.write(UInt64(1))
        case .settling(let until):
            writer.write(UInt64(2))
            writer.write(until)
        case .finished(let ending):
            writer.write(UInt64(3))
            writer.write(ending.outcome)
            writer.write(ending.reason)
            writer.write(ending.finishedAt)
        }
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.readUInt64() {
        case 0: self = .waiting
        case 1: self = .unfinished
        case 2: self = .settling(until: try reader.read())
        case 3:
            self = .finished(
                .init(outcome: try reader.read(), reason: try reader.read(), finishedAt: try reader.read()))
        case let other: throw ByteCodingError(message: "\(other) is not a phase that this version knows")
        }
    }
}

extension BackendRun: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(key)
        writer.write(id)
        writer.write(deployment)
        writer.write(project)
        writer.write(repositoryName)
        writer.write(sha)
        writer.write(chroot)
        writer.write(buildID)
        writer.write(queuedAt)
        writer.write(startedAt)
        writer.write(hasStarted)
        writer.write(end)
        writer.write(firstSeenAt)
        writer.write(receivedAt)
        writer.write(placement)
        writer.write(touchedAt)
        writer.write(armedFor)
        writer.write(endGround.rawValue)
        writer.write(withdrawal)
        writer.write(owner)
        writer.write(version)
        writer.write(proof)
        writer.write(hasConflict)
        writer.write(endTime)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            key: try reader.read(), id: try reader.read(), deployment: try reader.read(),
            project: try reader.read(), repositoryName: try reader.read(), sha: try reader.read(),
            chroot: try reader.read(), buildID: try reader.read(), queuedAt: try reader.read(),
            startedAt: try reader.read(), hasStarted: try reader.read(), end: try reader.read(),
            firstSeenAt: try reader.read(), receivedAt: try reader.read(), placement: try reader.read(),
            touchedAt: try reader.read(), armedFor: try reader.read(),
            endGround: try reader.readIfPresent(Int.self).flatMap(EndGround.init(rawValue:)) ?? .message,
            owner: nil, version: nil, proof: nil, hasConflict: false,
            withdrawal: try reader.readIfPresent(End?.self) ?? nil)
        owner = try reader.readIfPresent(String?.self) ?? nil
        version = try reader.readIfPresent(String?.self) ?? nil
        proof = try reader.readIfPresent(JoinProof?.self) ?? nil
        hasConflict = try reader.readIfPresent(Bool.self) ?? false
        // Rows of an older version have the time of the first end.
        let known = end.flatMap { end in
            end.finishedAt.map {
                EndTime(at: $0, isOfMessage: endGround == .message, receivedAt: end.receivedAt)
            }
        }
        endTime = try reader.readIfPresent(EndTime?.self) ?? known
    }
}

extension BackendRun.EndTime: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(at)
        writer.write(isOfMessage)
        writer.write(receivedAt)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(at: try reader.read(), isOfMessage: try reader.read(), receivedAt: try reader.read())
    }
}

extension BackendRun.End: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(outcome)
        writer.write(reason)
        writer.write(finishedAt)
        writer.write(receivedAt)
        writer.write(input)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            outcome: try reader.read(), reason: try reader.read(), finishedAt: try reader.read(),
            receivedAt: try reader.read(), input: try reader.read())
    }
}

extension BackendRun.Placement: ByteCodable {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .undecided(let until):
            writer.write(UInt64(0))
            writer.write(until)
        case .alone(let run):
            writer.write(UInt64(1))
            writer.write(run)
        case .joined(let run):
            writer.write(UInt64(2))
            writer.write(run)
        case .unattributed:
            writer.write(UInt64(3))
        }
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.readUInt64() {
        case 0: self = .undecided(until: try reader.read())
        case 1: self = .alone(try reader.read())
        case 2: self = .joined(try reader.read())
        case 3: self = .unattributed
        case let other: throw ByteCodingError(message: "\(other) is not a placement that this version knows")
        }
    }
}
