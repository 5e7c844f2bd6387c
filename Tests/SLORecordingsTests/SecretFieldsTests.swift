import SLOJSON
import Testing

@testable import SLORecordings

@Suite struct SecretFieldsTests {
    @Test func secretsAreHiddenAndNamesKept() throws {
        let body = """
            {"action":"opened","token":"t","sender":{"login":"ada","email":"ada@example.org"},"n":5,"e":"",
            "environments_requested":[{"variables":{"PACKIT_SHA":"a1","API":"x"},"secrets":{"KEY":7}}],"ok":true}
            """
        let shown = SecretFields.hidden(in: try JSONValue(parsing: Array(body.utf8)))
        let expected = """
            {"action":"opened","token":"scrubbed","sender":{"login":"ada","email":"scrubbed"},"n":5,"e":"",\
            "environments_requested":[{"variables":{"PACKIT_SHA":"a1","API":"scrubbed"},\
            "secrets":{"KEY":"scrubbed"}}],"ok":true}
            """
        #expect(String(decoding: shown.bytes, as: UTF8.self) == expected)
    }
}
