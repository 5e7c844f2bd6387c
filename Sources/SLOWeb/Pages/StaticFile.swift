/// The style sheet and the script. Their version is part of the URL, so that browsers may cache them.
struct StaticFile: Sendable {
    let path: String
    let contentType: String
    let text: String

    static let all = [
        StaticFile(path: "/style.css", contentType: "text/css; charset=utf-8", text: Style.sheet),
        StaticFile(path: "/fresh.js", contentType: "text/javascript; charset=utf-8", text: Script.text),
        StaticFile(path: "/icon.svg", contentType: "image/svg+xml", text: icon),
    ]

    /// Changes with their content.
    static let version = Fingerprint.of(Style.sheet + Script.text)

    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\
        <rect width="32" height="32" rx="7" fill="#2c62b4"/>\
        <path d="M7 17h5l3-8 4 14 3-6h3" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round"/></svg>

        """
}
