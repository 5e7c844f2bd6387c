import SLOCore

/// How values of one type are parsed and written, and which are allowed.
struct ValueFormat<Value: Sendable>: Sendable {
    /// The name of the type in the reference: `duration`, `size`.
    let typeName: String
    /// The allowed values, for people: `1s to 1h`.
    var bounds: String?
    var isSecret = false
    /// Whether a written value of a secret format has nothing that must be kept secret.
    var isHarmless: @Sendable (RawValue) -> Bool = { _ in false }
    /// Whether `write` masks secrets by itself; otherwise users and passwords in URLs are masked.
    var masksItself = false
    let read: @Sendable (RawValue) throws(Mismatch) -> Value
    /// `nil` if there is nothing to write.
    let write: @Sendable (Value) -> WrittenValue?
}

extension ValueFormat {
    /// The same format for an optional value.
    var optional: ValueFormat<Value?> {
        let (read, write) = (read, write)
        return ValueFormat<Value?>(
            typeName: typeName, bounds: bounds, isSecret: isSecret, masksItself: masksItself,
            read: { raw throws(Mismatch) in try read(raw) },
            write: { $0.flatMap(write) }
        )
    }

    /// A format whose values are written as one word.
    static func word(
        _ typeName: String, bounds: String? = nil, write: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String) throws(Mismatch) -> Value
    ) -> ValueFormat {
        ValueFormat(
            typeName: typeName, bounds: bounds,
            read: { raw throws(Mismatch) in try read(raw.singleWord()) },
            write: { .scalar(write($0)) }
        )
    }
}

extension RawValue {
    func singleWord() throws(Mismatch) -> String {
        switch content {
        case .scalar(let text), .inline(let text): return text
        case .null: throw .missing
        case .list: throw Mismatch("takes one value, not a list")
        case .map: throw Mismatch("takes one value, not a map")
        }
    }
}

extension Mismatch {
    static var missing: Mismatch { Mismatch("has no value; leave the key out to keep its default") }
}

extension ValueFormat where Value == String {
    static var path: ValueFormat {
        .word("path", write: { $0 }) { text throws(Mismatch) in
            guard !text.isEmpty else { throw Mismatch("is empty; a path is required") }
            return text
        }
    }
}

/// Names of queues and exchanges, and topics: AMQP allows 255 bytes.
enum BusName {
    static func objection(to name: String) -> String? {
        (1...255).contains(name.utf8.count) && !name.contains("\0")
            ? nil : "'\(name)' is not 1 to 255 bytes of text"
    }
}

extension ValueFormat where Value == String {
    static var busName: ValueFormat {
        .word("name", write: { $0 }) { text throws(Mismatch) in
            if let objection = BusName.objection(to: text) { throw Mismatch(objection) }
            return text
        }
    }
}

extension ValueFormat where Value == String? {
    static var busName: ValueFormat { ValueFormat<String>.busName.optional }
}

extension ValueFormat where Value == ListenAddress {
    static var address: ValueFormat {
        .word("address", write: \.description) { text throws(Mismatch) in
            guard let address = ListenAddress(text) else {
                throw Mismatch("'\(text)' is not HOST:PORT; write for example 127.0.0.1:8080 or [::1]:8080")
            }
            return address
        }
    }
}

extension ValueFormat where Value == String? {
    static var path: ValueFormat { ValueFormat<String>.path.optional }
}

extension ValueFormat where Value == ListenAddress? {
    static var address: ValueFormat { ValueFormat<ListenAddress>.address.optional }
}

extension ValueFormat where Value == Bool {
    static var flag: ValueFormat {
        .word("flag", bounds: "true, false", write: { String($0) }) { text throws(Mismatch) in
            guard let value = Bool(text) else { throw Mismatch("'\(text)' is neither true nor false") }
            return value
        }
    }
}

extension ValueFormat where Value == Int64? {
    /// A number that another system has assigned.
    static var identifier: ValueFormat {
        ValueFormat<Int64>.word("integer", bounds: "1 or more", write: { String($0) }) { text throws(Mismatch) in
            guard let number = Int64(text), number > 0 else {
                throw Mismatch("'\(text)' is not a positive whole number")
            }
            return number
        }.optional
    }
}

extension ValueFormat where Value == Int {
    static func count(_ allowed: ClosedRange<Int>) -> ValueFormat {
        .word("integer", bounds: "\(allowed.lowerBound) to \(allowed.upperBound)", write: { String($0) }) {
            text throws(Mismatch) in
            guard let number = Int(text) else { throw Mismatch("'\(text)' is not a whole number") }
            guard allowed.contains(number) else {
                throw Mismatch("\(text) is out of range; \(allowed.lowerBound) to \(allowed.upperBound) is allowed")
            }
            return number
        }
    }

    /// Bytes, written plainly or with a binary unit.
    static func size(_ allowed: ClosedRange<Int>) -> ValueFormat {
        let bounds = "\(SizeText.text(allowed.lowerBound)) to \(SizeText.text(allowed.upperBound))"
        return .word("size", bounds: bounds, write: SizeText.text) { text throws(Mismatch) in
            guard let bytes = SizeText.bytes(text) else {
                throw Mismatch("'\(text)' is not a size; write for example 256MiB, 5GiB or a number of bytes")
            }
            guard allowed.contains(bytes) else {
                throw Mismatch("\(text) is out of range; \(bounds) is allowed")
            }
            return bytes
        }
    }
}

extension ValueFormat where Value == TimeSpan {
    /// - Parameter unit: the span must be a whole number of these, with the word for it.
    static func duration(
        _ allowed: ClosedRange<TimeSpan>, wholes unit: (span: TimeSpan, word: String)? = nil
    ) -> ValueFormat {
        let bounds = DurationText.text(allowed) + (unit.map { ", whole \($0.word)" } ?? "")
        return .word("duration", bounds: bounds, write: DurationText.text) { text throws(Mismatch) in
            let span = try DurationText.required(text)
            guard allowed.contains(span) else {
                throw Mismatch("\(text) is out of range; \(DurationText.text(allowed)) is allowed")
            }
            if let unit, span.milliseconds % unit.span.milliseconds != 0 {
                throw Mismatch("\(text) is not a whole number of \(unit.word)")
            }
            return span
        }
    }
}

extension ValueFormat
where Value: RawRepresentable, Value.RawValue == String, Value: CaseIterable {
    static var choice: ValueFormat {
        let words = Value.allCases.map(\.rawValue)
        return .word("word", bounds: words.joined(separator: ", "), write: \.rawValue) { text throws(Mismatch) in
            guard let value = Value(rawValue: text) else {
                throw Mismatch("'\(text)' is not one of \(words.joined(separator: ", "))")
            }
            return value
        }
    }
}
