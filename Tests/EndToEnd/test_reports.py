"""What the database tells afterwards: reports, and the journal judged again."""

import json
import tempfile
import time
import unittest
import urllib.parse
from pathlib import Path

from observer import ROOT, Observer, check_run, folder, pull_request, samples
from trial import differing

DAY = ROOT / "fixtures" / "day.jsonl"
# Series of the observer itself that follow from what it received and not from the host it runs on.
OWN_SERIES = ("packit_slo_late_evidence", "packit_slo_outcome_revised", "packit_slo_unjoined", "packit_slo_tracked",
              "packit_slo_events_total", "packit_slo_delivery_lag", "packit_slo_blind_seconds",
              "packit_slo_deadlines_armed", "packit_slo_invariant_violations")
JOURNALLED = {"accepted", "ignored", "malformed", "processing_failed"}


def comparable(text: str) -> dict:
    """All series of the mission, and those of the observer that its journal holds."""
    return {
        series: value for series, value in samples(text).items()
        if not series[0].startswith(("packit_slo_", "process_")) or series[0].startswith(OWN_SERIES)
        or series[0] == "packit_slo_deliveries_total" and dict(series[1])["result"] in JOURNALLED
    }


class ReportTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.observer = Observer(
            Path(cls.folder.name), PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="3s",
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="2s", PACKIT_SLO_JOBS_SETTLE="1s").start()
        lines = DAY.read_text().splitlines(keepends=True)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as morning:
            morning.writelines(lines[:len(lines) // 2])
            morning.flush()
            cls.send(morning.name)
        cls.observer.kill()
        time.sleep(0.5)
        cls.observer.start()
        cls.send(str(DAY))
        now = int(time.time())
        for number, answered_after in [(1, 2), (2, 4)]:
            sha = str(number) * 40
            cls.observer.github("pull_request", pull_request(number, sha, now), f"report-{number}-opened")
            cls.observer.github(
                "check_run", check_run(number, sha, now + answered_after, "The task was accepted."), f"report-{number}")
        time.sleep(6)
        # Whatever comes makes the server write how late it is.
        cls.observer.github("ping", {"zen": "…"}, "report-ping")

    @classmethod
    def tearDownClass(cls):
        cls.observer.close()
        cls.folder.cleanup()

    @classmethod
    def send(cls, path: str):
        cls.succeeding("send", path, "--to", f"http://127.0.0.1:{cls.observer.port}")

    @classmethod
    def succeeding(cls, *arguments: str) -> str:
        result = cls.observer.run(*arguments)
        if result.returncode != 0:
            raise AssertionError(f"{arguments} ended with {result.returncode}: {result.stderr}")
        return result.stdout

    def test_the_journal_yields_what_the_server_shows_across_a_crash(self):
        shown = comparable(self.observer.get("/metrics")[1])
        replayed = comparable(self.succeeding("replay", "--journal", "--format", "metrics"))
        self.assertEqual(differing(shown, replayed), {})
        self.assertGreater(sum(value for (name, _), value in shown.items() if name == "packit_builds_queued_total"), 20)
        self.assertGreater(shown[("packit_slo_blind_seconds_total", ())], 0.4)

    def test_a_report_agrees_with_the_series(self):
        report = json.loads(self.succeeding("report", "--format", "json"))
        metrics = self.observer.metrics()
        self.assertEqual(report["basis"], "database")
        judged = 0
        for objective in report["objectives"]:
            labels = {"deployment": objective["deployment"], "objective": objective["objective"]}

            def series(name, **more):
                return metrics.get((name, tuple(sorted({**labels, **more}.items()))))

            self.assertEqual(series("packit_objective_events_total", verdict="good"), objective["good"])
            self.assertEqual(
                series("packit_objective_events_total", verdict="bad"), objective["bad"] + objective["doubtful"])
            self.assertEqual(series("packit_objective_compliance_ratio"), objective.get("compliance"))
            self.assertEqual(
                series("packit_objective_error_budget_remaining_ratio"), objective.get("error_budget_remaining"))
            judged += objective["good"] + objective["bad"]
        self.assertGreater(judged, 10)
        self.assertEqual([interval["cause"] for interval in report["blind_intervals"]], ["down"])
        waiting = sum(value for (name, _), value in metrics.items() if name == "packit_pull_requests_without_status")
        self.assertEqual(len(report["waiting_changes"]), waiting)

    def test_texts_for_people(self):
        text = self.succeeding("report")
        self.assertIn("\nprod\n  objective", text)
        self.assertIn("The server's judgements", text)
        markdown = self.succeeding("report", "--format", "markdown")
        self.assertTrue(markdown.startswith("# Objectives from "))
        self.assertIn("\n| objective | ", markdown)

    def test_another_deadline_is_judged_from_the_journal(self):
        def initial_status(report):
            return next(row for row in report["objectives"]
                        if (row["deployment"], row["objective"]) == ("prod", "initial_status"))

        def with_deadline(deadline):
            return json.loads(self.succeeding(
                "report", "--set", f"objectives.initial_status.deadline={deadline}", "--format", "json"))

        same = with_deadline("3s")
        now = initial_status(json.loads(self.succeeding("report", "--format", "json")))
        for key in ("good", "bad", "doubtful", "unknown", "costs"):
            self.assertEqual(initial_status(same)["as_it_was"][key], now[key], key)
            self.assertEqual(initial_status(same)[key], now[key], key)
        # Answered within 1, 3 and 4 seconds: 1, 4 and 8 changes of the day, and none, one and two of those sent after
        # it.
        strict = initial_status(with_deadline("1s"))
        self.assertEqual((strict["good"], now["good"]), (1, 5))
        self.assertLess(strict["compliance"], strict["as_it_was"]["compliance"])
        lax = initial_status(with_deadline("4s"))
        self.assertEqual(lax["good"], 10)
        self.assertGreater(lax["compliance"], lax["as_it_was"]["compliance"])

    def test_recordings_are_reported_on_like_a_journal(self):
        report = json.loads(self.succeeding("report", str(DAY), "--format", "json"))
        replay = json.loads(self.succeeding("replay", str(DAY), "--format", "json"))
        self.assertEqual(report["at"], replay["until"])
        for deployment in replay["deployments"]:
            for name, numbers in deployment["objectives"].items():
                row = next(row for row in report["objectives"]
                           if (row["deployment"], row["objective"]) == (deployment["deployment"], name))
                self.assertEqual((row["good"], row["bad"]), (numbers["good"], numbers["bad"]))

    def test_the_api_gives_the_same(self):
        report = json.loads(self.succeeding("report", "--format", "json"))
        answer = {"repositories_at": ""}
        deadline = time.monotonic() + 30
        # What is told may be some seconds old; asking has it made anew.
        while answer["repositories_at"] < report["at"] and time.monotonic() < deadline:
            status, text = self.observer.get("/api/v1/objectives")
            self.assertEqual(status, 200)
            answer = json.loads(text)
            time.sleep(0.5)
        for key in ("repositories", "blind_intervals"):
            self.assertEqual(answer[key], report[key], key)
        for told, reported in zip(answer["objectives"], report["objectives"], strict=True):
            self.assertEqual({key: told.get(key) for key in reported}, reported)
            self.assertEqual(len(told["burn_rates"]), 3)
        self.assertNotIn("waiting_changes", answer)
        name = next(row["repository_name"] for row in report["repositories"])
        status, text = self.observer.get("/api/v1/objectives?repository=" + urllib.parse.quote(name.upper(), safe=""))
        self.assertEqual(status, 200)
        one = json.loads(text)
        self.assertEqual({row["repository_name"] for row in one["repositories"]}, {name})
        self.assertEqual(self.observer.get("/api/v1/objectives?repository=no/body")[0], 404)
        self.assertEqual(self.observer.get("/api/v1/objectives?repository=nobody")[0], 400)

    def test_what_cannot_be_reported_is_said(self):
        for arguments, code in [
            (["report", "--database", "/nowhere/slo.sqlite"], 1), (["replay", "--journal", str(DAY)], 64),
            (["replay"], 64), (["report", "--set", "objectives.initial_status.deadline=soon"], 78),
            (["report", str(DAY), "--database", "a"], 64), (["replay", "--journal", "--database", "/nowhere/a"], 1),
        ]:
            result = self.observer.run(*arguments)
            self.assertEqual(result.returncode, code, (arguments, result.stderr))
            self.assertTrue(result.stderr.strip(), arguments)
            self.assertEqual(result.stdout, "", arguments)
