// The stored forms of entities, field by field; those of runs are in Runs+Coding.swift.

extension PullRequestKey: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(number)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: try reader.read(), number: try reader.read())
    }
}

extension HeadKey: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(repository)
        writer.write(sha)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: try reader.read(), sha: try reader.read())
    }
}

extension BackendKey: ByteCodable {
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .copr(let build, let chroot):
            writer.write(true)
            writer.write(build)
            writer.write(chroot)
        case .testingFarm(let request):
            writer.write(false)
            writer.write(request)
        }
    }
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self =
            try reader.read(Bool.self)
            ? .copr(build: try reader.read(), chroot: try reader.read())
            : .testingFarm(request: try reader.read())
    }
}

extension Chronicle: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(nextEntity)
        writer.write(inputs)
        writer.write(startedAt)
        writer.write(blindIntervals)
        writer.write(forgottenThrough)
        writer.write(doubtfulIntervals)
        writer.write(hasForgottenPrivate)
        writer.write(blindIntervals.filter(\.isCaughtUp).map(\.from))
        writer.write(knownObjectives.map(\.name))
        writer.write(addedObjectives.map(\.name))
        writer.write(addedObjectives.map(\.backfilledThrough))
        writer.write(knownObjectives.map { Int64(bitPattern: $0.definition ?? 0) })
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            nextEntity: try reader.read(), inputs: try reader.read(), startedAt: try reader.read(),
            blindIntervals: try reader.read(),
            forgottenThrough: try reader.readIfPresent(Timestamp?.self) ?? nil,
            doubtfulIntervals: try reader.readIfPresent([BlindInterval].self) ?? [],
            hasForgottenPrivate: try reader.readIfPresent(Bool.self) ?? false)
        let caughtUp = Set(try reader.readIfPresent([Timestamp].self) ?? [])
        for place in blindIntervals.indices where caughtUp.contains(blindIntervals[place].from) {
            blindIntervals[place].isCaughtUp = true
        }
        // Older versions had these three, and no others.
        let known = try reader.readIfPresent([Objective.Name].self) ?? Objective.defaults.map(\.name)
        let added = try reader.readIfPresent([Objective.Name].self) ?? []
        let backfilledThrough = try reader.readIfPresent([Timestamp].self) ?? []
        addedObjectives = zip(added, backfilledThrough).map { AddedObjective(name: $0, backfilledThrough: $1) }
        let definitions = try reader.readIfPresent([Int64].self) ?? known.map { _ in 0 }
        knownObjectives = zip(known, definitions).map {
            KnownObjective(name: $0, definition: $1 == 0 ? nil : UInt64(bitPattern: $1))
        }
    }
}

extension BlindInterval: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(from)
        writer.write(to)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(from: try reader.read(), to: try reader.read())
    }
}

extension RepositoryState: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(fullName)
        writer.write(isPrivate)
        writer.write(lessons)
        writer.write(formerNames)
        writer.write(heardAt)
        writer.write(isConcealed)
        writer.write(kinds)
        writer.write(refs)
        writer.write(projects)
        writer.write(hiddenAt)
        writer.write(lessons.map(\.times))
        writer.write(namedAt)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.read(), fullName: try reader.read(), isPrivate: try reader.read(),
            lessons: try reader.read(), formerNames: try reader.readIfPresent([String].self) ?? [],
            heardAt: try reader.readIfPresent(Timestamp?.self) ?? nil,
            isConcealed: try reader.readIfPresent(Bool.self) ?? false)
        kinds = try reader.readIfPresent([KindLesson].self) ?? []
        refs = try reader.readIfPresent([String].self) ?? []
        projects = try reader.readIfPresent([TaughtProject].self) ?? []
        hiddenAt = try reader.readIfPresent(Timestamp?.self) ?? nil
        let times = try reader.readIfPresent([LessonTimes].self) ?? []
        for (place, times) in zip(lessons.indices, times) { lessons[place].times = times }
        namedAt = try reader.readIfPresent(Timestamp?.self) ?? nil
    }
}

extension LessonTimes: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(prompt)
        writer.write(belated)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(prompt: try reader.read(), belated: try reader.read())
    }
}

extension KindLesson: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(name)
        writer.write(kind)
        writer.write(at)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), name: try reader.read(), kind: try reader.read(), at: try reader.read())
    }
}

extension TaughtProject: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(name)
        writer.write(taughtAt)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(name: try reader.read(), taughtAt: try reader.read())
    }
}

extension Lesson: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(baseRef)
        writer.write(answeredAt)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), baseRef: try reader.read(),
            times: LessonTimes(prompt: try reader.read(Timestamp.self)))
    }
}

extension PullRequest: ByteCodable {
    func write(to writer: inout ByteWriter) {
        let shown = closings.compactMap(StoredClosing.init)
        writer.write(key)
        writer.write(id)
        writer.write(moves)
        writer.write(closings.map(\.at))
        writer.write(touchedAt)
        writer.write(armedFor)
        writer.write(shown.last)
        // Nearly all moves have their stated time.
        writer.write(moves.allSatisfy { $0.statedAt == $0.at } ? [] : moves.map(\.statedAt))
        writer.write(base)
        writer.write(appComments)
        // So have closings, of which there is nearly always one.
        writer.write(closings.allSatisfy { $0.statedAt == $0.at } ? [] : closings.map(\.statedAt))
        writer.write(Array(shown.dropLast()))
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        let key = try reader.read(PullRequestKey.self)
        let id = try reader.read(EntityID.self)
        let moves = try reader.read([HeadMove].self)
        let closings = try reader.read([Timestamp].self)
        let touchedAt = try reader.read(Timestamp.self)
        let armedFor = try reader.read(Timestamp?.self)
        let lastShown = try reader.readIfPresent(StoredClosing?.self) ?? nil
        let movesStatedAt = try reader.readIfPresent([Timestamp].self) ?? []
        let base = try reader.readIfPresent(Base?.self) ?? nil
        let appComments = try reader.readIfPresent([AppComment].self) ?? []
        let closingsStatedAt = try reader.readIfPresent([Timestamp].self) ?? []
        let shown = (try reader.readIfPresent([StoredClosing].self) ?? []) + [lastShown].compactMap { $0 }
        self.init(
            key: key, id: id,
            moves: movesStatedAt.count == moves.count ? zip(moves, movesStatedAt).map { $0.stated(at: $1) } : moves,
            closings: zip(closings, closingsStatedAt.count == closings.count ? closingsStatedAt : closings).map {
                at, statedAt in
                Closing(at: at, statedAt: statedAt, shown: shown.last { $0.at == at }?.shown)
            },
            touchedAt: touchedAt, armedFor: armedFor, base: base, appComments: appComments)
    }
}

/// What a closing shows of its pull request.
private struct StoredClosing {
    let shown: PullRequest.Shown
    let at: Timestamp

    init?(_ closing: PullRequest.Closing) {
        guard let shown = closing.shown else { return nil }
        self.shown = shown
        at = closing.at
    }
}

extension StoredClosing: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(shown.sha)
        writer.write(shown.createdAt)
        writer.write(at)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        shown = PullRequest.Shown(sha: try reader.read(), createdAt: try reader.read())
        at = try reader.read()
    }
}

extension PullRequest.Base: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(name)
        writer.write(at)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(name: try reader.read(), at: try reader.read())
    }
}

extension PullRequest.HeadMove: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(at)
        writer.write(sha)
        writer.write(action)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(at: try reader.read(), sha: try reader.read(), action: try reader.read())
    }
}

extension Change: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(pullRequest)
        writer.write(action)
        writer.write(sha)
        writer.write(startedAt)
        writer.write(receivedAt)
        writer.write(baseRef)
        writer.write(isUnaddressed)
        writer.write(addressees)
        writer.write(waits)
        // Older versions stored one flag for all waits; those of each wait are at the end.
        writer.write(waits.allSatisfy(\.deadlinePassed))
        writer.write(isJudged)
        writer.write(lateEvidenceCounted)
        writer.write(armedFor)
        writer.write(unaddressedAt)
        writer.write(waits.map(\.heardAt))
        writer.write(waits.map(\.deadlinePassed))
        writer.write(waits.map(\.judgedBy))
        writer.write(waits.map(\.isAllStatusesObserved))
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.read(), pullRequest: try reader.read(), action: try reader.read(),
            sha: try reader.read(), startedAt: try reader.read(), receivedAt: try reader.read(),
            baseRef: try reader.read(), isUnaddressed: try reader.read(), addressees: try reader.read(),
            waits: try reader.read())
        let deadlinePassed = try reader.read(Bool.self)
        isJudged = try reader.read()
        lateEvidenceCounted = try reader.read()
        armedFor = try reader.read()
        unaddressedAt = try reader.readIfPresent(Timestamp?.self) ?? nil
        let heardAt = try reader.readIfPresent([Timestamp?].self) ?? []
        let passed = try reader.readIfPresent([Bool].self) ?? []
        let judgedBy = try reader.readIfPresent([[Objective.Name]].self) ?? []
        let observed = try reader.readIfPresent([Bool?].self) ?? []
        for place in waits.indices {
            waits[place].heardAt = place < heardAt.count ? heardAt[place] : receivedAt
            waits[place].deadlinePassed = place < passed.count ? passed[place] : deadlinePassed
            waits[place].judgedBy = place < judgedBy.count ? judgedBy[place] : []
            // What an older version has judged, it did not observe.
            waits[place].isAllStatusesObserved = place < observed.count ? observed[place] : isJudged ? false : nil
        }
    }
}

extension Change.Wait: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(isOwner)
        writer.write(answeredAt)
        writer.write(inGaugeAs)
        writer.write(isOverLimit)
        writer.write(verdict)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), isOwner: try reader.read(), answeredAt: try reader.read(),
            inGaugeAs: try reader.read(), isOverLimit: try reader.read(), verdict: try reader.read())
    }
}

extension Head: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(key)
        writer.write(id)
        writer.write(changes)
        writer.write(lanes)
        writer.write(pullRequests)
        writer.write(answers)
        writer.write(touchedAt)
        writer.write(armedFor)
        writer.write(readings)
        writer.write(answers.map(\.lessons))
        writer.write(answers.map(\.boundTo))
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            key: try reader.read(), id: try reader.read(), changes: try reader.read(), lanes: try reader.read(),
            pullRequests: try reader.read(), answers: try reader.read(), touchedAt: try reader.read(),
            armedFor: try reader.read(), readings: try reader.readIfPresent([EventReading].self) ?? [])
        let lessons = try reader.readIfPresent([LessonTimes].self)
        let boundTo = try reader.readIfPresent([Int?].self)
        isBindingKnown = boundTo != nil
        for place in answers.indices {
            // Older versions stored the times only.
            answers[place].lessons =
                lessons.flatMap { place < $0.count ? $0[place] : nil } ?? LessonTimes(prompt: answers[place].times.last)
            answers[place].boundTo = boundTo.flatMap { place < $0.count ? $0[place] : nil } ?? nil
        }
    }
}

extension EventReading: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(externalID)
        writer.write(isOfPullRequest)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), externalID: try reader.read(), isOfPullRequest: try reader.read())
    }
}

extension AnswerSeries: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(externalID)
        writer.write(statedPullRequest)
        writer.write(times)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            deployment: try reader.read(), externalID: try reader.read(), statedPullRequest: try reader.read(),
            times: try reader.read())
    }
}
