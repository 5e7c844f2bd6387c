/// The table of settings for people: as a page, and as text for the terminal.
public enum ConfigurationReference {
    /// The page `docs/configuration.md`.
    public static var markdown: String {
        var lines = [introduction]
        for section in sections {
            lines.append("## \(section.title)\n")
            lines.append("| key | type | default | meaning |")
            lines.append("|---|---|---|---|")
            lines += section.settings.map { setting in
                let value = setting.written(Configuration()).map { "`\(YAMLText.flow($0))`" } ?? "–"
                let bounds = setting.bounds.map { " (\($0))" } ?? ""
                return "| `\(setting.name)` | \(setting.typeName)\(bounds) | \(value) | \(setting.meaning) |"
            }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }

    /// One line per key, for `--help`.
    public static var text: String {
        let width = Setting.table.map(\.name.utf8.count).max() ?? 0
        return Setting.table.map { setting in
            let padding = String(repeating: " ", count: width - setting.name.utf8.count)
            let value = setting.written(Configuration()).map(YAMLText.flow) ?? "–"
            return "  \(setting.name)\(padding)  \(setting.typeName), default \(value)"
        }.joined(separator: "\n")
    }

    private static var sections: [(title: String, settings: [Setting])] {
        var sections: [(title: String, settings: [Setting])] = []
        for setting in Setting.table {
            let title = setting.name.split(separator: ".").first.map(String.init) ?? setting.name
            if sections.last?.title == title {
                sections[sections.count - 1].settings.append(setting)
            } else {
                sections.append((title, [setting]))
            }
        }
        return sections
    }

    private static let introduction = """
        # Configuration

        This page lists every setting, for operators. `packit-slo check-config --reference` writes it from the table
        that also drives the parser.

        `--config FILE` names a YAML file. Keys may be nested or written with dots: `http: {listen: …}` and
        `http.listen: …` are the same. Each key is also an environment variable: `PACKIT_SLO_` and the key in
        capitals, with underscores for dots, so `github.webhook_secrets` is `PACKIT_SLO_GITHUB_WEBHOOK_SECRETS`. There,
        lists are separated by commas, and maps are written `slug=prod,slug2=stg`. Later sources replace
        earlier ones: defaults, file, environment, command line.

        A duration is a whole number and one of `ms`, `s`, `m`, `h`, `d`. A size is a number of bytes, or a whole number
        and one of `KiB`, `MiB`, `GiB`, `TiB`. Paths are relative to the folder in which the command starts.

        A file of secrets or tokens contains one per line, ended by LF or CRLF, and nothing else. A line that begins
        with
        `#` is refused, because it is more likely a comment than a secret. URLs of APIs and pages must not contain a
        user or password.

        An unknown or duplicate key, an invalid or out-of-range value, an empty secret and an unreadable file
        stop the start, with file, line and key. An unknown `PACKIT_SLO_*` variable only warns.
        `packit-slo check-config` reports errors, or prints the settings in effect, with secrets masked.

        """
}
