"""GitHub loses deliveries on their way: they are noticed, called blind, and with redelivery made good."""

import calendar
import collections
import json
import sqlite3
import time

from deliveries import identity_of
from github_api import APP, GitHub, make_key
from observer import check_run, pull_request, samples
from trial import Trial, decided

# Long enough for what goes astray to be noticed, asked for, and asked for again, on a slow machine.
DEADLINE = 20
GRACE = 25
CHANGES = 61


class GitHubDeliveryTests(Trial):
    TIMES = {
        "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE": f"{DEADLINE}s",
        "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": f"{GRACE}s", "PACKIT_SLO_JOBS_SETTLE": "1s",
        "PACKIT_SLO_POLLING_INTERVAL": "1s", "PACKIT_SLO_POLLING_REQUESTS_PER_MINUTE": "6000",
    }

    def world(self, name: str, redeliver: bool):
        """A server and the GitHub that sends to it."""
        path = self.path / name
        path.mkdir()
        observer = self.observer(name, path, **self.TIMES)
        github = GitHub(path, observer)
        self.addCleanup(github.close)
        observer.environment.update({
            "PACKIT_SLO_GITHUB_APP_ID": str(APP), "PACKIT_SLO_GITHUB_APP_PRIVATE_KEY_FILE": str(make_key(path)),
            "PACKIT_SLO_GITHUB_API_URL": github.url, "PACKIT_SLO_GITHUB_REDELIVER": json.dumps(redeliver),
        })
        return observer.start(), github

    def story(self, number: int):
        """What GitHub sends of one change: some are answered late, some never."""
        sha = f"{number:040x}"
        start = int(time.time())
        facts = [("pull_request", pull_request(number + 1, sha, start)), ("watch", {"action": "started"})]
        if number % 20 != 7:
            at = start + (DEADLINE + 3 if number % 20 == 3 else 2)
            steps = [("The task was accepted.", "queued", None), ("RPM build is in progress...", "in_progress", None),
                     ("RPMs were built successfully.", "completed", "success")]
            facts += [
                ("check_run", check_run(10 * number + place, sha, at + place, title, status, conclusion))
                for place, (title, status, conclusion) in enumerate(steps)
            ]
        return [(event, payload, identity_of(f"github/{number}/{place}"))
                for place, (event, payload) in enumerate(facts)]

    def intervals(self, observer):
        connection = sqlite3.connect(f"file:{observer.database}?mode=ro", uri=True, timeout=30)
        rows = connection.execute("SELECT cause, started_at, ended_at, caught_up_at FROM blind_intervals").fetchall()
        connection.close()
        return rows

    @staticmethod
    def joined(spans):
        joined = []
        for start, end in sorted(spans):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        return joined

    def missed(self, observer) -> dict:
        return {dict(labels)["reason"]: value for (name, labels), value in observer.metrics().items()
                if name == "packit_slo_deliveries_missed_total" and value}

    def assert_journal_agrees(self, observer, what: str):
        """The journal gives the same numbers, and stops at the same moment."""
        self.assertEqual(observer.stop(), 0)
        told = decided(samples(observer.final))
        replayed = observer.run("replay", "--journal", "--format", "metrics", "--set", "jobs.settle=1s")
        self.assertEqual(replayed.returncode, 0, replayed.stderr)
        self.assert_same_numbers(told, decided(samples(replayed.stdout)), what)

    @staticmethod
    def bad_changes(metrics: dict, *verdicts: str) -> float:
        return sum(value for (name, labels), value in metrics.items()
                   if name == "packit_pull_request_changes_total" and dict(labels)["verdict"] in verdicts)

    @staticmethod
    def without_bad_changes(metrics: dict) -> dict:
        """An excluded change is in no histogram either: of these, the buckets up to the deadline are compared."""
        def concerns_bad(name: str, labels: dict) -> bool:
            if name == "packit_pull_request_changes_total":
                return labels["verdict"] != "on_time"
            if name.startswith("packit_initial_status_duration"):
                return not (name.endswith("_bucket") and float(labels["le"]) <= DEADLINE)
            return (labels.get("objective"), labels.get("verdict")) == ("initial_status", "bad")
        return {key: value for key, value in metrics.items() if not concerns_bad(key[0], dict(key[1]))}

    def test_what_goes_astray_is_noticed_and_made_good(self):
        calm = self.observer("calm", **self.TIMES).start()
        mended, mending = self.world("mended", redeliver=True)
        blind, watching = self.world("blind", redeliver=False)
        # GitHub tells whole seconds: of the one in which observing began it is not known what came before.
        time.sleep(1.1)
        mending.trouble = [
            (502, {"message": "Server Error"}), (429, {"message": "slow down"}, {"Retry-After": "1"}),
            (403, {"message": "API rate limit exceeded"},
             {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 2)}),
        ]
        used, astray, down = 0, [], 0
        held_back = None
        stories = []

        def tell(event, payload, guid):
            nonlocal used, down, held_back
            fate = "ok"
            if event == "watch":
                fate = "failed" if used % 5 == 0 else "ok"
            else:
                used += 1
                if used % 20 == 10:
                    fate = "lost" if used % 100 == 10 else "failed"
                    astray.append(guid)
                    if used % 60 == 10:
                        mending.fails_again.add(guid)
            calm.github(event, payload, guid)
            attempt = mending.send(event, payload, guid, fate)
            down += event != "watch" and fate == "ok" and attempt["status_code"] == 502
            is_throttled = held_back is None and used == 55
            sent = watching.send(event, payload, guid, "pending" if is_throttled else fate)
            if is_throttled:
                held_back = sent

        def made_good():
            return mended.metric("packit_slo_deliveries_recovered_total", source="github") == len(astray) + down

        for number in range(CHANGES):
            if number == CHANGES // 2:
                mended.kill()
            if number == CHANGES // 2 + 4:
                mended.start()
            stories.append(self.story(number))
            for fact in stories[-1][:4]:
                tell(*fact)
            time.sleep(0.05)
        # A build takes longer than it takes to notice that its beginning is missing: one that ends before that is
        # counted, and has no duration.
        self.wait_until(made_good, 60, "the beginnings are made good")
        for story in stories:
            for fact in story[4:]:
                tell(*fact)
        self.wait_until(made_good, 60, "the ends are made good")
        self.assertGreater(down, 5)
        watching.release(held_back)

        # With redelivery the numbers become those of the world in which nothing went astray, but for what was judged in
        # a blind interval: that is decided by the interval as it was first noted (docs/counting.md, rule 24).
        self.wait_until(lambda: all(
            observer.metric("packit_pull_request_changes_open", deployment="prod") == 0
            for observer in (calm, mended)), 150, "every change is judged")
        self.wait_until_settled(calm, mended)
        undisturbed, disturbed = decided(calm.metrics()), decided(mended.metrics())
        self.assertEqual(
            self.bad_changes(undisturbed, "late", "never"), self.bad_changes(disturbed, "late", "never", "excluded"))
        self.assert_same_numbers(
            self.without_bad_changes(undisturbed), self.without_bad_changes(disturbed), "deliveries and a server lost")
        self.wait_until(lambda: all(row[3] for row in self.intervals(mended)), 60,
                        lambda: f"all is caught up: {self.intervals(mended)}")
        self.assertIn("down", [row[0] for row in self.intervals(mended)])
        found = sum(self.missed(mended).values())
        self.assertEqual(found, len(astray) + down)
        self.assertEqual(mended.metric("packit_slo_deliveries_recovered_total", source="github"), found)
        self.assertEqual(mended.metric("packit_slo_delivery_completeness_ratio", source="github"), 1)
        self.assertEqual(mended.metric("packit_slo_deliveries_checked_total", source="github"), used)
        self.assertEqual(mending.overlapping, [])
        self.assertEqual(mending.refused_tokens, [])
        self.assertEqual(mending.fails_again, set())
        self.figure(f"{used} deliveries, {len(astray)} astray, {down} while down; asked for again "
                    f"{mended.metric('packit_slo_redeliveries_requested_total', source='github'):.0f} times")

        # Without, it is said how much is missing, and when nothing can be said.
        events = {attempt["guid"]: attempt["event"] for attempt in watching.attempts}
        missing = {guid: reason for guid, reason in watching.missing.items() if events[guid] != "watch"}
        self.assertLessEqual(set(astray), set(missing))
        self.wait_until(
            lambda: self.missed(blind) == collections.Counter(missing.values()), 60, "all that went astray is noticed")
        self.assertEqual(set(missing.values()), {"failed", "lost"})
        self.assertAlmostEqual(
            blind.metric("packit_slo_delivery_completeness_ratio", source="github"), 1 - len(missing) / used, 5)
        self.assertAlmostEqual(1 - len(missing) / used, 0.95, 2)
        self.assertEqual(watching.refused_tokens, [])
        moments = [self.milliseconds(attempt["delivered_at"]) for attempt in watching.attempts
                   if attempt["guid"] in missing]
        rows = self.intervals(blind)
        self.assertEqual({(row[0], row[3]) for row in rows}, {("missing", None)})
        # A millisecond tells times apart that begin at once.
        self.assertEqual(
            [[start // 100, end // 100] for start, end in self.joined([row[1:3] for row in rows])],
            [[start // 100, end // 100]
             for start, end in self.joined([(moment, moment + DEADLINE * 1000) for moment in moments])])
        self.assertEqual(blind.metric("packit_slo_redeliveries_requested_total", source="github"), 0)

        for observer in (mended, blind):
            self.assert_no_contradiction(observer)
            text = observer.log_path.read_text()
            self.assertNotIn("Bearer", text)
            self.assertNotIn("eyJ", text)
        for observer in (mended, blind):
            observer.final = observer.get("/metrics")[1]
            self.assert_journal_agrees(observer, observer.folder.name)

    @staticmethod
    def milliseconds(text: str) -> int:
        return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) * 1000

    def test_a_github_that_says_no_is_told_of_once_and_a_stop_is_prompt(self):
        observer, github = self.world("refused", redeliver=True)
        github.trouble = [(401, {"message": "Bad credentials"})] * 5
        self.wait_until(lambda: github.asked >= 7, 30, "it goes on after five refusals")
        text = observer.log_path.read_text()
        self.assertEqual(text.count("does not accept the App's token"), 1, text)
        self.wait_until(lambda: "can be read again" in observer.log_path.read_text(), 30, "it says so")
        github.trouble = [(429, {"message": "wait"}, {"Retry-After": "3000"})]
        self.wait_until(lambda: "rate limit exceeded" in observer.log_path.read_text(), 30, "it waits")
        self.assertEqual(observer.stop(), 0)

    def test_a_wrong_key_stops_the_start_and_says_why(self):
        key = self.path / "key.pem"
        for content, reason in (
            (b"no key", "no private key in PEM"),
            (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no readable private key"),
        ):
            key.write_bytes(content)
            observer = self.observer("keyless", PACKIT_SLO_GITHUB_APP_ID="1",
                                     PACKIT_SLO_GITHUB_APP_PRIVATE_KEY_FILE=str(key))
            ended = observer.run("serve")
            self.assertEqual(ended.returncode, 78, ended.stderr)
            self.assertIn(reason, ended.stderr)
        alone = self.observer("alone", PACKIT_SLO_GITHUB_APP_ID="1").run("check-config")
        self.assertEqual(alone.returncode, 78)
        self.assertIn("github.app_private_key_file", alone.stderr)
