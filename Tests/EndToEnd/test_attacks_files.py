"""Files, secrets, commands and the journal in the hands of somebody who means no good, or is not careful."""

import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from observer import ROOT, TOKEN, Observer, check_run, folder, free_port, pull_request, stamp

SHA = "a" * 40
#: Moves the cursor, sets colours, turns the direction of writing, ends lines.
HOSTILE = "x\x1b[2J\x1b]0;title\x07\x9b31m\u202e\u2066\r\nforged\u2028line\x7f"
#: Whatever a terminal or a reader takes for more than a character.
CONTROLS = {*map(chr, range(32)), *map(chr, range(127, 160)), "\u202e", "\u2066", "\u2028"} - {"\n"}


class FileTests(unittest.TestCase):
    def setUp(self):
        self.temporary = folder()
        self.addCleanup(self.temporary.cleanup)
        self.path = Path(self.temporary.name)
        self.observer = self.server("first").start()

    def server(self, name: str, **settings: str) -> Observer:
        place = self.path / name
        place.mkdir(exist_ok=True)
        observer = Observer(place, **settings)
        self.addCleanup(observer.close)
        return observer

    @property
    def database(self) -> Path:
        return self.observer.folder / "observer.sqlite"

    def posted(self, count: int, first: int = 0) -> list:
        identities = [f"file-{number}" for number in range(first, first + count)]
        for number, identity in enumerate(identities, first):
            status, text = self.observer.github(
                "pull_request", pull_request(number + 1, f"{number:040x}", time.time()), identity)
            self.assertEqual(status, 202, text)
        return identities

    def held(self, path: Path) -> int:
        database = sqlite3.connect(path)
        try:
            return database.execute("SELECT count(*) FROM journal WHERE kind = 'delivery'").fetchone()[0]
        finally:
            database.close()

    def test_no_command_writes_onto_a_file_of_a_database(self):
        self.posted(20)
        self.assertEqual(self.observer.run("backup", str(self.path / "backup")).returncode, 0)
        os.link(f"{self.database}-wal", self.path / "hard-wal")
        os.link(f"{self.database}-shm", self.path / "hard-shm")
        os.link(self.database, self.path / "hard")
        os.symlink(f"{self.database}-wal", self.path / "soft")
        other = self.server("second").start()
        targets = [
            *(f"{self.database}{suffix}" for suffix in ("", "-wal", "-shm", "-journal", ".lock")),
            self.path / "hard-wal", self.path / "hard-shm", self.path / "hard", self.path / "soft",
            f"{self.path}/first/../first/./observer.sqlite-wal", os.path.relpath(f"{self.database}-wal"),
            *(f"{other.folder}/observer.sqlite{suffix}" for suffix in ("", "-wal", "-shm", "-journal", ".lock")),
        ]
        for target in map(str, targets):
            if not target.endswith(("-shm", "observer.sqlite-wal")):
                before = Path(target).read_bytes() if Path(target).exists() else None
            for arguments in (("backup", target, "--overwrite"), ("export", "--raw", "--output", target)):
                with self.subTest(arguments):
                    refusal = self.observer.run(*arguments)
                    self.assertEqual(refusal.returncode, 1, refusal.stderr)
                    self.assertRegex(refusal.stderr, "choose another name|cannot create")
            if not target.endswith(("-shm", "observer.sqlite-wal")):
                self.assertEqual(Path(target).read_bytes() if Path(target).exists() else None, before)
            self.assertFalse(Path(target + ".partial").exists())
        for arguments in (
            ("restore", str(self.path / "backup"), "--database", f"{self.database}-wal", "--overwrite"),
            ("restore", str(self.path / "backup"), "--database", str(self.path / "hard-wal"), "--overwrite"),
            ("restore", str(self.path / "backup"), "--database", f"{self.database}-journal"),
            ("restore", str(self.path / "backup"), "--database", str(self.path / "hard"), "--overwrite"),
            ("serve", "--database", f"{self.database}-journal", "--listen", f"127.0.0.1:{free_port()}"),
        ):
            with self.subTest(arguments):
                refusal = self.observer.run(*arguments)
                self.assertEqual(refusal.returncode, 1, refusal.stderr)
        # All of it is there, and so is what comes afterwards, also once the server was killed.
        self.posted(30, first=20)
        self.observer.kill()
        os.unlink(self.path / "hard")
        self.observer.start()
        self.posted(1, first=50)
        self.assertEqual(self.observer.stop(), 0)
        self.assertEqual(self.held(self.database), 51)

    def test_a_file_has_one_server_whatever_its_name(self):
        second = self.server("second")
        for make in (os.link, os.symlink):
            name = second.folder / "observer.sqlite"
            make(self.database, name)
            with self.subTest(make.__name__):
                for command in (("serve",), ("restore", str(self.path / "backup"), "--overwrite")):
                    self.observer.run("backup", str(self.path / "backup"), "--overwrite")
                    refusal = second.run(*command)
                    self.assertEqual(refusal.returncode, 1, refusal.stderr)
                    self.assertIn(f"process {self.observer.process.pid} on ", refusal.stderr)
            os.unlink(name)
        # A command that reads would not find the log beside the other name.
        os.link(self.database, second.folder / "observer.sqlite")
        refusal = second.run("report")
        self.assertEqual(refusal.returncode, 1)
        self.assertIn("another name of", refusal.stderr)
        self.posted(10)
        self.assertEqual(self.observer.stop(), 0)
        second.start()
        self.assertEqual(second.stop(), 0)
        self.assertEqual(self.held(self.database), 10)

    def test_a_mount_of_the_file_leads_to_the_same_lock(self):
        second = self.server("second")
        name = second.folder / "observer.sqlite"
        name.touch()
        mounted = subprocess.run(["mount", "--bind", self.database, name], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("this user may not mount")
        try:
            refusal = second.run("serve")
            self.assertEqual(refusal.returncode, 1, refusal.stderr)
            self.assertIn(f"process {self.observer.process.pid} on ", refusal.stderr)
        finally:
            subprocess.run(["umount", name], check=True)

    def test_another_program_that_reads_and_closes_the_database_takes_nothing_away(self):
        """Closing any descriptor of the file would give up SQLite's locks, and the log would go with the next one."""
        self.posted(5)
        self.observer.get("/deliveries")
        self.observer.run("serve")
        reader = sqlite3.connect(self.database)
        self.assertEqual(reader.execute("SELECT count(*) FROM journal").fetchone()[0] > 0, True)
        reader.close()
        self.assertTrue(Path(f"{self.database}-wal").exists())
        self.posted(5, first=5)
        self.observer.kill()
        self.assertEqual(self.held(self.database), 10)

    def test_another_body_under_a_known_id_is_kept_and_decides_nothing(self):
        first = check_run(1, SHA, time.time(), "The task was accepted.")
        self.assertEqual(self.observer.github("check_run", first, "same")[0], 202)
        others = [check_run(number, "b" * 40, time.time(), "The task was accepted.") for number in range(2, 12)]
        for other in others:
            self.assertEqual(self.observer.github("check_run", other, "same")[0], 202)
            self.assertEqual(self.observer.github("check_run", other, "same")[0], 200)
        self.assertEqual(self.observer.github("check_run", first, "same")[0], 200)
        count = {result: self.observer.metric("packit_slo_deliveries_total", source="github", result=result)
                 for result in ("accepted", "conflicting", "duplicate")}
        self.assertEqual(count, {"accepted": 1, "conflicting": 10, "duplicate": 11})
        self.assertEqual(self.observer.metric("packit_builds_queued_total", deployment="prod"), 1)
        self.assertIn("conflicting", self.observer.get("/deliveries")[1])
        recording = self.path / "recording.jsonl"
        self.assertEqual(self.observer.run("export", "--raw", "--output", str(recording)).returncode, 0)
        self.assertEqual(len(recording.read_text().splitlines()), 11)
        replayed = json.loads(self.observer.run("replay", str(recording), "--format", "json").stdout)
        self.assertEqual(replayed["results"]["github"], {"accepted": 1, "conflicting": 10})
        journal = json.loads(self.observer.run("replay", "--journal", "--format", "json").stdout)
        self.assertEqual(journal["results"]["github"], {"accepted": 1, "conflicting": 10})
        # After a restart, too.
        self.assertEqual(self.observer.stop(), 0)
        self.observer.start()
        self.assertEqual(self.observer.github("check_run", others[0], "same")[0], 200)

    def test_a_token_authorises_a_notification_and_nothing_else(self):
        document = {
            "id": "00000001-1111-1111-1111-111111111111", "token": TOKEN, "state": "complete",
            "result": {"overall": "error"}, "created": stamp(time.time() - 600), "queued_time": 1, "run_time": 60,
            "environments_requested": [{
                "variables": {"PACKIT_FULL_REPO_NAME": "acme/rocket", "PACKIT_COMMIT_SHA": SHA, "PACKIT_PR_ID": "1"},
                "tmt": {"context": {"distro": "fedora-40", "arch": "x86_64", "initiator": "packit"}}}]}
        for claim in (document, {**document, "request_id": document["id"]}, {"id": document["id"], "token": TOKEN}):
            status, text = self.observer.post("testing-farm", json.dumps(claim).encode(), signature="")
            self.assertEqual(status, 401, text)
            self.assertIn("a request document needs a signature", text)
        notification = json.dumps({"request_id": document["id"], "token": TOKEN}).encode()
        self.assertEqual(self.observer.post("testing-farm", notification, signature="")[0], 202)
        self.assertEqual(self.observer.post("testing-farm", json.dumps(document).encode())[0], 202)
        self.assertEqual(
            self.observer.metric("packit_slo_deliveries_total", source="testing-farm", result="bad_signature"), 3)

    def test_files_of_secrets_have_lines_and_no_comments(self):
        secrets = self.path / "secrets"
        observer = self.server("second", PACKIT_SLO_GITHUB_WEBHOOK_SECRETS_FILE=str(secrets))
        secrets.write_text("one\r\n# a comment\ntwo\n")
        refusal = observer.run("check-config")
        self.assertEqual(refusal.returncode, 78)
        self.assertIn(f"line 2 of {secrets} begins with '#'", refusal.stderr)
        self.assertNotIn("a comment", refusal.stderr)
        odd = "a\x0bb\x0cc\x85d\u2028e"
        secrets.write_bytes((odd + "\r\n").encode())
        observer.start()
        from observer import sign
        body = json.dumps({"zen": "x"}).encode()
        for number, (secret, expected) in enumerate(((odd, 200), ("a", 401), ("e", 401), (odd + "\r", 401))):
            self.assertEqual(
                observer.github("ping", body, f"s-{number}", signature=sign(body, secret))[0], expected, secret)

    def test_text_from_outside_gives_the_terminal_no_orders(self):
        payload = pull_request(7, SHA, time.time() - 3600)
        payload["repository"]["full_name"] = "acme/" + HOSTILE
        payload["pull_request"]["base"]["ref"] = HOSTILE
        self.observer.github("pull_request", payload, "h-1")
        check = check_run(3, SHA, time.time() - 3600, HOSTILE)
        check["check_run"]["name"] = f"rpm-build:{HOSTILE}"
        check["repository"]["full_name"] = "acme/" + HOSTILE
        self.observer.github("check_run", check, "h-2")
        self.observer.post("github", b"{}", {"X-GitHub-Event": "push", "X-GitHub-Delivery": "h\x9b3"})
        recording = self.path / "recording.jsonl"
        self.assertEqual(self.observer.run("export", "--raw", "--output", str(recording)).returncode, 0)
        port = self.answering(
            b"HTTP/1.1 400 \x1b[31mX\r\nContent-Length: 19\r\n\r\n\x1b[2Jhello\xe2\x80\xae\x9b2J\nx\r\n")
        config = self.path / "config.yaml"
        config.write_text(json.dumps({"log": {"level": HOSTILE}, HOSTILE: 1}))
        outputs = []
        for arguments in (
            ("report",), ("report", "--format", "markdown"), ("report", "--format", "json"),
            ("report", str(recording)), ("report", str(recording), "--set", "jobs.settle=1s", "--format", "json"),
            ("replay", str(recording)), ("replay", str(recording), "--format", "json"),
            ("check-config",), ("check-config", "--config", str(config)), ("check-config", "--config", HOSTILE),
            ("replay", HOSTILE), ("replay", str(recording), "--set", f"{HOSTILE}=1"),
            ("replay", str(recording), "--set", f"log.level={HOSTILE}"), ("report", "--at", HOSTILE),
            (HOSTILE,), ("report", f"--{HOSTILE}"), ("backup", f"{self.path}/{HOSTILE}/x"),
            ("send", str(recording), "--to", f"http://127.0.0.1:{port}"), ("rules", "prometheus", "--check", HOSTILE),
            ("report", "--database", f"{self.path}/{HOSTILE}"),
        ):
            result = subprocess.run(
                [Observer.program, *arguments], env=self.observer.environment, capture_output=True, timeout=60)
            outputs.append((arguments, (result.stdout + result.stderr).decode()))
        self.observer.kill()
        outputs.append(("log", self.observer.log_path.read_text()))
        told = "".join(text for _, text in outputs)
        self.assertIn("\\u{1B}[2J", told)
        for arguments, text in outputs:
            found = CONTROLS & set(text)
            self.assertEqual(found, set(), (arguments, text[:2000]))
            self.assertFalse([line for line in text.splitlines() if line.startswith("forged")], arguments)

    def answering(self, *parts: bytes, endless: bytes = b"", hang: bool = False) -> int:
        """A server of one kind of answer; gives its port."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.addCleanup(listener.close)

        def serve(connection):
            with connection:
                try:
                    connection.recv(65536)
                    for part in parts:
                        connection.sendall(part)
                    while endless:
                        connection.sendall(endless)
                    if hang:
                        time.sleep(60)
                except OSError:
                    pass

        def accept():
            try:
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()[1]

    def test_send_ends_whatever_answers(self):
        recording = self.path / "recording.jsonl"
        body = json.dumps(pull_request(1, SHA, time.time()))
        recording.write_text(json.dumps({
            "received_at": "2026-11-22T10:00:00.000Z", "source": "github",
            "headers": {"X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "s-1"}, "body": body}) + "\n")
        ok = b"HTTP/1.1 200 OK\r\n"
        chunked = b"HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\n"
        full = b"HTTP/1.1 503 X\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
        for name, port, words in (
            ("garbage", self.answering(bytes(range(1, 256)) * 8), "does not speak HTTP"),
            ("an endless head", self.answering(ok, endless=b"X: y\r\n" * 10000), "more than 256 KiB|speak HTTP"),
            ("an endless line", self.answering(ok + b"X: ", endless=b"y" * 65536), "more than 256 KiB|speak HTTP"),
            ("an endless body", self.answering(chunked, endless=b"10000\r\n" + b"a" * 65536 + b"\r\n"), "256 KiB"),
            ("endless early hints", self.answering(endless=b"HTTP/1.1 103 E\r\n\r\n" * 1000), "256 KiB|speak HTTP"),
            ("a huge time", self.answering(full % b"999999999999999999999"), "1 of 1 deliveries were refused"),
            ("a negative time", self.answering(full % b"-9223372036854775808"), "1 of 1 deliveries were refused"),
            ("a redirect", self.answering(b"HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), "refused"),
            ("silence", self.answering(hang=True), "did not respond within 30 s"),
        ):
            with self.subTest(name):
                result = self.observer.run("send", str(recording), "--to", f"http://127.0.0.1:{port}")
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertRegex(result.stderr, words)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_secrets_and_passwords_are_shown_nowhere(self):
        secret = "hush-" + hashlib.sha256(self.path.name.encode()).hexdigest()[:12]
        address = f"https://user:{secret}@copr.example"
        recording = self.path / "recording.jsonl"
        self.posted(1)
        self.observer.run("export", "--output", str(recording))
        keys = ("copr.api_url", "packit.api_url", "testing_farm.api_url", "github.api_url", "pages.url",
                "pages.runbook_url", "pages.github_url", "pages.copr_url", "pages.testing_farm_url", "http.listen",
                "jobs.settle", "database", "rules.files", "github.app_private_key_file")
        lists = ("github.webhook_secrets", "copr.webhook_secrets", "testing_farm.tokens")
        sets = [f"{key}={address}" for key in keys] + [f"{key}={secret}" for key in lists] + [
            f"github.webhook_secrets:{secret}", f"pages.dashboard_urls=prod={address}",
            f"fedora_messaging.url=amqp://user:{secret}@host", address]
        runs = []
        for given in sets:
            for command in (("report",), ("report", "--format", "json"), ("report", "--format", "markdown"),
                            ("report", str(recording)), ("replay", str(recording))):
                runs.append(((*command, "--set", given), {}))
            key, _, value = given.partition("=")
            if value:
                variable = "PACKIT_SLO_" + key.upper().replace(".", "_")
                for command in (("check-config",), ("rules", "prometheus"), ("rules", "openslo"),
                                ("serve", "--database", str(self.path / "no" / "folder"))):
                    runs.append((command, {variable: value}))
        runs += [(("check-config", "--config", address), {}), (("serve", "--listen", address), {}),
                 (("report", "--at", address), {}), (("replay", address), {}), (("backup", address), {}),
                 (("send", str(recording), "--to", address), {}), ((address,), {})]
        for arguments, variables in runs:
            result = subprocess.run(
                [Observer.program, *arguments], env={**self.observer.environment, **variables}, capture_output=True,
                text=True, timeout=60)
            if f"no/{'folder'}" not in " ".join(arguments):
                self.assertNotIn(secret, result.stdout + result.stderr, (arguments, variables))
        self.assertGreater(len(runs), 100)


if __name__ == "__main__":
    unittest.main()
