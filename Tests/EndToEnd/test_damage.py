"""Files that are damaged behind the server's back: it goes on from what is whole, or says what to do."""

import random
import shutil
import sqlite3
import struct
import time
from pathlib import Path

from crowd import Crowd
from deliveries import Stories
from observer import folder as temporary_folder
from trial import Trial, decided

LOG_HEADER, FRAME_HEADER, PAGE = 32, 24, 16384
STORIES = 120
# Where the index of the log says how much of it has been written back into the database.
WRITTEN_BACK = 96


def bytes_in_force(log: bytes) -> int:
    """How much of a log counts: what was written since it last began again, as the salt of each frame tells."""
    end = LOG_HEADER
    while end < len(log) and log[end + 8:end + 16] == log[16:24]:
        end += FRAME_HEADER + PAGE
    return end


class DamageTests(Trial):
    """The same deliveries over and over: a server is killed, a file damaged, the server started, all sent again."""

    expected = None

    @classmethod
    def setUpClass(cls):
        cls.kept = temporary_folder()
        cls.addClassCleanup(cls.kept.cleanup)
        cls.stories = [Stories("damage", body_bytes=6000).story(number) for number in range(STORIES)]

    def send_all(self, observer) -> Crowd:
        crowd = Crowd(observer.port, 16, self.stories)
        crowd.start()
        crowd.finish()
        self.assertEqual(crowd.unexpected, [])
        return crowd

    def setUp(self):
        super().setUp()
        if not self.expected:
            self.prepare()

    def prepare(self):
        """What an undisturbed server says, and what a killed one leaves, once for all tests."""
        calm = self.observer("calm").start()
        self.send_all(calm)
        self.wait_until_settled(calm)
        type(self).expected = decided(calm.metrics())
        calm.close()
        shaken = self.observer("shaken").start()
        self.send_all(shaken)
        # A log of which a part is in the database already cannot lose its end without contradicting the rest of it.
        # That takes a disk which forgets what it synced, at that very moment: no program can mend it.
        extra = 0
        while self.is_written_back(shaken):
            extra += 1
            shaken.github("watch", {"action": "started"}, f"extra-{extra}")
        shaken.kill()
        shutil.copytree(shaken.folder, Path(self.kept.name) / "killed")

    @staticmethod
    def is_written_back(observer) -> bool:
        with open(observer.database.with_name("observer.sqlite-shm"), "rb") as index:
            return struct.unpack_from("=I", index.read(WRITTEN_BACK + 4), WRITTEN_BACK)[0] > 0

    def copy(self, name: str):
        folder = self.path / name
        shutil.copytree(Path(self.kept.name) / "killed", folder)
        return self.observer(name)

    def assert_recovers(self, observer, what: str) -> int:
        """Whatever is left is whole, and once its senders have repeated all of it, so are the numbers."""
        observer.start()
        self.assert_no_contradiction(observer)
        crowd = self.send_all(observer)
        lost = sum(1 for _, status in crowd.acknowledged.values() if status == 202)
        self.wait_until_settled(observer)
        self.assert_same_numbers(self.expected, decided(observer.metrics()), what)
        self.assert_no_contradiction(observer)
        self.assertEqual(observer.stop(), 0)
        self.assert_sound(observer.database, what)
        return lost

    def test_a_truncated_log(self):
        chance = random.Random(self.length(4, None))
        lost = []
        for number in range(self.length(1, 20)):
            observer = self.copy(f"truncated-{number}")
            log = observer.database.with_name("observer.sqlite-wal")
            size = bytes_in_force(log.read_bytes())
            keep = chance.randrange(size)
            with open(log, "r+b") as file:
                file.truncate(keep)
            lost.append(self.assert_recovers(observer, f"log cut to {keep} of {size} bytes"))
        self.figure(
            f"{len(lost)} logs cut at random: the server starts from the last whole transaction before the cut, and "
            f"repeating brought {min(lost)} to {max(lost)} deliveries back; then all numbers are as undisturbed")

    def test_a_frame_that_is_damaged(self):
        chance = random.Random(self.length(5, None))
        lost = []
        for number in range(self.length(1, 20)):
            observer = self.copy(f"damaged-{number}")
            log = observer.database.with_name("observer.sqlite-wal")
            content = bytearray(log.read_bytes())
            place = chance.randrange(bytes_in_force(content))
            for offset in range(min(chance.choice([1, 512, 4096]), len(content) - place)):
                content[place + offset] ^= chance.randrange(1, 256)
            log.write_bytes(content)
            lost.append(self.assert_recovers(observer, f"log damaged at {place}"))
        self.figure(
            f"{len(lost)} logs damaged at random: the server starts from the last whole transaction before the damage; "
            f"repeating brought {min(lost)} to {max(lost)} deliveries back")

    def test_a_truncated_database(self):
        """Says that the file is damaged and what to do; it neither starts nor touches it."""
        starter = self.copy("whole")
        starter.start()
        self.assertEqual(starter.stop(), 0)
        whole = starter.database.read_bytes()
        chance = random.Random(self.length(6, None))
        told = set()
        for number in range(self.length(3, 60)):
            folder = self.path / f"cut-{number}"
            folder.mkdir()
            observer = self.observer(path=folder)
            keep = chance.randrange(1, len(whole))
            observer.database.write_bytes(whole[:keep])
            answer = observer.run("serve")
            self.assertEqual(answer.returncode, 1, f"{keep} of {len(whole)} bytes: {answer.stderr}")
            self.assertRegex(answer.stderr, "restore a backup|check the path")
            self.assertEqual(observer.database.read_bytes(), whole[:keep], "what may be rescued is not written to")
            told.add(answer.stderr.strip().replace(str(folder), "…"))
            observer.close()
        self.figure(f"told: {sorted(told)}")

    def test_a_page_that_is_damaged(self):
        """Found or not, nothing is acknowledged that is not held."""
        chance = random.Random(self.length(7, None))
        refused = served = stopped_taking = 0
        for number in range(self.length(2, 30)):
            observer = self.copy(f"page-{number}")
            observer.start()
            self.assertEqual(observer.stop(), 0)
            content = bytearray(observer.database.read_bytes())
            pages = len(content) // 16384
            place = chance.randrange(pages) * 16384
            for offset in range(16384):
                content[place + offset] = chance.randrange(256)
            observer.database.write_bytes(content)
            try:
                observer.start()
            except AssertionError as error:
                self.assertRegex(str(error), "restore a backup|check the path")
                refused += 1
                continue
            fresh = Crowd(observer.port, 16, (Stories(f"page-{number}").story(story) for story in range(200)))
            fresh.start()
            until = time.monotonic() + 20
            while fresh.is_alive() and time.monotonic() < until and fresh.statuses[503] < 200:
                time.sleep(0.05)
            if fresh.is_alive():
                self.assertIn("restore a backup", observer.get("/readyz")[1])
                stopped_taking += 1
            else:
                served += 1
            fresh.stopping.set()
            observer.kill()
            try:
                self.assert_held(observer.database, fresh.acknowledged, f"page at {place}")
            except sqlite3.DatabaseError:
                # What lies in a database that can no longer be read is there all the same, for whoever rescues it.
                self.assertGreater(fresh.statuses[503], 0, "what takes deliveries can be read")
        self.figure(
            f"{refused + served + stopped_taking} pages damaged: {refused} times the server refused to start, "
            f"{stopped_taking} times it took no delivery and said why, {served} times the page was not one it needed")
