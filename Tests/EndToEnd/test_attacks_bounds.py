"""Bounds in bytes: huge texts, times at the end of the calendar, pull requests without end, and a sender who signs all
of it. Nothing ends the process, and neither it nor its pages grow beyond what docs/reliability.md says.
"""

import http.client
import json
import re
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from observer import Observer, check_run, pull_request, sign, stamp
from trial import Trial

MIB = 1 << 20
PAGE = 2 * MIB
"""No page and no resource is larger."""
PROCESS = 700 * MIB
PATHS = [
    "/", "/objective", "/events", "/runs", "/waiting", "/history", "/deliveries", "/unexplained", "/acme/rocket/pull/1",
    "/api/v1/objectives", "/api/v1/repositories", "/api/v1/events?limit=200", "/repositories/acme/rocket",
    "/api/v1/repositories/acme/rocket/pulls/1", "/api/v1/waiting?limit=200", "/api/v1/runs?limit=200",
    "/api/v1/activity", "/api/v1/history", "/api/v1/deliveries?limit=200", "/api/v1/blind-intervals?limit=200",
    "/api/v1/sources", "/badges/status.svg", "/badges/acme/rocket.svg", "/metrics",
]


class Sender:
    """Sends one delivery behind the other on one connection."""

    def __init__(self, server: Observer):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def send(self, source: str, payload, **headers: str) -> int:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        fields = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body), **headers}
        self.connection.request("POST", f"/webhooks/{source}", body, fields)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def github(self, event: str, payload) -> int:
        return self.send(
            "github", payload, **{"X-GitHub-Event": event, "X-GitHub-Delivery": str(uuid.uuid4())})


class BoundsTests(Trial):
    def setUp(self):
        super().setUp()
        self.server = self.observer(PACKIT_SLO_LOG_LEVEL="warning", PACKIT_SLO_HANDLED_POLICY="all").start()
        self.sender = Sender(self.server)
        self.now = time.time()

    def memory(self) -> int:
        with open(f"/proc/{self.server.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024

    def largest(self) -> int:
        with open(f"/proc/{self.server.process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) * 1024

    def look_everywhere(self):
        for path in PATHS:
            status, text = self.server.get(path)
            self.assertIn(status, (200, 404), path)
            self.assertLess(len(text.encode()), PAGE, path)
        self.assertIsNone(self.server.process.poll())

    def check(self, number: int) -> dict:
        return check_run(number, "a" * 40, self.now, "The task was accepted.")

    def test_huge_names(self):
        before = self.memory()
        for number in range(24):
            huge = f"{number:02}" + "z" * MIB
            check = self.check(number + 1)
            check["check_run"]["name"] = "rpm-build:fedora-40-x86_64:" + huge
            check["check_run"]["external_id"] = huge
            check["check_run"]["output"]["title"] += huge
            self.assertEqual(self.sender.github("check_run", check), 202)
        self.assertEqual(self.sender.github("pull_request", pull_request(1, "a" * 40, self.now)), 202)
        # They differ behind the cut alone, or before it: each is a check of its own.
        self.assertEqual(self.server.metric("packit_slo_tracked", kind="lane"), 24)
        self.look_everywhere()
        self.assertLess(self.memory() - before, 64 * MIB)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.server.metric("packit_slo_tracked", kind="lane"), 24)
        self.look_everywhere()

    def test_the_year_9999(self):
        request = "11111111-1111-1111-1111-111111111111"
        self.assertEqual(self.sender.github("pull_request", pull_request(1, "a" * 40, self.now)), 202)
        check = self.check(1)
        check["check_run"]["name"] = "testing-farm:fedora-40-x86_64"
        check["check_run"]["output"] = {
            "title": "Tests have been submitted ...",
            "summary": f"| Testing Farm | https://artifacts.dev.testing-farm.io/{request} |",
        }
        self.assertEqual(self.sender.github("check_run", check), 202)
        document = {
            "id": request, "state": "complete", "result": {"overall": "passed"}, "created": "9999-12-31T00:00:00Z",
            "queued_time": 1e9, "run_time": 60,
            "environments_requested": [{
                "variables": {
                    "PACKIT_FULL_REPO_NAME": "acme/rocket", "PACKIT_COMMIT_SHA": "a" * 40, "PACKIT_PR_ID": "1"},
                "tmt": {"context": {"distro": "fedora-40", "arch": "x86_64", "initiator": "packit"}},
            }],
        }
        self.assertEqual(self.sender.send("testing-farm", document), 202)
        for year in ("0000", "9999"):
            for event, payload in (
                ("pull_request", pull_request(2, "b" * 40, self.now)),
                ("check_run", self.check(2)),
            ):
                text = json.dumps(payload).replace(stamp(self.now)[:4] + "-", year + "-")
                self.assertEqual(self.sender.github(event, text.encode()), 202)
        for _ in range(2):
            self.look_everywhere()
            text = self.server.get("/api/v1/repositories/acme/rocket/pulls/1")[1]
            self.assertEqual(re.findall(r'"[0-9]{5,}-[0-9]{2}-[^"]*"', text), [])
            self.assertEqual(self.server.stop(), 0)
            self.server.start()

    def test_a_pull_request_of_many_checks(self):
        checks = 1500
        self.assertEqual(self.sender.github("pull_request", pull_request(1, "a" * 40, self.now)), 202)
        for number in range(checks):
            check = self.check(number + 1)
            check["check_run"]["name"] = f"rpm-build:fedora-40-x86_64:p{number}"
            self.assertEqual(self.sender.github("check_run", check), 202)
        self.look_everywhere()
        path, seen, pages = "/acme/rocket/pull/1", set(), 0
        while path:
            status, text = self.server.get(path)
            self.assertEqual(status, 200)
            self.assertLess(len(text.encode()), PAGE // 4)
            seen |= set(re.findall(r'<h3 class="mono">([^<]*)</h3>', text))
            found = re.search(r'rel="next"\s+href="([^"]*)"', text)
            path, pages = found[1] if found else None, pages + 1
            self.assertLess(pages, checks)
        self.assertEqual(len(seen), checks)
        cursor, listed = "", []
        while cursor is not None:
            status, text = self.server.get(f"/api/v1/repositories/acme/rocket/pulls/1{cursor}")
            self.assertEqual(status, 200)
            page = json.loads(text)
            listed += [run["name"] for commit in page["commits"] for run in commit["runs"]]
            cursor = f"?cursor={page['next_cursor']}" if "next_cursor" in page else None
        self.assertEqual(sorted(listed), sorted(seen))
        self.assertEqual(self.server.get("/acme/rocket/pull/1?page=p1-0-x-y")[0], 400)

    def test_a_hostile_sender_who_signs(self):
        """All that can be named without end: repositories, pull requests, commits, checks, backend runs; with long
        names, open and ended, public and private."""
        traffic = self.length(32 * MIB, 1024 * MIB)
        sent = number = 0
        connections = threading.local()

        def send(number: int) -> int:
            if not hasattr(connections, "sender"):
                connections.sender = Sender(self.server)
            return self.name_everything(number, connections.sender)

        with ThreadPoolExecutor(8) as pool:
            while sent < traffic:
                sent += sum(pool.map(send, range(number + 1, number + 1001)))
                number += 1000
                if number % 20_000 == 0:
                    self.look_everywhere()
        self.look_everywhere()
        time.sleep(2)
        self.figure(
            f"{number:,} rounds, {sent // MIB:,} MiB sent; {self.memory() // MIB} MiB, at most "
            f"{self.largest() // MIB} MiB")
        self.assertLess(self.largest(), PROCESS)
        limit = 400 * MIB * 9 // 8 + MIB
        self.assertLessEqual(self.server.metric("packit_slo_tracked_bytes"), limit)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        # Pages are there once what is stored has been read.
        self.wait_until(lambda: self.server.get("/")[0] == 200, 60, "history is read")
        self.look_everywhere()
        self.assertLess(self.memory(), PROCESS)

    def name_everything(self, number: int, sender: Sender) -> int:
        """Sends a pull request, a check, a build and a push that nothing has named before, and says how many bytes."""
        long = "n" * 200
        sha = f"{number:040x}"
        repository = {"id": 1000 + number // 3, "full_name": f"{long}/{number // 3}", "private": number % 2 == 0}
        change = pull_request(number, sha, self.now)
        change["repository"] = repository
        change["pull_request"]["base"]["ref"] = f"{long}{number % 50}"
        check = check_run(number, sha, self.now, "The task was accepted.")
        check["repository"] = repository
        check["check_run"].update(name=f"rpm-build:fedora-40-x86_64:{long}{number}", external_id=f"{long}{number}")
        copr = {
            "topic": "org.fedoraproject.prod.copr.build.start", "id": f"c{number}",
            "headers": {"sent-at": stamp(self.now)},
            "body": {
                "build": number, "chroot": f"{long}-x86_64", "owner": "packit", "copr": f"{long}-{number}",
                "user": "packit", "status": 3, "pkg": "r", "version": "1", "what": "", "who": "", "ip": "", "pid": 1,
            },
        }
        sent = 0
        for source, event, payload in (
            ("github", "pull_request", change), ("github", "check_run", check), ("copr", None, copr),
            ("github", "push", {"ref": "refs/heads/main", "after": sha, "repository": repository}),
        ):
            # What makes it long is ignored, and costs the sender as much as anything else.
            body = json.dumps({**payload, "padding": "p" * 2000}).encode()
            status = sender.github(event, body) if event else sender.send(source, body)
            self.assertEqual(status, 202)
            sent += len(body)
        return sent
