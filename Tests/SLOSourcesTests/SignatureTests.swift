import SLOSources
import Testing

@Suite("Signatures")
struct SignatureTests {
    /// GitHub's documentation gives this secret, body and signature as an example.
    private static let secret = "It's a Secret to Everybody"
    private static let body = Array("Hello, World!".utf8)
    private static let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    private func check(_ signature: String?, _ secrets: [String], _ body: [UInt8] = body) throws -> SignatureCheck {
        let set = try SecretSet(secrets)
        return body.withUnsafeBytes { set.check(signature: signature, body: $0) }
    }

    @Test("fit when they are made with any of the secrets, in either case of digits")
    func good() throws {
        let upper = "sha256=" + Self.signature.dropFirst(7).uppercased()
        for secrets in [[Self.secret], ["old", Self.secret], [Self.secret, "new", "newer"]] {
            #expect(try check(Self.signature, secrets) == .valid)
            #expect(try check(upper, secrets) == .valid)
        }
    }

    @Test("are made as they are checked, for any body")
    func signing() throws {
        let long = [UInt8](repeating: 0xA5, count: 100_000)
        for body in [Self.body, [], long] {
            let signature = try body.withUnsafeBytes { try SecretSet.sign(body: $0, secret: Self.secret) }
            #expect(try check(signature, [Self.secret], body) == .valid)
            #expect(try check(signature, [Self.secret], body + [0]) == .invalid(.mismatch))
        }
        let signature = try Self.body.withUnsafeBytes { try SecretSet.sign(body: $0, secret: Self.secret) }
        #expect(signature == Self.signature)
    }

    @Test("do not fit another body or secret")
    func mismatch() throws {
        #expect(try check(Self.signature, ["another"]) == .invalid(.mismatch))
        #expect(try check(Self.signature, [Self.secret + " "]) == .invalid(.mismatch))
        #expect(try check(Self.signature, [Self.secret], Array("Hello, World?".utf8)) == .invalid(.mismatch))
        #expect(try check("sha256=" + String(repeating: "0", count: 64), [Self.secret]) == .invalid(.mismatch))
    }

    /// The right digits, for signatures that are wrong otherwise.
    private static let digits = String(signature.dropFirst("sha256=".count))

    private static let malformedSignatures: [String] = [
        "", "sha256=", "sha256", digits, "sha256=\(digits.dropLast())", "sha256=\(digits)0",
        "SHA256=\(digits)", "sha1=\(digits)", "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59",
        " sha256=\(digits)", "sha256=\(digits) ", "sha256= \(digits)", "sha256=\(digits)\n",
        "sha256=0x\(digits.dropFirst(2))", "sha256=-\(digits.dropFirst())", "sha256=\(digits.dropLast())g",
        "sha256=\(digits.dropLast())\u{0}", "sha256=\(digits.dropLast(2))é", "sha512=\(digits)",
        "sha256=\(digits),sha256=\(digits)", "sha256=" + String(repeating: "f", count: 1_000_000),
    ]

    @Test("are refused in any other form", arguments: malformedSignatures)
    func malformed(signature: String) throws {
        #expect(try check(signature, [Self.secret]) == .invalid(.malformed))
    }

    @Test("are asked for, and not believed without a secret")
    func missing() throws {
        #expect(try check(nil, [Self.secret]) == .invalid(.missing))
        #expect(try check(Self.signature, []) == .invalid(.noSecret))
        let nothing = Self.body.withUnsafeBytes { SecretSet.none.check(signature: Self.signature, body: $0) }
        #expect(nothing == .invalid(.noSecret))
        #expect(SecretSet.none.isEmpty)
    }

    @Test("have no empty secrets or tokens")
    func emptySecrets() {
        #expect(throws: SecretError.empty) { try SecretSet(["a", ""]) }
        #expect(throws: SecretError.empty) { try TokenSet([""]) }
    }

    @Test("show no secret in any print of what checks them")
    func redaction() throws {
        let secrets = try SecretSet(["hunter2", "hunter3"])
        let tokens = try TokenSet(["hunter2"])
        var dumped = ""
        dump(secrets, to: &dumped)
        dump(tokens, to: &dumped)
        for text in ["\(secrets)", String(reflecting: secrets), "\(tokens)", String(reflecting: tokens), dumped] {
            #expect(!text.contains("hunter"))
        }
        #expect("\(secrets)" == "2 secrets")
        #expect("\(tokens)" == "1 token")
    }

    @Test("of Testing Farm are tokens, compared whole")
    func tokens() throws {
        let tokens = try TokenSet(["first token", "second token"])
        #expect(tokens.contains("first token"))
        #expect(tokens.contains("second token"))
        for wrong in ["", "first", "first token ", "First token", "first tokensecond token"] {
            #expect(!tokens.contains(wrong))
        }
        #expect(!TokenSet.none.contains(""))
    }
}
