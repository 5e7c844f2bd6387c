"""What each kind of input gets for an answer, and that nothing secret is said anywhere."""

import json
import os
import socket
import time
import unittest
from pathlib import Path

from observer import SECRET, TOKEN, Observer, check_run, folder, pull_request, sign

SHA = "a" * 40


class AnswerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.observer = Observer(
            Path(cls.folder.name), PACKIT_SLO_HTTP_BODY_TIMEOUT="1s", PACKIT_SLO_HTTP_MAX_BODY_BYTES="1MiB").start()

    @classmethod
    def tearDownClass(cls):
        cls.observer.close()
        cls.folder.cleanup()

    def expect(self, status: int, answer, *words: str):
        self.assertEqual(answer[0], status, answer)
        for word in words:
            self.assertIn(word, answer[1])
        for secret in (SECRET, TOKEN):
            self.assertNotIn(secret, answer[1])

    def test_signatures(self):
        body = json.dumps(pull_request(1, SHA, time.time())).encode()
        good = sign(body)
        for bad in ("", good[:-1], good.replace("sha256=", "sha1="), sign(body, "another"), "sha256=" + "g" * 64):
            self.expect(401, self.observer.github("pull_request", body, "d-1", signature=bad))
        upper = "sha256=" + good.removeprefix("sha256=").upper()
        self.expect(202, self.observer.github("pull_request", body, "d-2", signature=upper))

    def test_a_source_without_a_secret_refuses(self):
        with folder() as empty:
            observer = Observer(Path(empty), PACKIT_SLO_LOG_LEVEL="info")
            del observer.environment["PACKIT_SLO_COPR_WEBHOOK_SECRETS"]
            observer.start()
            self.expect(503, observer.post("copr", b"{}"), "secret")
            observer.close()

    def test_broken_json(self):
        deep = b"[" * 10000 + b"]" * 10000
        for body in (b"{\"a\":", b"[]", deep, b"\"text\"", b"{\"a\":\"\xff\"}", b"", b"{} {}"):
            answer = self.observer.github("pull_request", body, "d-broken")
            self.expect(400, answer, "detail")
        # Odd, but JSON.
        for body in (b'{"action":"opened","action":"x"}', b'{"n":12345678901234567890123}', b'{"zen":"\\ud800"}'):
            self.expect(200, self.observer.github("ping", body, "d-odd" + str(len(body))))

    def test_a_known_event_without_what_it_needs_is_kept_and_counted(self):
        before = self.observer.metric("packit_slo_deliveries_total", source="github", result="malformed")
        payload = pull_request(2, SHA, time.time())
        payload["pull_request"]["head"] = None
        self.expect(202, self.observer.github("pull_request", payload, "d-malformed"))
        after = self.observer.metric("packit_slo_deliveries_total", source="github", result="malformed")
        self.assertEqual(after, before + 1)

    def test_headers(self):
        body = json.dumps({"zen": "Design for failure."}).encode()
        self.expect(400, self.observer.post("github", body, {"X-GitHub-Delivery": "d-3"}))
        self.expect(400, self.observer.post("github", body, {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "d 3"}))
        self.expect(200, self.observer.post("github", body, {"X-GitHub-Event": "ping"}))
        self.expect(400, self.observer.github("ping!", body, "d-4"))
        self.expect(
            415, self.observer.post(
                "github", body,
                {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "d-5", "Content-Type": "text/plain"}))
        self.expect(200, self.observer.github("ping", body, "d-6"))
        self.expect(404, self.observer.post("gitlab", body))

    def test_unused_events_are_ignored(self):
        before = self.observer.metric("packit_slo_deliveries_total", source="github", result="ignored")
        self.expect(202, self.observer.github("watch", {"action": "started"}, "d-7"))
        self.assertEqual(
            self.observer.metric("packit_slo_deliveries_total", source="github", result="ignored"), before + 1)

    def test_the_same_delivery_again(self):
        payload = check_run(7001, "b" * 40, time.time(), "The task was accepted.")
        self.expect(202, self.observer.github("check_run", payload, "d-8"))
        self.expect(200, self.observer.github("check_run", payload, "d-8"))
        payload["check_run"]["id"] = 7002
        # Another body is kept beside the first, once; the first holds.
        self.expect(202, self.observer.github("check_run", payload, "d-8"))
        self.expect(200, self.observer.github("check_run", payload, "d-8"))
        self.assertEqual(
            self.observer.metric("packit_slo_deliveries_total", source="github", result="conflicting"), 1)
        self.assertIn('"X-GitHub-Delivery":"d-8"', self.observer.run("export", "--raw").stdout)

    def test_testing_farm_by_signature_or_token(self):
        body = json.dumps({"request_id": "r-1", "token": TOKEN}).encode()
        self.expect(202, self.observer.post("testing-farm", body, signature=""))
        wrong = json.dumps({"request_id": "r-1", "token": "no"}).encode()
        self.expect(401, self.observer.post("testing-farm", wrong, signature=""))
        self.expect(202, self.observer.post("testing-farm", wrong))

    def test_too_large_declared_and_streamed(self):
        self.expect(413, self.observer.github("push", b"x" * (1 << 20) + b"x", "d-9"))
        with socket.create_connection(("127.0.0.1", self.observer.port), timeout=10) as connection:
            connection.sendall(
                b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                b"Content-Type: application/json\r\n\r\n")
            try:
                for _ in range(40):
                    connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            except OSError:
                pass
            self.assertIn(b" 413 ", connection.recv(200))

    def test_a_body_that_trickles_gets_408(self):
        with socket.create_connection(("127.0.0.1", self.observer.port), timeout=10) as connection:
            connection.sendall(
                b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
                b"Content-Type: application/json\r\n\r\n{")
            self.assertIn(b" 408 ", connection.recv(200))

    def test_the_other_routes(self):
        self.expect(200, self.observer.get("/livez"))
        self.expect(200, self.observer.get("/readyz"), "database")
        self.expect(200, self.observer.get("/"), "/metrics")
        self.expect(404, self.observer.get("/nowhere"))
        text = self.observer.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")[1]
        self.assertTrue(text.endswith("# EOF\n"))

    def test_real_payloads_are_all_accepted(self):
        corpus = os.environ.get("PACKIT_SLO_CORPUS")
        if not corpus:
            self.skipTest("PACKIT_SLO_CORPUS names no folder of payloads")
        files = sorted(Path(corpus, "github").rglob("*.json"))
        for number, path in enumerate(files):
            self.expect(202 if path.parent.name != "ping" else 200,
                        self.observer.github(path.parent.name, path.read_bytes(), f"corpus-{number}"))
        for path in sorted(Path(corpus, "packit", "copr").glob("*.json")):
            self.expect(202, self.observer.post("copr", path.read_bytes()))
        for path in sorted(Path(corpus, "packit", "testing-farm").glob("*.json")):
            self.expect(202, self.observer.post("testing-farm", path.read_bytes()))

    def test_zz_nothing_secret_was_logged(self):
        log = Path(self.folder.name, "log").read_text()
        self.assertIn("d-2", log)
        for secret in (SECRET, TOKEN):
            self.assertNotIn(secret, log)
        self.assertNotRegex(log, "sha256=[0-9a-fA-F]")
        self.assertNotIn(TOKEN, self.observer.get("/metrics")[1])
        database = Path(self.folder.name, "observer.sqlite").read_bytes()
        wal = Path(self.folder.name, "observer.sqlite-wal").read_bytes()
        self.assertNotIn(TOKEN.encode(), database + wal)
