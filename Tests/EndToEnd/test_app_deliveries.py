"""How the webhook of Packit's own App answers GitHub, read from GitHub's list (docs/counting.md, rule 52)."""

import json
import random
import time
import uuid

from github_api import APP, GitHub, make_key
from observer import samples
from trial import Trial

DAY = 86_400
KINDS = {"2xx": (202, "Accepted"), "3xx": (302, "Invalid HTTP Response: 302"),
         "4xx": (404, "Invalid HTTP Response: 404"), "5xx": (503, "Invalid HTTP Response: 503"),
         "timed_out": (504, "timed out"), "unreachable": (502, "failed to connect to host")}


class AppDeliveryTests(Trial):
    def world(self, name: str, **settings: str):
        """A server, and the GitHub whose list it reads."""
        path = self.path / name
        path.mkdir()
        observer = self.observer(name, path, **{
            "PACKIT_SLO_POLLING_INTERVAL": "1s", "PACKIT_SLO_POLLING_REQUESTS_PER_MINUTE": "6000",
            "PACKIT_SLO_GITHUB_APPS": f"packit-as-a-service=prod:{APP},packit-as-a-service-stg=stg",
            "PACKIT_SLO_OBJECTIVES_ENDPOINT_INDICATOR": "app_deliveries",
            "PACKIT_SLO_OBJECTIVES_ENDPOINT_TARGET": "0.9",
            **settings,
        })
        github = GitHub(path, observer)
        self.addCleanup(github.close)
        observer.environment.update({
            "PACKIT_SLO_GITHUB_APP_KEYS": f"packit-as-a-service={make_key(path)}",
            "PACKIT_SLO_GITHUB_API_URL": github.url,
        })
        return observer, github

    def counted(self, observer, source: dict = None) -> dict:
        metrics = observer.metrics() if source is None else source
        return {dict(labels)["status"]: int(value) for (name, labels), value in metrics.items()
                if name == "packit_app_deliveries_total" and value}

    def events(self, observer) -> tuple:
        return tuple(int(observer.metric(
            "packit_objective_events_total", deployment="prod", objective="endpoint", verdict=verdict))
            for verdict in ("good", "bad"))

    def objective(self, observer, deployment: str = "prod") -> dict:
        found = json.loads(observer.get("/api/v1/objectives")[1])["objectives"]
        return next(entry for entry in found
                    if (entry["objective"], entry["deployment"]) == ("endpoint", deployment))

    def fill(self, github, number: int, since: float, chance: random.Random) -> dict:
        """Attempts of the time since then, the oldest first; some are redeliveries.
        Returns what they count as."""
        expected, failed = {}, []
        good = bad = 0
        for place in range(number):
            at = time.time() - since + since * place / number
            kind = chance.choices(list(KINDS), [90, 1, 2, 4, 2, 1])[0]
            again = bool(failed) and chance.random() < 0.05
            guid = failed.pop() if again else str(uuid.UUID(int=chance.getrandbits(128)))
            github.attempt(guid, *KINDS[kind], at=at, redelivery=again)
            expected[kind] = expected.get(kind, 0) + 1
            if not again:
                good, bad = good + (kind == "2xx"), bad + (kind != "2xx")
                if kind != "2xx":
                    failed.append(guid)
        return {"statuses": expected, "events": (good, bad)}

    def test_each_attempt_counts_once_whatever_fails_and_however_often_the_server_is_killed(self):
        observer, github = self.world("killed")
        chance = random.Random(11)
        expected = self.fill(github, self.length(1500, 12_000), 2.9 * DAY, chance)
        github.pause = 0.02
        github.trouble = [
            (500, {"message": "Server Error"}), (200, {"no": "list"}), (200, [{"id": "x"}]),
            (429, {"message": "slow down"}, {"Retry-After": "1"}),
        ]
        kills, until = 0, time.monotonic() + 300
        observer.start()
        while sum(self.counted(observer).values()) < sum(expected["statuses"].values()):
            self.assertLess(time.monotonic(), until, f"{self.counted(observer)} of {expected}")
            time.sleep(chance.uniform(0.3, 0.9))
            if kills < self.length(6, 40):
                observer.kill()
                kills += 1
                observer.start()
        self.assertEqual(self.counted(observer), expected["statuses"])
        self.assertEqual(self.events(observer), expected["events"])
        self.figure(f"{sum(expected['statuses'].values())} attempts, {kills} kills, {github.asked} requests")

        # Further ones count as they come, and nothing counts twice.
        good, bad = self.events(observer)
        github.attempt(str(uuid.uuid4()), *KINDS["5xx"])
        again = github.attempt(str(uuid.uuid4()), *KINDS["2xx"])
        github.attempt(again["guid"], *KINDS["2xx"], redelivery=True)
        self.wait_until(lambda: self.events(observer) == (good + 1, bad + 1), 30, "two further deliveries are judged")
        self.wait_until(
            lambda: self.counted(observer)["2xx"] == expected["statuses"]["2xx"] + 2, 30, "all attempts are counted")
        time.sleep(3)
        self.assertEqual(self.events(observer), (good + 1, bad + 1))
        # Pages and API are a few seconds behind.
        self.wait_until(
            lambda: [self.objective(observer)[key] for key in ("good", "bad")] == [good + 1, bad + 1], 30,
            "the API shows what was judged")
        state = self.objective(observer)
        self.assertNotIn("deadline_seconds", state)
        self.assertNotIn("needs_settings", state)
        # They are judgements of the days on which GitHub sent them.
        days = [day["good"] + day["bad"] for day in state["days"]][-4:]
        self.assertEqual(sum(days), sum(expected["events"]) + 2)
        self.assertGreater(min(days[1:3]), 0)
        self.assertEqual(github.refused_tokens, [])
        self.assertEqual(github.posts, [])

        told = observer.metrics()
        self.assertEqual(observer.stop(), 0)
        replayed = observer.run("replay", "--journal", "--format", "metrics")
        self.assertEqual(replayed.returncode, 0, replayed.stderr)
        again = samples(replayed.stdout)
        for name in ("packit_app_deliveries_total", "packit_app_delivery_duration_seconds_count",
                     "packit_app_delivery_duration_seconds_sum", "packit_app_delivery_duration_seconds_bucket"):
            self.assertEqual({key: value for key, value in told.items() if key[0] == name},
                             {key: value for key, value in again.items() if key[0] == name})
        log = observer.log_path.read_text()
        for secret in ("Bearer", "eyJ", "PRIVATE KEY"):
            self.assertNotIn(secret, log)
        report = observer.run("report", "--format", "json")
        standing = next(entry for entry in json.loads(report.stdout)["objectives"]
                        if (entry["objective"], entry["deployment"]) == ("endpoint", "prod"))
        self.assertEqual(standing["costs"], {"failed": expected["events"][1] + 1})

    def test_what_waits_is_looked_at_again_and_a_github_that_says_no_is_told_of_once(self):
        observer, github = self.world("waiting")
        first = github.attempt(str(uuid.uuid4()), 0, "", throttled=True)
        second = github.attempt(str(uuid.uuid4()), 0, "pending")
        github.attempt(str(uuid.uuid4()), *KINDS["2xx"])
        observer.start()
        self.wait_until(lambda: self.counted(observer) == {"2xx": 1}, 30, "what is over is counted")
        time.sleep(2)
        self.assertEqual(self.counted(observer), {"2xx": 1})
        # GitHub keeps the time at which it throttled.
        first.update(status_code=200, status="OK")
        second.update(status_code=504, status="timed out")
        self.wait_until(lambda: self.counted(observer) == {"2xx": 2, "timed_out": 1}, 30, "the others are counted, too")
        github.trouble = [(401, {"message": "Bad credentials"})] * 4
        github.attempt(str(uuid.uuid4()), *KINDS["4xx"])
        self.wait_until(lambda: self.counted(observer).get("4xx") == 1, 60, "it goes on after refusals")
        text = observer.log_path.read_text()
        self.assertEqual(text.count("does not accept the App's token"), 1, text)
        self.assertIn("can be read again", text)
        self.assertEqual(observer.stop(), 0)

    def test_an_objective_without_its_source_says_so(self):
        observer, github = self.world("keyless")
        keys = observer.environment.pop("PACKIT_SLO_GITHUB_APP_KEYS")
        checked = observer.run("check-config")
        self.assertEqual(checked.returncode, 0)
        self.assertIn("has no event unless github.app_keys is set", checked.stderr)
        observer.start()
        self.assertIn("has no event unless github.app_keys is set", observer.log_path.read_text())
        self.assertEqual(self.objective(observer)["needs_settings"], ["github.app_keys"])
        self.assertIn("no event unless github.app_keys is set", observer.get("/")[1])
        self.assertEqual(github.asked, 0)
        self.assertEqual(observer.stop(), 0)
        # One deployment has a key.
        observer.environment["PACKIT_SLO_GITHUB_APP_KEYS"] = keys
        self.assertNotIn("has no event", observer.run("check-config").stderr)
        observer.start()
        self.assertNotIn("needs_settings", self.objective(observer))
        self.assertEqual(self.objective(observer, "stg")["needs_settings"], ["github.app_keys"])

    def test_a_wrong_key_stops_the_start_and_shows_nothing(self):
        observer, _ = self.world("wrong")
        key = self.path / "other.pem"
        key.write_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
        observer.environment["PACKIT_SLO_GITHUB_APP_KEYS"] = f"packit-as-a-service={key}"
        ended = observer.run("serve")
        self.assertEqual(ended.returncode, 78, ended.stderr)
        self.assertIn(f"github.app_keys: the file {key} contains no readable private key", ended.stderr)
        self.assertNotIn("c2VjcmV0", ended.stdout + ended.stderr)
        observer.environment["PACKIT_SLO_GITHUB_APP_KEYS"] = f"packit-as-a-service-stg={key}"
        refused = observer.run("check-config")
        self.assertEqual(refused.returncode, 78)
        self.assertIn("'packit-as-a-service-stg' has no app_id in github.apps", refused.stderr)
