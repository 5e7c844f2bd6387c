import CLZ4

/// A dictionary for LZ4 with the text that deliveries share. Names of fields and fixed parts of URLs make up most of a
/// delivery.
///
/// Stored bodies need exactly these bytes to be read, so they never change: a better dictionary needs another codec.
enum BodyDictionary {
    /// Proof of sendability: nobody writes to it after its creation. Never freed.
    nonisolated(unsafe) static let bytes: UnsafeBufferPointer<CChar> = {
        let text = user + repository + pullRequest + checkRun + status + push + copr + ends
        let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count)
        _ = bytes.initialize(from: text.utf8.lazy.map { CChar(bitPattern: $0) })
        return UnsafeBufferPointer(bytes)
    }()

    /// LZ4's state after reading the dictionary; `nil` if memory ran out.
    /// Proof of sendability: it is only copied. Never freed.
    nonisolated(unsafe) static let state = clz4_read(bytes.baseAddress, CInt(bytes.count))

    private static let user =
        #"{"login":"o","id":1,"node_id":"MDQ6VXNlc","avatar_url":"https://avatars.githubusercontent.com/u/1?v=4","#
        + #""gravatar_id":"","url":"https://api.github.com/users/o","html_url":"https://github.com/o","#
        + links(
            to: "https://api.github.com/users/o",
            [
                ("followers", "followers"), ("following", "following{/other_user}"), ("gists", "gists{/gist_id}"),
                ("starred", "starred{/owner}{/repo}"), ("subscriptions", "subscriptions"), ("organizations", "orgs"),
                ("repos", "repos"), ("events", "events{/privacy}"), ("received_events", "received_events"),
            ])
        + #""type":"Organization","user_view_type":"public","site_admin":false},"type":"User","site_admin":false}"#

    private static let repository =
        #","repo":{"id":1,"node_id":"MDEwOlJlcG9zaXRvcnk","name":"r","full_name":"o/r","private":false,"owner":"#
        + #""site_admin":false},"html_url":"https://github.com/o/r","description":null,"fork":false,"#
        + #""url":"https://api.github.com/repos/o/r","#
        + links(
            to: "https://api.github.com/repos/o/r",
            [
                ("forks", "forks"), ("keys", "keys{/key_id}"), ("collaborators", "collaborators{/collaborator}"),
                ("teams", "teams"), ("hooks", "hooks"), ("issue_events", "issues/events{/number}"),
                ("events", "events"),
                ("assignees", "assignees{/user}"), ("branches", "branches{/branch}"), ("tags", "tags"),
                ("blobs", "git/blobs{/sha}"), ("git_tags", "git/tags{/sha}"), ("git_refs", "git/refs{/sha}"),
                ("trees", "git/trees{/sha}"), ("statuses", "statuses/{sha}"), ("languages", "languages"),
                ("stargazers", "stargazers"), ("contributors", "contributors"), ("subscribers", "subscribers"),
                ("subscription", "subscription"), ("commits", "commits{/sha}"), ("git_commits", "git/commits{/sha}"),
                ("comments", "comments{/number}"), ("issue_comment", "issues/comments{/number}"),
                ("contents", "contents/{+path}"), ("compare", "compare/{base}...{head}"), ("merges", "merges"),
                ("archive", "{archive_format}{/ref}"), ("downloads", "downloads"), ("issues", "issues{/number}"),
                ("pulls", "pulls{/number}"), ("milestones", "milestones{/number}"),
                ("notifications", "notifications{?since,all,participating}"), ("labels", "labels{/name}"),
                ("releases", "releases{/id}"), ("deployments", "deployments"),
            ])
        + #""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","#
        + #""pushed_at":"2026-01-01T00:00:00Z","#
        + #""git_url":"git://github.com/o/r.git","ssh_url":"git@github.com:o/r.git","#
        + #""clone_url":"https://github.com/o/r.git","svn_url":"https://github.com/o/r","homepage":null,"size":0,"#
        + #""stargazers_count":0,"watchers_count":0,"language":"Python","has_issues":true,"has_projects":true,"#
        + #""has_downloads":true,"has_wiki":true,"has_pages":false,"has_discussions":false,"forks_count":0,"#
        + #""mirror_url":null,"archived":false,"disabled":false,"open_issues_count":0,"license":{"key":"mit","#
        + #""name":"MIT License","spdx_id":"MIT","url":"https://api.github.com/licenses/mit","#
        + #""node_id":"MDc6TGljZW5zZ"},"#
        + #""allow_forking":true,"is_template":false,"web_commit_signoff_required":false,"topics":[],"#
        + #""visibility":"public","forks":0,"open_issues":0,"watchers":0,"default_branch":"main","#
        + #""allow_squash_merge":true,"allow_merge_commit":true,"allow_rebase_merge":true,"allow_auto_merge":false,"#
        + #""delete_branch_on_merge":false,"custom_properties":{}}},"base":{"label":"o:main","ref":"main","sha":""#

    private static let pullRequest =
        #"{"action":"synchronize","number":1,"pull_request":{"url":"https://api.github.com/repos/o/r/pulls/1","id":1,"#
        + #""node_id":"PR_kwDO","html_url":"https://github.com/o/r/pull/1","#
        + #""diff_url":"https://github.com/o/r/pull/1.diff","#
        + #""patch_url":"https://github.com/o/r/pull/1.patch","issue_url":"https://api.github.com/repos/o/r/issues/1","#
        + #""number":1,"state":"open","locked":false,"title":"","user":{"login":"","body":null,"created_at":"","#
        + #""updated_at":"","closed_at":null,"merged_at":null,"merge_commit_sha":null,"assignee":null,"assignees":[],"#
        + #""requested_reviewers":[],"requested_teams":[],"labels":[{"id":1,"node_id":"LA_kwDO","#
        + #""color":"ededed","default":false,"description":""}],"milestone":null,"draft":false,"#
        + #""commits_url":"https://api.github.com/repos/o/r/pulls/1/commits","review_comments_url":""#
        + #"https://api.github.com/repos/o/r/pulls/1/comments","review_comment_url":""#
        + #"https://api.github.com/repos/o/r/pulls/comments{/number}","comments_url":""#
        + #"https://api.github.com/repos/o/r/issues/1/comments","statuses_url":""#
        + #"https://api.github.com/repos/o/r/statuses/"},"head":{"label":"o:b","ref":"b","sha":"","user":{"#
        + #"},"_links":{"self":{"href":"https://api.github.com/repos/o/r/pulls/1"},"html":{"href":""#
        + #"https://github.com/o/r/pull/1"},"issue":{"href":"https://api.github.com/repos/o/r/issues/1"},"#
        + #""comments":{"href":"https://api.github.com/repos/o/r/issues/1/comments"},"review_comments":{"href":""#
        + #"https://api.github.com/repos/o/r/pulls/1/comments"},"review_comment":{"href":""#
        + #"https://api.github.com/repos/o/r/pulls/comments{/number}"},"commits":{"href":""#
        + #"https://api.github.com/repos/o/r/pulls/1/commits"},"statuses":{"href":""#
        + #"https://api.github.com/repos/o/r/statuses/"}},"author_association":"CONTRIBUTOR","auto_merge":null,"#
        + #""active_lock_reason":null,"merged":false,"mergeable":null,"rebaseable":null,"mergeable_state":"unknown","#
        + #""merged_by":null,"comments":0,"review_comments":0,"maintainer_can_modify":true,"commits":1,"additions":1,"#
        + #""deletions":1,"changed_files":1},"before":"","after":"","repository":{"id":"#

    private static let checkRun =
        #"{"action":"completed","check_run":{"id":1,"name":"","node_id":"CR_kwDO","head_sha":"","external_id":"","#
        + #""url":"https://api.github.com/repos/o/r/check-runs/1","html_url":"https://github.com/o/r/runs/1","#
        + #""details_url":"https://dashboard.packit.dev/jobs/copr/1","status":"completed","conclusion":"success","#
        + #""started_at":"2026-01-01T00:00:00Z","completed_at":"2026-01-01T00:00:00Z","output":{"title":"","#
        + #""summary":"","text":null,"annotations_count":0,"annotations_url":""#
        + #"https://api.github.com/repos/o/r/check-runs/1/annotations"},"name":"rpm-build:fedora-rawhide-x86_64","#
        + #""check_suite":{"id":1,"node_id":"CS_kwDO","head_branch":"","head_sha":"","status":"queued","#
        + #""conclusion":null,"#
        + #""url":"https://api.github.com/repos/o/r/check-suites/1","before":"","after":"","pull_requests":[{"url":""#
        + #"https://api.github.com/repos/o/r/pulls/1","id":1,"number":1,"head":{"ref":"","sha":"","#
        + #""repo":{"id":1,"url":""#
        + #"https://api.github.com/repos/o/r","name":"r"}},"base":{"ref":"main","sha":"","repo":{"id":1,"url":""#
        + #"https://api.github.com/repos/o/r","name":"r"}}}],"app":{"id":1,"slug":"packit-as-a-service","node_id":""#
        + #"MDM6QXBw","client_id":"Iv1.","owner":{"login":"packit","name":"Packit-as-a-Service","description":"","#
        + #""external_url":"https://packit.dev","html_url":"https://github.com/apps/packit-as-a-service","#
        + #""created_at":"","updated_at":"","permissions":{"actions":"read","administration":"read","#
        + #""checks":"write","contents":"write","deployments":"read","issues":"write","members":"read","#
        + #""metadata":"read","pull_requests":"write","statuses":"write","workflows":"write"},"events":["check_run","#
        + #""commit_comment","issue_comment","issues","pull_request","push","release","status"]},"created_at":"","#
        + #""updated_at":""},"pull_requests":[{"url":""#

    private static let status =
        #"{"id":1,"sha":"","name":"o/r","target_url":"https://dashboard.packit.dev/jobs/","avatar_url":"","#
        + #""context":"","#
        + #""description":"","state":"pending","commit":{"sha":"","node_id":"","commit":{"author":{"name":"","#
        + #""email":"","#
        + #""date":""},"committer":{"name":"","email":"","date":""},"message":"","tree":{"sha":"","url":""#
        + #"https://api.github.com/repos/o/r/git/trees/"},"url":"https://api.github.com/repos/o/r/git/commits/","#
        + #""comment_count":0,"verification":{"verified":false,"reason":"unsigned","signature":null,"payload":null,"#
        + #""verified_at":null}},"url":"https://api.github.com/repos/o/r/commits/","html_url":""#
        + #"https://github.com/o/r/commit/","comments_url":"https://api.github.com/repos/o/r/commits/","#
        + #""parents":[{"sha":""#
        + #""}]},"branches":[{"name":"","commit":{"sha":"","url":"https://api.github.com/repos/o/r/commits/"},"#
        + #""protected":false}],"#

    private static let push =
        #"{"ref":"refs/heads/main","before":"","after":"","pusher":{"name":"","email":""},"created":false,"#
        + #""deleted":false,"forced":false,"base_ref":null,"compare":"https://github.com/o/r/compare/","commits":[{"#
        + #""id":"","tree_id":"","distinct":true,"message":"","timestamp":"","url":"https://github.com/o/r/commit/","#
        + #""author":{"name":"","email":"","username":""},"committer":{"name":"GitHub","email":"noreply@github.com","#
        + #""username":"web-flow"},"added":[],"removed":[],"modified":[]}],"head_commit":{"#

    private static let copr =
        #"{"id":"","topic":"org.fedoraproject.prod.copr.chroot.end","body":{"build":1,"#
        + #""chroot":"fedora-rawhide-x86_64","#
        + #""copr":"","ip":"","owner":"packit","pid":1,"pkg":"","status":1,"user":"packit","version":"","what":""#
        + #"build end: user:packit copr: build: pkg: version: ip: pid: status:","#
        + #""who":"backend.worker-rpm_build_worker:""#

    private static let ends =
        #","organization":{"login":"o","id":1,"node_id":"O_kgDO","url":"https://api.github.com/orgs/o","repos_url":""#
        + #"https://api.github.com/orgs/o/repos","events_url":"https://api.github.com/orgs/o/events","hooks_url":""#
        + #"https://api.github.com/orgs/o/hooks","issues_url":"https://api.github.com/orgs/o/issues","members_url":""#
        + #"https://api.github.com/orgs/o/members{/member}","public_members_url":""#
        + #"https://api.github.com/orgs/o/public_members{/member}","avatar_url":"","description":""},"#
        + #""sender":{"login":""#
        + #"","type":"User","site_admin":false},"installation":{"id":1,"#
        + #""node_id":"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u"}}"#

    /// `"forks_url":"https://…/forks",` for each.
    private static func links(to base: String, _ links: [(name: String, path: String)]) -> String {
        links.map { name, path in "\"\(name)_url\":\"\(base)/\(path)\"," }.joined()
    }
}
