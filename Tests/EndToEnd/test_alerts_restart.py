"""Every alert across a restart of the observer, as a real Prometheus evaluates it."""

import re
import sqlite3
import time
import unittest

from observer import pull_request
from trial import Trial
from watching import MISSING, Watch

INTERVAL = 5


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}; scripts/install-packages test installs them")
class AlertRestartTests(Trial):
    def test_no_alert_ends_or_begins_anew_because_of_a_restart(self):
        observer = self.observer(
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="1s", PACKIT_SLO_HANDLED_REPOSITORIES="acme/*",
            PACKIT_SLO_ALERTS_MINIMUM_EVENTS="1", PACKIT_SLO_COPR_API_URL="http://127.0.0.1:1",
            PACKIT_SLO_FEDORA_MESSAGING_URL="amqp://127.0.0.1:1/", PACKIT_SLO_FEDORA_MESSAGING_QUEUE="alerts",
        ).start()
        self.assertEqual(observer.stop(), 0)
        # What takes days or minutes to come about: a source fell silent, and an upstream failed five times.
        database = sqlite3.connect(observer.database)
        database.executemany("REPLACE INTO gauges (series, value) VALUES (?, ?)", [
            ('packit_slo_last_delivery_timestamp_seconds{source="copr"}', int((time.time() - 2 * 86400) * 1000)),
            ('packit_slo_upstream_breaker_open{upstream="copr"}', 1),
        ])
        database.commit()
        database.close()
        observer.start()
        rules = observer.run("rules", "prometheus")
        self.assertEqual(rules.returncode, 0, rules.stderr)
        watch = Watch(self.path, observer, rules.stdout, interval=f"{INTERVAL}s")
        self.addCleanup(watch.close)
        self.wait_until(lambda: watch.samples("packit_slo_build_info"), 30, "Prometheus scrapes the observer")
        for number in range(3):
            status, _ = observer.github(
                "pull_request", pull_request(number, str(number) * 40, time.time()), f"restart-{number}")
            self.assertEqual(status, 202)

        expected = {"PackitSLOSourceSilent", "PackitSLOUpstreamUnreachable", "PackitSLOBrokerUnreachable",
                    "PackitAnswersNobodyInTime", "PackitBudgetBurnsFast"}

        def names(alerts: dict) -> set:
            return {dict(labels)["alertname"] for labels in alerts}

        self.wait_until(lambda: expected <= names(watch.alerts()), 60, "the alerts hold")
        series = self.series(watch, rules.stdout)
        before = watch.alerts()
        self.await_scrape(watch)
        self.assertEqual(observer.stop(), 0)
        observer.start()
        for _ in range(3):
            self.await_scrape(watch)
        after = watch.alerts()
        self.assertEqual({labels: after.get(labels) for labels in before}, before)
        self.assertLessEqual(expected, names(after))
        self.assertEqual(self.series(watch, rules.stdout), series)
        for group in watch.ask("rules")["groups"]:
            for rule in group["rules"]:
                self.assertEqual(rule["health"], "ok", rule)

    def await_scrape(self, watch: Watch):
        def scraped():
            return [values[0] for _, values in watch.samples('timestamp(packit_slo_build_info)')]

        last = scraped()
        self.wait_until(lambda: scraped() not in ([], last), 3 * INTERVAL, "Prometheus scrapes the observer")

    @staticmethod
    def series(watch: Watch, rules: str) -> set:
        """All that the rules may read."""
        wanted = "|".join(sorted(set(re.findall(r"packit_\w+", rules))))
        return {tuple(sorted(labels.items())) for labels, _ in watch.samples(f'{{__name__=~"{wanted}"}}')
                if labels["__name__"] != "ALERTS"}


if __name__ == "__main__":
    unittest.main()
