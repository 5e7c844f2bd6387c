/// Builds an SVG. Escapes all texts.
struct SVG {
    private var body = ""
    private let width: Double
    private let height: Double
    private let label: String
    private let style: String

    /// - Parameter label: the text for screen readers.
    init(width: Double, height: Double, style: String, label: String) {
        self.width = width
        self.height = height
        self.style = style
        self.label = label
    }

    var text: String {
        "<svg class=\"\(style)\" viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" "
            + "aria-label=\"\(escaped(label))\" preserveAspectRatio=\"none\" focusable=\"false\">\(body)</svg>"
    }

    mutating func rectangle(
        _ style: String, x: Double, y: Double, width: Double, height: Double, radius: Double = 0, title: String? = nil
    ) {
        let corner = radius > 0 ? " rx=\"\(Self.number(radius))\"" : ""
        let shape =
            "<rect class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
            + "width=\"\(Self.number(max(0, width)))\" height=\"\(Self.number(max(0, height)))\"\(corner)"
        body += title.map { "\(shape)><title>\(escaped($0))</title></rect>" } ?? "\(shape)/>"
    }

    mutating func line(_ style: String, x1: Double, y1: Double, x2: Double, y2: Double) {
        body +=
            "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" "
            + "x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>"
    }

    mutating func polyline(_ style: String, _ points: [(x: Double, y: Double)]) {
        let written = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        body += "<polyline class=\"\(style)\" points=\"\(written)\"/>"
    }

    mutating func text(_ style: String, x: Double, y: Double, _ text: String) {
        body += "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">\(escaped(text))</text>"
    }

    /// Rounds to hundredths.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = (value * 100).rounded()
        guard abs(hundredths) < 1e12 else { return "0" }
        let whole = Int(hundredths)
        if whole % 100 == 0 { return "\(whole / 100)" }
        let digits = abs(whole % 100)
        let fraction = digits % 10 == 0 ? "\(digits / 10)" : digits < 10 ? "0\(digits)" : "\(digits)"
        return "\(whole < 0 ? "-" : "")\(abs(whole / 100)).\(fraction)"
    }
}

/// Escapes for HTML text and quoted attributes.
func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
