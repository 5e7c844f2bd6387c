import FoundationEssentials
import SLOCore
import Testing

@testable import SLOUpstream

/// What is no key. That a good one signs as it should, openssl says (Tests/EndToEnd/test_github_deliveries.py).
@Suite struct AppKeyTests {
    @Test(arguments: [
        "", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        // On the curve P-256: a key, but none that GitHub gives out.
        """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2
        OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r
        1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G
        -----END PRIVATE KEY-----
        """,
    ])
    func isRefused(pem: String) {
        let error = #expect(throws: AppKeyError.self) { try AppKey(pem: Array(pem.utf8)) }
        #expect(error?.description.hasPrefix("github.app_private_key_file") == true)
    }

    @Test func aMissingFileIsRefused() {
        #expect(throws: AppKeyError.self) { try AppKey.read("/nowhere/key.pem") }
    }
}
