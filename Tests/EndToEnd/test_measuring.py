"""Live deliveries with a short deadline: what the clock alone decides."""

import time
import unittest
from pathlib import Path

from observer import Observer, check_run, folder, pull_request


class MeasuringTests(unittest.TestCase):
    def setUp(self):
        self.folder = folder()
        self.observer = Observer(
            Path(self.folder.name), PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="3s",
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="2s", PACKIT_SLO_JOBS_SETTLE="1s").start()

    def tearDown(self):
        self.observer.close()
        self.folder.cleanup()

    def wait_for(self, value: float, name: str, patience: float = 10, **labels: str):
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self.observer.metric(name, **labels) == value:
                return
            time.sleep(0.1)
        self.assertEqual(self.observer.metric(name, **labels), value, (name, labels))

    def change(self, verdict: str, eligibility: str):
        return {"deployment": "prod", "verdict": verdict, "eligibility": eligibility}

    def test_on_time_never_and_the_gauge_between(self):
        now = time.time()
        self.observer.github("pull_request", pull_request(1, "a" * 40, now), "m-1")
        self.observer.github("check_run", check_run(1, "a" * 40, now + 1, "The task was accepted."), "m-2")
        self.observer.github("pull_request", pull_request(2, "b" * 40, now), "m-3")
        gauge = {"deployment": "prod", "eligibility": "learned"}
        self.wait_for(1, "packit_pull_requests_without_status", **gauge)
        self.assertEqual(self.observer.metric("packit_initial_status_deadlines_missed_total", **gauge), 1)
        self.wait_for(1, "packit_pull_request_changes_total", **self.change("on_time", "learned"))
        self.wait_for(1, "packit_pull_request_changes_total", **self.change("never", "learned"))
        self.observer.github("check_run", check_run(2, "b" * 40, time.time(), "The task was accepted."), "m-4")
        self.wait_for(0, "packit_pull_requests_without_status", **gauge)
        self.wait_for(1, "packit_slo_late_evidence_total", verdict="late")
        self.wait_for(
            1, "packit_objective_events_total", deployment="prod", objective="initial_status", verdict="good")
        self.wait_for(
            1, "packit_objective_events_total", deployment="prod", objective="initial_status", verdict="bad")

    def test_a_failure_settles_across_a_restart(self):
        now = time.time()
        for number, (title, status, conclusion) in enumerate([
            ("The task was accepted.", "queued", None), ("RPM build is in progress...", "in_progress", None),
            ("RPMs failed to be built.", "completed", "failure"),
        ]):
            self.observer.github(
                "check_run", check_run(10 + number, "c" * 40, now + number, title, status, conclusion), f"m-{number}")
        self.assertEqual(self.observer.metric("packit_runs_settling", deployment="prod", kind="build"), 1)
        self.observer.kill()
        time.sleep(1.5)
        self.observer.start()
        # What was overdue at the start waits one grace period.
        self.wait_for(1, "packit_builds_finished_total", deployment="prod", outcome="failure")
        self.assertEqual(
            self.observer.metric("packit_build_duration_seconds_sum", deployment="prod", outcome="failure"), 2)

    def test_a_change_whose_deadline_passed_while_nobody_looked_is_excluded(self):
        self.observer.github("pull_request", pull_request(1, "d" * 40, time.time()), "m-1")
        self.observer.kill()
        time.sleep(4)
        self.observer.start()
        self.wait_for(
            1, "packit_pull_requests_without_status", deployment="prod", eligibility="assumed", patience=3)
        self.wait_for(1, "packit_pull_request_changes_total", **self.change("excluded", "assumed"))
        self.assertGreater(self.observer.metric("packit_slo_blind_seconds_total"), 3)
