import SLOCore
import SLORecordings
import Testing

private func line(_ second: Int, _ body: String) -> String {
    RecordedDelivery(receivedAt: Timestamp(seconds: Int64(second)), source: .copr, body: Array(body.utf8))
        .line.reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) }
}

private func bodies(_ paths: [String]) throws -> String {
    let reader = try RecordingReader(paths: paths)
    var bodies = ""
    while let delivery = try reader.next() { bodies += String(decoding: delivery.body, as: UTF8.self) }
    return bodies
}

private func complaint(_ paths: [String]) -> String? {
    do {
        _ = try bodies(paths)
        return nil
    } catch {
        return "\(error)"
    }
}

@Suite struct `Reading recordings` {
    @Test func `A folder's recordings are read in the order of their names, other files are not`() throws {
        let folder = try ScratchFolder()
        _ = try folder.file("2.jsonl", line(1, "c"))
        _ = try folder.file("1.jsonl", line(1, "a") + line(2, "b"))
        _ = try folder.file("readme.md", "x")
        #expect(try bodies([folder.path]) == "abc")
    }

    @Test func `Several paths are merged by time of receipt, at the same time in the order given`() throws {
        let folder = try ScratchFolder()
        let github = try folder.file("github", line(1, "a") + line(3, "d") + line(5, "f"))
        let copr = try folder.file("copr", line(1, "b") + line(2, "c") + line(4, "e"))
        #expect(try bodies([github, copr]) == "abcdef")
        #expect(try bodies([copr, github]) == "bacdef")
    }

    @Test func `Within a path the clock never goes back`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("a", line(5, "a") + line(3, "b") + line(6, "c"))
        let reader = try RecordingReader(paths: [path])
        var times: [Int64] = []
        while let delivery = try reader.next() { times.append(delivery.receivedAt.seconds) }
        #expect(times == [5, 5, 6])
        #expect(reader.clockStepsBack == 1)
    }

    @Test func `Blank lines, carriage returns and a missing last line feed do not matter`() throws {
        let folder = try ScratchFolder()
        let text = "\n\r\n" + line(1, "a").dropLast() + "\r\n  \n" + line(2, "b").dropLast()
        #expect(try bodies([try folder.file("a", String(text))]) == "ab")
        #expect(try bodies([try folder.file("empty", "")]) == "")
    }

    @Test func `Lines longer than the buffer are read whole`() throws {
        let folder = try ScratchFolder()
        let long = String(repeating: "long\n", count: 1_000_000)
        let path = try folder.file("a", line(1, "a") + line(2, long) + line(3, "b"))
        #expect(try bodies([path]) == "a" + long + "b")
    }

    @Test func `A line beyond the limit is refused with its number`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("a", Array(line(1, "a").utf8) + [UInt8](repeating: 0x20, count: 65 << 20))
        #expect(complaint([path]) == "\(path):2: is longer than 64 MiB")
    }

    @Test(arguments: [
        (#"[]"#, "is not a JSON object"),
        (#"{"source":"copr","body":""}"#, "has no received_at"),
        (#"{TIME,"body":""}"#, "has no source"),
        (#"{TIME,"source":"copr"}"#, "has neither body nor body_base64"),
        (#"{TIME,"source":"copr","body":"","body_base64":""}"#, "has body twice"),
        (#"{TIME,TIME}"#, "has received_at twice"),
        (#"{TIME,"source":"gitlab"}"#, "source 'gitlab' is not one of github, copr, testing-farm"),
        (
            #"{"received_at":"yesterday"}"#,
            "received_at 'yesterday' is not a time like 2026-11-22T10:00:00.123Z"
        ),
        (#"{"headers":[]}"#, "headers is not an object"),
        (#"{"headers":{"A":1}}"#, "header A is not a string"),
        (#"{"body_base64":"*"}"#, "body_base64 is not base64"),
        (#"{"body":"a"#, "is not JSON: a string is not closed"),
        (#"{"body":"a\"#, "is not JSON: a string is not closed"),
        (#"{"body":"\u12"#, "is not JSON: a string is not closed"),
        (#"{"body":"\ud83d"}"#, "is not JSON: a surrogate pair is incomplete"),
        (#"{"body":"\ude00\ud83d"}"#, "is not JSON: a surrogate pair is incomplete"),
        (#"{"body":"\ud83d\u0041"}"#, "is not JSON: a surrogate pair is incomplete"),
        (#"{"body":"\u12x4"}"#, "is not JSON: '\\u' needs four hexadecimal digits"),
        (#"{"body":"\x"}"#, "is not JSON: '\\x' is not a valid escape"),
        ("{\"body\":\"\u{1}\"}", "is not JSON: a string contains a control character"),
        (#"{"body" "a"}"#, "is not JSON: ':' is missing at column 9"),
        (#"{"body":"a","#, "is not JSON: it ends where '\"' is missing"),
        (#"{"x":tru}"#, "is not JSON: 'true' is missing at column 9"),
        (#"{"x":}"#, "is not JSON: a value is missing at column 6"),
        (#"{TIME,"source":"copr","body":""} x"#, "continues after the end of the object"),
    ])
    func `What is no delivery is refused with file, line and reason`(text: String, reason: String) throws {
        let folder = try ScratchFolder()
        let time = #""received_at":"2026-11-22T10:00:00Z""#
        let path = try folder.file("day.jsonl", "\n" + text.replacing("TIME", with: time) + "\n")
        #expect(complaint([path]) == "\(path):2: \(reason)")
    }

    @Test func `Deep nesting is refused`() throws {
        let folder = try ScratchFolder()
        let path = try folder.file("a", "{\"x\":" + String(repeating: "[", count: 100_000))
        #expect(complaint([path]) == "\(path):1: is nested too deeply")
    }

    @Test func `A path that is not there, or a folder without recordings, is named`() throws {
        let folder = try ScratchFolder()
        #expect(complaint(["/nowhere"]) == "/nowhere: does not exist")
        #expect(complaint([folder.path]) == "\(folder.path): contains no *.jsonl file")
    }
}
