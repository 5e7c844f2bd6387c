"""An alert from its cause to whoever is told, and back: the observer, Prometheus, Alertmanager, a receiver."""

import json
import time
import unittest

from observer import check_run, pull_request
from trial import Trial
from watching import MISSING, Watch

PAGES = "https://slo.example.org"


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}; scripts/install-packages test installs them")
class AlertTests(Trial):
    def test_a_pull_request_without_a_status_is_told_of_and_taken_back_once_packit_answers(self):
        # At a target of a half and a window of an hour one bad change burns fast, and three good ones end that.
        observer = self.observer(
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="1s", PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_TARGET="0.5",
            PACKIT_SLO_OBJECTIVES_WINDOW="1h", PACKIT_SLO_HANDLED_REPOSITORIES="acme/*",
            PACKIT_SLO_ALERTS_MINIMUM_EVENTS="1", PACKIT_SLO_PAGES_URL=PAGES,
            PACKIT_SLO_PAGES_RUNBOOK_URL="https://docs.example.org/alerts.md").start()
        rules = observer.run("rules", "prometheus")
        self.assertEqual(rules.returncode, 0, rules.stderr)
        watch = Watch(self.path, observer, rules.stdout)
        self.addCleanup(watch.close)
        self.wait_until(lambda: watch.samples("packit_objective_events_total"), 30, "Prometheus scrapes the observer")
        outage = {"alertname": "PackitAnswersNobodyInTime", "deployment": "prod", "severity": "critical"}
        burn = {"alertname": "PackitBudgetBurnsFast", "deployment": "prod", "objective": "initial_status"}
        began = time.monotonic()

        status, _ = observer.github("pull_request", pull_request(1, "1" * 40, time.time()), "alert-1")
        self.assertEqual(status, 202)
        for labels in (outage, burn):
            self.wait_until(
                lambda: watch.receiver.alert("firing", **labels), 30, f"{labels['alertname']} is delivered")
        self.figure(f"delivered {time.monotonic() - began:.1f} s after the pull request")
        told = watch.receiver.alert("firing", **outage)["annotations"]
        self.assertEqual(told["summary"], "Packit prod answers no change in time")
        # A young Prometheus extrapolates one to up to two.
        self.assertRegex(told["description"], r"^About [12] changes passed their deadline of 1s without a status")
        self.assertEqual(told["link"], PAGES + "/waiting")
        self.assertEqual(told["runbook_url"], "https://docs.example.org/alerts.md#packitanswersnobodyintime")

        # The server sees the same with its next sample.
        def holding():
            return json.loads(observer.get("/api/v1/conditions")[1])["holding"]

        self.wait_until(
            lambda: {("PackitAnswersNobodyInTime", "critical"), ("PackitBudgetBurnsFast", "critical")}
            <= {(condition["condition"], condition["severity"]) for condition in holding() if condition["is_firing"]},
            90, "the server says so, too")
        self.assertIn("Packit prod answers no change in time", observer.get("/")[1])

        for number in (2, 3, 4):
            now, sha = time.time(), str(number) * 40
            observer.github("pull_request", pull_request(number, sha, now), f"alert-{number}")
            observer.github("check_run", check_run(number, sha, now, "The task was accepted."), f"alert-{number}-check")
        for labels in (outage, burn):
            self.wait_until(
                lambda: watch.receiver.alert("resolved", **labels), 30, f"{labels['alertname']} is taken back")
        self.wait_until(lambda: not holding(), 90, "the server takes it back, too")
        ended = [item["condition"] for item in json.loads(observer.get("/api/v1/conditions")[1])["items"]]
        self.assertIn("PackitAnswersNobodyInTime", ended)

        observer.stop()
        self.wait_until(
            lambda: watch.samples('ALERTS{alertname="PackitSLOAbsent",alertstate="pending"}'), 30,
            "that nobody observes is noticed")
        self.assertEqual(
            {alert["labels"]["alertname"] for alert in watch.receiver.told
             if not alert["labels"]["alertname"].startswith(("PackitBudget", "PackitAnswers"))}, set())
