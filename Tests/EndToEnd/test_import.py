"""A recording that is imported, then served; notes and digests on its database."""

import json
import re
import unittest
from pathlib import Path

from observer import Observer, folder

DAY = Path(__file__).resolve().parents[2] / "fixtures" / "day.jsonl"
TOKEN = "a-token-that-nobody-guesses"


class ImportTests(unittest.TestCase):
    def test_an_imported_day_is_served_noted_and_reported(self):
        with folder() as path:
            observer = Observer(Path(path), PACKIT_SLO_API_TOKENS=TOKEN)
            self.addCleanup(observer.close)
            imported = observer.run("import", str(DAY))
            self.assertEqual(imported.returncode, 0, imported.stderr)
            self.assertRegex(imported.stderr, r"imported \d{3,} deliveries into .*observer\.sqlite")
            again = observer.run("import", str(DAY))
            self.assertEqual(again.returncode, 1)
            self.assertIn("already exists: name a new file", again.stderr)

            observer.start()
            replayed = observer.run("replay", str(DAY), "--format", "metrics")
            for name in ("packit_builds_queued_total", "packit_test_runs_queued_total"):
                line = re.search(rf'^{name}{{deployment="prod"}} (\d+)$', replayed.stdout, re.MULTILINE)
                self.assertEqual(observer.metric(name, deployment="prod"), float(line[1]))

            noted = observer.run(
                "annotate", "--kind", "maintenance", "--from", "2026-11-10T14:00:00Z", "--to", "2026-11-10T15:00:00Z",
                "--server", f"http://127.0.0.1:{observer.port}", "New workers: 100 % & <more>")
            self.assertEqual(noted.returncode, 0, noted.stderr)
            note = json.loads(noted.stdout)
            self.assertEqual(note["words"], "New workers: 100 % & <more>")
            self.assertEqual(json.loads(observer.get("/api/v1/notes")[1])["items"], [note])

            at = ("--since", "7d", "--at", "2026-11-11T06:00:00Z")
            text = observer.run("report", *at, "--format", "text").stdout
            self.assertIn("over a window of 7 d", text)
            self.assertIn("without notes", text)
            self.assertIn("New workers: 100 % & <more>", text)
            mail = observer.run("report", "--public", *at, "--format", "html").stdout
            self.assertIn("<td>New workers: 100 % &amp; &lt;more&gt;</td>", mail)

            withdrawn = observer.run(
                "annotate", "--withdraw", str(note["id"]), "--server", f"http://127.0.0.1:{observer.port}")
            self.assertEqual(withdrawn.returncode, 0, withdrawn.stderr)
            self.assertEqual(json.loads(observer.get("/api/v1/notes")[1])["items"], [])


if __name__ == "__main__":
    unittest.main()
