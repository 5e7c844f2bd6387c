"""What the figures were measured on."""

import os
import platform
import re
import shutil
import sqlite3
import ssl
import subprocess
import time
from pathlib import Path


def first_line(*command: str) -> str:
    if not shutil.which(command[0]):
        return "missing"
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else "unknown"


def version(*command: str) -> str:
    found = re.search(r"\d+(\.\d+)+", first_line(*command))
    return found.group() if found else "unknown"


def processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found.group(1).strip() if found else platform.machine()


def memory_gigabytes() -> float:
    kilobytes = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return round(int(kilobytes.group(1)) / 1e6, 1) if kilobytes else 0


def synced_write_microseconds(folder: Path) -> int:
    """The median time of writing 16 KiB and bringing them to disk: what a commit waits for at least."""
    path = folder / "synced-write"
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(100):
            before = time.perf_counter()
            file.write(b"x" * 16384)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - before)
    path.unlink()
    return round(sorted(times)[50] * 1e6)


def file_system(folder: Path) -> str:
    return first_line("stat", "--file-system", "--format=%T", str(folder))


class Work:
    """What the cores do from now on, by their counters."""

    def __init__(self):
        self.began = self.ticks()

    @staticmethod
    def ticks() -> list:
        return [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]

    def shares(self) -> dict:
        """The percentages of the cores' time that went into work, into work of low priority and to other machines."""
        user, nice, system, idle, waiting, interrupts, soft, stolen = (
            now - began for now, began in zip(self.ticks(), self.began))
        total = max(1, user + nice + system + idle + waiting + interrupts + soft + stolen)
        busy = user + system + interrupts + soft
        return {name: 100 * value / total for name, value in (("busy", busy), ("nice", nice), ("stolen", stolen))}


def other_work(seconds: float = 2) -> str:
    """What others do on the machine just before anything is measured."""
    work = Work()
    time.sleep(seconds)
    return "{busy:.0f} % of the cores, at low priority {nice:.0f} %".format(**work.shares())


def describe(folder: Path) -> dict:
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": f"{memory_gigabytes()} GB",
        "kernel": platform.release(),
        "disk": f"{file_system(folder)}, 16 KiB written and synced in {synced_write_microseconds(folder)} µs (median)",
        "other_work": other_work(),
        "versions": {
            "Swift": version("swift", "--version"),
            "OpenSSL": ssl.OPENSSL_VERSION.split()[1],
            "SQLite": sqlite3.sqlite_version,
            "PostgreSQL": version("psql", "--version"),
            "nginx": version("nginx", "-v"),
            "webhook": version("webhook", "-version"),
            "gunicorn": version("gunicorn", "--version"),
            "Flask": version("dpkg-query", "--show", "python3-flask"),
            "wrk": version("wrk", "-v"),
        },
    }
