/// JSON values that the grammar allows and the parser cannot represent: a number beyond 64 bits, half of a surrogate
/// pair (RFC 8259, 6 and 8.2). The parser rejects a document that contains one anywhere.
enum UnrepresentableJSON {
    /// The document with `null` for each such number and U+FFFD for each such half, so that all other fields can be
    /// read; `nil` if it contains neither. Invalid JSON is left as it is.
    static func replaced(in bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var reader = Reader(bytes: bytes)
        while reader.place < bytes.count { reader.readNext() }
        return reader.hasReplaced ? reader.replaced : nil
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var place = 0
        var replaced: [UInt8] = []
        var hasReplaced = false
        private var isInString = false

        init(bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
            replaced.reserveCapacity(bytes.count)
        }

        mutating func readNext() {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                isInString.toggle()
                keep(1)
            case UInt8(ascii: "\\") where isInString:
                readEscape()
            case UInt8(ascii: "-") where !isInString, UInt8(ascii: "0")...UInt8(ascii: "9") where !isInString:
                readNumber()
            default:
                keep(1)
            }
        }

        private mutating func keep(_ count: Int) {
            let end = min(place + count, bytes.count)
            replaced.append(contentsOf: bytes[place..<end])
            place = end
        }

        private mutating func replace(_ count: Int, by text: StaticString) {
            text.withUTF8Buffer { replaced.append(contentsOf: $0) }
            place += count
            hasReplaced = true
        }

        private mutating func readEscape() {
            guard let unit = unit(at: place), 0xD800...0xDFFF ~= unit else { return keep(2) }
            let isPair = unit < 0xDC00 && self.unit(at: place + 6).map { 0xDC00...0xDFFF ~= $0 } ?? false
            if isPair { keep(12) } else { replace(6, by: "\\ufffd") }
        }

        /// The UTF-16 unit of an escape of six bytes.
        private func unit(at place: Int) -> UInt16? {
            guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u")
            else { return nil }
            let digits = bytes[(place + 2)..<(place + 6)]
            // `UInt16` would accept a sign.
            guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        }

        private mutating func readNumber() {
            let end = bytes[place...].firstIndex { !Self.isOfNumber($0) } ?? bytes.count
            let number = bytes[place..<end]
            // Malformed numbers are left for the parser to reject.
            if Self.fits(number) || !Self.isWellSpelt(number) {
                keep(number.count)
            } else {
                replace(number.count, by: "null")
            }
        }

        private static func isOfNumber(_ byte: UInt8) -> Bool {
            isDigit(byte) || "-+.eE".utf8.contains(byte)
        }

        private static func isDigit(_ byte: UInt8) -> Bool {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        }

        private static func fits(_ number: Slice<UnsafeRawBufferPointer>) -> Bool {
            let isWhole = number.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "-") }
            if isWhole, number.count <= 18 { return true }
            let text = String(decoding: number, as: UTF8.self)
            return isWhole ? Int64(text) != nil || UInt64(text) != nil : Double(text)?.isFinite ?? false
        }

        /// By the grammar of RFC 8259, 6.
        private static func isWellSpelt(_ number: Slice<UnsafeRawBufferPointer>) -> Bool {
            var rest = number
            func drop(_ characters: StaticString) -> Bool {
                let isThere = rest.first.map { byte in characters.withUTF8Buffer { $0.contains(byte) } } ?? false
                if isThere { rest.removeFirst() }
                return isThere
            }
            func dropDigits() -> Bool {
                let count = rest.count
                rest = rest.drop(while: isDigit)
                return rest.count < count
            }
            _ = drop("-")
            guard drop("0") || dropDigits() else { return false }
            if drop("."), !dropDigits() { return false }
            if drop("eE") {
                _ = drop("+-")
                guard dropDigits() else { return false }
            }
            return rest.isEmpty
        }
    }
}
