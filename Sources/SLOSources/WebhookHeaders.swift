/// The headers of a webhook that are used, none longer than a name (`TextLimit`). All others are dropped when they are
/// read.
public struct WebhookHeaders: Sendable, Equatable {
    /// `Content-Type`, as sent.
    public var contentType: String?
    /// `X-GitHub-Event`
    public var event: String?
    /// `X-GitHub-Delivery`
    public var delivery: String?
    /// `X-Hub-Signature-256`
    public var signature: String?
    /// `X-GitHub-Hook-Installation-Target-Type`
    public var hookTargetType: String?
    /// `X-GitHub-Hook-Installation-Target-ID`
    public var hookTargetID: String?

    public init(
        contentType: String? = nil, event: String? = nil, delivery: String? = nil, signature: String? = nil,
        hookTargetType: String? = nil, hookTargetID: String? = nil
    ) {
        self.contentType = contentType.flatMap(TextLimit.name.text)
        self.event = event.flatMap(TextLimit.name.text)
        self.delivery = delivery.flatMap(TextLimit.name.text)
        self.signature = signature.flatMap(TextLimit.name.text)
        self.hookTargetType = hookTargetType.flatMap(TextLimit.name.text)
        self.hookTargetID = hookTargetID.flatMap(TextLimit.name.text)
    }

    /// One of the headers, under the name that senders write.
    package struct Field: Sendable {
        package let name: String
        package let value: any WritableKeyPath<WebhookHeaders, String?> & Sendable
        /// Whether it takes this to decode the delivery again.
        package let isJournalled: Bool
    }

    package static let fields = [
        Field(name: "Content-Type", value: \.contentType, isJournalled: true),
        Field(name: "X-GitHub-Event", value: \.event, isJournalled: true),
        Field(name: "X-GitHub-Delivery", value: \.delivery, isJournalled: true),
        Field(name: "X-Hub-Signature-256", value: \.signature, isJournalled: false),
        Field(name: "X-GitHub-Hook-Installation-Target-Type", value: \.hookTargetType, isJournalled: true),
        Field(name: "X-GitHub-Hook-Installation-Target-ID", value: \.hookTargetID, isJournalled: true),
    ]

    /// - Parameter value: the value of a header by its name.
    package init(_ value: (String) -> String?) {
        for field in Self.fields {
            self[keyPath: field.value] = value(field.name).flatMap(TextLimit.name.text)
        }
    }
}
