import SLOCore

extension ConfigurationLoading {
    /// More than any set of secrets needs.
    private static let maxSecretFileBytes = 1 << 20

    /// Reads the files with secrets. Messages contain nothing of their content.
    mutating func readSecretFiles() {
        for source in Source.allCases {
            readSecrets("\(source.section).webhook_secrets_file", Configuration.webhookSecretList(of: source))
        }
        readSecrets("testing_farm.tokens_file", \.testingFarm.tokens)
        readSecrets("api.tokens_file", \.api.tokens)
        readSecrets("testing_farm.api_token_file", \.testingFarm.apiToken)
    }

    private mutating func readSecrets(_ key: String, _ list: WritableKeyPath<Configuration, SecretList>) {
        guard let path = configuration[keyPath: list].file else { return }
        let text: String
        do {
            text = try TextFile.read(path, maxBytes: Self.maxSecretFileBytes)
        } catch {
            fail(key, "\(path) \(error.reason)")
            return
        }
        let lines = Self.lines(of: text)
        if let comment = lines.first(where: { $0.text.first == UInt8(ascii: "#") }) {
            let number = String(comment.number)
            fail(
                key, "line \(number) of \(path) begins with '#': comments are not allowed in this file; remove the line"
            )
        }
        if lines.isEmpty { fail(key, "\(path) contains no secret") }
        configuration[keyPath: list].fromFile = lines.map { Secret(bytes: Array($0.text)) }
        if TextFile.isReadableByEveryone(path) {
            warnings.append("\(key): all users of this machine can read \(path)")
        }
    }

    /// Shorter ones can be guessed by whoever has a signed delivery.
    private static let leastSecretBytes = 16

    /// Warns of secrets that are too short to authenticate anybody.
    mutating func warnOfShortSecrets() {
        let lists =
            Source.allCases.map {
                ("\($0.section).webhook_secrets", configuration[keyPath: Configuration.webhookSecretList(of: $0)])
            } + [
                ("testing_farm.tokens", configuration.testingFarm.tokens), ("api.tokens", configuration.api.tokens),
            ]
        for (key, list) in lists {
            for (key, secrets) in [(key, list.inline), (key + "_file", list.fromFile)]
            where secrets.contains(where: { $0.bytes.count < Self.leastSecretBytes }) {
                warnings.append(
                    "\(key): a secret is shorter than \(Self.leastSecretBytes) bytes and can be guessed; use the output "
                        + "of `openssl rand -hex 32`")
            }
        }
    }

    /// The lines that are not blank, without surrounding white space. A line ends with LF or CRLF; Unicode's other line
    /// ends may be part of a secret.
    private static func lines(of text: String) -> [(number: Int, text: ArraySlice<UInt8>)] {
        let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            let text = trimmed(line)
            return text.isEmpty ? nil : (index + 1, text)
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        while let first = line.first, isBlank(first) { line.removeFirst() }
        while let last = line.last, isBlank(last) { line.removeLast() }
        return line
    }
}
