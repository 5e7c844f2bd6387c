#!/usr/bin/env python3
"""Tests of the built program through its front door: HTTP, signals, files.

    Tests/EndToEnd/run.py .build/debug/packit-slo [--long] [-v] [Class[.test] …]

`--long` gives the tests of faults and load the length at which their figures mean something (docs/reliability.md).
"""

import sys
import unittest

from observer import Observer
from test_alerts import AlertTests  # noqa: F401
from test_answers import AnswerTests  # noqa: F401
from test_api import ApiTests  # noqa: F401
from test_attacks import AttackTests  # noqa: F401
from test_attacks_bounds import BoundsTests  # noqa: F401
from test_attacks_files import FileTests  # noqa: F401
from test_backup_restore import BackupRestoreTests  # noqa: F401
from test_clock import ClockTests  # noqa: F401
from test_damage import DamageTests  # noqa: F401
from test_dashboard import DashboardTests  # noqa: F401
from test_disk import DiskTests  # noqa: F401
from test_documentation import DocumentationTests  # noqa: F401
from test_endurance import EnduranceTests  # noqa: F401
from test_fedora_messaging import FedoraMessagingTests  # noqa: F401
from test_github_deliveries import GitHubDeliveryTests  # noqa: F401
from test_killing import KillingTests  # noqa: F401
from test_live_recording import LiveRecordingTests  # noqa: F401
from test_lookups import LookupTests  # noqa: F401
from test_measuring import MeasuringTests  # noqa: F401
from test_overload import OverloadTests  # noqa: F401
from test_pages import PageTests  # noqa: F401
from test_reports import ReportTests  # noqa: F401
from test_rotation import RotationTests  # noqa: F401
from test_secrecy import SecrecyTests  # noqa: F401
from trial import Trial

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    Observer.program = sys.argv.pop(1)
    if "--long" in sys.argv:
        sys.argv.remove("--long")
        Trial.is_long = True
    unittest.main(verbosity=2)
