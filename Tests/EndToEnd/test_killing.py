"""kill -9 at random moments under full load: nothing acknowledged is lost, nothing is counted twice."""

import random
import time

from crowd import Crowd
from deliveries import Stories
from trial import Trial, decided


class KillingTests(Trial):
    SENDERS = 32

    def test_kill_9_under_full_load(self):
        kills = self.length(8, 200)
        chance = random.Random(self.length(1, None))
        stories = Stories("kill", body_bytes=self.length(6000, 24000))
        told = []
        shaken = self.observer("shaken").start()
        crowd = Crowd(shaken.port, self.SENDERS, stories.endless(told))
        began = time.monotonic()
        crowd.start()
        seen = 0
        downtimes = []
        for kill in range(kills):
            time.sleep(chance.uniform(0.02, 0.35))
            shaken.kill()
            down = time.monotonic()
            # Acknowledgements that were still on their way count too.
            acknowledged = list(crowd.acknowledged)
            shaken.start()
            downtimes.append(time.monotonic() - down)
            self.assert_held(shaken.database, acknowledged[seen:], f"after kill {kill + 1}")
            seen = len(acknowledged)
        crowd.stop()
        elapsed = time.monotonic() - began
        self.assertEqual(crowd.unexpected, [])

        calm = self.observer("calm").start()
        undisturbed = Crowd(calm.port, self.SENDERS, (stories.story(number) for number in told))
        undisturbed.start()
        undisturbed.finish()
        self.assertEqual(set(undisturbed.acknowledged), set(crowd.acknowledged))
        self.wait_until_settled(calm, shaken)
        self.assert_held(shaken.database, crowd.acknowledged, "at the end")
        self.assert_same_numbers(decided(calm.metrics()), decided(shaken.metrics()), f"{kills} kills")
        for result in ("accepted", "ignored"):
            for source in ("github", "copr"):
                labels = {"source": source, "result": result}
                self.assertEqual(
                    shaken.metric("packit_slo_deliveries_total", **labels),
                    calm.metric("packit_slo_deliveries_total", **labels), labels)
        self.assert_no_contradiction(shaken)
        self.assertEqual(shaken.stop(), 0)
        self.assert_sound(shaken.database, "at the end")
        held_again = sum(1 for _, status in crowd.acknowledged.values() if status == 200)
        self.figure(
            f"{kills} kills in {elapsed:.0f} s, {len(crowd.acknowledged)} deliveries acknowledged and held once, "
            f"{held_again} of them found on disk when their sender repeated them; "
            f"ready again after {sorted(downtimes)[len(downtimes) // 2]:.2f} s (median), {max(downtimes):.2f} s (most)")
