"""Drives Tests/Faults/shim.c: a disk that fails when told to, a record of what was written, a clock that is set."""

import errno
import mmap
import struct
import subprocess
from pathlib import Path

from observer import ROOT

SOURCE = ROOT / "Tests" / "Faults" / "shim.c"
WRITE, SYNC, TRUNCATE, READ, UNLINK = 1, 2, 3, 4, 5
FOREVER = 1 << 40
RECORD = struct.Struct("<qqq104s")


class Shim:
    """One server's disk and clock."""

    def __init__(self, folder: Path, database: Path, record: bool = False):
        self.library = folder / "shim.so"
        subprocess.run(
            ["cc", "-std=gnu11", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", self.library, SOURCE, "-ldl",
             "-lpthread"], check=True)
        control = folder / "control"
        control.write_bytes(bytes(4096))
        with open(control, "r+b") as file:
            self.control = mmap.mmap(file.fileno(), 4096)
        self.record = folder / "record"
        self.environment = {
            "LD_PRELOAD": str(self.library), "FAULTS_CONTROL": str(control), "FAULTS_PATH": str(database),
            **({"FAULTS_RECORD": str(self.record)} if record else {}),
        }

    def set_clock(self, ahead_by: float):
        """So many seconds ahead of the machine's."""
        struct.pack_into("<q", self.control, 0, int(ahead_by * 1e9))

    def fail(self, operation: int, error: int = errno.EIO, after: int = 0, times: int = FOREVER):
        """`error` 0: half of a write is done."""
        self.heal()
        struct.pack_into("<qqqq", self.control, 16, error, after, times, 0)
        struct.pack_into("<q", self.control, 8, operation)

    def heal(self):
        struct.pack_into("<q", self.control, 8, 0)

    @property
    def hits(self) -> int:
        return struct.unpack_from("<q", self.control, 40)[0]


class Record:
    """Every write, truncation and sync of the database's files, in order."""

    def __init__(self, path: Path):
        self.entries = []
        data = path.read_bytes()
        place = 0
        while place + RECORD.size <= len(data):
            operation, offset, size, name = RECORD.unpack_from(data, place)
            end = place + RECORD.size + (size if operation == WRITE else 0)
            if end > len(data):
                break
            self.entries.append((operation, name.rstrip(b"\0").decode(), offset, data[place + RECORD.size:end], end))
            place = end

    def after_power_cut(self, at: int, chance) -> dict:
        """What is on disk if the power fails once `at` bytes of this record were written: all that was synced, and of
        the rest, block by block, whatever had got there."""
        files = {}
        unsynced = {}
        for operation, name, offset, data, end in self.entries:
            if end > at:
                break
            if operation == SYNC:
                for change in unsynced.pop(name, []):
                    change(files.setdefault(name, bytearray()))
            elif operation == UNLINK:
                files.pop(name, None)
                unsynced.pop(name, None)
            elif operation == TRUNCATE:
                unsynced.setdefault(name, []).append(lambda file, offset=offset: resize(file, offset))
            else:
                for begin in range(0, len(data), 4096):
                    part = data[begin:begin + 4096]
                    unsynced.setdefault(name, []).append(
                        lambda file, place=offset + begin, part=part: write(file, place, part))
        for name, changes in unsynced.items():
            for change in changes:
                if chance.random() < 0.5:
                    change(files.setdefault(name, bytearray()))
        return files


def resize(file: bytearray, length: int):
    del file[length:]
    file.extend(bytes(length - len(file)))


def write(file: bytearray, place: int, part: bytes):
    if len(file) < place:
        file.extend(bytes(place - len(file)))
    file[place:place + len(part)] = part
