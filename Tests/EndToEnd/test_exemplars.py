"""Exemplars, from a delivery to Prometheus and back to the delivery's page."""

import json
import subprocess
import time
import unittest
import uuid

import pypi
from observer import check_run, pull_request
from trial import Trial
from watching import MISSING, Watch

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
READ = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
found = []
for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        if sample.exemplar:
            found.append((sample.name, sample.labels, sample.exemplar.labels, sample.exemplar.value,
                          float(sample.exemplar.timestamp)))
json.dump(found, sys.stdout)
"""


class ExemplarTests(Trial):
    def setUp(self):
        super().setUp()
        self.server = self.observer(PACKIT_SLO_HANDLED_REPOSITORIES="acme/*").start()
        self.numbers = iter(range(1, 1000))

    def send(self, event: str, payload: dict) -> str:
        identity = str(uuid.uuid4())
        status, text = self.server.github(event, payload, identity)
        self.assertEqual(status, 202, text)
        return identity

    def run_of_a_build(self, repository: dict = None) -> dict:
        """A change, its answer and a build, with the ids of their deliveries."""
        number = next(self.numbers)
        now, sha = time.time(), f"{number:040x}"

        def said(payload: dict) -> dict:
            payload["repository"].update(repository or {})
            return payload

        return {
            "push": self.send("pull_request", said(pull_request(number, sha, now))),
            "queued": self.send("check_run", said(check_run(number, sha, now, "The task was accepted."))),
            "started": self.send("check_run", said(check_run(
                number, sha, now, "RPM build is in progress...", "in_progress"))),
            "ended": self.send("check_run", said(check_run(
                number, sha, now, "RPMs were built successfully.", "completed", "success"))),
        }

    def exposition(self, accept: str = OPEN_METRICS) -> str:
        return self.server.get("/metrics", Accept=accept)[1]

    def exemplars(self) -> dict:
        """The ids by the lines that have them, as the text says."""
        found = {}
        for line in self.exposition().splitlines():
            if " # " in line and not line.startswith("#"):
                sample, exemplar = line.split(" # ")
                found[sample.rsplit(" ", 1)[0]] = exemplar.split('"')[1]
        return found

    def wait_for_the_verdict(self):
        self.wait_until(
            lambda: self.server.metric("packit_objective_events_total", deployment="prod",
                                       objective="initial_status", verdict="good") > 0, 20, "the change is judged")

    def test_numbers_name_the_deliveries_that_decided_them(self):
        ids = self.run_of_a_build()
        self.wait_for_the_verdict()
        found = self.exemplars()
        expected = {
            'packit_builds_queued_total{deployment="prod"}': "queued",
            'packit_builds_started_total{deployment="prod"}': "started",
            'packit_builds_finished_total{deployment="prod",outcome="success"}': "ended",
            'packit_build_duration_seconds_bucket{deployment="prod",outcome="success",le="60.0"}': "ended",
            'packit_objective_events_total{deployment="prod",objective="builds",verdict="good"}': "ended",
            'packit_objective_events_total{deployment="prod",objective="initial_status",verdict="good"}': "queued",
            'packit_pull_request_changes_total{deployment="prod",verdict="on_time",eligibility="listed"}': "queued",
            'packit_initial_status_duration_seconds_bucket{deployment="prod",le="1.0"}': "queued",
            'packit_pull_request_changes_seen_total{deployment="prod"}': "push",
        }
        self.assertEqual({line: found.get(line) for line in expected},
                         {line: ids[name] for line, name in expected.items()})

        # Each of them is found by the search, which leads to the delivery's page.
        for identity in set(found.values()):
            status, _ = self.server.get(f"/search?q={identity}")
            self.assertEqual(status, 303, identity)
            found_deliveries = json.loads(self.server.get(f"/api/v1/search?q={identity}")[1])["deliveries"]
            self.assertEqual(len(found_deliveries), 1)
            page = self.server.get(f"/deliveries/{found_deliveries[0]['entry']['sequence']}")
            self.assertEqual(page[0], 200)
            self.assertIn(identity, page[1])

        # Only OpenMetrics has them, and it is what OpenMetrics allows.
        for accept in ("*/*", "text/plain", "text/plain;version=0.0.4"):
            self.assertNotIn("delivery=", self.exposition(accept))
        python = pypi.environment() / "bin" / "python"
        read = subprocess.run([python, "-c", READ], input=self.exposition(), capture_output=True, text=True, timeout=60)
        self.assertEqual(read.returncode, 0, read.stderr[-2000:])
        parsed = json.loads(read.stdout)
        self.assertEqual({labels["delivery"] for _, _, labels, _, _ in parsed}, set(found.values()))
        for name, labels, exemplar, value, timestamp in parsed:
            self.assertRegex(name, "(_total|_bucket)$")
            self.assertEqual(list(exemplar), ["delivery"])
            self.assertLessEqual(value, float(labels.get("le", "inf")))
            self.assertLess(abs(timestamp - time.time()), 120)

        # What is in memory only, is gone.
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.exemplars(), {})
        self.assertGreater(self.server.metric("packit_builds_queued_total", deployment="prod"), 0)

    def test_private_repositories_are_not_named(self):
        self.run_of_a_build({"id": 7, "full_name": "acme/secret", "private": True})
        self.wait_until(
            lambda: self.server.metric("packit_pull_request_changes_seen_total", deployment="prod"), 20, "it counts")
        self.assertEqual(self.exemplars(), {})
        public = self.run_of_a_build()
        other = self.run_of_a_build({"id": 8, "full_name": "acme/other"})
        self.wait_for_the_verdict()
        self.assertTrue(set(self.exemplars().values()) & set(other.values()))
        closing = pull_request(900, "9" * 40, time.time() + 1)
        closing["repository"].update({"id": 8, "full_name": "acme/other", "private": True})
        self.send("pull_request", closing)
        left = set(self.exemplars().values())
        self.assertFalse(left & set(other.values()))
        self.assertLessEqual(left, set(public.values()))

    @unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}; scripts/install-packages test installs them")
    def test_prometheus_keeps_them(self):
        watch = Watch(self.path, self.server, self.server.run("rules", "prometheus").stdout)
        self.addCleanup(watch.close)
        self.wait_until(lambda: watch.samples("packit_builds_finished_total"), 30, "Prometheus scrapes the server")
        ids = self.run_of_a_build()

        def kept(query: str) -> set:
            now = time.time()
            series = watch.ask("query_exemplars", query=query, start=now - 600, end=now + 60)
            return {exemplar["labels"]["delivery"] for one in series for exemplar in one["exemplars"]}

        for query, name in (("packit_builds_finished_total", "ended"),
                            ("packit_initial_status_duration_seconds_bucket", "queued")):
            self.wait_until(lambda: ids[name] in kept(query), 40, f"Prometheus keeps an exemplar of {query}")
        # The questions of the dashboard's panels find them, too.
        panels = json.loads(self.server.run("rules", "grafana").stdout)["panels"]
        asked = [target["expr"] for panel in panels for target in panel.get("targets", []) if target["exemplar"]]
        self.assertGreater(len(asked), 10)
        answers = set()
        for expression in asked:
            for variable in ("$deployment", "$objective"):
                expression = expression.replace(variable, ".*")
            answers |= kept(expression)
        self.assertLessEqual({ids["ended"], ids["queued"]}, answers)
