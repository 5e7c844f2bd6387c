"""A packit-slo server under test, and what one can do to it from outside."""

import hashlib
import hmac
import http.client
import json
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "end-to-end-secret-0123456789"
TOKEN = "end-to-end-token-0123456789"
SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def samples(text: str) -> dict:
    return {
        (name, tuple(sorted(LABEL.findall(labels or "")))): float(value)
        for name, labels, value in SAMPLE.findall(text)
    }


def wait_for(condition, patience: float, what, pace: float = 0.02) -> float:
    """
    - Parameter what: what is waited for, or what tells it when the wait is over without it.
    - Returns: how long it took, in seconds. While nobody answers, the condition does not hold.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < patience:
        try:
            if condition():
                return time.monotonic() - begun
        except OSError:
            pass
        time.sleep(pace)
    raise AssertionError(f"not within {patience} s: {what() if callable(what) else what}")


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Observer:
    """Runs `packit-slo serve` on a port and a folder of its own."""

    program = ""
    #: Where it listens. Tests that put servers on machines of their own set others.
    host = "127.0.0.1"
    #: What the command begins with.
    before = ()

    def __init__(self, folder: Path, **settings: str):
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PACKIT_SLO_HTTP_LISTEN": f"{self.host}:{self.port}",
            "PACKIT_SLO_DATABASE": str(folder / "observer.sqlite"),
            "PACKIT_SLO_GITHUB_WEBHOOK_SECRETS": SECRET,
            "PACKIT_SLO_COPR_WEBHOOK_SECRETS": SECRET,
            "PACKIT_SLO_TESTING_FARM_WEBHOOK_SECRETS": SECRET,
            "PACKIT_SLO_TESTING_FARM_TOKENS": TOKEN,
            "PACKIT_SLO_LOG_LEVEL": "debug",
            **settings,
        }
        self.database = folder / "observer.sqlite"
        #: Of the command `serve`.
        self.arguments = []
        self.log = None
        self.keep_log(folder / "log")
        self.process = None

    def keep_log(self, path: Path):
        if self.log:
            self.log.close()
        self.log_path = path
        self.log = open(path, "ab")

    def start(self) -> "Observer":
        self.process = subprocess.Popen(
            [*self.before, self.program, "serve", *self.arguments], env=self.environment, stdout=self.log,
            stderr=self.log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"the server ended with {self.process.returncode}: " + self.log_path.read_text()[-2000:])
            try:
                if self.get("/readyz")[0] == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server does not get ready: " + str(self.get("/readyz")))

    @property
    def initial_status_deadline(self) -> float:
        """In seconds."""
        return float(self.environment.get("PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE", "15s").removesuffix("s"))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()

    def get(self, path: str, **headers: str):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def metrics(self) -> dict:
        return samples(self.get("/metrics")[1])

    def metric(self, name: str, **labels: str) -> float:
        return self.metrics().get((name, tuple(sorted(labels.items()))), 0.0)

    def post(self, source: str, body: bytes, headers: dict = None, signature: str = None):
        fields = {"Content-Type": "application/json", **(headers or {})}
        if signature is None:
            fields["X-Hub-Signature-256"] = sign(body)
        elif signature:
            fields["X-Hub-Signature-256"] = signature
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        connection.request("POST", f"/webhooks/{source}", body, fields)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def github(self, event: str, payload, delivery: str, **options):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.post(
            "github", body, {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery}, **options)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.program, *arguments], env=self.environment, capture_output=True, text=True, timeout=120)


def folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="packit-slo-test-")


def stamp(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def pull_request(number: int, sha: str, at: float, action: str = "opened") -> dict:
    return {
        "action": action, "number": number,
        "pull_request": {
            "number": number, "created_at": stamp(at), "updated_at": stamp(at), "closed_at": None,
            "head": {"sha": sha, "ref": "topic", "repo": {"full_name": "someone/rocket"}},
            "base": {"ref": "main"},
        },
        "repository": {"id": 42, "full_name": "acme/rocket", "private": False},
        "sender": {"login": "someone", "type": "User"},
    }


def check_run(number: int, sha: str, at: float, title: str, status: str = "queued", conclusion=None) -> dict:
    return {
        "action": "completed" if conclusion else "created",
        "check_run": {
            "id": number, "name": "rpm-build:fedora-rawhide-x86_64", "head_sha": sha, "external_id": sha[:6],
            "status": status, "conclusion": conclusion, "started_at": stamp(at),
            "completed_at": stamp(at) if conclusion else None, "details_url": None,
            "output": {"title": title, "summary": ""}, "pull_requests": [],
            "app": {"id": 1, "slug": "packit-as-a-service"},
        },
        "repository": {"id": 42, "full_name": "acme/rocket", "private": False},
        "sender": {"login": "packit-as-a-service[bot]", "type": "Bot"},
    }
