"""Pages that are written from the program say what the program says."""

import re
import subprocess
import time
import unittest
from pathlib import Path

from github_api import APP, GitHub, make_key
from observer import ROOT, TOKEN, Observer, folder

RECORDINGS = [str(ROOT / "fixtures" / name) for name in ("day.jsonl", "other-jobs.jsonl")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


class DocumentationTests(unittest.TestCase):
    maxDiff = None

    def test_the_page_of_metrics_is_what_a_server_shows(self):
        with folder() as path:
            # The day's changes are judged at once, so that each objective has something to tell.
            # A broker that is configured, and not there, shows its series as well as one that is; so does an upstream.
            observer = Observer(
                Path(path), PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="0s",
                PACKIT_SLO_FEDORA_MESSAGING_URL="amqp://127.0.0.1:1/",
                PACKIT_SLO_FEDORA_MESSAGING_QUEUE="queue", PACKIT_SLO_GITHUB_APP_ID=str(APP),
                PACKIT_SLO_GITHUB_APP_PRIVATE_KEY_FILE=str(make_key(Path(path))),
                PACKIT_SLO_POLLING_INTERVAL="1s", PACKIT_SLO_API_TOKENS=TOKEN,
                **{f"PACKIT_SLO_{name}_API_URL": "http://127.0.0.1:1" for name in ("TESTING_FARM", "COPR", "PACKIT")})
            # GitHub's list is shown once it was read.
            github = GitHub(Path(path), observer)
            self.addCleanup(github.close)
            observer.environment["PACKIT_SLO_GITHUB_API_URL"] = github.url
            observer.start()
            self.addCleanup(observer.close)
            sent = observer.run(
                "send", *RECORDINGS, "--to", f"http://127.0.0.1:{observer.port}")
            self.assertEqual(sent.returncode, 0, sent.stderr)
            github.send("push", {"ref": "refs/heads/main"}, "11111111-1111-4111-8111-111111111111", "failed")
            for kind in ("incident", "maintenance"):
                noted = observer.run(
                    "annotate", "words", "--kind", kind, "--from", "2026-11-22T10:00:00Z",
                    "--to", "2026-11-22T12:00:00Z")
                self.assertEqual(noted.returncode, 0, noted.stderr)
            until = time.monotonic() + 60
            wanted = ("packit_slo_delivery_completeness_ratio", "packit_slo_latest_time_note_timestamp_seconds")
            while any(name not in (exposition := observer.get("/metrics")[1]) for name in wanted):
                self.assertLess(time.monotonic(), until, observer.log_path.read_text())
                time.sleep(0.2)
        written = subprocess.run(
            [ROOT / "docs" / "write-metrics-page"], input=exposition, capture_output=True, text=True, check=True)
        self.assertEqual((ROOT / "docs" / "metrics.md").read_text(), written.stdout)

    def test_the_page_of_settings_is_what_the_program_writes(self):
        written = subprocess.run(
            [Observer.program, "check-config", "--reference"], capture_output=True, text=True, check=True)
        self.assertEqual((ROOT / "docs" / "configuration.md").read_text(), written.stdout)

    def test_links_between_pages_lead_somewhere(self):
        pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        lost = [
            f"{page.name}: {link}" for page in pages for link in LINK.findall(page.read_text())
            if "://" not in link and not (page.parent / link).exists()
        ]
        self.assertEqual(lost, [])
        index = set(LINK.findall((ROOT / "docs" / "README.md").read_text()))
        self.assertEqual({page.name for page in (ROOT / "docs").glob("*.md")} - index, {"README.md"})
