"""No secret, token or signature in anything that the program says or writes, whatever it is asked and sent."""

import base64
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from observer import TOKEN, Observer, check_run, pull_request, sign
from trial import Trial

SECRETS = {
    "github": "hush-github-3f9a61c07b", "copr": "hush-copr-77d20e4a19", "tf": "hush-tf-5be81290cc",
    "file": "hush-file-90ab44e1f2", "new": "hush-new-c1d2e3f405", "typed": "hush-typed-18e7d6c5b4",
    "broker": "hush-broker-6a5b4c3d2e", "api": "hush-api-0f1e2d3c4b", "wrong": "hush-wrong-token-2b3c4d5e6f",
}


class SecrecyTests(Trial):
    def setUp(self):
        super().setUp()
        self.said = []
        self.signatures = set()
        self.signed = {}

    def says(self, what: str, text):
        self.said.append((what, text if isinstance(text, bytes) else text.encode()))

    def signature(self, body: bytes, secret: str) -> str:
        text = sign(body, secret)
        self.signatures.add(text.removeprefix("sha256="))
        return text

    def posted(self, source: str, body: bytes, headers: dict, signature: str = "", path: str = ""):
        """`observer.post`, with whatever path, and remembering the whole answer."""
        head = {"Host": "observer", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        if signature:
            head["X-Hub-Signature-256"] = signature
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line = f"POST {path or '/webhooks/' + source} HTTP/1.1\r\n"
        return self.raw(f"{line}{lines}Connection: close\r\n\r\n".encode() + body)

    def raw(self, request: bytes) -> int:
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=15) as connection:
            try:
                connection.sendall(request)
            except OSError:
                pass
            answer = b""
            try:
                while part := connection.recv(65536):
                    answer += part
            except OSError:
                pass
        # A sender may be told again what it asked for by that very address; nobody else may.
        self.says("answer", answer)
        return int(answer[9:12]) if answer[:5] == b"HTTP/" else 0

    def command(self, *arguments: str, environment: dict = None, config: str = None):
        if config is not None:
            path = self.path / "tried.yaml"
            path.write_text(config)
            path.chmod(0o600)
            arguments = (*arguments, "--config", str(path))
        result = subprocess.run(
            [Observer.program, *arguments], env=environment or self.server.environment, capture_output=True,
            timeout=60)
        self.says(" ".join(arguments), result.stdout + result.stderr)
        return result

    def assert_nothing_secret(self):
        needles = {name: secret for name, secret in SECRETS.items()}
        needles["token"] = TOKEN
        needles |= {f"signature {text[:6]}…": text for text in self.signatures}
        # In other clothes, too.
        needles |= {f"{name} in base64": base64.b64encode(text.encode()).decode().rstrip("=")
                    for name, text in list(needles.items())}
        found = [
            (what, name, said[max(0, place - 80):place + 20])
            for what, said in self.said for name, needle in needles.items()
            if (place := said.lower().find(needle.lower().encode())) >= 0
        ]
        self.assertEqual(found, [])

    def test_every_kind_of_request_error_and_command(self):
        secrets, tokens = self.path / "secrets", self.path / "tokens"
        secrets.write_text(SECRETS["file"] + "\n")
        tokens.write_text(TOKEN + "\n")
        for path in (secrets, tokens):
            path.chmod(0o600)
        self.server = self.observer(
            PACKIT_SLO_LOG_LEVEL="trace", PACKIT_SLO_LOG_FORMAT="json", PACKIT_SLO_HTTP_BODY_TIMEOUT="1s",
            PACKIT_SLO_GITHUB_WEBHOOK_SECRETS=SECRETS["github"], PACKIT_SLO_GITHUB_WEBHOOK_SECRETS_FILE=str(secrets),
            PACKIT_SLO_COPR_WEBHOOK_SECRETS=SECRETS["copr"], PACKIT_SLO_TESTING_FARM_WEBHOOK_SECRETS=SECRETS["tf"],
            PACKIT_SLO_TESTING_FARM_TOKENS="", PACKIT_SLO_TESTING_FARM_TOKENS_FILE=str(tokens),
            PACKIT_SLO_FEDORA_MESSAGING_URL=f"amqp://packit:{SECRETS['broker']}@127.0.0.1:1/",
            PACKIT_SLO_FEDORA_MESSAGING_QUEUE="queue")
        del self.server.environment["PACKIT_SLO_TESTING_FARM_TOKENS"]
        self.server.start()
        self.send_everything()
        self.look_at_everything()
        secrets.write_text(SECRETS["new"] + "\n")
        self.server.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        secrets.write_text("\n")
        time.sleep(2.5)
        self.run_every_command()
        if self.is_long:
            # It writes down where it was, which takes a while.
            self.server.process.send_signal(signal.SIGABRT)
            self.wait_until(lambda: "Backtrace took" in self.server.log_path.read_text(), 90, "it has told why it ends")
        self.server.kill()
        self.says("what it said when it was brought down", self.server.log_path.read_bytes())
        secrets.write_text(SECRETS["new"] + "\n")
        self.server.start()
        self.assertEqual(self.server.stop(), 0)
        for folder, _, names in os.walk(self.server.folder):
            for name in names:
                self.says(f"the file {name}", Path(folder, name).read_bytes())
        self.assertGreater(len(self.said), 60)
        self.assertGreater(sum(len(said) for _, said in self.said), 100_000)
        self.assert_nothing_secret()
        size = sum(len(said) for _, said in self.said)
        self.figure(
            f"{len(self.said)} answers, outputs and files, {size >> 10} KiB, searched for {len(SECRETS) + 1} "
            f"secrets and tokens and {len(self.signatures)} signatures: none")

    def send_everything(self):
        now = time.time()
        good = json.dumps(pull_request(1, "a" * 40, now)).encode()
        event = {"X-GitHub-Event": "pull_request"}
        number = iter(range(10 ** 6))

        def github(body, signature, expected, **more):
            headers = {**event, "X-GitHub-Delivery": f"s-{next(number)}", **more}
            self.assertEqual(self.posted("github", body, headers, signature), expected, (body[:80], more))

        for name in ("github", "file"):
            github(good, self.signature(good, SECRETS[name]), 202)
        right = self.signature(good, SECRETS["github"])
        for wrong in (self.signature(good, SECRETS["wrong"]), right[:-1], right + "0", right.replace("sha256", "sha1"),
                      right.removeprefix("sha256="), "", "sha256=" + SECRETS["github"], SECRETS["github"]):
            github(good, wrong, 401)
        other_ways = {"X-Hub-Signature": "sha1=" + right[7:47], "Authorization": f"Bearer {SECRETS['github']}"}
        github(good, "", 401, **other_ways)
        for broken in (b"{", b"[]", b'{"a":"\xff"}', b"[" * 5000, b'{"action":"opened"}', b""):
            expected = 202 if broken == b'{"action":"opened"}' else 400
            github(broken, self.signature(broken, SECRETS["github"]), expected)
        form = b"payload=" + b"%7B%22zen%22%3A%22x%22%7D"
        self.posted("github", form, {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "s-form",
                                     "Content-Type": "application/x-www-form-urlencoded"},
                    self.signature(form, SECRETS["github"]))
        self.posted("github", good, {"X-GitHub-Event": "x" * 300, "X-GitHub-Delivery": right}, right)
        self.posted("github", good, {"Content-Type": "text/plain", **event, "X-GitHub-Delivery": "s-type"}, right)
        check = json.dumps(check_run(1, "a" * 40, now, "The task was accepted.")).encode()
        self.posted("github", check, {"X-GitHub-Event": "check_run", "X-GitHub-Delivery": "s-check"},
                    self.signature(check, SECRETS["github"]))
        copr = json.dumps({"topic": "copr.build.start", "build": 1, "chroot": "srpm-builds", "user": "packit"}).encode()
        for secret, expected in ((SECRETS["copr"], 202), (SECRETS["wrong"], 401)):
            self.assertEqual(self.posted("copr", copr, {}, self.signature(copr, secret)), expected)
        for token, expected in ((TOKEN, 202), (SECRETS["wrong"], 401), (TOKEN[:-1], 401)):
            body = json.dumps({"request_id": "r-1", "token": token}).encode()
            self.assertEqual(self.posted("testing-farm", body, {}), expected)
            self.posted("testing-farm", body, {}, self.signature(body, SECRETS["tf"]))
            for body in (body[:-1], body.replace(b"request_id", b"request"), b"[" + body + b"]"):
                self.posted("testing-farm", body, {})
        nested = json.dumps({"request_id": "r-2", "source": {"token": TOKEN}, "token": TOKEN}).encode()
        self.posted("testing-farm", nested, {}, self.signature(nested, SECRETS["tf"]))
        self.raw(b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: " + right.encode() +
                 b"\r\nContent-Length: 99999999\r\n\r\n{")
        self.raw(b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: " + right.encode() +
                 b"\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{")
        for broken in (
            b"POST /webhooks/github HTTP/1.1\r\nX-Hub-Signature-256: " + right.encode() + b"\r\n\r\n",
            b"POST /webhooks/github HTTP/9.9\r\nHost: x\r\nX-Hub-Signature-256: " + right.encode() + b"\r\n\r\n",
            b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: " + right.encode() * 2000 + b"\r\n\r\n",
            b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub Signature-256 " + right.encode() + b"\r\n\r\n",
            right.encode() + b"\r\n\r\n",
        ):
            self.raw(broken)

    def look_at_everything(self):
        for path in ("/", "/metrics", "/livez", "/readyz", "/api/v1/objectives", "/api/v1/openapi.json", "/nowhere",
                     "/api/v1/objectives?repository=acme/rocket", "/webhooks/github"):
            for accept in ("*/*", "application/openmetrics-text", "text/html"):
                self.says(path, "\n".join(map(str, self.server.get(path, Accept=accept))))
        # What is only ever sent by mistake. Nothing of it may get into the log.
        for header in ("Authorization", "Cookie", "X-Hub-Signature-256", "X-Token"):
            self.says(header, self.server.get("/nowhere", **{header: f"Bearer {SECRETS['typed']}"})[1])
        for path in ("/?token=", "/metrics?token=", "/webhooks/testing-farm?token=", "/api/v1/objectives?secret="):
            self.says(path, self.server.get(path + SECRETS["typed"])[1])
            self.server.post("testing-farm", b"{}", signature="")

    def run_every_command(self):
        folder = self.path
        recording = folder / "recording.jsonl"
        body = json.dumps({"request_id": "r-9", "token": TOKEN})
        pushed = json.dumps(pull_request(9, "9" * 40, time.time()))
        lines = [
            {"source": "testing-farm", "headers": {"Content-Type": "application/json"}, "body": body},
            {"source": "github", "headers": {
                "Content-Type": "application/json", "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "r-1",
                "X-Hub-Signature-256": self.signature(pushed.encode(), SECRETS["wrong"])}, "body": pushed},
        ]
        recording.write_text("".join(
            json.dumps({"received_at": "2026-11-22T10:00:00.000Z", **line}) + "\n" for line in lines))
        url = f"http://127.0.0.1:{self.server.port}"
        for arguments in (
            ["check-config"], ["check-config", "--reference"], ["report"], ["report", "--format", "json"],
            ["report", "--format", "markdown"], ["report", str(recording)], ["export"], ["export", "--raw"],
            ["replay", str(recording)], ["replay", str(recording), "--format", "json"],
            ["replay", str(recording), "--format", "metrics"], ["replay", "--journal"], ["serve"],
            ["send", str(recording), "--to", url], ["send", str(recording), "--to", url + "/nowhere"],
            ["send", str(recording), "--to", f"http://user:{SECRETS['typed']}@127.0.0.1:1"],
            ["send", str(recording), "--to", "http://127.0.0.1:1"],
            ["backup", str(self.server.folder / "copy.sqlite")], ["backup", "/nowhere/copy.sqlite"],
            ["replay", str(recording), "--set", f"github.webhook_secrets={SECRETS['typed']},"],
            ["replay", str(recording), "--set", f"testing_farm.tokens={{{SECRETS['typed']}"],
        ):
            self.command(*arguments)
        typed = SECRETS["typed"]
        address = f"https://user:{SECRETS['api']}@upstream.example"
        values = [f"{key}={typed}" for key in (
            "github.webhook_secrets", "copr.webhook_secrets", "testing_farm.webhook_secrets", "testing_farm.tokens")]
        values += [f"{key}={address}" for key in (
            "copr.api_url", "github.api_url", "testing_farm.api_url", "packit.api_url", "pages.url", "http.listen",
            "pages.runbook_url", "pages.github_url", "jobs.settle", "github.webhook_secrets_file", "nothing")]
        values += [f"github.webhook_secrets:{typed}", address, f"pages.dashboard_urls=prod={address}"]
        for value in values:
            for arguments in (
                ["report", "--set", value], ["report", "--set", value, "--format", "json"],
                ["report", "--set", value, "--format", "markdown"], ["report", str(recording), "--set", value],
                ["replay", str(recording), "--set", value], ["replay", "--journal", "--set", value],
            ):
                self.command(*arguments)
        for arguments in (
            ["serve", "--listen", address], ["report", "--at", address], ["export", "--since", address],
            ["check-config", "--config", address], ["replay", address], ["backup", address], ["restore", address],
            ["rules", "openslo", "--prometheus-url", address], ["rules", "prometheus", "--check", address],
            ["send", str(recording), "--to", address], [address],
        ):
            self.command(*arguments)
        for config in (
            f"github:\n  webhook_secrets: [{typed}, {typed}\n", f"github:\n  webhook_secrets: {{a: {typed}}}\n",
            f"github:\n  webhook_secrets: [*{typed}]\n", f"github.webhook_secrets: &{typed}\n",
            f"github:\n  webhook_secrets: {{{typed}: a, {typed}: b}}\n", f"github:\n  webhook_secrets: !{typed} a\n",
            f"github:\n  webhook_secret: {typed}\n",
            f"github:\n  webhook_secrets: {typed}\n  webhook_secrets: {typed}\n",
            f"github:\n  webhook_secrets: ['{typed}', '']\n", f"testing_farm:\n  tokens: [[{typed}]]\n",
            f"github:\n  webhook_secrets: [{typed}]\n  webhook_secrets_file: /nowhere\n", f"{typed}\n",
            f"copr:\n  webhook_secrets: \"{typed}\n", f"github:\n\twebhook_secrets: {typed}\n",
            f"fedora_messaging:\n  url: amqps://packit:{SECRETS['broker']}@broker.example/vhost\n",
            f"fedora_messaging:\n  url: [amqps://packit:{SECRETS['broker']}@broker.example]\n",
            f"github:\n  webhook_secrets: [{typed}]\n", f"testing_farm:\n  tokens: [{typed}]\n",
        ):
            self.command("check-config", config=config)
        bare = {key: value for key, value in self.server.environment.items() if "SECRET" not in key}
        for variable, value in (
            ("PACKIT_SLO_GITHUB_WEBHOOK_SECRETS", f"{typed},,"), ("PACKIT_SLO_GITHUB_WEBHOOK_SECRET", typed),
            ("PACKIT_SLO_TESTING_FARM_TOKENS", f",{typed}"), ("PACKIT_SLO_GITHUB_WEBHOOK_SECRETS", f"{typed}\x01"),
            ("PACKIT_SLO_FEDORA_MESSAGING_URL", f"https://packit:{SECRETS['broker']}@broker.example"),
        ):
            self.command("check-config", environment={**bare, variable: value})
        for key in ("COPR_API_URL", "GITHUB_API_URL", "TESTING_FARM_API_URL", "PACKIT_API_URL", "PAGES_URL",
                    "PAGES_RUNBOOK_URL", "PAGES_COPR_URL", "HTTP_LISTEN", "DATABASE", "RULES_FILES"):
            for arguments in (["check-config"], ["rules", "grafana"], ["serve"], ["report"]):
                self.command(*arguments, environment={**self.server.environment, f"PACKIT_SLO_{key}": address})
