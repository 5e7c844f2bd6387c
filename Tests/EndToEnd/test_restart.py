"""Restarts with a socket that stays open, as systemd holds it, and stops that let senders go elsewhere first."""

import contextlib
import http.client
import re
import signal
import socket
import subprocess
import threading
import time

from observer import pull_request
from trial import Trial


class RestartTests(Trial):
    def listening(self) -> socket.socket:
        held = socket.socket()
        held.bind(("127.0.0.1", 0))
        held.listen(1024)
        self.addCleanup(held.close)
        return held

    def silent(self) -> socket.socket:
        held = socket.socket()
        self.addCleanup(held.close)
        return held

    def hand_over(self, observer, **sockets: socket.socket):
        """Starts the server with these sockets, by the protocol of sd_listen_fds(3)."""
        numbers = [str(held.fileno()) for held in sockets.values()]
        moves = " ".join(f"{3 + place}<&{number}" for place, number in enumerate(numbers))
        observer.environment.update(LISTEN_FDS=str(len(sockets)), LISTEN_FDNAMES=":".join(sockets))
        observer.process = subprocess.Popen(
            ["bash", "-c", f'LISTEN_PID=$$ exec "$0" serve {moves}', observer.program], env=observer.environment,
            stdout=observer.log, stderr=observer.log, pass_fds=[int(number) for number in numbers])

    def wait_until_ready(self, observer, status=200):
        def is_ready():
            with contextlib.suppress(OSError, http.client.HTTPException):
                return observer.get("/readyz")[0] == status
        self.wait_until(is_ready, 30, f"/readyz says {status}")

    def test_restarts_under_load_through_a_passed_socket(self):
        observer = self.observer()
        held = self.listening()
        observer.port = held.getsockname()[1]
        self.hand_over(observer, http=held)
        self.wait_until_ready(observer)
        answers, failures, isOver = [], [], threading.Event()

        def send(sender: int):
            number = 0
            while not isOver.is_set():
                number += 1
                name = f"{sender}-{number}"
                try:
                    payload = pull_request(sender * 100_000 + number, f"{sender:08x}{number:032x}", time.time())
                    answers.append(observer.github("pull_request", payload, name)[0])
                except (OSError, http.client.HTTPException) as error:
                    failures.append(f"{name}: {error!r}")

        senders = [threading.Thread(target=send, args=(sender,)) for sender in range(1, 9)]
        for sender in senders:
            sender.start()
        gaps = []
        for _ in range(self.length(3, 20)):
            time.sleep(1)
            began = time.monotonic()
            self.assertEqual(observer.stop(), 0)
            self.hand_over(observer, http=held)
            self.wait_until_ready(observer)
            gaps.append(time.monotonic() - began)
        time.sleep(1)
        isOver.set()
        for sender in senders:
            sender.join()
        self.assertEqual(failures, [])
        self.assertEqual(set(answers), {202})
        stored = sum(value for (name, labels), value in observer.metrics().items()
                     if name == "packit_slo_deliveries_total" and dict(labels)["result"] == "accepted")
        self.assertEqual(stored, len(answers))
        self.assertEqual(observer.metric("packit_slo_blind_seconds_total"), 0)
        self.figure(f"{len(gaps)} restarts of {max(gaps):.1f} s at most, {len(answers)} deliveries, none refused")
        # A crash is another matter: what the process had taken and not stored is unknown.
        observer.kill()
        self.hand_over(observer, http=held)
        self.wait_until_ready(observer)
        self.assertGreater(observer.metric("packit_slo_blind_seconds_total"), 0)

    def test_a_socket_for_operations(self):
        observer = self.observer(PACKIT_SLO_HTTP_OPERATIONS_LISTEN="127.0.0.1:1")
        webhooks, operations = self.listening(), self.listening()
        self.hand_over(observer, operations=operations, http=webhooks)
        observer.port = webhooks.getsockname()[1]
        self.wait_until_ready(observer)
        self.assertEqual(observer.get("/metrics")[0], 404)
        self.assertEqual(observer.github("ping", {}, "ping")[0], 200)
        observer.port = operations.getsockname()[1]
        self.assertEqual(observer.get("/metrics")[0], 200)
        self.assertIn("http.operations_listen is 127.0.0.1:1, but systemd listens", observer.log_path.read_text())

    def test_sockets_that_cannot_be_used(self):
        for name, prepare, words in [
            ("packit-slo.socket", self.listening, "FileDescriptorName="),
            ("http", self.silent, "does not listen for TCP connections"),
        ]:
            observer = self.observer(name)
            self.hand_over(observer, **{name: prepare()})
            self.assertEqual(observer.process.wait(timeout=30), 78)
            self.assertIn(words, observer.log_path.read_text())

    def test_a_drain_takes_deliveries_while_readiness_says_no(self):
        observer = self.observer("drain", PACKIT_SLO_HTTP_DRAIN="3s").start()
        observer.process.send_signal(signal.SIGTERM)
        self.wait_until_ready(observer, 503)
        self.assertEqual(observer.github("pull_request", pull_request(1, "a" * 40, time.time()), "drained")[0], 202)
        self.assertEqual(observer.process.wait(timeout=30), 0)

    def test_no_series_that_an_alert_needs_is_gone_after_a_restart(self):
        observer = self.observer("alerts").start()
        sent = time.time()
        self.assertEqual(observer.github("pull_request", pull_request(1, "a" * 40, sent), "only")[0], 202)
        needed = set(re.findall(r"\b(?:packit|process)_[a-z_]+", observer.run("rules", "prometheus").stdout))
        self.assertIn("packit_slo_last_delivery_timestamp_seconds", needed)
        before = self.present(observer, needed)
        self.assertAlmostEqual(self.last_delivery(observer), sent, delta=30)
        for end in [observer.kill, observer.stop]:
            last = self.last_delivery(observer)
            end()
            observer.start()
            self.assertEqual(before - self.present(observer, needed), set())
            self.assertEqual(self.last_delivery(observer), last)

    def present(self, observer, names: set) -> set:
        """The series of these names. Ratios exist while there is something to judge."""
        return {series for series in observer.metrics() if series[0] in names}

    def last_delivery(self, observer) -> float:
        return observer.metric("packit_slo_last_delivery_timestamp_seconds", source="github")

    def test_a_second_signal_ends_the_drain(self):
        observer = self.observer("impatient", PACKIT_SLO_HTTP_DRAIN="5m").start()
        observer.process.send_signal(signal.SIGTERM)
        self.wait_until_ready(observer, 503)
        observer.process.send_signal(signal.SIGTERM)
        self.assertEqual(observer.process.wait(timeout=30), 0)
