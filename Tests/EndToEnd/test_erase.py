"""A repository and an account that must be forgotten: what is in the files, on the pages and in the numbers after."""

import os
import pty
import random
import sqlite3
import subprocess
import time
import unittest
from pathlib import Path

from observer import Observer, check_run, folder, pull_request

GADGET = {"id": 7, "full_name": "other/gadget", "private": False}


def integrity(path: Path) -> str:
    database = sqlite3.connect(path)
    try:
        return database.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        database.close()


def counted(metrics: dict) -> dict:
    """What must not change by an erasure: all but the ends of what was open."""
    return {key: value for key, value in metrics.items() if key[0].endswith("_total") and key[0].startswith("packit_")
            and not key[0].startswith("packit_slo_") and "finished" not in key[0] and "changes" not in key[0]}


class EraseTests(unittest.TestCase):
    def observer(self, path: str, **settings: str) -> Observer:
        observer = Observer(Path(path), PACKIT_SLO_JOBS_SETTLE="1s", **settings)
        self.addCleanup(observer.close)
        return observer

    def fill(self, observer: Observer, stories: int = 3):
        """Pull requests and builds of acme/rocket, which was acme/arrow before, and of other/gadget."""
        now = time.time() - 600
        number = 0
        for story in range(stories):
            for repository in ({"id": 42, "full_name": "acme/rocket" if story else "acme/arrow", "private": False},
                               GADGET):
                sha = f"{repository['id']:08x}{story:032x}"
                opened = {**pull_request(story + 1, sha, now), "repository": repository}
                opened["pull_request"]["body"] = "x" * 2000 + str(random.random())
                if repository is GADGET and story == 1:
                    opened["pull_request"]["head"]["repo"]["full_name"] = "acme/rocket"
                    opened["sender"]["login"] = "wile-e"
                checks = [check_run(1000 * repository["id"] + 10 * story, sha, now + 3, "The task was accepted.")]
                if story % 2:
                    checks.append(check_run(
                        1000 * repository["id"] + 10 * story + 1, sha, now + 90, "RPMs were built successfully.",
                        "completed", "success"))
                for event, payload in [("pull_request", opened)] + [("check_run", check) for check in checks]:
                    number += 1
                    payload["repository"] = repository
                    self.assertEqual(observer.github(event, payload, f"erase-{number}")[0], 202)

    def names_in(self, observer: Observer, *names: str) -> list:
        content = b"".join(
            path.read_bytes() for path in observer.folder.iterdir() if path.name.startswith("observer.sqlite"))
        return [name for name in names if name.encode() in content.lower()]

    def erase(self, observer: Observer, *arguments: str, code: int = 0):
        result = observer.run("erase", *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stderr

    def test_a_repository_leaves_files_pages_and_search_and_no_number_changes(self):
        with folder() as path:
            observer = self.observer(path).start()
            self.fill(observer)
            time.sleep(2.5)
            before = observer.metrics()
            self.assertEqual(observer.get("/repositories/acme/rocket")[0], 200)
            self.assertEqual(observer.stop(), 0)
            self.assertEqual(self.names_in(observer, "acme/rocket", "acme/arrow", "other/gadget"),
                             ["acme/rocket", "acme/arrow", "other/gadget"])

            told = self.erase(observer, "--repository", "acme/rocket", "--dry-run")
            self.assertEqual(self.names_in(observer, "acme/arrow"), ["acme/arrow"])
            text = self.erase(observer, "--repository", "acme/rocket", "--yes")
            self.assertIn("1 tracked repositories", text)
            self.assertIn("1 deliveries of other repositories, stored without the name", text)
            self.assertEqual(told.split(": ", 1)[1].splitlines()[0], text.split(": ", 1)[1].splitlines()[0])
            self.assertEqual(self.names_in(observer, "acme", "rocket.", "arrow"), [])
            self.assertEqual(self.names_in(observer, "other/gadget"), ["other/gadget"])
            self.assertEqual(integrity(observer.database), "ok")

            observer.start()
            self.assertEqual(counted(observer.metrics()), counted(before))
            self.assertEqual(observer.get("/repositories/acme/rocket")[0], 404)
            for page in ("/search?q=acme/rocket", "/search?q=acme/arrow%231"):
                self.assertNotIn("/repositories/acme", observer.get(page)[1].lower())
            self.assertEqual(observer.get("/repositories/other/gadget")[0], 200)
            for page in ("/", "/deliveries", "/events", "/waiting", "/runs", "/objectives/builds", "/unexplained"):
                status, text = observer.get(page)
                self.assertIn(status, (200, 404), page)
                self.assertNotIn("acme", text, page)
            # Open runs of one repository ended without a verdict; those of the other wait.
            unfinished = observer.metric("packit_builds_unfinished", deployment="prod")
            finished = sum(value for (name, _), value in observer.metrics().items()
                           if name == "packit_builds_finished_total")
            self.assertEqual(unfinished + finished, observer.metric("packit_builds_queued_total", deployment="prod"))
            self.assertGreater(unfinished, 0)
            # What is new is received as usual.
            again = pull_request(9, "9" * 40, time.time())
            self.assertEqual(observer.github("pull_request", again, "later")[0], 202)
            self.assertEqual(observer.get("/repositories/acme/rocket")[0], 200)
            violations = [value for (name, _), value in observer.metrics().items()
                          if name == "packit_slo_invariant_violations_total"]
            self.assertEqual(sum(violations), 0)
            replay = observer.run("replay", "--journal")
            self.assertEqual(replay.returncode, 0, replay.stderr)
            self.assertIn("entries of the journal were erased", replay.stderr)

    def test_an_account_is_gone_and_the_work_of_others_stays(self):
        with folder() as path:
            observer = self.observer(path).start()
            self.fill(observer)
            self.assertEqual(observer.stop(), 0)
            self.assertEqual(self.names_in(observer, "wile-e"), ["wile-e"])
            text = self.erase(observer, "--login", "Wile-E", "--yes")
            self.assertIn("1 bodies", text)
            self.assertEqual(self.names_in(observer, "wile-e"), [])
            self.assertIn("nothing", self.erase(observer, "--login", "wile-e", "--dry-run"))
            observer.start()
            self.assertEqual(observer.get("/repositories/other/gadget")[0], 200)

    def test_what_is_killed_in_the_middle_is_finished_by_the_next_run(self):
        with folder() as path:
            observer = self.observer(path).start()
            self.fill(observer, stories=120)
            self.assertEqual(observer.stop(), 0)
            command = [observer.program, "erase", "--repository", "acme/rocket", "--yes"]
            start = time.monotonic()
            subprocess.run([observer.program, "erase", "--repository", "acme/rocket", "--dry-run"],
                           env=observer.environment, capture_output=True, timeout=60, check=True)
            length = time.monotonic() - start
            kills = 0
            for step in range(1, 12):
                process = subprocess.Popen(command, env=observer.environment, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                try:
                    process.wait(timeout=length * step / 8)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    kills += 1
                self.assertIn(process.returncode, (0, -9))
            self.assertGreater(kills, 2)
            self.erase(observer, "--repository", "acme/rocket", "--yes")
            self.assertEqual(self.names_in(observer, "acme", "arrow"), [])
            self.assertEqual(integrity(observer.database), "ok")
            observer.start()
            self.assertEqual(observer.get("/repositories/other/gadget")[0], 200)
            violations = [value for (name, _), value in observer.metrics().items()
                          if name == "packit_slo_invariant_violations_total"]
            self.assertEqual(sum(violations), 0)

    def test_it_asks_on_a_terminal_and_refuses_what_it_cannot_do(self):
        with folder() as path:
            observer = self.observer(path).start()
            self.fill(observer, stories=2)
            refusal = self.erase(observer, "--repository", "acme/rocket", "--yes", code=1)
            self.assertIn(str(observer.process.pid), refusal)
            self.assertEqual(observer.stop(), 0)
            self.assertIn("--yes", self.erase(observer, "--repository", "acme/rocket", code=1))
            for arguments in ((), ("--repository", "acme"), ("--repository", "a/b", "--login", "c"),
                              ("--login", "a/b")):
                self.erase(observer, *arguments, code=64)
            self.assertIn("no database", self.erase(
                observer, "--login", "a", "--yes", "--database", f"{path}/none.sqlite", code=1))
            for answer, remains in (("n", ["acme/rocket"]), ("y", [])):
                self.assertIn("Erase it for good?", self.ask(observer, answer))
                self.assertEqual(self.names_in(observer, "acme/rocket"), remains)
            node = self.observer(path, PACKIT_SLO_CLUSTER_DATABASE="postgres://slo@127.0.0.1:1/slo")
            self.assertIn("packit-slo move", self.erase(node, "--login", "a", "--yes", code=78))

    def ask(self, observer: Observer, answer: str) -> str:
        primary, secondary = pty.openpty()
        process = subprocess.Popen(
            [observer.program, "erase", "--repository", "acme/rocket"], env=observer.environment, stdin=secondary,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        os.close(secondary)
        os.write(primary, f"{answer}\n".encode())
        text = process.communicate(timeout=60)[0].decode()
        os.close(primary)
        self.assertEqual(process.returncode, 0)
        return text


if __name__ == "__main__":
    unittest.main()
