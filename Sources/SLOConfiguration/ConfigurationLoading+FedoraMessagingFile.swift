#if FedoraMessaging
internal import TOMLKit
#endif

// Consumers of Fedora Messaging already have a configuration file, which can be used here.

extension ConfigurationLoading {
    /// Takes settings that are not set here from a configuration file of Fedora Messaging. A setting in both must be
    /// equal.
    mutating func readFedoraMessagingFile() {
        #if FedoraMessaging
        guard let path = configuration.fedoraMessaging.configFile else { return }
        let file: FedoraMessagingFile
        do throws(TextFile.Unreadable) {
            file = try FedoraMessagingFile(path: path)
        } catch {
            return fail("fedora_messaging.config_file", "\(path) \(error.reason)")
        }
        if let text = file.url {
            if let url = BrokerURL(text) {
                take(url as BrokerURL?, for: "fedora_messaging.url", \.url, from: path)
            } else {
                fail("fedora_messaging.config_file", "amqp_url in \(path) \(BrokerURL.expected)")
            }
        }
        let tls: [(key: String, path: String?, place: WritableKeyPath<Configuration.FedoraMessaging, String?>)] = [
            ("fedora_messaging.tls.ca_file", file.tls?.caFile, \.tls.caFile),
            ("fedora_messaging.tls.certificate_file", file.tls?.certificateFile, \.tls.certificateFile),
            ("fedora_messaging.tls.private_key_file", file.tls?.privateKeyFile, \.tls.privateKeyFile),
        ]
        for (key, file, place) in tls where file != nil { take(file, for: key, place, from: path) }
        takeQueue(of: file, at: path)
        takeBindings(of: file, at: path)
        #endif
    }

    #if FedoraMessaging
    private mutating func takeQueue(of file: FedoraMessagingFile, at path: String) {
        let declared = file.queues ?? [:]
        if let chosen = configuration.fedoraMessaging.queue {
            guard declared.isEmpty || declared[chosen] != nil else {
                let names = declared.keys.sorted().joined(separator: ", ")
                return fail("fedora_messaging.queue", "it is \(chosen) here, but \(path) has \(names)")
            }
        } else if declared.count > 1 {
            return fail(
                "fedora_messaging.queue", "\(path) has \(declared.count) queues; name the one to consume")
        }
        guard let queue = configuration.fedoraMessaging.queue ?? declared.keys.first else { return }
        configuration.fedoraMessaging.queue = queue
        if let isDurable = declared[queue]?.durable {
            take(isDurable, for: "fedora_messaging.durable", \.isQueueDurable, from: path)
        }
    }

    private mutating func takeBindings(of file: FedoraMessagingFile, at path: String) {
        let queue = configuration.fedoraMessaging.queue
        let bindings = (file.bindings ?? []).filter { $0.queue == nil || $0.queue == queue }
        let exchanges = Set(bindings.compactMap(\.exchange))
        if exchanges.count > 1 {
            let names = exchanges.sorted().joined(separator: ", ")
            fail(
                "fedora_messaging.exchange",
                "\(path) binds the queue to several exchanges, \(names); only one is supported")
        } else if let exchange = exchanges.first {
            take(exchange, for: "fedora_messaging.exchange", \.exchange, from: path)
        }
        var topics: [String] = []
        for topic in bindings.flatMap({ $0.routingKeys ?? [] }) where !topics.contains(topic) { topics.append(topic) }
        if !topics.isEmpty { take(topics, for: "fedora_messaging.topics", \.topics, from: path) }
    }

    private mutating func take<Value: Equatable>(
        _ value: Value, for key: String, _ place: WritableKeyPath<Configuration.FedoraMessaging, Value>,
        from path: String
    ) {
        if places[key] == nil {
            configuration.fedoraMessaging[keyPath: place] = value
        } else if configuration.fedoraMessaging[keyPath: place] != value {
            fail(
                key, "it differs from the one in \(path) (fedora_messaging.config_file); leave one of them out")
        }
    }

    #endif
}

#if FedoraMessaging

/// The used part of a Fedora Messaging configuration. The rest concerns its own consumers.
private struct FedoraMessagingFile: Decodable {
    struct TLS: Decodable {
        var caFile: String?
        var certificateFile: String?
        var privateKeyFile: String?

        enum CodingKeys: String, CodingKey {
            case caFile = "ca_cert"
            case certificateFile = "certfile"
            case privateKeyFile = "keyfile"
        }
    }

    struct Queue: Decodable {
        var durable: Bool?
    }

    struct Binding: Decodable {
        var queue: String?
        var exchange: String?
        var routingKeys: [String]?

        enum CodingKeys: String, CodingKey {
            case queue, exchange
            case routingKeys = "routing_keys"
        }
    }

    var url: String?
    var tls: TLS?
    var queues: [String: Queue]?
    var bindings: [Binding]?

    enum CodingKeys: String, CodingKey {
        case url = "amqp_url"
        case tls, queues, bindings
    }

    private static let maxBytes = 1 << 20

    init(path: String) throws(TextFile.Unreadable) {
        let text = try TextFile.read(path, maxBytes: Self.maxBytes)
        do {
            self = try TOMLDecoder().decode(Self.self, from: text)
        } catch let error as TOMLParseError {
            throw TextFile.Unreadable(
                reason: "is not TOML: line \(error.source.begin.line), column \(error.source.begin.column)")
        } catch let error as DecodingError {
            throw TextFile.Unreadable(reason: "is not a configuration of Fedora Messaging: \(Self.place(of: error))")
        } catch {
            throw TextFile.Unreadable(reason: "is not a configuration of Fedora Messaging")
        }
    }

    /// The key only, because values may be secret.
    private static func place(of error: DecodingError) -> String {
        let path: [any CodingKey]
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            path = context.codingPath
        @unknown default:
            path = []
        }
        return path.map(\.stringValue).joined(separator: ".") + " is invalid"
    }
}

#endif
