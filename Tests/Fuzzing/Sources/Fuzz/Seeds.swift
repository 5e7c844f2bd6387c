import Foundation

@testable import SLOConfiguration
@testable import SLOCore
@testable import SLORecordings
@testable import SLOSources

/// Inputs to begin with, made from recordings: the fuzzer gets further from what is right than from nothing.
struct Seeds {
    private let folder: URL
    private var count = 0

    /// - Parameter folder: gets a folder for each property.
    static func write(recordings: [String], to folder: String) throws {
        var seeds = Seeds(folder: URL(filePath: folder))
        try seeds.writeTexts()
        for path in recordings { try seeds.write(recording: path) }
    }

    private mutating func write(recording path: String) throws {
        let reader = try RecordingReader(paths: [path])
        var deliveries: [RecordedDelivery] = []
        while let delivery = try reader.next() { deliveries.append(delivery) }
        try add(.recording, deliveries.prefix(2).flatMap(\.line))
        for delivery in deliveries { try write(delivery) }
        for view in 0..<Property.viewCount {
            try add(.pages, [UInt8(view)] + deliveries.prefix(6).map(Self.told).joined(separator: [0]))
        }
        try writeStates(after: deliveries)
    }

    private mutating func write(_ delivery: RecordedDelivery) throws {
        try add(.pages, [UInt8(count % Property.viewCount)] + Self.told(delivery))
        switch delivery.source {
        case .github:
            let event = Property.githubEvents.firstIndex { $0 == delivery.headers["X-GitHub-Event"] } ?? 0
            try add(.github, [UInt8(event)] + delivery.body)
            try add(.scrubbing, [0] + delivery.body)
        case .copr:
            try add(.copr, delivery.body)
            try add(.scrubbing, [1] + delivery.body)
        case .testingFarm:
            try add(.testingFarm, delivery.body)
            try add(.scrubbing, [2] + delivery.body)
        }
    }

    private static func told(_ delivery: RecordedDelivery) -> [UInt8] {
        let event = Property.githubEvents.firstIndex { $0 == delivery.headers["X-GitHub-Event"] } ?? 0
        let choice: UInt8 =
            switch delivery.source {
            case .github: UInt8(event)
            case .copr: 0x80
            case .testingFarm: 0xC0
            }
        return [choice] + delivery.body
    }

    /// What is kept of a ledger in the middle of a recording and at its end.
    private mutating func writeStates(after deliveries: [RecordedDelivery]) throws {
        guard let first = deliveries.first else { return }
        let start = Moment(virtual: first.receivedAt)
        var timeline = Timeline(ledger: Ledger(settings: LedgerSettings()), at: start)
        for delivery in deliveries {
            let observations = try Property.observations(of: delivery)
            try add(.stored, [0] + observations.stored)
            for observation in observations {
                timeline.observe(observation, at: Moment(virtual: delivery.receivedAt))
            }
            let rows = timeline.drain().effects.state
            timeline.confirm()
            var state: [UInt8] = []
            for row in rows {
                guard let value = row.value else { continue }
                try add(.stored, [row.key.table + 1] + value)
                guard value.count < 256 else { continue }
                state += [row.key.table, UInt8(row.key.key.count), UInt8(value.count)] + row.key.key + value
            }
            try add(.state, state)
        }
    }

    private mutating func writeTexts() throws {
        for name in ["rpm-build:fedora-rawhide-x86_64", "testing-farm:main:epel-9-x86_64:unit", "koji-build:f41"] {
            try add(.names, Array("\(name)\nfailure\nTests failed ...".utf8))
        }
        for place in Property.routes.indices { try add(.requests, [0x80 | UInt8(place)]) }
        for query in ["?limit=2&cursor=w1", "?before=9", "?page=p1-0-1e", "?repository=acme/rocket&kind=build"] {
            for place in Property.routes.indices { try add(.requests, [0x80 | UInt8(place)] + Array(query.utf8)) }
        }
        for query in ["", "?page=p1-0-1e", "?page=p2-0-0"] {
            try add(.requests, [0] + Array("/acme/rocket/pull/130\(query)".utf8))
        }
        try add(.signature, Array("sha256=\(String(repeating: "0aB", count: 21))9".utf8))
        try add(.headers, Array("application/json\npull_request\nf1b0-4711\nintegration\n29180".utf8))
        try add(.headers, Array("application/x-www-form-urlencoded; charset=utf-8\nping\nx\n\n".utf8))
        try add(.rules, Array(RuleBook.builtInText.utf8))
        try add(.configuration, Array(Self.configured.effectiveYAML.utf8))
        for setting in Settings.all(of: Self.configured) {
            let name = setting.environmentName.dropFirst(Setting.environmentPrefix.count)
            guard let value = setting.written(Self.configured) else { continue }
            try add(.variables, Array("\(name)=\(Self.inline(value))".utf8))
            try add(.configuration, Array("\(setting.name): \(YAMLText.flow(value))\n".utf8))
        }
    }

    private static func inline(_ value: WrittenValue) -> String {
        switch value {
        case .scalar(let text): text
        case .list(let items): items.joined(separator: ",")
        case .map(let entries): entries.map { "\($0.key)=\(inline($0.value))" }.joined(separator: ",")
        case .nothing: "null"
        }
    }

    /// With every key of an objective, and without a default one.
    private static let configured: Configuration = {
        var configuration = Configuration()
        configuration.objectives.list.removeLast()
        if let name = Objective.Name(rawValue: "quick") {
            let selection = ObjectiveSelection(
                repositories: ["acme/*"], branches: ["main"], chroots: ["fedora-*"], names: ["rpm-build:*"],
                identifiers: ["unit"])
            configuration.objectives.list.append(
                Objective(
                    name, .buildStart, target: 0.9, deadline: .minutes(5), selection: selection,
                    description: "Builds start"))
        }
        return configuration
    }()

    private init(folder: URL) {
        self.folder = folder
    }

    private mutating func add(_ property: Property, _ input: [UInt8]) throws {
        count += 1
        let place = folder.appending(path: property.name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(input).write(to: place.appending(path: "seed-\(count)"))
    }
}
