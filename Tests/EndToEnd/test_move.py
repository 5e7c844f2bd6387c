"""A database that moves from SQLite to PostgreSQL and back: what it holds, and what is refused."""

import unittest
from pathlib import Path

from observer import Observer, folder
from postgres import Postgres, binaries
from test_backup_restore import Load, integrity, runs


@unittest.skipUnless(binaries(), "PostgreSQL is not installed")
class MoveTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.close)

    def observer(self, path: str) -> Observer:
        observer = Observer(Path(path), PACKIT_SLO_JOBS_SETTLE="1s")
        self.addCleanup(observer.close)
        return observer

    def test_a_server_goes_on_from_what_was_moved_there_and_back(self):
        with folder() as path, folder() as elsewhere:
            address = self.postgres.database("there_and_back")
            first = self.observer(path).start()
            with Load(first) as load:
                load.until(400)
            then = runs(first.metrics())
            running = first.run("move", f"{path}/observer.sqlite", address)
            self.assertEqual(running.returncode, 1)
            self.assertIn(str(first.process.pid), running.stderr)
            self.assertEqual(first.stop(), 0)

            moved = first.run("move", f"{path}/observer.sqlite", address)
            self.assertEqual(moved.returncode, 0, moved.stderr)
            self.assertRegex(moved.stderr, r"moved \d{4,} rows")
            again = first.run("move", f"{path}/observer.sqlite", address)
            self.assertEqual(again.returncode, 1)
            self.assertIn("has a ledger already", again.stderr)

            second = self.observer(elsewhere)
            back = second.run("move", address, f"{elsewhere}/observer.sqlite")
            self.assertEqual(back.returncode, 0, back.stderr)
            self.assertEqual(integrity(f"{elsewhere}/observer.sqlite"), "ok")
            second.start()
            self.assertEqual(runs(second.metrics()), then)
            answers = {second.github("check_run", payload, identity)[0] for payload, identity in load.acknowledged}
            self.assertEqual(answers, {200})
            export = second.run("export", "--output", f"{elsewhere}/export.jsonl")
            self.assertEqual(export.returncode, 0, export.stderr)
            self.assertEqual(len(Path(elsewhere, "export.jsonl").read_text().splitlines()), len(load.acknowledged))

    def test_wrong_arguments_are_named(self):
        with folder() as path:
            observer = self.observer(path)
            for arguments, words in (
                (("one.sqlite", "two.sqlite"), "one of FROM and TO must be a file"),
                (("--snapshot", "one.sqlite", "postgres://db/slo"), "--snapshot needs an address"),
            ):
                result = observer.run("move", *arguments)
                self.assertEqual(result.returncode, 64)
                self.assertIn(words, result.stderr)
            result = observer.run("move", f"{path}/none.sqlite", self.postgres.database("none"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("there is no database", result.stderr)
            result = observer.run("move", "postgres://slo:hunter2@127.0.0.1:1/slo", f"{path}/new.sqlite")
            self.assertEqual(result.returncode, 1)
            self.assertIn("slo on 127.0.0.1 is not reached", result.stderr)
            self.assertNotIn("hunter2", result.stderr)


if __name__ == "__main__":
    unittest.main()
