#!/usr/bin/env python3
"""Tests of the built program through its front door: HTTP, signals, files.

    Tests/EndToEnd/run.py .build/debug/packit-slo [-v] [Class[.test] …]
"""

import sys
import unittest

from observer import Observer
from test_answers import AnswerTests  # noqa: F401
from test_backup_restore import BackupRestoreTests  # noqa: F401
from test_documentation import DocumentationTests  # noqa: F401
from test_endurance import EnduranceTests  # noqa: F401
from test_measuring import MeasuringTests  # noqa: F401
from test_reports import ReportTests  # noqa: F401

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    Observer.program = sys.argv.pop(1)
    unittest.main(verbosity=2)
