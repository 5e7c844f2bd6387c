"""Recordings of the past that are sent to a live server (docs/counting.md, rule 27)."""

import time

from observer import ROOT, samples
from trial import Trial, decided, differing

# What depends on the moment of receipt alone: nobody waited for these changes while their deadlines passed.
BY_RECEIPT = "packit_initial_status_deadlines_missed_total"

# Time enough for what the day's deliveries tell late. The server has all of them within its own, shorter one, on a busy
# machine, too: until then it ends no run as stale, and misses no change.
GRACE = "5m"


class LiveRecordingTests(Trial):
    SETTINGS = {**Trial.SETTINGS, "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": "20s"}

    def test_a_day_sent_at_once_ends_in_the_numbers_of_its_replay(self):
        day = str(ROOT / "fixtures" / "day.jsonl")
        observer = self.observer().start()
        replay = observer.run(
            "replay", day, "--until", "end", "--format", "metrics", "--set", f"objectives.initial_status.grace={GRACE}")
        self.assertEqual(replay.returncode, 0, replay.stderr)
        replayed = self.mission(samples(replay.stdout))
        self.assertGreater(len(replayed), 50)
        sent = observer.run("send", day, "--to", f"http://127.0.0.1:{observer.port}")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        until = time.monotonic() + 80
        while (different := differing(replayed, self.mission(observer.metrics()))) and time.monotonic() < until:
            time.sleep(0.5)
        self.assertEqual(different, {}, "by the replay, and shown by the server")

    @staticmethod
    def mission(metrics: dict) -> dict:
        return {key: value for key, value in decided(metrics).items() if key[0] != BY_RECEIPT}
