internal import SLOCore

extension JobLink {
    /// Parses `{dashboard}/jobs/{job}/{id}` and the older `{dashboard}/results/{job}/{id}`; `nil` for other URLs.
    init?(url: UnsafeBufferPointer<UInt8>) {
        for folder in [Self.jobs, Self.results] {
            guard let start = TextSearch.end(of: folder, in: url) else { continue }
            let rest = url[start...]
            let job = rest.prefix { $0 != UInt8(ascii: "/") }
            let digits = rest[job.endIndex...].dropFirst().prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard !job.isEmpty, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
                let id = Int64(String(decoding: digits, as: UTF8.self))
            else { continue }
            self.init(job: Self.job(String(decoding: job, as: UTF8.self)), id: id)
            return
        }
        return nil
    }

    private static let jobs = Array("/jobs/".utf8)
    private static let results = Array("/results/".utf8)

    /// The older pages use other names for the same jobs.
    private static func job(_ name: String) -> Job {
        switch name {
        case "copr-builds": .copr
        case "srpm-builds": .srpm
        default: Job(rawValue: name) ?? .other
        }
    }
}

/// The page of an App: `{host}/apps/{slug}`, on GitHub Enterprise Server `{host}/github-apps/{slug}`.
enum AppPage {
    static func slug(inURL url: UnsafeBufferPointer<UInt8>) -> String? {
        for folder in [apps, githubApps] {
            guard let start = TextSearch.end(of: folder, in: url) else { continue }
            let slug = url[start...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            if !slug.isEmpty { return String(decoding: slug, as: UTF8.self) }
        }
        return nil
    }

    private static let apps = Array("/apps/".utf8)
    private static let githubApps = Array("/github-apps/".utf8)
}

/// Finds the Testing Farm request in Packit's links to its artifacts.
enum RequestLink {
    /// In a check run's summary, a Markdown table with a row `| Testing Farm | https://artifacts…/{id} |`.
    static func requestID(inSummary summary: UnsafeBufferPointer<UInt8>) -> String? {
        guard let start = TextSearch.end(of: row, in: summary) else { return nil }
        return firstUUID(in: summary[start...].prefix { $0 != UInt8(ascii: "\n") })
    }

    /// In the URL of the artifacts, to which Packit links if it has no page of its own.
    static func requestID(inURL url: UnsafeBufferPointer<UInt8>) -> String? {
        TextSearch.end(of: host, in: url).flatMap { firstUUID(in: url[$0...]) }
    }

    private static let row = Array("| Testing Farm |".utf8)
    private static let host = Array("://artifacts".utf8)

    private static func firstUUID(in text: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        var rest = text
        while rest.count >= 36 {
            if isUUID(rest.prefix(36)) { return String(decoding: rest.prefix(36), as: UTF8.self).lowercased() }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func isUUID(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        for (index, byte) in text.enumerated() {
            switch index {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default: if PercentEncoding.hexDigit(byte) == nil { return false }
            }
        }
        return true
    }
}

enum TextSearch {
    /// Where the text after the first `part` begins.
    static func end(of part: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count >= part.count else { return nil }
        for start in 0...(text.count - part.count) where text[start] == part[0] {
            if text[start..<(start + part.count)].elementsEqual(part) { return start + part.count }
        }
        return nil
    }
}
