/// Text from outside, made harmless for a terminal and for whoever reads a line as one: the one place for all output.
///
/// Names, titles, answers and paths may hold anything: sequences that move the cursor or set colours, controls that
/// turn the direction of writing, ends of lines. They are shown as what they are, `\u{1B}`.
enum PlainText {
    /// One line. What is harmless already stays as it is.
    static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        return escaped(text) { "\\u{\(String($0.value, radix: 16, uppercase: true))}" }
    }

    /// Lines, each with an end.
    static func lines(_ lines: [String]) -> String {
        lines.map { line($0) + "\n" }.joined()
    }

    /// A JSON document of one line or several: the same document, with escapes for what JSON allows as it is.
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
