import SLOCore

extension RawValue {
    /// The items of a list; inline ones are separated by commas.
    func words() throws(Mismatch) -> [(word: String, line: Int?)] {
        switch content {
        case .list(let items):
            var words: [(String, Int?)] = []
            for item in items {
                guard case .scalar(let text) = item.content else {
                    throw Mismatch("takes a list of plain values", line: item.line)
                }
                words.append((text, item.line))
            }
            return words
        case .inline(let text):
            return text.split(separator: ",", omittingEmptySubsequences: false).map { (Self.trimmed($0), nil) }
        case .null: throw .missing
        case .scalar: throw Mismatch("takes a list; write [a, b], or a line '- a' for each")
        case .map: throw Mismatch("takes a list, not a map")
        }
    }

    /// The entries of a map; inline ones are `key=value`, separated by commas.
    func entries() throws(Mismatch) -> [Entry] {
        switch content {
        case .map(let entries): return entries
        case .inline(let text):
            var entries: [Entry] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let equals = part.firstIndex(of: "=") else {
                    throw Mismatch("'\(Self.trimmed(part))' is not of the form name=deployment")
                }
                let key = Self.trimmed(part[..<equals])
                let value = Self.trimmed(part[part.index(after: equals)...])
                guard !entries.contains(where: { $0.key == key }) else { throw Mismatch("'\(key)' is set twice") }
                entries.append(Entry(key: key, value: RawValue(.inline(value)), line: nil))
            }
            return entries
        case .null: throw .missing
        case .scalar, .list: throw Mismatch("takes a map of name: deployment")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension ValueFormat where Value == [String] {
    /// - Parameters:
    ///   - typeName: the type of the list: `list of globs`.
    ///   - isAllowed: returns what is wrong with an item, or `nil`.
    private static func list(
        _ typeName: String, objection: @escaping @Sendable (String) -> String?
    ) -> ValueFormat {
        ValueFormat(
            typeName: typeName,
            read: { raw throws(Mismatch) in
                // An empty variable is an empty list, as `[]` is in the file.
                if case .inline("") = raw.content { return [] }
                var items: [String] = []
                for (word, line) in try raw.words() {
                    if let objection = objection(word) { throw Mismatch(objection, line: line) }
                    items.append(word)
                }
                return items
            },
            write: { .list($0) }
        )
    }

    static var paths: ValueFormat {
        list("list of paths") { $0.isEmpty ? "an item of the list is empty; a path is required" : nil }
    }

    /// Labels of deployments.
    static var deployments: ValueFormat {
        list("list of deployments") { $0.isEmpty ? "an item of the list is empty; a deployment is required" : nil }
    }

    /// Globs on any text.
    static var patterns: ValueFormat {
        list("list of globs") { $0.isEmpty ? "an item of the list is empty; a glob is required" : nil }
    }

    static var topics: ValueFormat { list("list of topics", objection: BusName.objection) }

    /// Globs on `owner/name`.
    static var globs: ValueFormat {
        list("list of globs") { glob in
            if glob.isEmpty { return "an item of the list is empty; a glob on owner/name is required" }
            guard glob.contains("/") || glob.contains("*") else {
                return "'\(glob)' matches no repository; write owner/name, or owner/* for all of an owner's"
            }
            return nil
        }
    }
}

extension ValueFormat where Value == [Secret] {
    static var secrets: ValueFormat {
        ValueFormat(
            typeName: "list of secrets", isSecret: true,
            read: { raw throws(Mismatch) in
                let words = try raw.words()
                guard !words.isEmpty else {
                    throw Mismatch("the list is empty; leave the key out if there is no secret")
                }
                for (word, line) in words where word.allSatisfy(\.isWhitespace) {
                    throw Mismatch("a secret is empty", line: line)
                }
                return words.map { Secret($0.word) }
            },
            write: { secrets in secrets.isEmpty ? nil : .list(secrets.map(\.description)) }
        )
    }
}

extension ValueFormat where Value == [Configuration.CoprUser] {
    static var coprUsers: ValueFormat {
        ValueFormat(
            typeName: "map of user to deployment",
            read: { raw throws(Mismatch) in
                var users: [Configuration.CoprUser] = []
                for entry in try raw.entries() {
                    let name = try Label.checked(name: entry.key, line: entry.line)
                    let deployment = try Label.deployment(entry.value, of: entry)
                    users.append(Configuration.CoprUser(name: name, deployment: deployment))
                }
                return users
            },
            write: { users in
                .map(users.map { WrittenEntry(key: $0.name, value: .scalar($0.deployment.label)) })
            }
        )
    }
}

extension ValueFormat where Value == [CoprProjectRule] {
    static var coprProjects: ValueFormat {
        ValueFormat(
            typeName: "map of owner/project to owner/name",
            read: { raw throws(Mismatch) in
                if case .inline("") = raw.content { return [] }
                var rules: [CoprProjectRule] = []
                for entry in try raw.entries() {
                    guard entry.key.contains("/") else {
                        throw Mismatch("'\(entry.key)' is not owner/project", line: entry.line)
                    }
                    let repository = try text(of: entry)
                    let parts = repository.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
                        throw Mismatch("'\(repository)' is not a repository; write owner/name", line: entry.line)
                    }
                    rules.append(CoprProjectRule(projects: entry.key, repository: repository))
                }
                return rules
            },
            write: { rules in
                .map(rules.map { WrittenEntry(key: $0.projects, value: .scalar($0.repository)) })
            }
        )
    }

    private static func text(of entry: RawValue.Entry) throws(Mismatch) -> String {
        switch entry.value.content {
        case .scalar(let text), .inline(let text): return text
        case .list, .map, .null: throw Mismatch("'\(entry.key)' takes one repository, owner/name", line: entry.line)
        }
    }
}

extension ValueFormat where Value == [Configuration.Dashboard] {
    static var dashboards: ValueFormat {
        ValueFormat(
            typeName: "map of deployment to url",
            read: { raw throws(Mismatch) in
                if case .inline("") = raw.content { return [] }
                var dashboards: [Configuration.Dashboard] = []
                for entry in try raw.entries() {
                    let label = try Label.deployment(RawValue(.scalar(entry.key), line: entry.line), of: entry)
                    let url = try ValueFormat<String>.url.read(entry.value)
                    dashboards.append(Configuration.Dashboard(deployment: label, url: url))
                }
                return dashboards
            },
            write: { dashboards in
                .map(dashboards.map { WrittenEntry(key: $0.deployment.label, value: .scalar($0.url)) })
            }
        )
    }
}

extension ValueFormat where Value == [Configuration.CommandPrefix] {
    static var commandPrefixes: ValueFormat {
        ValueFormat(
            typeName: "map of deployment to word",
            read: { raw throws(Mismatch) in
                if case .inline("") = raw.content { return [] }
                var prefixes: [Configuration.CommandPrefix] = []
                for entry in try raw.entries() {
                    let label = try Label.deployment(RawValue(.scalar(entry.key), line: entry.line), of: entry)
                    let prefix = try entry.value.singleWord()
                    let isWord = !prefix.contains { $0.isWhitespace || $0.isNewline }
                    guard (1...longestPrefix).contains(prefix.utf8.count), isWord else {
                        throw Mismatch(
                            "'\(prefix)' of '\(entry.key)' is not one word of 1 to \(longestPrefix) bytes, such as "
                                + "/packit", line: entry.value.line ?? entry.line)
                    }
                    prefixes.append(Configuration.CommandPrefix(deployment: label, prefix: prefix))
                }
                return prefixes
            },
            write: { prefixes in
                .map(prefixes.map { WrittenEntry(key: $0.deployment.label, value: .scalar($0.prefix)) })
            }
        )
    }

    private static var longestPrefix: Int { 64 }
}

extension ValueFormat where Value == [Configuration.AppKeyFile] {
    static var appKeys: ValueFormat {
        ValueFormat(
            typeName: "map of app slug to path",
            read: { raw throws(Mismatch) in
                if case .inline("") = raw.content { return [] }
                var keys: [Configuration.AppKeyFile] = []
                for entry in try raw.entries() {
                    let slug = try Label.checked(name: entry.key, line: entry.line)
                    let path = try ValueFormat<String>.path.read(entry.value)
                    keys.append(Configuration.AppKeyFile(slug: slug, path: path))
                }
                return keys
            },
            write: { keys in .map(keys.map { WrittenEntry(key: $0.slug, value: .scalar($0.path)) }) }
        )
    }
}

extension ValueFormat where Value == [Configuration.App] {
    /// `slug: prod`, or `slug: {deployment: prod, app_id: 123}`; inline `slug=prod` or `slug=prod:123`.
    static var apps: ValueFormat {
        ValueFormat(
            typeName: "map of app slug to deployment",
            read: { raw throws(Mismatch) in
                var apps: [Configuration.App] = []
                for entry in try raw.entries() {
                    let app = try app(entry)
                    if let id = app.appID, let other = apps.first(where: { $0.appID == id }) {
                        throw Mismatch(
                            "app_id \(id) is used for both '\(other.slug)' and '\(app.slug)'", line: entry.line)
                    }
                    apps.append(app)
                }
                guard !apps.isEmpty else { throw Mismatch("the map is empty; at least one App is required") }
                return apps
            },
            write: { apps in .map(apps.map(Self.written)) }
        )
    }

    private static func app(_ entry: RawValue.Entry) throws(Mismatch) -> Configuration.App {
        let slug = try Label.checked(name: entry.key, line: entry.line)
        switch entry.value.content {
        case .map(let fields):
            var deployment: Deployment?
            var appID: Int64?
            for field in fields {
                switch field.key {
                case "deployment": deployment = try Label.deployment(field.value, of: entry)
                case "app_id": appID = try identifier(field.value.singleWord(), of: slug, line: field.line)
                default:
                    throw Mismatch(
                        "'\(field.key)' is unknown for an App; known are deployment and app_id", line: field.line)
                }
            }
            guard let deployment else { throw Mismatch("'\(slug)' has no deployment", line: entry.line) }
            return Configuration.App(slug: slug, deployment: deployment, appID: appID)
        case .inline(let text):
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let deployment = try Label.deployment(RawValue(.scalar(parts[0])), of: entry)
            let appID: Int64? = parts.count > 1 ? try identifier(parts[1], of: slug, line: nil) : nil
            return Configuration.App(slug: slug, deployment: deployment, appID: appID)
        case .scalar, .list, .null:
            let deployment = try Label.deployment(entry.value, of: entry)
            return Configuration.App(slug: slug, deployment: deployment, appID: nil)
        }
    }

    private static func identifier(_ text: String, of slug: String, line: Int?) throws(Mismatch) -> Int64 {
        guard let number = Int64(text), number > 0 else {
            throw Mismatch("app_id '\(text)' of '\(slug)' is not a positive whole number", line: line)
        }
        return number
    }

    private static func written(_ app: Configuration.App) -> WrittenEntry {
        let label = WrittenValue.scalar(app.deployment.label)
        guard let appID = app.appID else { return WrittenEntry(key: app.slug, value: label) }
        let fields = [
            WrittenEntry(key: "deployment", value: label),
            WrittenEntry(key: "app_id", value: .scalar(String(appID))),
        ]
        return WrittenEntry(key: app.slug, value: .map(fields))
    }
}

/// Names of accounts and Apps, and the labels of their deployments.
private enum Label {
    static func checked(name: String, line: Int?) throws(Mismatch) -> String {
        guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
            throw Mismatch("'\(name)' is not a valid name", line: line)
        }
        return name
    }

    /// Restricted, because labels appear in series and links.
    static func deployment(_ value: RawValue, of entry: RawValue.Entry) throws(Mismatch) -> Deployment {
        guard case .scalar(let label) = value.asScalar.content else {
            throw Mismatch("'\(entry.key)' has no deployment", line: entry.line)
        }
        let isPlain = label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, (1...63).contains(label.utf8.count) else {
            throw Mismatch(
                "deployment '\(label)' of '\(entry.key)' is not 1 to 63 letters, digits, dots, dashes or underscores",
                line: value.line ?? entry.line)
        }
        return Deployment(label)
    }
}

extension RawValue {
    fileprivate var asScalar: RawValue {
        guard case .inline(let text) = content else { return self }
        return RawValue(.scalar(text), line: line)
    }
}
