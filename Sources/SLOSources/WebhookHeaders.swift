/// The headers of a webhook that anything here looks at, none longer than a name (`TextLimit`). All others are
/// forgotten as soon as they are read.
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
}
