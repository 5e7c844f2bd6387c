"""Secrets that are changed while deliveries come in: none is lost."""

import os
import signal
import threading
import time

from crowd import Crowd
from deliveries import Stories
from observer import SECRET, TOKEN, sign
from trial import Trial

OLD, NEW = "the-old-secret-0123456789", "the-new-secret-9876543210"


class RotationTests(Trial):
    def setUp(self):
        super().setUp()
        self.secrets = self.path / "secrets"
        self.write(OLD)
        self.server = self.observer(PACKIT_SLO_GITHUB_WEBHOOK_SECRETS_FILE=str(self.secrets),
                                    PACKIT_SLO_COPR_WEBHOOK_SECRETS_FILE=str(self.secrets))
        for source in ("GITHUB", "COPR"):
            del self.server.environment[f"PACKIT_SLO_{source}_WEBHOOK_SECRETS"]
        self.server.start()

    def write(self, *secrets: str):
        """In place, with a moment between its two halves: whoever reads then reads half a secret."""
        text = "".join(secret + "\n" for secret in secrets).encode()
        with open(self.secrets, "wb") as file:
            file.write(text[:len(text) // 2])
            file.flush()
            time.sleep(0.05)
            file.write(text[len(text) // 2:])
        self.secrets.chmod(0o600)

    def put(self, *secrets: str):
        """Another file in its place, as by a link that is turned or an editor that saves."""
        other = self.path / "other"
        other.write_text("".join(secret + "\n" for secret in secrets))
        other.chmod(0o600)
        os.rename(other, self.secrets)

    def answer(self, secret: str) -> int:
        body = b'{"action":"started"}'
        return self.server.github("watch", body, f"asked-{time.monotonic_ns()}", signature=sign(body, secret))[0]

    def rotate(self, change):
        """What an administrator does: both, then senders change, then the new one alone."""
        lock = threading.Lock()
        current = [OLD]

        def stories(seed):
            for number in range(10 ** 9):
                with lock:
                    secret = current[0]
                yield Stories(seed, body_bytes=4000, secret=secret).story(number)

        crowd = Crowd(self.server.port, 16, stories(f"{change.__name__}-{self.id()}"))
        crowd.start()
        time.sleep(0.3)
        self.assertEqual((self.answer(OLD), self.answer(NEW)), (202, 401))
        began = time.monotonic()
        change(OLD, NEW)
        self.wait_until(lambda: self.answer(NEW) == 202, 10, "the new secret is believed")
        took = time.monotonic() - began
        self.assertEqual(self.answer(OLD), 202, "and so is the old one, for as long as both are there")
        with lock:
            current[0] = NEW
        before = len(crowd.acknowledged)
        # Stories that were begun with the old secret are brought to their end with it.
        time.sleep(self.length(1.5, 5))
        change(NEW)
        self.wait_until(lambda: self.answer(OLD) == 401, 10, "the old secret is believed no more")
        time.sleep(0.3)
        crowd.stop()
        self.assertEqual(crowd.unexpected, [])
        self.assertGreater(len(crowd.acknowledged), before)
        self.assertEqual(self.server.metric("packit_slo_deliveries_total", source="copr", result="bad_signature"), 0)
        self.assert_held(self.server.database, crowd.acknowledged, "over a rotation")
        return took, len(crowd.acknowledged), dict(crowd.statuses)

    def test_by_signal(self):
        if not self.is_long:
            self.skipTest("only in the long form; EnduranceTests reads secrets again by signal")

        def change(*secrets):
            self.put(*secrets)
            self.server.process.send_signal(signal.SIGHUP)

        took, count, statuses = self.rotate(change)
        self.figure(f"in force after {took:.2f} s; {count} deliveries over a rotation, answers {statuses}")

    def test_by_the_change_of_the_file_alone(self):
        for change in self.length((self.write,), (self.put, self.write)):
            with self.subTest(change.__name__):
                self.put(OLD)
                self.wait_until(lambda: (self.answer(OLD), self.answer(NEW)) == (202, 401), 10, "as at the beginning")
                took, count, statuses = self.rotate(change)
                self.figure(
                    f"{change.__name__}: in force after {took:.2f} s; {count} deliveries over a rotation, answers "
                    f"{statuses}")

    def test_what_cannot_be_read_leaves_the_old_ones_in_force(self):
        for spoil in self.length((self.secrets.unlink,), (self.put, self.secrets.unlink)):
            spoil()
            time.sleep(2.5)
            self.assertEqual(self.answer(OLD), 202)
            self.assertIn("the ones in use stay", self.server.log_path.read_text())
            self.put(OLD, NEW)
            self.wait_until(lambda: self.answer(NEW) == 202, 10, "the next change is seen")
            self.put(OLD)
            self.wait_until(lambda: self.answer(NEW) == 401, 10, "and the one after it")
        log = self.server.log_path.read_text()
        for secret in (OLD, NEW, SECRET, TOKEN):
            self.assertNotIn(secret, log)
