"""A database that is copied while deliveries come in, and put back: what it holds, and what is refused."""

import shutil
import sqlite3
import threading
import time
import unittest
from pathlib import Path

from observer import Observer, check_run, folder

RUNS = ("packit_builds_queued_total", "packit_builds_started_total", "packit_builds_finished_total")


def runs(metrics: dict) -> dict:
    return {key: value for key, value in metrics.items() if key[0] in RUNS and value}


def integrity(path: str) -> str:
    database = sqlite3.connect(path)
    try:
        return database.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        database.close()


class Load:
    """Builds that are queued and succeed, posted by several senders for as long as it is asked for."""

    SENDERS = 4

    def __init__(self, observer: Observer):
        self.observer = observer
        self.acknowledged = []
        self.refused = []
        self.wanted = True
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(self.SENDERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.wanted = False
        for thread in self.threads:
            thread.join()

    @staticmethod
    def delivery(number: int):
        build, ended = divmod(number, 2)
        state = ("RPM build succeeded.", "completed", "success") if ended else ("RPM build is in progress.",)
        return check_run(number + 1, f"{build:040x}", time.time(), *state), f"load-{number}"

    def send(self, first: int):
        # A sender posts both deliveries of a build, in their order.
        build = first
        while self.wanted:
            for number in (2 * build, 2 * build + 1):
                payload, identity = self.delivery(number)
                status, _ = self.observer.github("check_run", payload, identity)
                if status == 202:
                    self.acknowledged.append((payload, identity))
                else:
                    self.refused.append((status, identity))
            build += self.SENDERS

    def until(self, count: int):
        end = time.monotonic() + 60
        while len(self.acknowledged) < count:
            if time.monotonic() > end:
                raise AssertionError(f"only {len(self.acknowledged)} of {count} deliveries were acknowledged")
            time.sleep(0.01)


class BackupRestoreTests(unittest.TestCase):
    def observer(self, path: str) -> Observer:
        observer = Observer(Path(path), PACKIT_SLO_JOBS_SETTLE="1s")
        self.addCleanup(observer.close)
        return observer

    def succeeding(self, observer: Observer, *arguments: str):
        result = observer.run(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_a_backup_under_load_holds_all_that_was_acknowledged_before_and_is_restored(self):
        with folder() as path, folder() as elsewhere:
            copy = f"{elsewhere}/copy.sqlite"
            first = self.observer(path).start()
            with Load(first) as load:
                load.until(400)
                during = 0
                while not during:
                    held = list(load.acknowledged)
                    self.succeeding(first, "backup", "--overwrite", copy)
                    during = len(load.acknowledged) - len(held)
                load.until(len(load.acknowledged) + 100)
                second = self.observer(elsewhere)
                self.succeeding(second, "restore", copy)
                second.start()
            self.assertEqual(load.refused, [])
            self.assertEqual(integrity(copy), "ok")

            self.assertLess(sum(runs(second.metrics()).values()), sum(runs(first.metrics()).values()))
            for payload, identity in held:
                self.assertEqual(second.github("check_run", payload, identity)[0], 200, identity)
            # What came after the backup is new to it; sent again, it makes the two agree.
            answers = [second.github("check_run", payload, identity)[0] for payload, identity in load.acknowledged]
            self.assertGreaterEqual(answers.count(202), 100)
            self.assertEqual(set(answers), {200, 202})
            self.assertEqual(runs(second.metrics()), runs(first.metrics()))
            for observer in (first, second):
                violations = [value for (name, _), value in observer.metrics().items()
                              if name == "packit_slo_invariant_violations_total"]
                self.assertTrue(violations)
                self.assertEqual(sum(violations), 0)

    def test_a_database_in_use_is_refused_and_stays_as_it_is(self):
        with folder() as path:
            observer = self.observer(path).start()
            copy = f"{path}/copy.sqlite"
            self.succeeding(observer, "backup", copy)
            with Load(observer) as load:
                load.until(50)
                refusal = observer.run("restore", copy, "--overwrite")
                load.until(len(load.acknowledged) + 50)
            self.assertEqual(refusal.returncode, 1)
            self.assertIn(str(observer.process.pid), refusal.stderr)
            self.assertEqual(load.refused, [])
            self.assertEqual(observer.metric("packit_slo_deliveries_total", source="github", result="accepted"),
                             len(load.acknowledged))
            self.assertFalse(Path(path, "observer.sqlite.partial").exists())

    def test_a_restored_server_knows_nothing_of_what_came_after_the_backup(self):
        with folder() as path:
            observer = self.observer(path).start()
            with Load(observer) as load:
                load.until(100)
            then = runs(observer.metrics())
            self.succeeding(observer, "backup", f"{path}/copy.sqlite")
            payload, _ = Load.delivery(900_000)
            self.assertEqual(observer.github("check_run", payload, "afterwards")[0], 202)
            # The log of the killed server still holds the build, and must not come back with the old numbers.
            observer.kill()
            self.assertTrue(Path(path, "observer.sqlite-wal").exists())
            self.succeeding(observer, "restore", f"{path}/copy.sqlite", "--overwrite")
            observer.start()
            self.assertEqual(runs(observer.metrics()), then)
            self.assertGreater(observer.metric("packit_slo_blind_seconds_total"), 0)
            self.assertEqual(observer.github("check_run", payload, "afterwards")[0], 202)
            self.assertEqual(observer.stop(), 0)
            self.assertEqual(integrity(f"{path}/observer.sqlite"), "ok")

    def test_what_is_no_whole_backup_replaces_nothing(self):
        with folder() as path:
            observer = self.observer(path).start()
            with Load(observer) as load:
                load.until(200)
            copy = f"{path}/copy.sqlite"
            self.succeeding(observer, "backup", copy)
            self.assertEqual(observer.stop(), 0)
            database = Path(path, "observer.sqlite")
            kept = database.read_bytes()

            damaged, shortened, newer, text = (f"{path}/{name}" for name in ("damaged", "shortened", "newer", "text"))
            content = bytearray(Path(copy).read_bytes())
            page = len(content) // 2 // 16384 * 16384
            content[page:page + 64] = b"\xff" * 64
            Path(damaged).write_bytes(content)
            Path(shortened).write_bytes(content[:len(content) // 2])
            shutil.copy(copy, newer)
            changed = sqlite3.connect(newer)
            changed.execute("INSERT INTO grdb_migrations VALUES ('999 of the future')")
            changed.commit()
            changed.close()
            Path(text).write_text("no database at all")
            foreign = sqlite3.connect(f"{path}/foreign")
            foreign.execute("CREATE TABLE t (a)")
            foreign.close()
            Path(path, "empty").touch()

            for name, code, words in (
                ("damaged", 1, "damaged"), ("shortened", 1, "damaged"), ("newer", 78, "newer version"),
                ("text", 1, "not a backup"), ("foreign", 1, "another program"), ("empty", 1, "not a backup"),
                ("absent", 1, "absent"), ("observer.sqlite", 1, "itself"),
            ):
                with self.subTest(name):
                    refusal = observer.run("restore", f"{path}/{name}", "--overwrite")
                    self.assertEqual(refusal.returncode, code, refusal.stderr)
                    self.assertIn(words, refusal.stderr)
                    self.assertEqual(database.read_bytes(), kept)
                    self.assertFalse(Path(path, "observer.sqlite.partial").exists())

            refusal = observer.run("restore", copy)
            self.assertEqual(refusal.returncode, 1)
            self.assertIn("overwrite", refusal.stderr)
            self.assertEqual(database.read_bytes(), kept)
            self.assertFalse(Path(path, "absent").exists())
