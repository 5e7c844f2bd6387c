"""Bodies to measure with, in the shape and size of the real ones. The same at every run.

Marks such as `@SHA@@…` stand where the load generator (`Sources/load/template.h`) writes something else each time;
they come last, so that signing costs it little.
"""

import hashlib
import hmac
import json
import random
import time
from pathlib import Path

SECRET = "measured-with-this-secret-0123456789"
PULL_REQUEST_BYTES = 23_700

SHA = "@SHA".ljust(40, "@")
UUID = "@UUID".ljust(36, "@")
TIME = "@TIME".ljust(20, "@")
NUMBER = "@NUMBER".ljust(9, "@")
REPOSITORY = "@REPO".ljust(9, "@")

API = "https://api.github.com"
# The links that GitHub gives for every repository and every user.
REPOSITORY_LINKS = """forks keys{/key_id} collaborators{/collaborator} teams hooks issues/events{/number} events
assignees{/user} branches{/branch} tags git/blobs{/sha} git/tags{/sha} git/refs{/sha} git/trees{/sha} statuses/{sha}
languages stargazers contributors subscribers subscription commits{/sha} git/commits{/sha} comments{/number}
issues/comments{/number} contents/{+path} compare/{base}...{head} merges {archive_format}{/ref} downloads
issues{/number} pulls{/number} milestones{/number} notifications{?since,all,participating} labels{/name} releases{/id}
deployments""".split()
USER_LINKS = """followers following{/other_user} gists{/gist_id} starred{/owner}{/repo} subscriptions orgs repos
events{/privacy} received_events""".split()


def sign(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def unquoted(payload) -> bytes:
    """JSON in which the marks of numbers are not in quotes."""
    text = json.dumps(payload, separators=(",", ":"))
    for mark in (NUMBER, REPOSITORY):
        text = text.replace(f':"{mark}"', f":{mark}")
    return text.encode()


class Writer:
    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789abcdef") for _ in range(count))

    def number(self) -> int:
        return self.random.randrange(100_000_000, 999_999_999)

    def user(self, login: str) -> dict:
        return {
            "login": login, "id": self.number(), "node_id": "MDQ6" + self.digits(18),
            "avatar_url": f"https://avatars.githubusercontent.com/u/{self.number()}?v=4", "gravatar_id": "",
            "url": f"{API}/users/{login}", "html_url": f"https://github.com/{login}",
            **{link.split("{")[0] + "_url": f"{API}/users/{login}/{link}" for link in USER_LINKS},
            "type": "User", "user_view_type": "public", "site_admin": False,
        }

    def repository(self, owner: str, name: str, identity=None) -> dict:
        address = f"{API}/repos/{owner}/{name}"
        return {
            "node_id": "R_kgDO" + self.digits(6), "name": name, "private": False, "owner": self.user(owner),
            "html_url": f"https://github.com/{owner}/{name}", "description": "Sprockets, and what turns them.",
            "fork": False, "url": address,
            **{link.split("{")[0].strip("/").replace("/", "_") + "_url": f"{address}/{link}"
               for link in REPOSITORY_LINKS},
            "created_at": "2019-03-11T09:12:44Z", "updated_at": "2026-11-20T16:40:02Z",
            "pushed_at": "2026-11-22T08:01:55Z", "git_url": f"git://github.com/{owner}/{name}.git",
            "ssh_url": f"git@github.com:{owner}/{name}.git", "clone_url": f"https://github.com/{owner}/{name}.git",
            "svn_url": f"https://github.com/{owner}/{name}", "homepage": "", "size": self.random.randrange(99999),
            "stargazers_count": 61, "watchers_count": 61, "language": "Python", "has_issues": True,
            "has_projects": True, "has_downloads": True, "has_wiki": False, "has_pages": False,
            "has_discussions": False, "forks_count": 49, "mirror_url": None, "archived": False, "disabled": False,
            "open_issues_count": 37, "license": {
                "key": "mit", "name": "MIT License", "spdx_id": "MIT", "url": f"{API}/licenses/mit",
                "node_id": "MDc6TGljZW5zZTEz"},
            "allow_forking": True, "is_template": False, "web_commit_signoff_required": False,
            "topics": ["rpm", "sprockets"], "visibility": "public", "forks": 49, "open_issues": 37, "watchers": 61,
            "default_branch": "main", "allow_squash_merge": True, "allow_merge_commit": True,
            "allow_rebase_merge": True, "allow_auto_merge": True, "delete_branch_on_merge": True,
            "allow_update_branch": True, "use_squash_pr_title_as_default": False,
            "squash_merge_commit_message": "COMMIT_MESSAGES", "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
            "merge_commit_message": "PR_TITLE", "merge_commit_title": "MERGE_MESSAGE",
            "id": identity or self.number(), "full_name": f"{owner}/{name}",
        }

    def pull_request(self, owner="acme", name="rocket", sha=None, number=12, repository=None, at=None) -> bytes:
        address = f"{API}/repos/{owner}/{name}/pulls/12"
        links = "self html issue comments review_comments review_comment commits statuses".split()
        at = at or "2026-11-22T10:00:00Z"

        def payload(text: str) -> bytes:
            full_name = f"r{repository}" if repository else name
            return unquoted({
                "action": "opened", "pull_request": {
                    "url": address, "id": self.number(), "node_id": "PR_kwDO" + self.digits(10),
                    **{f"{link}_url": f"{address}/{link}" for link in links[1:]},
                    "state": "open", "locked": False, "title": "Turn the sprocket the other way",
                    "user": self.user("mallow"), "body": text, "closed_at": None, "merged_at": None,
                    "merge_commit_sha": None, "assignee": None, "assignees": [],
                    "requested_reviewers": [self.user("fennel")], "requested_teams": [], "labels": [],
                    "milestone": None, "draft": False,
                    "base": {
                        "label": f"{owner}:main", "ref": "main", "sha": self.digits(40), "user": self.user(owner),
                        "repo": self.repository(owner, name)},
                    "_links": {link: {"href": f"{address}/{link}"} for link in links},
                    "author_association": "CONTRIBUTOR", "auto_merge": None, "active_lock_reason": None,
                    "merged": False, "mergeable": None, "rebaseable": None, "mergeable_state": "unknown",
                    "merged_by": None, "comments": 0, "review_comments": 0, "maintainer_can_modify": True,
                    "commits": 1, "additions": 14, "deletions": 3, "changed_files": 2,
                    "head": {
                        "label": "mallow:other-way", "ref": "other-way", "user": self.user("mallow"),
                        "repo": self.repository("mallow", name), "sha": sha or self.digits(40)},
                    "created_at": at, "updated_at": at, "number": number},
                "organization": {**self.user(owner), "description": ""}, "sender": self.user("mallow"),
                "installation": {"id": 7_112_233, "node_id": "MDIz" + self.digits(20)},
                "repository": self.repository(owner, full_name, repository), "number": number})

        words = "Turns it left where it turned right which nobody needed and some had asked for since spring".split()
        # The same payload once more with a description that brings it to its size.
        state = self.random.getstate()
        missing = PULL_REQUEST_BYTES - len(payload(""))
        description = []
        while sum(map(len, description)) + len(description) < missing:
            description.append(self.random.choice(words))
        self.random.setstate(state)
        return payload(" ".join(description)[:max(0, missing)])


def small_pull_request(at=TIME) -> bytes:
    return unquoted({
        "action": "opened",
        "pull_request": {
            "head": {"ref": "topic", "repo": {"full_name": "mallow/rocket"}, "sha": SHA},
            "base": {"ref": "main"}, "created_at": at, "updated_at": at, "number": NUMBER},
        "repository": {"id": REPOSITORY, "full_name": f"acme/r{REPOSITORY}", "private": False},
        "sender": {"login": "mallow"}, "number": NUMBER})


def check_run() -> bytes:
    return unquoted({
        "action": "created", "check_run": {
            "name": "rpm-build:fedora-rawhide-x86_64", "status": "queued", "conclusion": None,
            "completed_at": None, "details_url": "https://dashboard.packit.dev/jobs/copr/1",
            "output": {"title": "RPM build is waiting to be processed.", "summary": ""}, "pull_requests": [],
            "app": {"id": 29180, "slug": "packit-as-a-service"}, "started_at": TIME, "external_id": "1",
            "head_sha": SHA, "id": NUMBER},
        "repository": {"id": REPOSITORY, "full_name": f"acme/r{REPOSITORY}", "private": False},
        "sender": {"login": "packit-as-a-service[bot]"}})


def copr_message(user="packit") -> bytes:
    return unquoted({
        "topic": "org.fedoraproject.prod.copr.build.start",
        "body": {
            "build": NUMBER, "chroot": "fedora-rawhide-x86_64", "owner": user, "user": user, "status": 3,
            "pkg": "rocket", "version": None,
            # Packit has a project for each pull request.
            "copr": "acme-rocket-" + NUMBER},
        "headers": {"sent-at": TIME}, "id": UUID})


def testing_farm_request() -> bytes:
    return unquoted({
        "id": "7c6b1a52-2f2e-4a39-9d16-0c2f6f1f7a10", "state": "complete", "created": "2026-11-22T10:00:00.123456",
        "updated": "2026-11-22T10:20:00.123456", "queued_time": 12.5, "run_time": 1187.2,
        "result": {"overall": "passed", "summary": None, "xunit": None},
        "environments_requested": [{
            "arch": "x86_64", "os": {"compose": "Fedora-Rawhide"},
            "tmt": {"context": {"initiator": "packit", "distro": "fedora-rawhide"}},
            "variables": {
                "PACKIT_FULL_REPO_NAME": "acme/rocket", "PACKIT_COMMIT_SHA": "a" * 40, "PACKIT_PR_ID": "12"}}]})


def filled(body: bytes) -> bytes:
    """A body with marks as one delivery of it."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    values = {SHA: "a" * 40, UUID: "2c1f8d5e-9b1a-11f0-8a54-77b0c4fd0f1e", TIME: now,
              NUMBER: "100000001", REPOSITORY: "100000002"}
    for mark, value in values.items():
        body = body.replace(mark.encode(), value.encode())
    return body


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    changing = Writer(3).pull_request(sha=SHA, number=NUMBER, repository=REPOSITORY, at=TIME)
    for name, body in {
        "pull_request": Writer(1).pull_request(),
        "other_pull_request": Writer(2).pull_request("sorrel", "flywheel"),
        "check_run": filled(check_run()),
        "copr": filled(copr_message()),
        "request": testing_farm_request(),
        # With marks.
        "any_pull_request": changing,
        "any_small_pull_request": small_pull_request(),
        "any_check_run": check_run(),
        "any_copr": copr_message(),
        "any_foreign_copr": copr_message("someone"),
    }.items():
        (folder / f"{name}.json").write_bytes(body)
