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
        #expect(throws: AppKeyError.self) { try AppKey(pem: Array(pem.utf8)) }
    }

    @Test func aMissingFileIsRefusedWithThePlaceThatNamesIt() {
        let file = AppKeyFile(app: 1, path: "/nowhere/key.pem", setting: "github.app_keys")
        let error = #expect(throws: AppKeyError.self) { try file.key() }
        #expect(error?.description == "github.app_keys: the file /nowhere/key.pem cannot be read")
    }
}
