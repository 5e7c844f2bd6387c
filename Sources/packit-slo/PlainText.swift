/// Escapes text from outside for terminals and line-based readers. All output uses it.
///
/// Names, titles, responses and paths may contain anything: control sequences for cursor and colours, characters that
/// change the direction of writing, line ends. They are shown as escapes, `\u{1B}`.
enum PlainText {
    /// One line. Harmless text is unchanged.
    static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        return escaped(text) { "\\u{\(String($0.value, radix: 16, uppercase: true))}" }
    }

    /// Several lines, each with a line feed.
    static func lines(_ lines: [String]) -> String {
        lines.map { line($0) + "\n" }.joined()
    }

    /// A JSON document on one line or several: the same document, with escapes for characters that JSON allows
    /// unescaped.
    static func json(_ document: String) -> String {
        if document.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == UInt8(ascii: "\n") }) { return document }
        return escaped(document, except: "\n") { scalar in
            UTF16.width(scalar) == 1
                ? unit(UInt16(scalar.value)) : unit(UTF16.leadSurrogate(scalar)) + unit(UTF16.trailSurrogate(scalar))
        }
    }

    private static func unit(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func escaped(
        _ text: String, except allowed: Unicode.Scalar? = nil, by escape: (Unicode.Scalar) -> String
    ) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if isHarmless(scalar) || scalar == allowed {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += escape(scalar)
            }
        }
        return shown
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
