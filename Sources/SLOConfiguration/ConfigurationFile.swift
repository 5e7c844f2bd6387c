import Yams

/// A YAML file, taken apart into the keys it sets. What the values mean is not looked at here.
///
/// Sections may be nested, or written with dots: `http: {listen: …}` and `http.listen: …` are the same key.
struct ConfigurationFile {
    /// What was set, in the order of the file.
    private(set) var values: [(setting: Setting, value: RawValue, line: Int?)] = []
    private(set) var problems: [ConfigurationProblem] = []

    private let path: String
    private var firstLines: [String: Int?] = [:]

    init(text: String, path: String) {
        self.path = path
        if let line = YAMLText.lineWithTooManyAliases(text) {
            add(line: line, key: nil, "has more than \(YAMLText.maxAliases) aliases (*name); write out what they stand for")
            return
        }
        do {
            guard let root = try Yams.compose(yaml: text), !root.isNothing else { return }
            guard case .mapping(let mapping) = root else {
                add(line: root.mark?.line, key: nil, "is not a map of keys to values")
                return
            }
            walk(mapping, section: "")
        } catch let error as YamlError {
            problems.append(Self.problem(error, text: text, path: path))
        } catch {
            add(line: nil, key: nil, "is not YAML: \(error)")
        }
    }

    private mutating func walk(_ mapping: Node.Mapping, section: String) {
        for (keyNode, valueNode) in mapping {
            let line = keyNode.mark?.line
            guard case .scalar(let scalar) = keyNode else {
                add(line: line, key: section.isEmpty ? nil : section, "has a key that is not a plain word")
                continue
            }
            let key = section.isEmpty ? scalar.string : "\(section).\(scalar.string)"
            if let setting = Settings.byName[key] {
                take(setting, valueNode.rawValue(), line: line)
            } else if Settings.sections.contains(key) {
                if case .mapping(let inner) = valueNode {
                    walk(inner, section: key)
                } else if !valueNode.isNothing {
                    add(line: line, key: key, "is a section and takes keys, not a value")
                }
            } else {
                add(line: line, key: key, Self.unknown(key))
            }
        }
    }

    private mutating func take(_ setting: Setting, _ value: RawValue, line: Int?) {
        if let first = firstLines[setting.name] {
            add(line: line, key: setting.name, "is there twice; line \(first.map(String.init) ?? "?") sets it already")
            return
        }
        firstLines[setting.name] = line
        values.append((setting, value, line))
    }

    private mutating func add(line: Int?, key: String?, _ reason: String) {
        problems.append(ConfigurationProblem(place: .file(path: path, line: line), key: key, reason: reason))
    }

    static func unknown(_ key: String) -> String {
        "is not a known key" + (Settings.nearest(to: key).map { "; did you mean \($0)?" } ?? "")
    }
}

extension ConfigurationFile {
    private static func problem(_ error: YamlError, text: String, path: String) -> ConfigurationProblem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ConfigurationProblem(
                place: .file(path: path, line: mark.line), key: nil, reason: "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return doubled(key: keys.first ?? "", first: context.mark.line, text: text, path: path)
        case .reader(let problem, _, _, _):
            return ConfigurationProblem(
                place: .file(path: path, line: nil), key: nil, reason: "is not YAML: \(problem)")
        default:
            return ConfigurationProblem(place: .file(path: path, line: nil), key: nil, reason: "is not YAML: \(error)")
        }
    }

    /// The parser tells a doubled key by its last word and the line of one occurrence; people want the whole key and
    /// the line to delete. Both follow from the indentation, unless the map is written in braces.
    private static func doubled(key: String, first: Int, text: String, path: String) -> ConfigurationProblem {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(BlockLine.init)
        let index = first - 1
        guard lines.indices.contains(index), lines[index].key == key else {
            return ConfigurationProblem(
                place: .file(path: path, line: first), key: key, reason: "is there twice in one map")
        }
        let indent = lines[index].indent
        var words = [key]
        var level = indent
        for line in lines[..<index].reversed() {
            guard let outer = line.key, line.indent < level else { continue }
            words.insert(outer, at: 0)
            level = line.indent
        }
        let again = lines[(index + 1)...].firstIndex { $0.indent == indent && $0.key == key }
        return ConfigurationProblem(
            place: .file(path: path, line: again.map { $0 + 1 } ?? first), key: words.joined(separator: "."),
            reason: "is there twice; line \(first) sets it already")
    }
}

/// A line of a map in block style.
private struct BlockLine {
    let indent: Int
    /// What stands before the colon, if it is a plain or quoted word.
    let key: String?

    init(_ line: Substring) {
        indent = line.prefix { $0 == " " }.count
        let body = line.dropFirst(indent)
        guard let colon = body.firstIndex(of: ":"), body.first != "#", body.first != "-" else {
            key = nil
            return
        }
        key = String(body[..<colon].filter { !"\"'".contains($0) && !$0.isWhitespace })
    }
}

extension Node {
    /// Whether nothing was written: `key:`, `key: ~`, `key: null`.
    fileprivate var isNothing: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The deepest value of any key is a map of maps. What is deeper is not looked at: even the few aliases that are
    /// taken can stand for much when they are written out.
    private static let deepest = 2

    fileprivate func rawValue(depth: Int = 0) -> RawValue {
        let line = mark?.line
        let isWrittenOut = depth < Self.deepest
        switch self {
        case .scalar(let scalar):
            return RawValue(isNothing ? .null : .scalar(scalar.string), line: line)
        case .sequence(let sequence):
            let items = isWrittenOut ? sequence.map { $0.rawValue(depth: depth + 1) } : []
            return RawValue(.list(items), line: line)
        case .mapping(let mapping):
            let entries = isWrittenOut ? mapping.map { Self.entry($0, $1, depth: depth + 1) } : []
            return RawValue(.map(entries), line: line)
        case .alias:
            return RawValue(.null, line: line)
        }
    }

    private static func entry(_ key: Node, _ value: Node, depth: Int) -> RawValue.Entry {
        RawValue.Entry(key: key.scalar?.string ?? "", value: value.rawValue(depth: depth), line: key.mark?.line)
    }
}
