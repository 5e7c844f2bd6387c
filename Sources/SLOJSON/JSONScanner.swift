/// An error in a JSON text.
package struct JSONFault: Error, Equatable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// Reads JSON tokens from bytes, front to back. The caller knows which token comes next.
///
/// Strings are the bulk of a recording, so they are scanned eight bytes at a time. Bytes above 0x7F are passed on
/// unchecked: the reader of the string validates UTF-8.
package struct JSONScanner {
    /// The limit of nesting, because skipping recurses.
    package static let maxDepth = 256

    private let bytes: UnsafeRawBufferPointer
    package private(set) var position = 0

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next byte that is not white space, without taking it.
    package mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Takes the next byte that is not white space, if it is this one.
    package mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    package mutating func expect(_ character: Unicode.Scalar) throws(JSONFault) {
        guard take(character) else { throw unexpected(wanted: "'\(character)'") }
    }

    package mutating func expectEnd() throws(JSONFault) {
        guard peek() == nil else { throw JSONFault("continues after the end of the object") }
    }

    package func unexpected(wanted: String) -> JSONFault {
        position < bytes.count
            ? JSONFault("is not JSON: \(wanted) is missing at column \(position + 1)")
            : JSONFault("is not JSON: it ends where \(wanted) is missing")
    }

    /// A number, as it is written.
    package mutating func number() throws(JSONFault) -> String {
        let start = position
        while position < bytes.count, Self.isOfNumber(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil else { throw JSONFault("is not JSON: a value is missing at column \(start + 1)") }
        return text
    }

    package mutating func word(_ word: StaticString) throws(JSONFault) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[index] else {
                throw unexpected(wanted: "'\(word)'")
            }
            position += 1
        }
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}

// MARK: - Strings

extension JSONScanner {
    package mutating func text() throws(JSONFault) -> String {
        let bytes = try string()
        // Validation costs more than everything else, and nearly all strings are ASCII.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONFault("is not JSON: a string is not UTF-8")
        }
        return text
    }

    /// The unescaped bytes of a string.
    package mutating func string() throws(JSONFault) -> [UInt8] {
        try expect("\"")
        let start = position
        let stop = firstSpecial(from: start)
        if stop < bytes.count, bytes[stop] == UInt8(ascii: "\"") {
            position = stop + 1
            return Array(bytes[start..<stop])
        }
        // An escape is never shorter than what it stands for; eight more bytes, because eight are copied at a time.
        var fault: JSONFault?
        let unescaped = [UInt8](unsafeUninitializedCapacity: bytes.count - start + 8) { output, count in
            do throws(JSONFault) {
                count = try unescape(into: UnsafeMutableRawBufferPointer(output))
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return unescaped
    }

    /// - Returns: how many bytes were written.
    private mutating func unescape(into output: UnsafeMutableRawBufferPointer) throws(JSONFault) -> Int {
        var count = 0
        while true {
            let stop = copyPlain(to: output, at: &count)
            guard stop < bytes.count else { throw JSONFault("is not JSON: a string is not closed") }
            position = stop + 1
            switch bytes[stop] {
            case UInt8(ascii: "\""): return count
            case UInt8(ascii: "\\"): try escape(to: output, at: &count)
            default: throw JSONFault("is not JSON: a string contains a control character")
            }
        }
    }

    /// Copies up to the next quote, backslash or control character, and returns its position.
    private func copyPlain(to output: UnsafeMutableRawBufferPointer, at count: inout Int) -> Int {
        var index = position
        while index + 8 <= bytes.count {
            let eight = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            output.storeBytes(of: eight, toByteOffset: count, as: UInt64.self)
            let plain = Self.plainBytes(UInt64(littleEndian: eight))
            count += plain
            index += plain
            if plain < 8 { return index }
        }
        while index < bytes.count, !Self.isSpecial(bytes[index]) {
            output[count] = bytes[index]
            count += 1
            index += 1
        }
        return index
    }

    private func firstSpecial(from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count {
            let plain = Self.plainBytes(
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += plain
            if plain < 8 { return index }
        }
        while index < bytes.count, !Self.isSpecial(bytes[index]) { index += 1 }
        return index
    }

    /// How many of eight bytes come before the first special one. Each term sets the top bit of the bytes that it
    /// finds; a borrow only affects bytes after the first one found.
    private static func plainBytes(_ eight: UInt64) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = eight ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = eight ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let special =
            ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
            | ((eight &- ones &* 0x20) & ~eight)
        return (special & tops).trailingZeroBitCount / 8
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(
        to output: UnsafeMutableRawBufferPointer, at count: inout Int
    ) throws(JSONFault) {
        guard position < bytes.count else { throw JSONFault("is not JSON: a string is not closed") }
        let letter = bytes[position]
        position += 1
        if letter == UInt8(ascii: "u") {
            for byte in String(try escapedScalar()).utf8 {
                output[count] = byte
                count += 1
            }
            return
        }
        guard let byte = Self.escapes(letter) else {
            throw JSONFault("is not JSON: '\\\(Unicode.Scalar(letter))' is not a valid escape")
        }
        output[count] = byte
        count += 1
    }

    private static func escapes(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    private mutating func escapedScalar() throws(JSONFault) -> Unicode.Scalar {
        let first = try hexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard
            UTF16.isLeadSurrogate(first), position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { throw JSONFault("is not JSON: a surrogate pair is incomplete") }
        position += 2
        let second = try hexDigits()
        guard UTF16.isTrailSurrogate(second) else {
            throw JSONFault("is not JSON: a surrogate pair is incomplete")
        }
        let decoded = UTF16.decode(UTF16.EncodedScalar([first, second]))
        return decoded
    }

    private mutating func hexDigits() throws(JSONFault) -> UInt16 {
        guard position + 4 <= bytes.count else { throw JSONFault("is not JSON: a string is not closed") }
        var number: UInt16 = 0
        for offset in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position + offset])).hexDigitValue else {
                throw JSONFault("is not JSON: '\\u' needs four hexadecimal digits")
            }
            number = number << 4 | UInt16(digit)
        }
        position += 4
        return number
    }
}

// MARK: - Skipping values

extension JSONScanner {
    package mutating func skipValue(depth: Int = 0) throws(JSONFault) {
        guard depth < Self.maxDepth else { throw JSONFault("is nested too deeply") }
        switch peek() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            try members { scanner, _ throws(JSONFault) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try elements { scanner throws(JSONFault) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
    }

    /// Reads an object; the closure reads the value of each key.
    package mutating func members(
        _ value: (inout JSONScanner, _ key: String) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try expect("{")
        if take("}") { return }
        repeat {
            let key = try text()
            try expect(":")
            try value(&self, key)
        } while take(",")
        try expect("}")
    }

    /// Reads an array; the closure reads each element.
    package mutating func elements(_ value: (inout JSONScanner) throws(JSONFault) -> Void) throws(JSONFault) {
        try expect("[")
        if take("]") { return }
        repeat { try value(&self) } while take(",")
        try expect("]")
    }
}
