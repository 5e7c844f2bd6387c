internal import SLOCore

/// What the environments of a request say about its purpose. Packit requests one; of several, the first with a value
/// counts.
struct Environments {
    /// `owner/name` on GitHub.
    let repositoryName: String?
    let sha: String?
    let pullRequest: Int?
    let chroot: String?
    /// The Copr build whose packages are tested.
    let buildID: Int64?
    /// Who submitted it: `packit` for Packit.
    let initiator: String?
    let deploymentLabel: String?

    /// The limit of environments and artifacts that are read.
    private static let limit = 100

    init(_ root: JSONObject, _ rules: RuleBook) {
        let all = root.members("environments_requested", limit: Self.limit) { Environment($0, rules) }
        repositoryName = all.lazy.compactMap(\.repositoryName).first
        sha = all.lazy.compactMap(\.sha).first
        pullRequest = all.lazy.compactMap(\.pullRequest).first
        buildID = all.lazy.compactMap(\.artifact?.build).first ?? all.lazy.compactMap(\.buildID).first
        chroot = all.lazy.compactMap(\.target).first ?? all.lazy.compactMap(\.artifact?.chroot).first
        initiator = all.lazy.compactMap(\.initiator).first
        deploymentLabel = all.lazy.compactMap(\.deploymentLabel).first
    }

    private struct Environment {
        let repositoryName: String?
        let sha: String?
        let pullRequest: Int?
        let buildID: Int64?
        let target: String?
        let artifact: Artifact?
        let initiator: String?
        let deploymentLabel: String?

        init(_ object: JSONObject, _ rules: RuleBook) {
            repositoryName = object.filledString("variables.PACKIT_FULL_REPO_NAME")
            sha = object.filledString("variables.PACKIT_COMMIT_SHA", .sha)
            pullRequest = object.digits("variables.PACKIT_PR_ID").map(Int.init)
            buildID = object.digits("variables.PACKIT_COPR_BUILD_ID")
            target = Self.target(object, rules)
            artifact = object.members("artifacts", limit: Environments.limit, Artifact.init).first
            initiator = object.filledString("tmt.context.initiator")
            deploymentLabel = object.filledString("tmt.context.deployment")
        }

        /// The target in the check's name, from which Packit derives this context. It may differ from the chroot that
        /// was built: `centos-7-x86_64` may be tested with packages for `epel-7-x86_64`.
        private static func target(_ object: JSONObject, _ rules: RuleBook) -> String? {
            guard let distribution = object.filledString("tmt.context.distro"),
                let architecture = object.filledString("tmt.context.arch") ?? object.filledString("arch")
            else { return nil }
            let target = TextLimit.name.text("\(distribution)-\(architecture)")
            return target.flatMap { rules.isChroot($0) ? $0 : nil }
        }
    }

    /// `{"type": "fedora-copr-build", "id": "BUILD:CHROOT"}`
    private struct Artifact {
        let build: Int64
        let chroot: String

        init?(_ object: JSONObject) {
            guard object.optionalString("type", .word) == "fedora-copr-build", let id = object.optionalString("id"),
                let colon = id.utf8.firstIndex(of: UInt8(ascii: ":")), let build = Int64(id[..<colon])
            else { return nil }
            let chroot = String(id[id.utf8.index(after: colon)...])
            guard !chroot.isEmpty else { return nil }
            self.build = build
            self.chroot = chroot
        }
    }
}

extension JSONObject {
    fileprivate func filledString(_ path: StaticString, _ limit: TextLimit = .name) -> String? {
        optionalString(path, limit).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A number that may be written as a text, as variables are.
    package func digits(_ path: StaticString) -> Int64? {
        optionalInteger(path) ?? optionalString(path).flatMap { Int64($0) }
    }
}
