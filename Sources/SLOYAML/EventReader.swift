internal import CYAML

/// An event of libyaml's parser.
enum Event {
    case documentStart
    case alias(String)
    case scalar(String, isPlain: Bool, anchor: String?)
    case sequenceStart(anchor: String?)
    case mappingStart(anchor: String?)
    /// The end of the innermost sequence, mapping or document.
    case end
    case streamEnd
}

/// Returns libyaml's events.
final class EventReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads from it until the parser is deleted.
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // One byte more, because libyaml rejects an empty buffer.
        self.text = .allocate(capacity: text.utf8.count + 1)
        _ = self.text.initialize(from: text.utf8)
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(reason: .syntax("not enough memory"), line: 1)
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, self.text.baseAddress, text.utf8.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// - Returns: the event, and the line on which it begins, from 1.
    func next() throws(YAMLError) -> (event: Event, line: Int) {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
            defer { yaml_event_delete(&event) }
            if let meaning = Self.meaning(of: event) { return (meaning, Int(event.start_mark.line) + 1) }
        }
    }

    /// - Returns: `nil` for an event without content.
    private static func meaning(of event: yaml_event_t) -> Event? {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_ALIAS_EVENT: .alias(word(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT: scalar(event)
        case YAML_SEQUENCE_START_EVENT: .sequenceStart(anchor: word(event.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT: .mappingStart(anchor: word(event.data.mapping_start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT, YAML_DOCUMENT_END_EVENT: .end
        case YAML_STREAM_END_EVENT: .streamEnd
        default: nil
        }
    }

    private static func scalar(_ event: yaml_event_t) -> Event {
        let scalar = event.data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        return .scalar(
            String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
            anchor: word(scalar.anchor))
    }

    private static func word(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private func problem() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not enough memory"
        // For invalid characters libyaml reports the byte and not the line.
        let line =
            parser.pointee.error == YAML_READER_ERROR
            ? text.prefix(parser.pointee.problem_offset).count { $0 == UInt8(ascii: "\n") }
            : Int(parser.pointee.problem_mark.line)
        return YAMLError(reason: .syntax(problem), line: line + 1)
    }
}
