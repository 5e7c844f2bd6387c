"""More than the server can take: its memory is bounded, honest senders are served, and it recovers at once."""

import json
import resource
import threading
import time
from pathlib import Path

from crowd import Crowd, percentile
from deliveries import Delivery, Stories, identity_of, request, stored_form
from loiterers import Loiterers
from observer import Observer
from trial import Trial

MIB = 1 << 20
# What the server may hold in memory whatever comes: the room for bodies (256 MiB), what 1,152 connections take, what
# decoding a body of 25 MiB takes on each of two event loops, and itself.
MEMORY_BOUND = 700 * MIB


class OverloadTests(Trial):
    HEALTHY = 8

    @classmethod
    def setUpClass(cls):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        cls.most_connections = most - 500

    def server(self) -> Observer:
        return self.observer("observer", PACKIT_SLO_LOG_LEVEL="error").start()

    def memory(self, observer: Observer) -> int:
        """The most that it ever held."""
        status = Path(f"/proc/{observer.process.pid}/status").read_text()
        return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))

    def healthy(self, observer: Observer, seed: str) -> Crowd:
        """Few senders, each delivery on a connection of its own, as GitHub's come."""
        stories = Stories(seed, body_bytes=12000, close=True)
        crowd = Crowd(observer.port, self.HEALTHY, (stories.story(number) for number in range(10 ** 9)))
        crowd.start()
        return crowd

    def assert_back_to_normal(self, observer: Observer, seed: str) -> float:
        ended = time.monotonic()

        def is_normal():
            began = time.monotonic()
            status, _ = observer.github("watch", {"action": "started"}, f"{seed.replace(' ', '-')}-{int(began * 1e6)}")
            return status == 202 and time.monotonic() - began < 0.5 and observer.get("/readyz")[0] == 200 and \
                observer.metric("packit_slo_queue_deliveries") == 0

        self.wait_until(is_normal, 5, "everything is as before the load")
        return time.monotonic() - ended

    def assert_bounded(self, observer: Observer):
        self.assertLess(self.memory(observer), MEMORY_BOUND)

    def assert_served(self, crowd: Crowd, seconds: float, fewest: int):
        self.assertEqual(crowd.unexpected, [])
        self.assertEqual(crowd.refusals_without_retry_after, 0)
        self.assertGreater(len(crowd.acknowledged), fewest, f"honest senders are served: {crowd.statuses}")

    def loiter(self, kind: str, count: int):
        observer = self.server()
        seconds = self.length(3, 30)
        loiterers = Loiterers(observer.port, kind, min(count, self.most_connections))
        loiterers.start()
        time.sleep(2.5)
        crowd = self.healthy(observer, kind)
        time.sleep(seconds)
        crowd.stop()
        waits = [wait for _, wait in crowd.latencies]
        loiterers.stop()
        again = self.assert_back_to_normal(observer, kind)
        self.assert_bounded(observer)
        self.assert_served(crowd, seconds, seconds)
        self.assert_held(observer.database, crowd.acknowledged, kind)
        self.figure(
            f"{loiterers.most_open} connections ({loiterers.opened} opened, answers {dict(loiterers.answers)}) for "
            f"{seconds} s; {self.HEALTHY} honest senders: {len(waits) / seconds:.0f} deliveries/s, acknowledged after "
            f"{percentile(waits, .5) * 1000:.0f} ms (median), {percentile(waits, .99) * 1000:.0f} ms (p99), retries "
            f"included; answers {dict(crowd.statuses)}; memory {self.memory(observer) // MIB} MiB; as before after "
            f"{again:.1f} s")

    def test_idle_connections(self):
        self.loiter("idle", self.length(3000, 10000))

    def test_heads_a_byte_a_second(self):
        self.only_long("idle connections take the same way")
        self.loiter("slow head", 5000)

    def test_bodies_a_byte_a_second(self):
        self.only_long("bodies that are only announced take the same way")
        self.loiter("slow body", 5000)

    def only_long(self, why: str):
        if not self.is_long:
            self.skipTest("only in the long form: " + why)

    def test_bodies_announced_and_never_sent(self):
        self.loiter("announced", self.length(1500, 5000))

    def test_64_bodies_of_25_mb_at_once(self):
        observer = self.server()
        # Not used by the product, but read and checked as a whole before that is known.
        payload = {"ref": "refs/heads/main", "repository": {"id": 1, "full_name": "acme/large"}, "filler": ""}
        payload["filler"] = "y" * (25_000_000 - len(json.dumps(payload)))
        body = json.dumps(payload).encode()
        counter = iter(range(10 ** 9))
        template = request("github", body, {"X-GitHub-Event": "push", "X-GitHub-Delivery": "%"})
        before, after = template[:2000].split(b"%", 1)[0], template.split(b"%", 1)[1]

        def large():
            for number in counter:
                identity = identity_of(f"large/{number}")
                yield [Delivery(stored_form("github", identity), before + identity.encode() + after)]

        large_ones = Crowd(observer.port, 64, large(), patience=60)
        small_ones = self.healthy(observer, "beside large ones")
        seconds = self.length(4, 30)
        large_ones.start()
        time.sleep(seconds)
        small_ones.stop()
        large_ones.stop(120)
        again = self.assert_back_to_normal(observer, "large")
        self.assert_bounded(observer)
        waits = [wait for _, wait in small_ones.latencies]
        self.assertEqual(large_ones.unexpected, [])
        self.assertGreater(len(large_ones.acknowledged), 10)
        self.assert_served(small_ones, seconds, 5 * seconds)
        self.assert_held(observer.database, [*small_ones.acknowledged, *large_ones.acknowledged], "large ones")
        self.figure(
            f"64 senders of 25 MB each for {seconds} s: answers {dict(large_ones.statuses)}; "
            f"{self.HEALTHY} senders of 12 KB beside them: {len(waits) / seconds:.0f} deliveries/s, acknowledged after "
            f"{percentile(waits, .5) * 1000:.0f} ms (median), {percentile(waits, .99) * 1000:.0f} ms (p99), answers "
            f"{dict(small_ones.statuses)}; memory {self.memory(observer) // MIB} MiB; as before after {again:.1f} s")

    def test_ten_times_the_peak(self):
        observer = self.server()
        # What is tracked takes memory as well, but is not what is tested.
        stories = Stories("peak", body_bytes=12000, repositories=1000)
        number = iter(range(10 ** 9))
        lock = threading.Lock()

        def endless():
            while True:
                with lock:
                    mine = next(number)
                yield stories.story(mine)

        def rate(senders: int, seconds: float):
            crowd = Crowd(observer.port, senders, endless(), patience=60)
            crowd.start()
            time.sleep(seconds)
            count = len(crowd.latencies)
            used = self.memory(observer)
            crowd.stop(120)
            return crowd, count / seconds, used

        peak_senders = 128
        _, peak, _ = rate(peak_senders, self.length(2, 10))
        seconds = self.length(6, 300)
        crowd, loaded, used = rate(10 * peak_senders, seconds)
        again = self.assert_back_to_normal(observer, "peak")
        self.assert_served(crowd, seconds, 0)
        self.assert_bounded(observer)
        self.assert_held(observer.database, crowd.acknowledged, "ten times the peak")
        self.assertGreater(loaded, peak / 4, "overload does not stop the work")
        last = [latency for latency, _ in crowd.latencies]
        self.figure(
            f"{peak:.0f} deliveries/s by {peak_senders} senders, {loaded:.0f} by {10 * peak_senders} for {seconds} s; "
            f"acknowledged after {percentile(last, .5) * 1000:.0f} ms (median), {percentile(last, .99) * 1000:.0f} ms "
            f"(p99); answers {dict(crowd.statuses)}, {crowd.lost} cut off; memory {used // MIB} MiB; as before after "
            f"{again:.1f} s")
