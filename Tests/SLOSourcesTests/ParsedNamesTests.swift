import SLOCore
import Testing

@testable import SLOSources

/// Names of checks are taken apart once.
@Suite struct ParsedNamesTests {
    @Test func aNameIsParsedOnce() {
        let names = ParsedNames()
        var parsed = 0
        for text in ["rpm-build", "testing-farm", "rpm-build", "rpm-build"] {
            let name = names.name(text) {
                parsed += 1
                return CheckName(text: $0, subject: .build)
            }
            #expect(name.text == text)
        }
        #expect(parsed == 2)
    }

    /// Longer texts than a delivery has would take more room than there is.
    @Test func aLongTextIsNotCached() {
        let names = ParsedNames()
        let text = String(repeating: "x", count: TextLimit.name.bytes + 1)
        var parsed = 0
        for _ in 0..<2 {
            _ = names.name(text) {
                parsed += 1
                return CheckName(text: $0, subject: .unknown)
            }
        }
        #expect(parsed == 2)
    }

    @Test func aFullCacheIsEmptied() {
        let names = ParsedNames()
        var parsed = 0
        func ask(_ text: String) {
            _ = names.name(text) {
                parsed += 1
                return CheckName(text: $0, subject: .unknown)
            }
        }
        for number in 0...ParsedNames.limit { ask("\(number)") }
        ask("0")
        #expect(parsed == ParsedNames.limit + 2)
    }
}
