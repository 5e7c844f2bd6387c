/// Self-signed certificates for `localhost` with their keys, good for nothing but these tests.
struct TestCertificate: Sendable {
    let certificate: String
    let privateKey: String

    static let first = TestCertificate(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBdTCCARqgAwIBAgIUcWg/S4hWpqsd5Mk14CU7gZN4iZswCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAx
            MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAARsGj7Pivzvy0rN8hfXUfI2wKipSyHfebVzwFnVDoobBi/WaZHm/Dw4
            taF42F4/GC8wau3oTTPiyDJiK2/pCfyHo0gwRjAUBgNVHREEDTALgglsb2NhbGhv
            c3QwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQULtpT1s7PTklPzgD9ILD1qqNx
            n6kwCgYIKoZIzj0EAwIDSQAwRgIhALgEsMD0F5EQ3cM63JP4F8/p/bqMaCscyTPL
            cr01sMtPAiEArfYkebRVKSGbrknFKJNu7N2EkG/N+X/wBZuNL1w68HU=
            -----END CERTIFICATE-----
            """,
        privateKey: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu98JEfwxcvKrF/Qn
            7xJ6ACrDbZAUeGxOb4LLbhw3Sv2hRANCAARsGj7Pivzvy0rN8hfXUfI2wKipSyHf
            ebVzwFnVDoobBi/WaZHm/Dw4taF42F4/GC8wau3oTTPiyDJiK2/pCfyH
            -----END PRIVATE KEY-----
            """
    )

    static let second = TestCertificate(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBdDCCARqgAwIBAgIULba6Xe3VZ7pQX+Y5LnlcQQVyx+UwCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAx
            MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAAQCpaY4koK2JBTxycT47At6gV1anf7r/oBXR35pSHv1dPA1TdwGhwJF
            iFHStS/SCn+yOS3nYAQQQfC77xBZprFjo0gwRjAUBgNVHREEDTALgglsb2NhbGhv
            c3QwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUpWXIMnraLlPYiTTnI5Sv868M
            9twwCgYIKoZIzj0EAwIDSAAwRQIgfwaywPN/z1TlxK0+IuxYyPB/umMrsos2yia/
            EWR6xxsCIQCcYY0q03Kuj0Su+1bWfcsudihQ8a5ynfPLG4Y+dS1iPA==
            -----END CERTIFICATE-----
            """,
        privateKey: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGOl5nLhyTPtbl8TI
            tDjlM+jUye1lG98ZRi0vF5jpWN2hRANCAAQCpaY4koK2JBTxycT47At6gV1anf7r
            /oBXR35pSHv1dPA1TdwGhwJFiFHStS/SCn+yOS3nYAQQQfC77xBZprFj
            -----END PRIVATE KEY-----
            """
    )
}
