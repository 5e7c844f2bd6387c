"""The dashboard over a day's data in the real Prometheus: every question of every panel has an answer."""

import json
import math
import re
import time
import unittest

from observer import ROOT, check_run, pull_request
from trial import Trial
from watching import MISSING, Watch

RECORDINGS = [str(ROOT / "fixtures" / name) for name in (
    "day.jsonl", "other-jobs.jsonl", "command-answered-by-a-comment.jsonl")]
PLAIN = re.compile(r"\$(?!(?:deployment|objective)\b)\w+")


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}; scripts/install-packages test installs them")
class DashboardTests(Trial):
    def test_no_panel_is_empty(self):
        observer = self.observer(
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="2s", PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="1s").start()
        pages = f"http://127.0.0.1:{observer.port}"
        watch = Watch(self.path, observer, observer.run("rules", "prometheus").stdout)
        self.addCleanup(watch.close)
        # What was counted before the first look at it is no increase.
        self.wait_until(lambda: watch.samples("packit_objective_events_total"), 30, "Prometheus scrapes the observer")
        sent = observer.run("send", *RECORDINGS, "--to", pages)
        self.assertEqual(sent.returncode, 0, sent.stderr)
        # The day's deadlines had passed before it came. These two are answered as one looks.
        for number, app in enumerate(("packit-as-a-service", "packit-as-a-service-stg")):
            now, sha = time.time(), str(number) * 40
            answer = check_run(9000 + number, sha, now, "The task was accepted.")
            answer["check_run"]["app"]["slug"] = app
            observer.github("pull_request", pull_request(9000 + number, sha, now), f"change-{number}")
            observer.github("check_run", answer, f"answer-{number}")
        self.wait_until_settled(observer)
        judged = {series: value for series, value in observer.metrics().items()
                  if series[0] == "packit_objective_events_total" and dict(series[1])["objective"] == "initial_status"}
        self.assertGreater(sum(judged.values()), 10)
        self.wait_until(
            lambda: sum(value[0] for _, value in watch.samples(
                'packit_objective_events_total{objective="initial_status"}')) == sum(judged.values()),
            30, "Prometheus has what was judged")

        dashboard = json.loads(observer.run("rules", "grafana").stdout)
        variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
        self.assertEqual(list(variables), ["datasource", "deployment", "objective"])
        chosen = {}
        for name in ("deployment", "objective"):
            series, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variables[name]["definition"]).groups()
            chosen[name] = watch.ask(f"label/{label}/values", **{"match[]": series})
        self.assertEqual(
            chosen, {"deployment": ["prod", "stg"], "objective": ["builds", "initial_status", "test_runs"]})
        repeated = [panel["title"] for panel in dashboard["panels"] if panel.get("repeat") == "objective"]
        self.assertEqual(repeated, ["Objective: $objective"])

        asked, quiet, links = 0, [], {link["url"] for link in dashboard["links"]}
        for panel in dashboard["panels"]:
            if panel["type"] == "row":
                continue
            self.assertTrue(panel["description"], panel["title"])
            links |= {link["url"] for link in panel["links"]}
            for target in panel["targets"]:
                # As Grafana does with several chosen values.
                query = target["expr"]
                for name, values in chosen.items():
                    query = query.replace(f"${name}", "(" + "|".join(values) + ")")
                self.assertIsNone(PLAIN.search(query), query)
                found = [
                    value for _, values in watch.samples(query, seconds=0 if target["instant"] else 3)
                    for value in values if math.isfinite(value)
                ]
                asked += 1
                # These series come with their first event, and nothing has increased then.
                if re.search(r"packit_(job|command_answer|app_delivery|\w+_report_duration)", query):
                    continue
                self.assertTrue(found, f"{panel['title']}: {query}")
                if not any(found):
                    quiet.append(f"{panel['title']}: {target['legendFormat']}")
        for annotation in dashboard["annotations"]["list"]:
            query = annotation["expr"]
            for name, values in chosen.items():
                query = query.replace(f"${name}", "(" + "|".join(values) + ")")
            self.assertIsNone(PLAIN.search(query), query)
            # Nothing was wrong; a query that is none fails.
            watch.samples(query)
        for link in links:
            self.assertEqual(observer.get(link.removeprefix(pages))[0], 200, link)
        self.figure(f"{asked} queries; 0 throughout: {'; '.join(quiet)}")
        # A working day has no such things; everything else has something to show.
        self.assertLessEqual(
            {line.split(":")[0] for line in quiet},
            {"Alerts", "Waiting", "Not finished now", "Queue", "Bytes", "Surprises, per hour", "Blind, per hour",
             "Kept in memory", "Not submitted, per hour", "Attempts, per hour"})
