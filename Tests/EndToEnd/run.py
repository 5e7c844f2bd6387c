#!/usr/bin/env python3
"""Tests of the built program through its front door: HTTP, signals, files.

    Tests/EndToEnd/run.py .build/debug/packit-slo [--long] [--jobs N] [-v] [Class[.test] …]

`--long` gives the tests of faults and load the length at which their figures mean something (docs/reliability.md).
`--jobs N` runs N classes at a time, each in a process of its own, and after them, one by one, those that need the
machine to themselves. A class that fails beside others runs again alone, and counts as failed if it fails then, too:
several at a time are more than two cores have, and tests of time tell that.
"""

import argparse
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from observer import Observer
from test_alerts import AlertTests  # noqa: F401
from test_alerts_restart import AlertRestartTests  # noqa: F401
from test_answers import AnswerTests  # noqa: F401
from test_api import ApiTests  # noqa: F401
from test_app_deliveries import AppDeliveryTests  # noqa: F401
from test_attacks import AttackTests  # noqa: F401
from test_attacks_bounds import BoundsTests  # noqa: F401
from test_attacks_files import FileTests  # noqa: F401
from test_backup_restore import BackupRestoreTests  # noqa: F401
from test_clock import ClockTests  # noqa: F401
from test_damage import DamageTests  # noqa: F401
from test_cluster import ClusterTests  # noqa: F401
from test_cluster_database import ClusterDatabaseTests  # noqa: F401
from test_dashboard import DashboardTests  # noqa: F401
from test_disk import DiskTests  # noqa: F401
from test_documentation import DocumentationTests  # noqa: F401
from test_endurance import EnduranceTests  # noqa: F401
from test_erase import EraseTests  # noqa: F401
from test_exemplars import ExemplarTests  # noqa: F401
from test_fedora_messaging import FedoraMessagingTests  # noqa: F401
from test_github_deliveries import GitHubDeliveryTests  # noqa: F401
from test_import import ImportTests  # noqa: F401
from test_killing import KillingTests  # noqa: F401
from test_live_recording import LiveRecordingTests  # noqa: F401
from test_lookups import LookupTests  # noqa: F401
from test_measuring import MeasuringTests  # noqa: F401
from test_move import MoveTests  # noqa: F401
from test_nodes import NodesPageTests  # noqa: F401
from test_overload import OverloadTests  # noqa: F401
from test_pages import PageTests  # noqa: F401
from test_reports import ReportTests  # noqa: F401
from test_restart import RestartTests  # noqa: F401
from test_rotation import RotationTests  # noqa: F401
from test_secrecy import SecrecyTests  # noqa: F401
from trial import Trial

TELLING = Lock()

# They put the server under a load, or count what it does within a time.
ALONE = (AttackTests, BoundsTests, ClusterDatabaseTests, ClusterTests, EnduranceTests, OverloadTests, RestartTests)


def classes() -> list:
    return sorted((value for value in globals().values()
                   if isinstance(value, type) and issubclass(value, unittest.TestCase) and value is not Trial),
                  key=lambda value: value.__name__)


def in_a_process(arguments: list) -> int:
    """Runs one class, and tells all of it at once when it is over."""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True)
    with TELLING:
        print(f"-- {arguments[-1]}: {time.monotonic() - begun:.0f} s")
        print((done.stdout + done.stderr).decode(errors="replace"), flush=True)
    return done.returncode


def in_processes(jobs: int, arguments: list, wanted: list) -> int:
    """- Parameter wanted: names of classes; all where it is empty."""
    alone = [value.__name__ for value in ALONE]
    names = wanted or [value.__name__ for value in classes()]
    beside = [name for name in names if name not in alone]
    alone = [name for name in alone if name in names]
    with ThreadPoolExecutor(jobs) as pool:
        codes = dict(zip(beside, pool.map(lambda name: in_a_process([*arguments, name]), beside)))
    again = [name for name, code in codes.items() if code != 0]
    codes |= {name: in_a_process([*arguments, name]) for name in alone + again}
    failed = [name for name, code in codes.items() if code != 0]
    if again:
        print(f"failed beside others, and run again alone: {', '.join(again)}")
    print(f"{len(codes)} classes, " + (f"FAILED: {', '.join(failed)}" if failed else "none failed"), flush=True)
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("program")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--jobs", type=int)
    options, rest = parser.parse_known_args()
    if options.jobs:
        arguments = [options.program, *(["--long"] if options.long else [])]
        wanted = [word for word in rest if not word.startswith("-")]
        sys.exit(in_processes(options.jobs, [*arguments, *(word for word in rest if word.startswith("-"))], wanted))
    Observer.program = options.program
    Trial.is_long = options.long
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()
