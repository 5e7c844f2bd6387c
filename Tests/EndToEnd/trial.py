"""What tests of faults have in common: their length, their figures, and what must hold after every fault."""

import sqlite3
import sys
import time
import unittest
from pathlib import Path

from observer import Observer, folder, wait_for

# Everything that was decided; not what depends on how long anything took, nor on when it was asked.
DECIDED = ("packit_builds_", "packit_test_runs_", "packit_build_duration", "packit_test_run_duration",
           "packit_pull_request", "packit_initial_status_", "packit_objective_events")

# In seconds. Short, as what is heard of late waits for it (docs/counting.md, rule 27).
DEADLINE = 3


def decided(metrics: dict) -> dict:
    return {key: value for key, value in metrics.items() if key[0].startswith(DECIDED) and value}


def differing(expected: dict, given: dict) -> dict:
    return {key: (expected.get(key), given.get(key)) for key in expected.keys() | given.keys()
            if expected.get(key) != given.get(key)}


class Trial(unittest.TestCase):
    """`is_long`: the form that is run by hand, `run.py … --long`."""

    is_long = False
    maxDiff = None
    SETTINGS = {
        "PACKIT_SLO_JOBS_SETTLE": "1s", "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": "1s",
        "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE": f"{DEADLINE}s",
        "PACKIT_SLO_LOG_LEVEL": "notice",
    }

    def setUp(self):
        self.folder = folder()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name).resolve()

    def observer(self, name: str = "observer", path: Path = None, kind: type = Observer, **settings: str) -> Observer:
        path = path or self.path / name
        path.mkdir(exist_ok=True)
        observer = kind(path, **{**self.SETTINGS, **settings})
        self.addCleanup(observer.close)
        return observer

    def length(self, short, long):
        return long if self.is_long else short

    def figure(self, text: str):
        """Said on standard error as it is measured, so that a run's output is its report."""
        print(f"\n    {self.id().split('.')[-1]}: {text}", file=sys.stderr, flush=True)

    def wait_until(self, condition, patience: float, what):
        wait_for(condition, patience, what, pace=0.1)

    def wait_until_settled(self, *observers: Observer):
        def settled(observer):
            return not any(value for key, value in observer.metrics().items() if key[0] == "packit_runs_settling")

        self.wait_until(lambda: all(settled(observer) for observer in observers), 60, "runs are settled")
        # What is heard of late is in the gauge and the missed counter one deadline after its receipt (docs/counting.md,
        # rule 27). A grace of a second is behind us by then, too.
        time.sleep(max(observer.initial_status_deadline for observer in observers) + 2.2)

    def assert_held(self, database: Path, identities, what: str):
        """Each of these deliveries is in the journal."""
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)
        counts = {
            identity: connection.execute(
                "SELECT count(*) FROM identities WHERE identity = ?", (identity,)).fetchone()[0]
            for identity in identities
        }
        connection.close()
        missing = [identity.hex() for identity, count in counts.items() if count == 0]
        self.assertEqual(missing, [], f"acknowledged and not in the journal: {what}")

    def assert_sound(self, database: Path, what: str):
        """The database is whole, and no delivery is in the journal twice."""
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)
        journalled, distinct = connection.execute(
            "SELECT count(*), count(DISTINCT identity) FROM journal WHERE kind = 'delivery'").fetchone()
        self.assertEqual(journalled, distinct, f"a delivery is in the journal twice: {what}")
        self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone(), ("ok",), what)
        connection.close()

    def assert_same_numbers(self, expected: dict, given: dict, what: str):
        self.assertEqual(differing(expected, given), {}, f"undisturbed, disturbed: {what}")
        self.assertTrue(expected)

    def assert_no_contradiction(self, observer: Observer):
        broken = {key: value for key, value in observer.metrics().items()
                  if key[0] == "packit_slo_invariant_violations_total" and value}
        self.assertEqual(broken, {})
