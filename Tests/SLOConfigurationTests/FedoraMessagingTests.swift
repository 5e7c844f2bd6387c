import SLOConfiguration
import SLOCore
import Testing

#if FedoraMessaging
@Suite struct `Configuring Fedora Messaging` {
    private let folder: ScratchFolder
    private static let queue = "4fbd9ca9-1d2c-4c2b-8b8e-3a7de5d1f9a5"
    private static let url = "amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub"

    init() throws {
        folder = try ScratchFolder()
    }

    @Test func `It is off without a url`() throws {
        let loaded = try load("")
        #expect(loaded.configuration.fedoraMessaging.url == nil)
        #expect(
            try load("fedora_messaging.queue: a").warnings
                == ["fedora_messaging.queue has no effect, because there is no fedora_messaging.url"])
    }

    @Test func `Fedora's public broker is an address like others`() throws {
        let bus = try load("fedora_messaging: {url: '\(Self.url)', queue: \(Self.queue)}").configuration.fedoraMessaging
        let url = try #require(bus.url)
        #expect(url.usesTLS)
        #expect((url.host, url.port) == ("rabbitmq.fedoraproject.org", 5671))
        #expect((url.user, url.password.text, url.virtualHost) == ("fedora", "", "/public_pubsub"))
        #expect(bus.queue == Self.queue)
        #expect(bus.exchange == "amq.topic")
    }

    @Test(arguments: [
        ("amqp://localhost", "guest", "guest", "localhost", 5672, "/"),
        ("amqp://a@[::1]:99/", "a", "", "::1", 99, "/"),
        ("amqps://a%40b:c%2Fd@host/e%20f", "a@b", "c/d", "host", 5671, "e f"),
    ])
    func `An address has its parts`(
        text: String, user: String, password: String, host: String, port: Int, virtualHost: String
    ) throws {
        let loaded = try load("fedora_messaging: {url: '\(text)', queue: a}").configuration
        let url = try #require(loaded.fedoraMessaging.url)
        #expect((url.user, url.password.text, url.host) == (user, password, host))
        #expect((url.port, url.virtualHost) == (port, virtualHost))
        // What is printed is the same address, with a mask for the password.
        let again = try #require(try load(loaded.effectiveYAML).configuration.fedoraMessaging.url)
        #expect((again.user, again.host, again.port) == (user, host, port))
        #expect(again.virtualHost == virtualHost)
        #expect(again.description == url.description)
    }

    @Test func `A password is nowhere to be seen`() throws {
        let loaded = try load("fedora_messaging: {url: 'amqp://a:hush@host', queue: a}").configuration
        #expect(!loaded.effectiveYAML.contains("hush"))
        #expect(!"\(loaded)".contains("hush"))
        for text in ["http://a:hush@host", "amqp://a:hush@", "amqp://a:hush@host/a/b", "amqp://a:hush@host?b=c"] {
            let complaints = try complaints("fedora_messaging: {url: '\(text)', queue: a}")
            #expect(complaints.count == 1)
            #expect(complaints[0].hasPrefix("slo.yaml:1: fedora_messaging.url: is not the address of a broker"))
            #expect(!complaints[0].contains("hush"))
        }
    }

    @Test func `What is missing, and what does not go together, is named`() throws {
        #expect(
            try complaints("fedora_messaging.url: amqp://host") == [
                "fedora_messaging.queue: is required with fedora_messaging.url; Fedora's broker requires a UUID,"
                    + " which uuidgen generates"
            ])
        let file = try folder.file("a.pem", "")
        #expect(
            try complaints("fedora_messaging: {url: amqp://host, queue: a, tls: {ca_file: \(file)}}") == [
                "slo.yaml:1: fedora_messaging.tls.ca_file: needs a fedora_messaging.url that begins with amqps://"
            ])
        #expect(
            try complaints("fedora_messaging: {url: amqps://host, queue: a, tls: {certificate_file: \(file)}}") == [
                "slo.yaml:1: fedora_messaging.tls.certificate_file: requires fedora_messaging.tls.private_key_file"
            ])
        #expect(
            try complaints("fedora_messaging: {url: amqps://host, queue: a, tls: {ca_file: /nowhere}}") == [
                "slo.yaml:1: fedora_messaging.tls.ca_file: /nowhere does not exist"
            ])
    }

    @Test func `Fedora Messaging's own file says what is not said here`() throws {
        let ca = try folder.file("ca.pem", "")
        let toml = try folder.file(
            "fedora.toml",
            """
            amqp_url = "\(Self.url)"
            callback = "fedora_messaging.example:printer"
            [tls]
            ca_cert = "\(ca)"
            [queues."\(Self.queue)"]
            durable = true
            arguments = {}
            [[bindings]]
            queue = "\(Self.queue)"
            exchange = "own.topic"
            routing_keys = ["a.#", "b.*"]
            [[bindings]]
            exchange = "own.topic"
            routing_keys = ["b.*", "c"]
            [[bindings]]
            queue = "another"
            exchange = "another"
            routing_keys = ["d"]
            """)
        let bus = try load("fedora_messaging.config_file: \(toml)").configuration.fedoraMessaging
        #expect(bus.url?.description == "amqps://fedora@rabbitmq.fedoraproject.org:5671/%2Fpublic_pubsub")
        #expect(bus.queue == Self.queue)
        #expect(bus.isQueueDurable)
        #expect(bus.exchange == "own.topic")
        #expect(bus.topics == ["a.#", "b.*", "c"])
        #expect(bus.tls.caFile == ca)

        // The same here is no conflict, and another is one, by the key's name.
        let both = "fedora_messaging: {config_file: \(toml), "
        #expect(try complaints(both + "queue: \(Self.queue), exchange: own.topic}") == [])
        #expect(
            try complaints(both + "exchange: amq.topic, queue: mine, url: 'amqps://host'}") == [
                "slo.yaml:1: fedora_messaging.url: it differs from the one in \(toml) (fedora_messaging.config_file);"
                    + " leave one of them out",
                "slo.yaml:1: fedora_messaging.queue: it is mine here, but \(toml) has \(Self.queue)",
                "slo.yaml:1: fedora_messaging.exchange: it differs from the one in \(toml) (fedora_messaging.config_file);"
                    + " leave one of them out",
            ])
    }

    @Test(arguments: [
        ("a = ", "is not TOML: line 1, column"), ("queues = 7", "is not a configuration of Fedora Messaging: queues"),
        ("amqp_url = 'http://a:hush@b'", "is not the address of a broker"),
    ])
    func `A file that is none is refused without its content`(content: String, complaint: String) throws {
        let toml = try folder.file("fedora.toml", content)
        let complaints = try complaints("fedora_messaging.config_file: \(toml)")
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains("fedora_messaging.config_file: ") == true)
        #expect(complaints.first?.contains(complaint) == true, "\(complaints)")
        #expect(complaints.first?.contains("hush") == false)
    }

    @Test func `Of several queues or exchanges one has to be named`() throws {
        let queues = try folder.file("queues.toml", "amqp_url = 'amqp://host'\n[queues.a]\n[queues.b]\n")
        #expect(
            try complaints("fedora_messaging.config_file: \(queues)").first
                == "fedora_messaging.queue: \(queues) has 2 queues; name the one to consume")
        #expect(try complaints("fedora_messaging: {config_file: \(queues), queue: b}") == [])
        let exchanges = try folder.file(
            "exchanges.toml",
            """
            amqp_url = 'amqp://host'
            bindings = [{exchange = "one", routing_keys = ["a"]}, {exchange = "two", routing_keys = ["a"]}]
            """)
        #expect(
            try complaints("fedora_messaging: {config_file: \(exchanges), queue: b}").first
                == "fedora_messaging.exchange: \(exchanges) binds the queue to several exchanges, one, two; only one is supported"
        )
    }
}
#else
@Suite struct `Without Fedora Messaging` {
    @Test(arguments: ["url: amqp://host", "config_file: fedora.toml"])
    func `A configuration that asks for it is refused`(line: String) throws {
        let complaint = try complaints("fedora_messaging: {\(line), queue: a}").first
        #expect(complaint?.contains("this packit-slo was built without Fedora Messaging") == true)
    }
}
#endif
