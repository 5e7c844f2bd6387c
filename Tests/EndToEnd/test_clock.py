"""A wall clock that is set, and a process that stands still: no false verdict, no lost deadline."""

import collections
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from observer import Observer, check_run, pull_request
from shim import Shim
from trial import Trial

# In seconds. Long enough that a request of a machine under load is answered within each of them.
DEADLINE, GRACE = 5, 5
SETTINGS = {
    "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE": f"{DEADLINE}s",
    "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": f"{GRACE}s",
}


class Changes:
    """Pull requests as GitHub tells of them. Its clock is the machine's: nobody here sets it."""

    def __init__(self, observer: Observer):
        self.observer = observer
        self.number = 0

    def opened(self) -> int:
        self.number += 1
        payload = pull_request(self.number, f"{self.number:040x}", time.time())
        self.post("pull_request", payload, f"c-{self.number}-opened")
        return self.number

    def answered(self, number: int, at: float = None):
        payload = check_run(number, f"{number:040x}", at or time.time(), "The task was accepted.")
        self.post("check_run", payload, f"c-{number}-answered")

    def opened_and_answered(self):
        number = self.opened()
        time.sleep(0.5)
        self.answered(number)

    def post(self, event: str, payload: dict, delivery: str):
        status, text = self.observer.github(event, payload, delivery)
        if status != 202:
            raise AssertionError(text)

    @property
    def verdicts(self) -> collections.Counter:
        counted = collections.Counter()
        for (name, labels), value in self.observer.metrics().items():
            if name == "packit_pull_request_changes_total" and value:
                counted[dict(labels)["verdict"]] += int(value)
        return counted

    @property
    def missed(self) -> float:
        return sum(value for (name, _), value in self.observer.metrics().items()
                   if name == "packit_initial_status_deadlines_missed_total")


class ClockTests(Trial):
    def test_steps_of_the_wall_clock(self):
        steps = (3600, -3600, 10, -10)
        with ThreadPoolExecutor(len(steps)) as pool:
            for step, verdicts in zip(steps, pool.map(self.step, steps)):
                self.figure(f"clock set by {step:+} s: 4 changes answered in time and 1 never: {dict(verdicts)}")

    def step(self, by: int) -> collections.Counter:
        path = self.path / f"step{by}"
        path.mkdir()
        shim = Shim(path, path / "observer.sqlite")
        observer = self.observer(path=path, **SETTINGS, **shim.environment).start()
        changes = Changes(observer)
        answered_before, answered_after, _ = changes.opened(), changes.opened(), changes.opened()
        changes.answered(answered_before)
        shim.set_clock(by)
        changes.answered(answered_after)
        changes.opened_and_answered()
        time.sleep(DEADLINE + GRACE + 1)
        self.assertGreaterEqual(changes.missed, 1, "no clock that is set holds up a deadline that was armed")
        self.assert_nothing_false(changes.verdicts, by)
        # Long after the step, while the clock is still wrong.
        changes.opened_and_answered()
        time.sleep(DEADLINE + 1)
        self.assert_nothing_false(changes.verdicts, by)
        shim.set_clock(0)
        time.sleep(1.5)
        observer.kill()
        observer.start()
        time.sleep(DEADLINE + GRACE + 1)
        verdicts = changes.verdicts
        self.assert_nothing_false(verdicts, by)
        self.assertEqual(verdicts.total(), 5, f"all is decided at last: {by:+} s, {verdicts}")
        self.assert_no_contradiction(observer)
        return verdicts

    def assert_nothing_false(self, verdicts: collections.Counter, by: int):
        """Where the clock leapt ahead nobody knows what the time between would have brought: excluded is not false."""
        self.assertEqual(verdicts["late"], 0, f"{by:+} s, {verdicts}")
        self.assertLessEqual(verdicts["never"], 1, f"{by:+} s, {verdicts}")
        self.assertGreaterEqual(verdicts["on_time"], 2, f"{by:+} s, {verdicts}")

    def test_a_process_that_stands_still(self):
        """Its deadlines passed while it saw nothing: nobody is blamed for that, and it goes on at once."""
        still = self.length(20, 60)
        observer = self.observer(**SETTINGS).start()
        changes = Changes(observer)
        in_time, unknown = changes.opened(), changes.opened()
        began = time.time()
        observer.process.send_signal(signal.SIGSTOP)
        time.sleep(still)
        observer.process.send_signal(signal.SIGCONT)
        resumed = time.monotonic()
        changes.answered(in_time, at=began + 1)
        answered_after = time.monotonic() - resumed
        changes.answered(changes.opened())
        changes.opened()
        expected = {"on_time": 2, "excluded": 1, "never": 1}
        self.wait_until(lambda: changes.verdicts == expected, DEADLINE + 2 * GRACE + 20,
                        lambda: f"{expected}, but {changes.verdicts}; answered after {answered_after:.2f} s")
        self.assertGreater(observer.metric("packit_slo_blind_seconds_total"), still - 1)
        changes.answered(unknown, at=began + 1)
        self.assertEqual(observer.metric("packit_slo_late_evidence_total", verdict="on_time"), 1)
        self.assertEqual(changes.verdicts, expected)
        self.assert_no_contradiction(observer)
        self.figure(f"stood still for {still} s, answered {answered_after:.2f} s after it went on: {expected}")
