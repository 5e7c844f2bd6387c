"""What must survive: kill -9, a stop in the middle, a second server, a backup, an export."""

import json
import socket
import sqlite3
import threading
import time
from pathlib import Path

from observer import ROOT, SECRET, Observer, check_run, folder
from trial import Trial, decided

DAY = ROOT / "fixtures" / "day.jsonl"


class EnduranceTests(Trial):
    SETTINGS = {
        # The day lies in the past, so all is judged as it is received, but for what settles.
        "PACKIT_SLO_JOBS_SETTLE": "1s", "PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE": "1s",
        "PACKIT_SLO_JOBS_HORIZON": "90d",
    }

    def started(self, path: str, **settings: str) -> Observer:
        return self.observer(path=Path(path), **settings).start()

    def send_day(self, observer: Observer) -> None:
        sent = observer.run("send", str(DAY), "--to", f"http://127.0.0.1:{observer.port}")
        self.assertEqual(sent.returncode, 0, sent.stderr)

    def test_kill_9_in_the_middle_of_the_day(self):
        # Settling outlasts the sending, so that how fast either went decides nothing.
        settle = {"PACKIT_SLO_JOBS_SETTLE": "12s"}
        with folder() as undisturbed, folder() as disturbed:
            calm = self.started(undisturbed, **settle)
            self.send_day(calm)
            shaken = self.started(disturbed, **settle)
            lines = [json.loads(line) for line in DAY.read_text().splitlines()]
            for number, line in enumerate(lines):
                body = line["body"].encode()
                status, _ = shaken.post(line["source"], body, line["headers"])
                self.assertIn(status, (200, 202))
                if number % 67 == 66:
                    shaken.kill()
                    shaken.start()
                    # What was acknowledged is held, whatever happened since.
                    self.assertEqual(shaken.post(line["source"], body, line["headers"])[0],
                                     202 if self.is_hint(line) else 200)
            self.wait_until_settled(calm, shaken)
            self.assert_same_numbers(decided(calm.metrics()), decided(shaken.metrics()), "kill -9")

    @staticmethod
    def is_hint(line: dict) -> bool:
        return line["source"] == "testing-farm" and "request_id" in json.loads(line["body"])

    def test_an_export_replays_to_the_same_numbers(self):
        with folder() as path:
            observer = self.started(path)
            self.send_day(observer)
            self.wait_until_settled(observer)
            shown = decided(observer.metrics())
            for options in (("--raw",), ()):
                export = observer.run("export", "--output", f"{path}/day{len(options)}.jsonl", *options)
                self.assertEqual(export.returncode, 0, export.stderr)
                replay = observer.run("replay", f"{path}/day{len(options)}.jsonl", "--format", "metrics")
                self.assertEqual(replay.returncode, 0, replay.stderr)
                from observer import samples
                self.assertEqual(decided(samples(replay.stdout)), shown, options)

    def test_a_second_server_is_refused_and_told_who_is_first(self):
        with folder() as path:
            observer = self.started(path)
            second = Observer(Path(path))
            answer = second.run("serve")
            second.close()
            self.assertEqual(answer.returncode, 1)
            self.assertIn(str(observer.process.pid), answer.stderr)

    def test_a_port_that_is_taken_is_said_and_ends_the_start(self):
        with folder() as path, folder() as other:
            first = self.started(path)
            second = Observer(Path(other), PACKIT_SLO_HTTP_LISTEN=f"127.0.0.1:{first.port}")
            answer = second.run("serve")
            second.close()
            self.assertEqual(answer.returncode, 1)
            self.assertIn(f"127.0.0.1:{first.port}", answer.stderr)

    def test_a_backup_of_a_running_server_is_whole(self):
        with folder() as path:
            observer = self.started(path)
            self.send_day(observer)
            backup = observer.run("backup", f"{path}/copy.sqlite")
            self.assertEqual(backup.returncode, 0, backup.stderr)
            copy = sqlite3.connect(f"{path}/copy.sqlite")
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            self.assertGreater(copy.execute("SELECT count(*) FROM journal").fetchone()[0], 300)
            copy.close()

    def test_sigterm_finishes_what_is_in_flight_and_leaves_a_whole_database(self):
        with folder() as path:
            observer = self.started(path)
            stalled = socket.create_connection(("127.0.0.1", observer.port))
            stalled.sendall(b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            answers = []

            def hammer():
                for number in range(2000):
                    try:
                        answers.append(observer.github(
                            "check_run",
                            check_run(number, "e" * 40, time.time(), "The task was accepted."), f"t-{number}")[0])
                    except OSError:
                        return

            thread = threading.Thread(target=hammer)
            thread.start()
            time.sleep(0.5)
            began = time.monotonic()
            self.assertEqual(observer.stop(), 0)
            self.assertLess(time.monotonic() - began, 20)
            thread.join()
            stalled.close()
            stored = answers.count(202)
            self.assertGreater(stored, 0)
            database = sqlite3.connect(f"{path}/observer.sqlite")
            kept = database.execute("SELECT count(*) FROM journal WHERE kind = 'delivery'").fetchone()[0]
            database.close()
            self.assertEqual(kept, stored)

    def test_two_at_the_same_moment_are_one(self):
        with folder() as path:
            observer = self.started(path)
            payload = check_run(1, "f" * 40, time.time(), "The task was accepted.")
            answers = []
            threads = [
                threading.Thread(target=lambda: answers.append(observer.github("check_run", payload, "same")[0]))
                for _ in range(16)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(answers), [200] * 15 + [202])
            self.assertEqual(observer.metric("packit_builds_queued_total", deployment="prod"), 1)

    def test_secrets_are_read_again_on_sighup(self):
        import signal
        with folder() as path:
            secrets = Path(path, "secrets")
            secrets.write_text(SECRET + "\n")
            secrets.chmod(0o600)
            observer = Observer(Path(path), PACKIT_SLO_GITHUB_WEBHOOK_SECRETS_FILE=str(secrets))
            self.addCleanup(observer.close)
            del observer.environment["PACKIT_SLO_GITHUB_WEBHOOK_SECRETS"]
            observer.start()
            self.assertEqual(observer.github("watch", {"action": "started"}, "s-1")[0], 202)
            secrets.write_text("another-secret-0123456789\n")
            observer.process.send_signal(signal.SIGHUP)
            until = time.monotonic() + 10
            status = 202
            while status != 401 and time.monotonic() < until:
                time.sleep(0.1)
                status = observer.github("watch", {"action": "started"}, f"s-{time.monotonic()}")[0]
            self.assertEqual(status, 401)

    def test_a_wrong_configuration_does_not_start(self):
        with folder() as path:
            config = Path(path, "config.yaml")
            for text, words in (
                ("http:\n  listn: x\n", ("http.listn", ":2")), ("jobs:\n  settle: soon\n", ("jobs.settle", "soon")),
                ("github:\n  webhook_secrets_file: /nowhere/secret\n", ("/nowhere/secret",)),
            ):
                config.write_text(text)
                observer = Observer(Path(path))
                answer = observer.run("serve", "--config", str(config))
                observer.close()
                self.assertEqual(answer.returncode, 78, answer.stderr)
                for word in words:
                    self.assertIn(word, answer.stderr)
