extension ConfigurationLoading {
    private static let keys = [
        "config_file", "url", "queue", "durable", "exchange", "topics", "heartbeat", "tls.ca_file",
        "tls.certificate_file", "tls.private_key_file",
    ].map { "fedora_messaging." + $0 }

    /// Adds problems with combinations of values and with missing ones.
    mutating func checkFedoraMessaging() {
        let bus = configuration.fedoraMessaging
        #if !FedoraMessaging
        for key in ["fedora_messaging.url", "fedora_messaging.config_file"] where places[key] != nil {
            fail(
                key,
                "this packit-slo was built without Fedora Messaging; build it with the package trait FedoraMessaging, "
                    + "which is the default of swift build, or leave the key out")
        }
        #endif
        guard let url = bus.url else {
            for key in Self.keys where places[key] != nil {
                warnings.append("\(key) has no effect, because there is no fedora_messaging.url")
            }
            return
        }
        if bus.queue == nil {
            fail(
                "fedora_messaging.queue",
                "is required with fedora_messaging.url; Fedora's broker requires a UUID, which uuidgen generates")
        }
        checkFedoraMessagingTLS(url)
        if case .file(let path, _) = places["fedora_messaging.url"], !url.password.bytes.isEmpty,
            TextFile.isReadableByEveryone(path)
        {
            warnings.append(
                "fedora_messaging.url: it contains a password, and all users of this machine can read \(path)")
        }
    }

    private mutating func checkFedoraMessagingTLS(_ url: BrokerURL) {
        let tls = configuration.fedoraMessaging.tls
        let files = [
            ("fedora_messaging.tls.ca_file", tls.caFile),
            ("fedora_messaging.tls.certificate_file", tls.certificateFile),
            ("fedora_messaging.tls.private_key_file", tls.privateKeyFile),
        ]
        for (key, path) in files {
            guard let path else { continue }
            if !url.usesTLS { fail(key, "needs a fedora_messaging.url that begins with amqps://") }
            if let reason = TextFile.whyUnreadable(path) { fail(key, "\(path) \(reason)") }
        }
        if tls.certificateFile != nil, tls.privateKeyFile == nil {
            fail("fedora_messaging.tls.certificate_file", "requires fedora_messaging.tls.private_key_file")
        }
        if let key = tls.privateKeyFile {
            if tls.certificateFile == nil {
                fail("fedora_messaging.tls.private_key_file", "requires fedora_messaging.tls.certificate_file")
            }
            if TextFile.isReadableByEveryone(key) {
                warnings.append("fedora_messaging.tls.private_key_file: all users of this machine can read \(key)")
            }
        }
    }
}
