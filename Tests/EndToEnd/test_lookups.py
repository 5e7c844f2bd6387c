"""What nobody tells is asked for: at stand-ins for Testing Farm, Copr and Packit, which may be down, slow or lying."""

import json
import time
import unittest
from pathlib import Path

import upstreams
from observer import TOKEN, Observer, check_run, folder, samples
from trial import decided

CHROOT = "fedora-rawhide-x86_64"
REQUEST = "129bd474-e4d3-49e0-9dec-d994a99feebc"
DAY = 86400


class LookupTests(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = folder()
        self.addCleanup(self.folder.cleanup)
        self.testing_farm, self.copr, self.packit = (
            upstreams.TestingFarm(), upstreams.Copr(), upstreams.Packit())
        for upstream in (self.testing_farm, self.copr, self.packit):
            self.addCleanup(upstream.close)

    def serve(self, **settings: str) -> Observer:
        self.observer = Observer(Path(self.folder.name), **{
            "PACKIT_SLO_TESTING_FARM_API_URL": self.testing_farm.url, "PACKIT_SLO_COPR_API_URL": self.copr.url,
            "PACKIT_SLO_PACKIT_API_URL": self.packit.url, "PACKIT_SLO_POLLING_INTERVAL": "1s",
            "PACKIT_SLO_POLLING_REQUESTS_PER_MINUTE": "6000", "PACKIT_SLO_JOBS_SETTLE": "3s", **settings,
        })
        self.addCleanup(self.observer.close)
        return self.observer.start()

    def wait_for(self, value: float, name: str, patience: float = 20, **labels: str):
        until = time.monotonic() + patience
        while time.monotonic() < until and self.observer.metric(name, **labels) != value:
            time.sleep(0.1)
        self.assertEqual(self.observer.metric(name, **labels), value, (name, labels, self.log()))

    def wait_until(self, condition, what: str, patience: float = 20):
        until = time.monotonic() + patience
        while not condition():
            self.assertLess(time.monotonic(), until, (what, self.log()))
            time.sleep(0.05)

    def log(self) -> str:
        return self.observer.log_path.read_text()[-2000:]

    def hint(self):
        body = json.dumps({"request_id": REQUEST, "token": TOKEN}).encode()
        self.assertEqual(self.observer.post("testing-farm", body, signature="")[0], 202)

    def start(self, build: int, at: float, owner: str = "packit", project: str = "acme-rocket-1"):
        body = {
            "topic": "org.fedoraproject.prod.copr.build.start", "id": f"start-{build}",
            "headers": {"sent-at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(at))},
            "body": {
                "user": "packit", "owner": owner, "copr": project, "build": build, "chroot": CHROOT,
                "status": 3,
            },
        }
        self.assertEqual(self.observer.post("copr", json.dumps(body).encode())[0], 202)

    def check(self, number: int, at: float, title: str, status: str, conclusion=None, job=None):
        payload = check_run(number, "c" * 40, at, title, status, conclusion)
        payload["check_run"]["details_url"] = job and f"https://dashboard.example/jobs/copr/{job}"
        self.assertEqual(self.observer.github("check_run", payload, f"d-{number}")[0], 202)

    def finished(self, outcome: str, kind: str = "builds", value: float = 1):
        self.wait_for(value, f"packit_{kind}_finished_total", deployment="prod", outcome=outcome)

    def lookups(self, upstream: str, result: str) -> float:
        return self.observer.metric("packit_slo_lookups_total", upstream=upstream, result=result)

    # What is learned

    def test_a_hint_brings_the_document(self):
        now = time.time()
        self.serve(PACKIT_SLO_TESTING_FARM_API_TOKEN_FILE=self.token_file("first"))
        self.testing_farm.request(REQUEST, "complete", now - 60, "passed")
        for _ in range(5):
            self.hint()
        self.finished("success", "test_runs")
        self.assertEqual(
            self.observer.metric("packit_test_run_duration_seconds_sum", deployment="prod", outcome="success"), 3)
        self.assertLess(len(self.testing_farm.asked), 5)
        self.assertEqual(self.testing_farm.tokens[0], "Bearer first")
        # Answers are no deliveries.
        self.assertEqual(
            self.observer.metric("packit_slo_deliveries_total", source="testing-farm", result="accepted"), 5)
        self.token_file("second")
        self.wait_until_reloaded()
        asked = len(self.testing_farm.asked)
        self.hint()
        self.wait_until(lambda: len(self.testing_farm.asked) > asked, "another question")
        self.assertEqual(self.testing_farm.tokens[-1], "Bearer second")
        self.assertNotIn("Bearer", self.observer.log_path.read_text())

    def token_file(self, token: str) -> str:
        path = Path(self.folder.name) / "token"
        path.write_text(token + "\n")
        path.chmod(0o600)
        return str(path)

    def wait_until_reloaded(self):
        self.wait_until(lambda: "reloaded" in self.observer.log_path.read_text(), "a token that is read again")

    def test_copr_tells_canceled_from_failed_while_a_check_settles(self):
        now = time.time()
        self.serve()
        self.check(1, now - 300, "The task was accepted.", "queued")
        self.start(77, now - 240)
        self.copr.build(77, CHROOT, "canceled", now - 250, now - 240, now - 100)
        self.check(2, now - 90, "RPMs failed to be built.", "completed", "failure")
        self.finished("canceled")
        self.assertEqual(self.observer.metric("packit_slo_outcome_revised_total"), 0)
        # What Copr ended and no check shows as ended is not finished.
        self.assertEqual(
            self.observer.metric("packit_build_duration_seconds_sum", deployment="prod", outcome="canceled"), 210)

    def test_what_copr_alone_shows_ends_by_its_word_and_a_lost_build_as_an_error(self):
        now = time.time()
        self.serve()
        self.copr.build(1, CHROOT, "failed", now - 2 * DAY, now - DAY, now - DAY)
        self.copr.build(2, CHROOT, "skipped", now - 2 * DAY, None, now - DAY)
        for build in (1, 2, 3):
            self.start(build, now - 1.9 * DAY)
        self.finished("error", value=2)
        self.finished("skipped")
        self.assertTrue(any("/api_3/build/3" in path for path in self.copr.asked))
        report = self.observer.run("report", "--format", "json")
        self.assertEqual(report.returncode, 0, report.stderr)

    def test_packit_joins_what_no_name_tells(self):
        now = time.time()
        self.serve()
        self.packit.job(900, 77, CHROOT, "c" * 40)
        self.copr.build(77, CHROOT, "canceled", now - 250, None, now - 100)
        self.check(1, now - 300, "Starting RPM build...", "in_progress", job=900)
        self.wait_for(1, "packit_slo_lookups_total", upstream="packit", result="news")
        self.check(2, now - 90, "RPMs failed to be built.", "completed", "failure", job=900)
        self.finished("canceled")
        self.assertEqual(self.observer.metric("packit_builds_queued_total", deployment="prod"), 1)

    def start_in_a_project_of_their_own(self, at: float):
        self.start(77, at, owner="@acme", project="nightly")

    def joined(self, patience: float = 20):
        self.wait_for(1, "packit_slo_joins_total", patience, proof="proven")
        self.assertEqual(self.observer.metric("packit_slo_unjoined_runs"), 0)
        self.assertEqual(self.observer.metric("packit_builds_queued_total", deployment="prod"), 1)
        self.assertEqual(self.observer.metric("packit_builds_started_total", deployment="prod"), 1)

    def unjoined(self):
        self.assertEqual(self.observer.metric("packit_slo_joins_total", proof="proven"), 0)
        self.assertEqual(self.observer.metric("packit_slo_unjoined_runs"), 1)
        self.assertEqual(self.observer.metric("packit_builds_queued_total", deployment="prod"), 1)

    def test_whose_build_a_project_of_their_own_holds_is_asked_at_once(self):
        now = time.time()
        # What is open is surveyed every hour: who waited for that would ask too late.
        self.serve(PACKIT_SLO_POLLING_INTERVAL="1h")
        self.packit.job(900, 77, CHROOT, "c" * 40)
        self.check(1, now - 60, "The task was accepted.", "queued", job=900)
        self.start_in_a_project_of_their_own(now - 30)
        self.joined(patience=10)

    def test_and_when_the_check_shows_its_number_after_the_start(self):
        now = time.time()
        self.serve(PACKIT_SLO_POLLING_INTERVAL="1h")
        self.packit.job(900, 77, CHROOT, "c" * 40)
        self.check(1, now - 60, "The task was accepted.", "queued")
        self.start_in_a_project_of_their_own(now - 30)
        self.check(2, now - 20, "RPM build is in progress...", "in_progress", job=900)
        self.joined(patience=10)

    def test_packit_may_answer_late(self):
        now = time.time()
        self.serve()
        self.check(1, now - 60, "The task was accepted.", "queued", job=900)
        self.start_in_a_project_of_their_own(now - 30)
        self.wait_until(lambda: self.packit.asked, "a question")
        self.unjoined()
        self.packit.job(900, 77, CHROOT, "c" * 40)
        self.joined()

    def test_what_packit_says_wrongly_joins_nothing(self):
        now = time.time()
        self.serve()
        self.packit.job(900, 77, CHROOT, "d" * 40)
        self.check(1, now - 60, "The task was accepted.", "queued", job=900)
        self.start_in_a_project_of_their_own(now - 30)
        self.wait_for(1, "packit_slo_upstream_requests_total", upstream="packit", result="invalid_response")
        self.unjoined()

    def test_where_packit_never_answers_the_build_waits_for_its_check(self):
        now = time.time()
        self.serve()
        self.packit.misbehave = upstreams.stalls
        self.check(1, now - 60, "The task was accepted.", "queued", job=900)
        self.start_in_a_project_of_their_own(now - 30)
        self.wait_until(lambda: self.packit.asked, "a question")
        self.check(2, now - 10, "RPMs were built successfully.", "completed", "success", job=900)
        self.finished("success")
        self.unjoined()

    def test_the_journal_gives_the_same_numbers(self):
        now = time.time()
        self.serve()
        self.testing_farm.request(REQUEST, "error", now - 60)
        self.copr.build(1, CHROOT, "canceled", now - 2 * DAY, now - DAY, now - DAY)
        self.hint()
        self.start(1, now - 1.9 * DAY)
        self.finished("canceled")
        self.finished("error", "test_runs")
        live = decided(self.observer.metrics())
        self.assertEqual(self.observer.stop(), 0)
        replayed = self.observer.run("replay", "--journal", "--format", "metrics")
        self.assertEqual(replayed.returncode, 0, replayed.stderr)
        self.assertEqual(decided(samples(replayed.stdout)), live)

    # What must not happen

    def test_however_an_upstream_fails_nothing_is_concluded_and_nobody_waits(self):
        self.serve()
        for number, failure in enumerate(upstreams.FAILURES):
            with self.subTest(failure.__name__):
                self.testing_farm.misbehave = failure
                before = len(self.testing_farm.asked)
                self.hint()
                self.wait_until(lambda: len(self.testing_farm.asked) > before, "a question")
                self.check(100 + number, time.time(), "The task was accepted.", "queued")
                self.assertEqual(
                    {key: value for key, value in decided(self.observer.metrics()).items() if "test_run" in key[0]}, {})
            self.restart()

    def restart(self):
        """Forgets breakers and rate limits."""
        self.testing_farm.misbehave = None
        self.assertEqual(self.observer.stop(), 0)
        self.observer.start()

    def test_another_than_asked_and_other_types_say_nothing(self):
        self.serve()
        other = "00000000-e4d3-49e0-9dec-d994a99feebc"
        self.testing_farm.request(other, "complete", time.time(), "failed")
        key = "/v0.1/requests/{}"
        wrong = dict(self.testing_farm.documents[key.format(other), None, None])
        for document in (wrong, {"id": REQUEST, "state": 5}, [1], {"id": REQUEST, "state": "blooming"}):
            self.testing_farm.documents[key.format(REQUEST), None, None] = document
            before = self.lookups("testing_farm", "failed")
            self.hint()
            self.wait_for(
                before + 1, "packit_slo_lookups_total", upstream="testing_farm", result="failed", patience=30)
        self.assertEqual(self.observer.metric("packit_test_runs_queued_total", deployment="prod"), 0)
        self.assertGreaterEqual(
            self.observer.metric(
                "packit_slo_upstream_requests_total", upstream="testing_farm", result="invalid_response"),
            4)

    def test_a_page_that_is_not_there_is_no_lost_build(self):
        now = time.time()
        self.serve()
        self.copr.misbehave = lambda handler: upstreams.answer(
            handler, b"<h1>Build 1 Not Found</h1>", 404, Content_Type="text/html")
        self.start(1, now - 1.9 * DAY)
        # After the second time a lost build would be concluded.
        self.wait_until(lambda: self.lookups("copr", "absent") >= 2, "absence")
        self.assertEqual(self.lookups("copr", "news"), 0)
        self.assertEqual(self.observer.metric("packit_builds_unfinished", deployment="prod"), 1)

    def test_a_stop_waits_for_no_answer(self):
        self.serve()
        self.testing_farm.misbehave = upstreams.stalls
        self.hint()
        self.wait_until(lambda: self.testing_farm.asked, "a question")
        self.assertEqual(self.observer.stop(), 0)

    def test_nobody_is_asked_who_is_not_configured(self):
        self.serve(PACKIT_SLO_POLLING_INTERVAL="1s")
        self.observer.stop()
        for name in ("TESTING_FARM", "COPR", "PACKIT"):
            del self.observer.environment[f"PACKIT_SLO_{name}_API_URL"]
        self.observer.start()
        self.hint()
        self.start(1, time.time() - 1.9 * DAY)
        time.sleep(2.5)
        self.assertEqual(self.testing_farm.asked + self.copr.asked + self.packit.asked, [])
        self.assertNotIn("packit_slo_lookups", self.observer.get("/metrics")[1])


if __name__ == "__main__":
    unittest.main()
