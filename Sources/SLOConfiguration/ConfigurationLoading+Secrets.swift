extension ConfigurationLoading {
    /// Far more than any set of secrets needs.
    private static let maxSecretFileBytes = 1 << 20

    /// Reads the files that hold secrets. None of their content ever gets into a message.
    mutating func readSecretFiles() {
        readSecrets("github.webhook_secrets_file", \.github.webhookSecrets)
        readSecrets("copr.webhook_secrets_file", \.copr.webhookSecrets)
        readSecrets("testing_farm.webhook_secrets_file", \.testingFarm.webhookSecrets)
        readSecrets("testing_farm.tokens_file", \.testingFarm.tokens)
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
        let secrets = text.split(whereSeparator: \.isNewline).map(Self.trimmed).filter { !$0.isEmpty }
        if secrets.isEmpty { fail(key, "\(path) holds no secret") }
        configuration[keyPath: list].fromFile = secrets.map { Secret(String($0)) }
        if TextFile.isReadableByEveryone(path) {
            warnings.append("\(key): everyone on this machine can read \(path)")
        }
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while line.first?.isWhitespace == true { line.removeFirst() }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }
}
