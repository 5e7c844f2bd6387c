internal import SLOCore

extension GitHubDecoder {
    /// Of a comment on a pull request: whether a deployment's App created it, or to which deployments a person gave
    /// which commands (docs/counting.md, rule 51). Nothing else of its text is read.
    func issueComment(_ root: JSONObject) throws(FieldProblem) -> [Observation] {
        let action = try root.string("action", .word)
        guard action == "created" || action == "edited", root.optionalObject("issue.pull_request") != nil,
            let comment = root.optionalObject("comment")
        else { return [] }
        if let deployment = deployment(ofAppThatWrote: comment) {
            return action == "created" ? [.appCommented(try appCommented(root, deployment))] : []
        }
        guard comment.optionalString("user.type", .word) == "User" else { return [] }
        guard let commands = commands(in: comment, "body"), !commands.isEmpty else { return [] }
        let isEdited = action == "edited"
        var before: [Deployment] = []
        if isEdited {
            // Without the text as it was before, nothing shows that it has become a command.
            guard let text = self.commands(in: root, "changes.body.from") else { return [] }
            before = text.map(\.deployment)
        }
        var given: [Observation] = []
        for command in commands where !before.contains(command.deployment) {
            given.append(
                .commandGiven(
                    CommandGiven(
                        repository: try repository(root), number: Int(try root.integer("issue.number")),
                        deployment: command.deployment, commentID: try comment.integer("id"), word: command.word,
                        authorAssociation: comment.optionalString("author_association", .word) ?? "",
                        givenAt: try comment.time(isEdited ? "updated_at" : "created_at"),
                        isClosed: root.optionalString("issue.state", .word) == "closed")))
        }
        return given
    }

    private func appCommented(
        _ root: JSONObject, _ deployment: Deployment
    ) throws(FieldProblem) -> AppCommented {
        AppCommented(
            repository: try repository(root), number: Int(try root.integer("issue.number")), deployment: deployment,
            commentID: try root.integer("comment.id"), commentedAt: try root.time("comment.created_at"))
    }

    private func deployment(ofAppThatWrote comment: JSONObject) -> Deployment? {
        comment.optionalObject("performed_via_github_app").flatMap { deployment(ofApp: $0) }
            ?? comment.optionalString("user.login").flatMap { settings.deployment(bot: $0) }
    }

    /// - Returns: `nil` for what is no text.
    private func commands(in object: JSONObject, _ path: StaticString) -> [CommandLines.Command]? {
        object.withText(path) { CommandLines(settings.commandPrefixes).commands(in: $0) }
    }
}

/// Finds the commands in the text of a comment.
struct CommandLines {
    private let prefixes: [SourceSettings.CommandPrefix]

    struct Command: Equatable {
        let deployment: Deployment
        /// The word after the prefix.
        let word: String
    }

    init(_ prefixes: [SourceSettings.CommandPrefix]) {
        self.prefixes = prefixes
    }

    /// Reads the text once, and copies only the words after prefixes. Of several commands to one deployment the first
    /// counts.
    func commands(in text: UnsafeBufferPointer<UInt8>) -> [Command] {
        var found: [Command] = []
        var position = 0
        while position < text.count, found.count < prefixes.count {
            let first = Self.word(in: text, from: &position)
            if prefixes.contains(where: { $0.matches(first) }) {
                let second = Self.word(in: text, from: &position)
                note(first, second, in: &found)
            }
            while position < text.count, text[position] != Self.lineEnd { position += 1 }
            position += 1
        }
        return found
    }

    private func note(
        _ first: Slice<UnsafeBufferPointer<UInt8>>, _ second: Slice<UnsafeBufferPointer<UInt8>>,
        in found: inout [Command]
    ) {
        guard !second.isEmpty else { return }
        for prefix in prefixes where prefix.matches(first) {
            guard !found.contains(where: { $0.deployment == prefix.deployment }),
                let word = TextLimit.word.text(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: second)))
            else { continue }
            found.append(Command(deployment: prefix.deployment, word: word))
        }
    }

    /// The next word of a line, empty at its end. The position is behind it afterwards.
    private static func word(
        in text: UnsafeBufferPointer<UInt8>, from position: inout Int
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        while position < text.count, isGap(text[position]) { position += 1 }
        let start = position
        while position < text.count, !isGap(text[position]), text[position] != lineEnd { position += 1 }
        return text[start..<position]
    }

    private static let lineEnd = UInt8(ascii: "\n")

    /// Spaces, tabs and the like within a line, and the return before its end.
    private static func isGap(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || (0x0B...0x0D).contains(byte)
    }
}

extension SourceSettings.CommandPrefix {
    fileprivate func matches(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        word.count == prefix.utf8.count && word.elementsEqual(prefix.utf8)
    }
}
