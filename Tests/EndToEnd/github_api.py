"""GitHub as an App sees it: sends webhooks, some of which go astray, lists what it sent, and sends again."""

import base64
import collections
import http.client
import http.server
import json
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

from observer import stamp

APP = 4711


def make_key(folder: Path) -> Path:
    key = folder / "app.pem"
    if not key.exists():
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        subprocess.run(
            ["openssl", "rsa", "-in", key, "-pubout", "-out", folder / "app.pub"], check=True, capture_output=True)
        key.chmod(0o600)
    return key


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class GitHub:
    """The list has an entry for each attempt. `page`: how many of them it shows at once, at most."""

    def __init__(self, folder: Path, observer, page: int = 25):
        self.folder = folder
        self.observer = observer
        self.page = page
        self.lock = threading.Lock()
        self.attempts = []
        self.requests = {}
        self.missing = {}
        """Why a delivery did not arrive at first: `failed`, `lost`; whatever its event."""
        self.fails_again = set()
        """GUIDs whose next redelivery fails."""
        self.trouble = []
        """Answers, (status, headers, body), that the next requests get instead of theirs."""
        self.asked = 0
        self.pause = 0
        """Before each answer, in seconds."""
        self.posts = []
        self.refused_tokens = []
        self.at_once = collections.Counter()
        self.overlapping = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # Sending

    def send(self, event: str, payload: dict, guid: str, fate: str = "ok", redelivery: bool = False, at: float = None):
        """`fate`: `ok`, `failed` (it never arrives), `lost` (it never arrives and GitHub believes it did),
        `pending` (it arrives when `release` is called)."""
        code = {"failed": 502, "lost": 200, "pending": 0}.get(fate) or (self.deliver(event, payload, guid)
                                                                        if fate == "ok" else 0)
        with self.lock:
            if not redelivery and (fate == "lost" or code >= 300):
                self.missing[guid] = "lost" if fate == "lost" else "failed"
            attempt = {
                "id": 1000 + len(self.attempts), "guid": guid, "delivered_at": stamp(at or time.time()),
                "redelivery": redelivery, "duration": 0.1, "event": event, "action": payload.get("action"),
                "installation_id": 1, "repository_id": 42, "throttled_at": stamp(time.time()) if code == 0 else None,
                "status": "pending" if code == 0 else "OK" if code < 300 else f"Invalid HTTP Response: {code}",
                "status_code": code,
            }
            self.attempts.append(attempt)
            self.requests[guid] = (event, payload)
        return attempt

    def attempt(self, guid: str, code: int, status: str, at: float = None, redelivery: bool = False,
                throttled: bool = False) -> dict:
        """An attempt to deliver to another App's webhook, of which the list tells."""
        with self.lock:
            attempt = {
                "id": 1000 + len(self.attempts), "guid": guid, "delivered_at": stamp(at or time.time()),
                "redelivery": redelivery, "duration": 0.27, "event": "push", "action": None, "installation_id": 1,
                "repository_id": 42, "throttled_at": stamp(time.time()) if throttled else None, "status": status,
                "status_code": code,
            }
            self.attempts.append(attempt)
        return attempt

    def release(self, attempt: dict):
        code = self.deliver(*self.requests[attempt["guid"]], attempt["guid"])
        with self.lock:
            attempt.update(status_code=code, status="OK" if code < 300 else str(code))

    def deliver(self, event: str, payload: dict, guid: str) -> int:
        try:
            return self.observer.github(event, payload, guid)[0]
        except (OSError, http.client.HTTPException):
            return 502

    def redeliver(self, number: int):
        guid = next(attempt["guid"] for attempt in self.attempts if attempt["id"] == number)
        with self.lock:
            self.at_once[guid] += 1
            if self.at_once[guid] > 1:
                self.overlapping.append(guid)
            fate = "failed" if guid in self.fails_again else "ok"
            self.fails_again.discard(guid)
        event, payload = self.requests[guid]
        self.send(event, payload, guid, fate, redelivery=True)
        with self.lock:
            self.at_once[guid] -= 1

    # Answering

    def token_is_good(self, header: str) -> bool:
        try:
            signed, _, signature = header.removeprefix("Bearer ").rpartition(".")
            kind, claims = (json.loads(unpadded(part)) for part in signed.split("."))
            name = f"{threading.get_ident()}-{time.monotonic_ns()}"
            (self.folder / f"{name}.signature").write_bytes(unpadded(signature))
            (self.folder / f"{name}.signed").write_text(signed)
            verified = subprocess.run(
                ["openssl", "dgst", "-sha256", "-verify", self.folder / "app.pub", "-signature",
                 self.folder / f"{name}.signature", self.folder / f"{name}.signed"], capture_output=True)
            now = time.time()
            return (verified.returncode == 0 and kind["alg"] == "RS256" and str(claims["iss"]) == str(APP)
                    and claims["iat"] <= now - 30 and now < claims["exp"] <= now + 600)
        except (ValueError, KeyError):
            return False

    def listed(self, query: dict):
        """Newest first, after an opaque cursor."""
        size = min(int(query.get("per_page", ["30"])[0]), self.page)
        before = int(unpadded(query["cursor"][0].removeprefix("v1_"))) if "cursor" in query else 10 ** 12
        with self.lock:
            older = [dict(attempt) for attempt in reversed(self.attempts) if attempt["id"] < before]
        headers = {}
        if len(older) > size:
            cursor = "v1_" + base64.urlsafe_b64encode(str(older[size - 1]["id"]).encode()).decode().rstrip("=")
            next_page = f"{self.url}/app/hook/deliveries?per_page={size}&cursor={cursor}"
            headers["Link"] = f'<{next_page}>; rel="next", <{self.url}/app/hook/deliveries>; rel="first"'
        return headers, older[:size]

    def handler(self):
        github = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status: int, content, headers: dict = None):
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                try:
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # The server was killed while it asked.

            def is_let_in(self) -> bool:
                with github.lock:
                    github.asked += 1
                    trouble = github.trouble.pop(0) if github.trouble else None
                if trouble:
                    self.answer(*trouble)
                elif not github.token_is_good(self.headers.get("Authorization", "")):
                    github.refused_tokens.append(self.headers.get("Authorization"))
                    self.answer(401, {"message": "A JSON web token could not be decoded"})
                else:
                    return True
                return False

            def do_GET(self):
                time.sleep(github.pause)
                if not self.is_let_in():
                    return
                address = urllib.parse.urlsplit(self.path)
                if address.path != "/app/hook/deliveries":
                    return self.answer(404, {"message": "Not Found"})
                headers, attempts = github.listed(urllib.parse.parse_qs(address.query))
                self.answer(200, attempts, headers)

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                github.posts.append(self.path)
                if not self.is_let_in():
                    return
                number = int(self.path.removeprefix("/app/hook/deliveries/").removesuffix("/attempts"))
                threading.Thread(target=github.redeliver, args=(number,), daemon=True).start()
                self.answer(202, {})

        return Handler
