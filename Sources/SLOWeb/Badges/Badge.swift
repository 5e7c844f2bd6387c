/// An SVG that shows an objective's state elsewhere, for example in a README or on a dashboard.
struct Badge: Sendable {
    enum Tone: Sendable {
        case good
        case bad
        case quiet

        /// The background; white text on it has a contrast of at least 4.5.
        var colour: String {
            switch self {
            case .good: "#1f6f4a"
            case .bad: "#b3261e"
            case .quiet: "#575d68"
            }
        }
    }

    let label: String
    let message: String
    /// All of it in one sentence, for screen readers and on hover.
    let title: String
    let tone: Tone

    private static let height = 20.0
    private static let padding = 6.0

    var svg: String {
        let (left, right) = (Self.width(label), Self.width(message))
        let width = left + right
        let text = "font-family=\"Verdana,DejaVu Sans,Geneva,sans-serif\" font-size=\"11\" fill=\"#fff\""
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(SVG.number(width))" height="20" role="img" \
            aria-label="\(escaped(title))"><title>\(escaped(title))</title>\
            <clipPath id="r"><rect width="\(SVG.number(width))" height="20" rx="3"/></clipPath>\
            <g clip-path="url(#r)"><rect width="\(SVG.number(left))" height="20" fill="#3a3f47"/>\
            <rect x="\(SVG.number(left))" width="\(SVG.number(right))" height="20" fill="\(tone.colour)"/></g>\
            <g \(text)>\(Self.text(label, x: 0, width: left))\(Self.text(message, x: left, width: right))</g></svg>

            """
    }

    private static func text(_ text: String, x: Double, width: Double) -> String {
        "<text x=\"\(SVG.number(x + padding))\" y=\"14\" textLength=\"\(SVG.number(width - 2 * padding))\" "
            + "lengthAdjust=\"spacingAndGlyphs\">\(escaped(text))</text>"
    }

    /// The approximate width in Verdana. `textLength` fits the text to it in any font.
    private static func width(_ text: String) -> Double {
        text.reduce(2 * padding) { width, character in
            switch character {
            case "i", "j", "l", ".", ",", ":", "'", "|": width + 3.6
            case " ", "\u{A0}", "f", "r", "t", "-": width + 4.4
            case "m", "w", "M", "W", "%": width + 10.5
            case "A"..."Z": width + 7.8
            default: width + 6.9
            }
        }
    }
}
