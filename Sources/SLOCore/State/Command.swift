/// A command to a deployment, in a comment on a pull request (docs/counting.md, rule 51).
struct Command: Equatable, Sendable {
    let id: EntityID
    let key: CommandKey
    /// The pull request's number.
    let number: Int
    /// Provider time, from which latencies are measured.
    let givenAt: Timestamp
    /// When its first delivery was received.
    let receivedAt: Timestamp
    /// Whether that showed the pull request as closed.
    let isOnClosed: Bool
    /// The head of the pull request at that time, as far as it is known: statuses on it may answer.
    var sha: String?
    var answer: Answer?
    /// Not every verdict on it is given: evidence still counts.
    var isOpen = true
    var verdict: Verdict?
    /// The objectives that have judged it.
    var judgedBy: [Objective.Name] = []
    /// The time of the armed deadline. A deadline that fires with another time is stale.
    var armedFor: Timestamp?

    /// The first comment or new run that answers it.
    struct Answer: Equatable, Sendable {
        /// Provider time.
        let at: Timestamp
        let receivedAt: Timestamp
        /// Whose run it is; `nil` for a comment.
        let lane: EntityID?
    }

    /// When it was given, by the pull request; the receipt if that time is in the future.
    var answerableFrom: Timestamp { Ledger.effective(givenAt, receivedAt: receivedAt) }

    /// The time from which its deadlines count (docs/counting.md, rule 39).
    var clockStart: Timestamp { min(givenAt, receivedAt) }

    /// From the command to its answer. An answer before a time in the future counts as 0.
    var answeredAfter: TimeSpan? { answer.map { max($0.at, givenAt) - givenAt } }

    var deployment: Deployment { key.deployment }

    var pullRequest: PullRequestKey { PullRequestKey(repository: key.repository, number: number) }

    /// The commit on which statuses may answer it.
    var head: HeadKey? { sha.map { HeadKey(repository: key.repository, sha: $0) } }
}

/// Identifies a command: each comment counts once for each deployment.
struct CommandKey: Hashable, Sendable {
    let repository: RepositoryID
    let deployment: Deployment
    let comment: Int64
}

/// A comment that the App of a deployment created on a pull request.
struct AppComment: Equatable, Sendable {
    let deployment: Deployment
    /// Provider time.
    let at: Timestamp
    let receivedAt: Timestamp
}

extension Command: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(key.repository)
        writer.write(key.deployment)
        writer.write(key.comment)
        writer.write(number)
        writer.write(givenAt)
        writer.write(receivedAt)
        writer.write(isOnClosed)
        writer.write(sha)
        writer.write(answer)
        writer.write(isOpen)
        writer.write(verdict)
        writer.write(judgedBy)
        writer.write(armedFor)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.read(),
            key: CommandKey(
                repository: try reader.read(), deployment: try reader.read(), comment: try reader.read()),
            number: try reader.read(), givenAt: try reader.read(), receivedAt: try reader.read(),
            isOnClosed: try reader.read(), sha: try reader.read(), answer: try reader.read(),
            isOpen: try reader.read(), verdict: try reader.read(), judgedBy: try reader.read(),
            armedFor: try reader.read())
    }
}

extension Command.Answer: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(at)
        writer.write(receivedAt)
        writer.write(lane)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(at: try reader.read(), receivedAt: try reader.read(), lane: try reader.read())
    }
}

extension AppComment: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(deployment)
        writer.write(at)
        writer.write(receivedAt)
    }
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(deployment: try reader.read(), at: try reader.read(), receivedAt: try reader.read())
    }
}
