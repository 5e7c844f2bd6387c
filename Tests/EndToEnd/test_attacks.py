"""What strangers can do to the server, each in a short form of a few seconds.

None of these sends anything that is signed, or it signs nothing that the server should not take. Whatever comes, memory
and logs are bounded, whoever delivers honestly is answered, the process goes on, and no verdict changes.
"""

import contextlib
import multiprocessing
import re
import resource
import select
import signal
import socket
import subprocess
import threading
import time
import uuid
from pathlib import Path

from observer import Observer, pull_request
from trial import Trial

MIB = 1 << 20
# What a connection whose sender reads nothing may hold: docs/reliability.md.
CONNECTION_BOUND = 1 * MIB


class Honest(threading.Thread):
    """Sends a ping ten times a second, each on a connection of its own, and notes how long the answer takes."""

    def __init__(self, observer: Observer):
        super().__init__(daemon=True)
        self.observer = observer
        self.stopping = threading.Event()
        self.waits = []
        self.failures = []

    def run(self):
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                status, _ = self.observer.github("ping", {"zen": "at"}, str(uuid.uuid4()))
                if status != 200:
                    self.failures.append(status)
            except OSError as error:
                self.failures.append(repr(error))
            self.waits.append(time.monotonic() - began)
            self.stopping.wait(0.1)

    def stop(self) -> list:
        self.stopping.set()
        self.join(30)
        return sorted(self.waits)


class Pipeliners(multiprocessing.get_context("fork").Process):
    """Connections that keep `depth` requests on their way each; `reads` says whether they take the answers.

    A process of its own, so that it does not hold up those whose waiting is measured."""

    def __init__(self, port: int, request: bytes, count: int, depth: int, reads: bool = True):
        super().__init__(daemon=True)
        self.port, self.request, self.count, self.depth, self.reads = port, request, count, depth, reads
        self.stopping = multiprocessing.Event()
        self.counted = multiprocessing.Value("q", 0)
        self.sockets = {}

    @property
    def answers(self) -> int:
        return self.counted.value

    def open(self):
        with contextlib.suppress(OSError):
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            connection.setblocking(False)
            self.send(connection, self.depth)
            self.sockets[connection.fileno()] = connection
            self.poll.register(connection.fileno(), select.EPOLLIN if self.reads else select.EPOLLHUP)

    def send(self, connection: socket.socket, requests: int):
        with contextlib.suppress(OSError):
            connection.send(self.request * requests)

    def run(self):
        self.poll = select.epoll()
        for _ in range(self.count):
            self.open()
        while not self.stopping.is_set():
            for descriptor, _ in self.poll.poll(0.1):
                self.go_on(descriptor)
        for connection in self.sockets.values():
            connection.close()

    def go_on(self, descriptor: int):
        connection = self.sockets[descriptor]
        try:
            received = connection.recv(1 << 20)
        except OSError:
            received = b""
        if not received:
            self.poll.unregister(descriptor)
            del self.sockets[descriptor]
            connection.close()
            self.open()
            return
        answers = received.count(b"HTTP/1.1 ")
        self.counted.value += answers
        self.send(connection, answers)

    def stop(self):
        self.stopping.set()
        self.join(30)


class AttackTests(Trial):
    @classmethod
    def setUpClass(cls):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def server(self, **settings: str) -> Observer:
        return self.observer("observer", **{"PACKIT_SLO_LOG_LEVEL": "info", **settings}).start()

    def memory(self, observer: Observer) -> int:
        status = Path(f"/proc/{observer.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) << 10

    def change(self, observer: Observer):
        status, _ = observer.github("pull_request", pull_request(1, "a" * 40, time.time()), str(uuid.uuid4()))
        self.assertEqual(status, 202)

    def assert_alive(self, observer: Observer):
        self.assertIsNone(observer.process.poll(), observer.log_path.read_text()[-2000:])
        self.assertEqual(observer.get("/livez")[0], 200)

    # MARK: Answers that nobody reads

    def unread(self, request: bytes):
        observer = self.server()
        before, log_before = self.memory(observer), observer.log_path.stat().st_size
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", observer.port))
        connection.settimeout(1)
        block = request * (65536 // len(request))
        sent, began = 0, time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - began < self.length(3, 15):
                sent += connection.send(block)
        held = self.memory(observer) - before
        logged = observer.log_path.stat().st_size - log_before
        self.assert_alive(observer)
        connection.close()
        self.figure(f"{sent // 1024} KiB sent, {held // 1024} KiB held, {logged // 1024} KiB logged")
        # The system buffers some megabytes of answers, which are shorter than their requests.
        self.assertLess(sent, 100 * MIB)
        # The allocator keeps something besides.
        self.assertLess(held, CONNECTION_BOUND + 8 * MIB)
        self.assertLess(logged, 64 * 1024)

    def test_unread_answers_to_unsigned_deliveries(self):
        self.unread(b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")

    def test_unread_answers_to_long_paths(self):
        self.unread(b"GET /webhooks/%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * 4000))

    def test_unread_answers_of_many(self):
        observer = self.server()
        before = self.memory(observer)
        request = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
        crowd = Pipeliners(observer.port, request, 500, 1000, reads=False)
        crowd.start()
        time.sleep(self.length(4, 15))
        held = self.memory(observer) - before
        crowd.stop()
        self.assert_alive(observer)
        self.figure(f"{held // MIB} MiB held for 500 connections")
        self.assertLess(held, 500 * CONNECTION_BOUND / 2)

    def test_refusals_by_the_thousand_leave_few_lines(self):
        observer = self.server()
        before = observer.log_path.stat().st_size
        request = b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
        crowd = Pipeliners(observer.port, request, 10, 100)
        crowd.start()
        time.sleep(3)
        crowd.stop()
        time.sleep(1.5)
        log = observer.log_path.read_text()
        lines = log.count("delivery refused")
        self.figure(f"{crowd.answers} refused, {lines} lines, {observer.log_path.stat().st_size - before} bytes of log")
        self.assertGreater(crowd.answers, 1000)
        self.assertLess(lines, 200)
        self.assertIn("more like this in the last second", log)
        self.assertGreaterEqual(
            observer.metric("packit_slo_deliveries_total", source="github", result="bad_signature"), crowd.answers)

    # MARK: Pages by the thousand

    def starve(self, path: str, connections: int = 900, depth: int = 50):
        observer = self.server(PACKIT_SLO_LOG_LEVEL="warning")
        crowd = Pipeliners(observer.port, b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode(), connections, depth)
        crowd.start()
        time.sleep(1)
        honest = Honest(observer)
        honest.start()
        time.sleep(self.length(4, 20))
        waits = honest.stop()
        crowd.stop()
        self.assert_alive(observer)
        p99 = waits[int(len(waits) * 0.99)]
        self.figure(
            f"{path}: {crowd.answers} answers to {connections} connections; {len(waits)} honest deliveries, median "
            f"{waits[len(waits) // 2] * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
        self.assertEqual(honest.failures, [])
        self.assertGreater(crowd.answers, 1000)
        # They wait for their turn, and no longer than a sender does.
        self.assertLess(waits[-1], 10)

    def test_probes_by_the_thousand(self):
        self.starve("/livez")

    def test_descriptions_by_the_thousand(self):
        self.starve("/api/v1/openapi.json")

    def test_pages_by_the_thousand(self):
        self.starve("/")

    def test_metrics_by_the_thousand(self):
        self.starve("/metrics")

    # MARK: Signals at the start

    def test_sigterm_at_any_moment_of_the_start(self):
        folder = self.observer("early").folder
        ends = {}
        for moment in range(self.length(25, 100)):
            observer = Observer(folder)
            process = subprocess.Popen(
                [observer.program, "serve"], env=observer.environment, stdout=observer.log, stderr=observer.log)
            # Before the program's own first line there is nothing that could take a signal.
            time.sleep(0.05 + 0.002 * moment)
            process.send_signal(signal.SIGTERM)
            ends[moment] = process.wait(timeout=10)
            observer.log.close()
            self.assertIn(ends[moment], (0, -signal.SIGTERM), observer.log_path.read_text()[-1000:])
        self.figure(f"{len(ends)} starts, ended with {sorted(set(ends.values()))}")
        # Once the program has said its first line, it takes the signal.
        with open(folder / "log-of-the-last", "ab") as log:
            process = subprocess.Popen(
                [observer.program, "serve"], env=observer.environment, stdout=log, stderr=log)
            self.wait_until(lambda: (folder / "log-of-the-last").stat().st_size > 0, 30, "the first line")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=10), 0)

    # MARK: What is not signed

    def test_nothing_unsigned_changes_a_verdict(self):
        observer = self.server(
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="1s", PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="3s",
            PACKIT_SLO_HANDLED_POLICY="all", PACKIT_SLO_HTTP_BODY_TIMEOUT="1s", PACKIT_SLO_HTTP_MAX_CONNECTIONS="16")
        self.change(observer)
        head = b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        connections = []
        for length in [10, 10, 10, 1 << 40] * 10:
            with contextlib.suppress(OSError):
                connection = socket.create_connection(("127.0.0.1", observer.port), timeout=5)
                connection.send(head % length)
                connections.append(connection)
        time.sleep(2)
        for connection in connections:
            connection.close()
        judged = ("packit_slo_blind_seconds_total", "packit_pull_request_changes_total")
        self.wait_until(
            lambda: sum(value for (name, _), value in observer.metrics().items() if name == judged[1]) == 1, 15,
            "the change is judged")
        refused = sum(
            observer.metric("packit_slo_deliveries_total", source="github", result=result)
            for result in ("overloaded", "timed_out", "too_large"))
        self.assertGreater(refused, 0)
        self.assertEqual(
            observer.metric(
                "packit_pull_request_changes_total", deployment="prod", eligibility="assumed", verdict="never"), 1)
        self.assertEqual(
            observer.metric(
                "packit_objective_events_total", deployment="prod", objective="initial_status", verdict="bad"), 1)
        self.assertEqual(observer.metric(judged[0]), 0)
        intervals = observer.get("/api/v1/blind-intervals")[1]
        self.assertIn('"cause": "unverified"', intervals)
        self.assertNotIn('"excludes": true', intervals)

    # MARK: Numbers that nobody expects

    NUMBERS = (
        "0", "-0", "-1", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551616", "1e400", "NaN", "inf", "00000000000000000000001", "%00", "")
    QUESTIONS = (
        "/deliveries?cursor=d{}", "/deliveries/{}", "/waiting?page={}",
        "/acme/rocket/pull/{}", "/pull?find=acme/rocket%23{}",
        "/api/v1/deliveries?cursor=d{}", "/api/v1/deliveries/{}",
        "/api/v1/deliveries?limit={}", "/api/v1/runs?cursor=r{}-{}",
        "/api/v1/runs?from={}", "/api/v1/runs?until={}", "/api/v1/waiting?cursor=w{}",
        "/api/v1/blind-intervals?cursor=b{}", "/api/v1/repositories?cursor=s{}",
        "/api/v1/repositories/acme/rocket/pulls/{}", "/history?deployment={}")
    MOMENTS = ("2000-01-01T00:00:00Z", "2099-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    BIGGEST = ("zzzzzz", "zzzzzzzzz", "zzzzzzzzzzzz", "1y2p0ij32e8e7")

    def test_no_number_in_a_request_ends_the_process(self):
        observer = self.server()
        self.change(observer)
        asked = 0
        for question in self.QUESTIONS:
            for number in self.NUMBERS + self.MOMENTS + self.BIGGEST:
                status, text = observer.get(question.replace("{}", number))
                self.assertLess(status, 500, f"{question} {number}: {text}")
                asked += 1
        for fields in ({"Accept": "text/plain;q=1e999"}, {"If-None-Match": "*, " * 500}, {"Accept": ";;;q=;" * 100}):
            self.assertLess(observer.get("/metrics", **fields)[0], 500)
        for length in self.NUMBERS:
            with socket.create_connection(("127.0.0.1", observer.port), timeout=5) as connection:
                connection.sendall(
                    b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                    + length.encode() + b"\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                self.assertRegex(connection.recv(65536), rb"^HTTP/1.1 4\d\d ")
        self.assert_alive(observer)
        self.figure(f"{asked} questions")
