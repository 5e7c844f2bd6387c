import SLOCore

/// The table of settings for people: as a page, and as text for the terminal.
public enum ConfigurationReference {
    /// The page `docs/configuration.md`.
    public static var markdown: String {
        var lines = [introduction]
        for section in sections {
            lines.append("## \(section.title)\n")
            lines.append("| key | type | default | meaning |")
            lines.append("|---|---|---|---|")
            lines += section.rows.map { row in
                let bounds = row.bounds.map { " (\($0))" } ?? ""
                let value = row.value.map { "`\($0)`" } ?? "–"
                return "| `\(row.key)` | \(row.typeName)\(bounds) | \(value) | \(row.meaning) |"
            }
            lines.append("")
            if section.title == ObjectiveKey.sectionName { lines += [objectives, ""] }
        }
        return lines.joined(separator: "\n")
    }

    /// One line per key, for `--help`.
    public static var text: String {
        let width = rows.map(\.key.utf8.count).max() ?? 0
        return rows.map { row in
            let padding = String(repeating: " ", count: width - row.key.utf8.count)
            return "  \(row.key)\(padding)  \(row.typeName), default \(row.value ?? "–")"
        }.joined(separator: "\n")
    }

    private struct Row {
        let key: String
        let typeName: String
        let bounds: String?
        let value: String?
        let meaning: String

        init(_ setting: Setting) {
            key = setting.name
            typeName = setting.typeName
            bounds = setting.bounds
            value = setting.written(Configuration()).map(YAMLText.flow)
            meaning = setting.meaning
        }

        /// A key of any objective, by that of one.
        init(of objective: Objective.Name, _ setting: Setting) {
            key = setting.name.replacing(ObjectiveKey.path(objective), with: "objectives.NAME")
            typeName = setting.typeName
            bounds = setting.bounds
            value = nil
            meaning = setting.meaning
        }
    }

    private static var rows: [Row] {
        Setting.table.flatMap { setting in
            setting.name == ObjectiveKey.window ? [Row(setting)] + objectiveRows : [Row(setting)]
        }
    }

    private static var objectiveRows: [Row] {
        let settings = [ObjectiveKey.presence(of: .builds)] + ObjectiveKey.table.map { $0.setting(of: .builds) }
        return settings.map { Row(of: .builds, $0) }
    }

    private static var sections: [(title: String, rows: [Row])] {
        var sections: [(title: String, rows: [Row])] = []
        for row in rows {
            let title = row.key.split(separator: ".").first.map(String.init) ?? row.key
            if sections.last?.title == title {
                sections[sections.count - 1].rows.append(row)
            } else {
                sections.append((title, [row]))
            }
        }
        return sections
    }

    private static var objectives: String {
        let defaults = Objective.defaults.map { objective in
            let grace = objective.indicator.hasGrace ? "`\(DurationText.text(objective.grace))`" : "–"
            return "| `\(objective.name.rawValue)` | `\(objective.indicator.rawValue)` | `\(objective.target)` | "
                + "`\(DurationText.text(objective.deadline))` | \(grace) |"
        }
        return """
            `NAME` is the name of an objective, and the label `objective` of its series. It has lower-case letters, digits
            and underscores, a letter first, at most \(Objective.Name.maxBytes). These are there by default:

            | name | indicator | target | deadline | grace |
            |---|---|---|---|---|
            \(defaults.joined(separator: "\n"))

            A new one needs an indicator, a target and, except for `app_deliveries`, a deadline. At most \(ConfigurationLoading.maxObjectives) are possible.
            With `select`, only events count that match one glob of each list
            ([counting](counting.md#rule-45-selected-events)).

            ```yaml
            objectives:
              fast_builds:
                indicator: build_start
                target: 0.95
                deadline: 10m
                description: Builds of Fedora start soon.
                select:
                  chroots: [fedora-*]
              builds:
                deadline: 6h
              test_runs: null
            ```

            A source changes the keys that it names, and leaves the others as they are. `null` leaves an objective out. A
            later source that names one of its keys brings it back, with what the defaults and earlier sources say.

            In a variable, the name stands before the key: `PACKIT_SLO_OBJECTIVES_FAST_BUILDS_SELECT_CHROOTS`. What ends as
            a key does is one: `PACKIT_SLO_OBJECTIVES_MY_TARGET` is the target of `my`.
            `PACKIT_SLO_OBJECTIVES_FAST_BUILDS=null` leaves the objective out.
            """
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
