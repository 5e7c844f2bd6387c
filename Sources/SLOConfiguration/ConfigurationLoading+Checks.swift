import SLOCore

/// Checks that concern several values, and files.
extension ConfigurationLoading {
    mutating func check() {
        checkTLS()
        checkFedoraMessaging()
        checkCluster()
        checkGitHubApp()
        checkCommandPrefixes()
        checkDeploymentRank()
        checkTimes()
        if configuration.http.maxBufferedBytes < configuration.http.maxBodyBytes {
            let (all, one) = (configuration.http.maxBufferedBytes, configuration.http.maxBodyBytes)
            fail(
                "http.max_buffered_bytes",
                "\(SizeText.text(all)) is less than http.max_body_bytes, \(SizeText.text(one))")
        }
        checkAddresses()
        warnOfShortSecrets()
        warnOfMissingSources()
    }

    /// An objective may wait for a source that is to be configured later.
    private mutating func warnOfMissingSources() {
        let missing = configuration.missingSources
        for objective in configuration.objectives.list {
            guard let source = objective.indicator.source, missing.values.allSatisfy({ $0.contains(source) }) else {
                continue
            }
            let keys = source.settings.joined(separator: " or ")
            warnings.append(
                "\(ObjectiveKey.path(objective.name)): an objective of \(objective.indicator.rawValue) has no event "
                    + "unless \(keys) is set")
        }
    }

    private mutating func checkAddresses() {
        let listen = configuration.http.listen
        guard let operations = configuration.http.operationsListen, operations.port == listen.port, listen.port != 0
        else { return }
        if operations == listen {
            fail("http.operations_listen", "\(listen) equals http.listen; leave it out to use one address")
        } else if operations.covers(listen) || listen.covers(operations) {
            fail("http.operations_listen", "\(operations) uses the port of http.listen, \(listen); choose another port")
        }
    }

    private mutating func checkTLS() {
        let tls = configuration.http.tls
        if tls.certificateFile != nil, tls.privateKeyFile == nil {
            fail("http.tls.certificate_file", "requires http.tls.private_key_file")
        }
        if tls.privateKeyFile != nil, tls.certificateFile == nil {
            fail("http.tls.private_key_file", "requires http.tls.certificate_file")
        }
        for (key, path) in [
            ("http.tls.certificate_file", tls.certificateFile), ("http.tls.private_key_file", tls.privateKeyFile),
        ] {
            if let path, let reason = TextFile.whyUnreadable(path) { fail(key, "\(path) \(reason)") }
        }
        if let key = tls.privateKeyFile, TextFile.isReadableByEveryone(key) {
            warnings.append("http.tls.private_key_file: all users of this machine can read \(key)")
        }
        for path in configuration.rules.files {
            if let reason = TextFile.whyUnreadable(path) { fail("rules.files", "\(path) \(reason)") }
        }
    }

    private mutating func checkGitHubApp() {
        let github = configuration.github
        if github.appID != nil, github.appPrivateKeyFile == nil {
            fail("github.app_id", "requires github.app_private_key_file")
        }
        if github.appPrivateKeyFile != nil, github.appID == nil {
            fail("github.app_private_key_file", "requires github.app_id")
        }
        if github.redeliver, github.appID == nil {
            fail("github.redeliver", "requires github.app_id and github.app_private_key_file")
        }
        if let path = github.appPrivateKeyFile { checkPrivateKey(path, of: "github.app_private_key_file") }
        checkAppKeys()
        let isLocal = ["//127.0.0.1", "//localhost", "//[::1]"].contains { github.apiURL.contains($0) }
        if github.apiURL.lowercased().hasPrefix("http:"), !isLocal {
            fail("github.api_url", "\(github.apiURL) would send the App's token unencrypted; use https")
        }
    }

    private mutating func checkAppKeys() {
        let key = "github.app_keys"
        let github = configuration.github
        for file in github.appKeys {
            guard let app = github.apps.first(where: { $0.slug == file.slug }) else {
                let hint = Spelling.suggestion(for: file.slug, in: github.apps.map(\.slug))
                fail(key, "'\(file.slug)' is no App in github.apps\(hint)")
                continue
            }
            if app.appID == nil {
                fail(
                    key,
                    "'\(file.slug)' has no app_id in github.apps; write \(file.slug): {deployment: "
                        + "\(app.deployment.label), app_id: …} there")
            }
            checkPrivateKey(file.path, of: key)
        }
    }

    private mutating func checkDeploymentRank() {
        let known = configuration.deployments.map(\.label)
        var seen: Set<String> = []
        for label in configuration.deploymentRank {
            if !known.contains(label) {
                fail(
                    "deployments",
                    "'\(label)' is no deployment; github.apps and copr.users name \(known.joined(separator: ", "))"
                        + Spelling.suggestion(for: label, in: known))
            } else if !seen.insert(label).inserted {
                fail("deployments", "'\(label)' is named twice")
            }
        }
    }

    /// The defaults name deployments that another configuration of Apps may not have.
    private mutating func checkCommandPrefixes() {
        let key = "commands.prefixes"
        let known = configuration.deployments.map(\.label)
        guard isSet(key) else {
            configuration.commands.prefixes.removeAll { !known.contains($0.deployment.label) }
            return
        }
        for prefix in configuration.commands.prefixes where !known.contains(prefix.deployment.label) {
            let label = prefix.deployment.label
            fail(
                key,
                "'\(label)' is no deployment; github.apps and copr.users name \(known.joined(separator: ", "))"
                    + Spelling.suggestion(for: label, in: known))
        }
    }

    private mutating func checkPrivateKey(_ path: String, of key: String) {
        do {
            let text = try TextFile.read(path, maxBytes: 65_536)
            guard text.contains("PRIVATE KEY-----") else {
                fail(key, "\(path) contains no private key in PEM format")
                return
            }
            if TextFile.isReadableByEveryone(path) {
                warnings.append("\(key): all users of this machine can read \(path)")
            }
        } catch {
            fail(key, "\(path) \(error.reason)")
        }
    }

    private mutating func checkTimes() {
        checkHorizon()
        let windows =
            [(ObjectiveKey.window, configuration.objectives.window)]
            + configuration.objectives.list.compactMap { objective in
                objective.window.map { (ObjectiveKey.path(objective.name, "window"), $0) }
            }
        let keep = configuration.history.keep
        for (key, window) in windows where keep < window {
            fail(
                "history.keep", "\(DurationText.text(keep)) is shorter than \(key), \(DurationText.text(window))")
        }
    }

    /// The mission's own series follow a default objective's deadline also where it is left out.
    private mutating func checkHorizon() {
        let (objectives, horizon) = (configuration.objectives, configuration.jobs.horizon)
        let leftOut = Objective.defaults.filter { objectives[$0.name] == nil }
        let deadlines =
            objectives.list.map { (ObjectiveKey.path($0.name, "deadline"), $0.deadline) }
            + leftOut.map { ("the default of \(ObjectiveKey.path($0.name, "deadline"))", $0.deadline) }
        for (name, deadline) in deadlines where horizon <= deadline {
            fail(
                "jobs.horizon",
                "\(DurationText.text(horizon)) is not longer than \(name), \(DurationText.text(deadline))")
        }
    }
}
