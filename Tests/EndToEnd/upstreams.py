"""Stand-ins for the APIs of Testing Farm, Copr and Packit, which can be made to misbehave."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Upstream:
    """Answers `GET`s from `documents`, by path and query; what is not there is answered as the real one does."""

    def __init__(self):
        self.documents = {}
        self.asked = []
        self.tokens = []
        # Called with the handler instead of answering, while it is set.
        self.misbehave = None
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                upstream.asked.append(self.path)
                upstream.tokens.append(self.headers.get("Authorization"))
                if upstream.misbehave:
                    upstream.misbehave(self)
                    return
                document = upstream.documents.get(upstream.key(self.path))
                if document is None:
                    answer(self, upstream.absence(self.path), 404)
                else:
                    answer(self, document)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def key(self, path: str):
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        return parts.path, query.get("build_id", [None])[0], query.get("chrootname", [None])[0]

    def absence(self, path: str) -> dict:
        return {"message": "no such thing"}

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def answer(handler, document, status: int = 200, **headers: str):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    try:
        handler.wfile.write(body)
    except OSError:
        # Whoever asked has had enough.
        pass


class TestingFarm(Upstream):
    def request(self, request_id: str, state: str, at: float, overall=None, **more):
        created = time.strftime("%Y-%m-%dT%H:%M:%S.000001", time.gmtime(at))
        self.documents[f"/v0.1/requests/{request_id}", None, None] = {
            "id": request_id, "state": state, "created": created, "updated": created,
            "result": {"overall": overall, "summary": None} if overall else None, "queued_time": 1, "run_time": 2,
            "environments_requested": [{"tmt": {"context": {"initiator": "packit", "deployment": "prod"}}}], **more,
        }


class Copr(Upstream):
    def build(self, build: int, chroot: str, state: str, submitted: float, started=None, ended=None):
        self.documents["/api_3/build-chroot/", str(build), chroot] = {
            "name": chroot, "state": state, "started_on": started and int(started), "ended_on": ended and int(ended),
            "result_url": None,
        }
        self.documents[f"/api_3/build/{build}", None, None] = {
            "id": build, "state": state, "submitted_on": int(submitted), "started_on": None, "ended_on": None,
            "ownername": "packit", "projectname": "acme-rocket-1", "chroots": [chroot],
        }

    def absence(self, path: str) -> dict:
        return {"error": f"Build {path.rsplit('/', 1)[-1]} does not exist."}


class Packit(Upstream):
    def job(self, job: int, build: int, chroot: str, sha: str):
        self.documents[f"/api/copr-builds/{job}", None, None] = {
            "build_id": str(build), "status": "pending", "chroot": chroot, "commit_sha": sha, "pr_id": 1,
        }


# How an upstream can fail. Each is given the handler of a request.


def redirects(handler):
    answer(handler, b"", 302, Location="http://127.0.0.1:9/elsewhere", Content_Type="text/html")


def is_broken(handler):
    answer(handler, {"error": "broken"}, 500)


def denies(handler):
    answer(handler, {"message": "not for you"}, 403)


def limits(handler):
    answer(handler, {"message": "too many"}, 429, Retry_After="3600")


def babbles(handler):
    answer(handler, b'{"state": "complete", "id":')


def is_a_wall(handler):
    answer(handler, b"<h1>Are you a robot?</h1>", 200, Content_Type="text/html")


def hangs_up(handler):
    handler.close_connection = True
    handler.connection.close()


def pours(handler):
    """A body without an end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    try:
        for _ in range(400):
            handler.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    except OSError:
        pass
    handler.close_connection = True


def stalls(handler):
    time.sleep(60)
    handler.close_connection = True


FAILURES = [redirects, is_broken, denies, limits, babbles, is_a_wall, hangs_up, pours]
