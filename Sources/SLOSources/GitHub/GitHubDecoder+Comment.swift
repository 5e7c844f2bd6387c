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

    /// Copies only the words after prefixes. Of several commands to one deployment the first counts.
    func commands(in text: UnsafeBufferPointer<UInt8>) -> [Command] {
        var found: [Command] = []
        var lines = LeadingWords(of: text)
        while found.count < prefixes.count, let (first, second) = lines.next() { note(first, second, in: &found) }
        return found
    }

    private func note(_ first: LeadingWords.Word, _ second: LeadingWords.Word, in found: inout [Command]) {
        for prefix in prefixes where prefix.matches(first) {
            guard !found.contains(where: { $0.deployment == prefix.deployment }),
                let word = TextLimit.word.text(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: second)))
            else { continue }
            found.append(Command(deployment: prefix.deployment, word: word))
        }
    }
}

extension SourceSettings.CommandPrefix {
    fileprivate func matches(_ word: LeadingWords.Word) -> Bool {
        word.count == prefix.utf8.count && word.elementsEqual(prefix.utf8)
    }
}
