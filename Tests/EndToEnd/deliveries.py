"""Made-up deliveries by the thousand, signed and ready to be written to a socket.

They are grouped in stories, one repository each. A story's deliveries go out in order, one after the other; stories may
be mixed in any way. Their times lie hours in the past and answers come before the changes that they answer, so that
what is decided depends on nothing but on which deliveries came: not on when, not on how often the server was down.
"""

import hashlib
import itertools
import json
import time
import uuid
from dataclasses import dataclass

from observer import SECRET, sign, stamp

BEGINNING = int(time.time()) - 6 * 3600


@dataclass
class Delivery:
    identity: bytes
    """As the database holds it."""
    request: bytes


def request(source: str, body: bytes, headers: dict, secret: str = SECRET, close: bool = False) -> bytes:
    fields = {
        "Host": "observer", "Content-Type": "application/json", "Content-Length": str(len(body)),
        "X-Hub-Signature-256": sign(body, secret), **headers, **({"Connection": "close"} if close else {}),
    }
    head = f"POST /webhooks/{source} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + body


def identity_of(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


class Stories:
    """Story number n of a seed is always the same."""

    def __init__(self, seed: str = "", body_bytes: int = 8000, secret: str = SECRET, close: bool = False,
                 repositories: int = 10 ** 9):
        """`close`: each delivery comes on a connection of its own. `repositories`: after so many stories the same are
        told again, in new deliveries."""
        self.seed = seed
        self.repositories = repositories
        self.close = close
        self.filler = "x" * max(0, body_bytes - 1000)
        self.secret = secret

    def endless(self, told: list, first: int = 0):
        """One story after the other; `told` gets their numbers."""
        for number in itertools.count(first):
            told.append(number)
            yield self.story(number)

    def story(self, delivered: int) -> list:
        number = delivered % self.repositories
        sha = f"{number:040x}"
        start = BEGINNING + number % 10_000
        facts = [self.pull_request(number, sha, start)]
        kind = number % 6
        if kind == 0:
            facts = [self.check(number, sha, start + 3, 0, "The task was accepted."), *facts,
                     self.check(number, sha, start + 60, 1, "RPM build is in progress...", "in_progress"),
                     self.check(number, sha, start + 400, 2, "RPMs were built successfully.", "completed", "success")]
        elif kind == 1:
            facts = [self.check(number, sha, start + 40, 0, "The task was accepted."), *facts,
                     self.check(number, sha, start + 90, 1, "RPMs failed to be built.", "completed", "failure")]
        elif kind == 3:
            facts = [self.check(number, sha, start + 15, 0, "The task was accepted."), *facts]
        elif kind == 4:
            facts += [self.copr(number, start, "copr.build.start", 3),
                      self.copr(number, start + 99, "copr.build.end", 1)]
        elif kind == 5:
            facts = [self.github(number, "watch", {"action": "started"}), *facts]
        return [
            self.delivery(delivered, place, source, headers, payload)
            for place, (source, headers, payload) in enumerate(facts)
        ]

    def delivery(self, number: int, place: int, source: str, headers: dict, payload: dict) -> Delivery:
        identity = identity_of(f"{self.seed}/{number}/{place}")
        if source == "github":
            headers = {**headers, "X-GitHub-Delivery": identity}
        else:
            payload = {**payload, "id": identity}
        body = json.dumps(payload).encode()
        return Delivery(stored_form(source, identity), request(source, body, headers, self.secret, self.close))

    def repository(self, number: int) -> dict:
        return {"id": 5000 + number, "full_name": f"acme/rocket-{number}", "private": False}

    def github(self, number: int, event: str, payload: dict):
        payload["repository"] = self.repository(number)
        payload["filler"] = self.filler
        return "github", {"X-GitHub-Event": event}, payload

    def pull_request(self, number: int, sha: str, at: int):
        return self.github(number, "pull_request", {
            "action": "opened", "number": 1,
            "pull_request": {
                "number": 1, "created_at": stamp(at), "updated_at": stamp(at), "closed_at": None,
                "head": {"sha": sha, "ref": "topic", "repo": {"full_name": "someone/rocket"}}, "base": {"ref": "main"},
            },
            "sender": {"login": "someone", "type": "User"},
        })

    def check(self, number: int, sha: str, at: int, step: int, title: str, status: str = "queued", conclusion=None):
        return self.github(number, "check_run", {
            "action": "completed" if conclusion else "created",
            "check_run": {
                "id": 10 * number + step, "name": "rpm-build:fedora-rawhide-x86_64", "head_sha": sha,
                "external_id": str(number), "status": status, "conclusion": conclusion, "started_at": stamp(at),
                "completed_at": stamp(at) if conclusion else None, "details_url": None,
                "output": {"title": title, "summary": ""}, "pull_requests": [],
                "app": {"id": 1, "slug": "packit-as-a-service"},
            },
            "sender": {"login": "packit-as-a-service[bot]", "type": "Bot"},
        })

    @staticmethod
    def copr(number: int, at: int, topic: str, status: int):
        return "copr", {}, {
            "topic": f"org.fedoraproject.prod.{topic}", "headers": {"sent-at": stamp(at)},
            "body": {
                "build": number, "chroot": "fedora-rawhide-x86_64", "owner": "packit", "copr": f"elsewhere-{number}",
                "user": "packit", "status": status, "pkg": "rocket", "version": "1-1", "what": "", "who": "", "ip": "",
                "pid": 1,
            },
        }


def stored_form(source: str, identity: str) -> bytes:
    """A delivery's identity as the database holds it: a GUID with the high bits of its clock first, or a digest."""
    if source != "github":
        return hashlib.sha256(f"{source}:{identity}".encode()).digest()[:16]
    raw = uuid.UUID(identity).bytes
    return raw[6:8] + raw[4:6] + raw[0:4] + raw[8:]
