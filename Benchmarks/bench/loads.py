"""The two load generators: wrk, and our own for deliveries that differ or come at a constant rate."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import bodies
from servers import BUILT, PEERS, Server

CONNECTIONS = 32


@dataclass
class Load:
    answers: int
    seconds: float
    #: Answers other than 2xx, and connections that ended instead of one.
    failures: int
    cpu_seconds: float
    written_bytes: float
    memory_megabytes: float
    latency_ms: dict
    #: By how much a delivery left later than it was due, at most.
    sent_late_ms: float = 0

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    @property
    def written_kilobytes(self) -> float:
        return self.written_bytes / 1000 / max(1, self.answers)

    @property
    def cpu_microseconds(self) -> float:
        return self.cpu_seconds * 1e6 / max(1, self.answers)


def refused(loads: list) -> str:
    """How many deliveries were refused or lost, if any were: nobody expects it, so it is only said then."""
    failures = sum(load.failures for load in loads)
    return f"; **{failures:,} refused**" if failures else ""


def run(server: Server, command: list, environment: dict = None) -> tuple:
    """What a generator printed last, and what the server spent meanwhile."""
    before, written_before = server.cpu_seconds(), server.written_bytes()
    done = subprocess.run(
        [str(part) for part in command], env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    spent, written = server.cpu_seconds() - before, server.written_bytes() - written_before
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout, spent, written


def wrk(server: Server, body: Path, seconds: float, number: int) -> Load:
    """The same body over and over, each time as another delivery, as fast as it is answered."""
    text, spent, written = run(
        server,
        ["wrk", "--threads", "1", "--connections", CONNECTIONS, "--duration", f"{seconds:.0f}s", "--timeout", "20s",
         "--latency", "--script", PEERS / "deliver.lua", f"http://127.0.0.1:{server.port}"],
        {"DELIVER_BODY": str(body), "DELIVER_PATH": server.path, "DELIVER_RUN": f"{number:08x}",
         "DELIVER_SIGNATURE": bodies.sign(body.read_bytes())})
    result = json.loads(text.rpartition("JSON ")[2])
    return Load(
        answers=result["answers"], seconds=result["microseconds"] / 1e6, failures=result["refused"] + result["broken"],
        cpu_seconds=spent, written_bytes=written, memory_megabytes=server.memory_megabytes(),
        latency_ms={"p50": result["p50_ms"], "p99": result["p99_ms"]})


def load(server: Server, body: Path, number: int, event: str = "pull_request", **options) -> Load:
    """Deliveries that differ: `seconds` or `count` of them, with `rate` at a constant rate."""
    command = [
        BUILT / "load", "--port", server.port, "--body", body, "--secret", bodies.SECRET, "--run", number,
        "--connections", CONNECTIONS, "--header", "Content-Type: application/json"]
    if event == "copr":
        command += ["--path", "/webhooks/copr"]
    else:
        command += ["--path", server.path, "--header", f"X-GitHub-Event: {event}"]
    for name, value in options.items():
        command += [f"--{name}", value]
    text, spent, written = run(server, command)
    result = json.loads(text)
    # The server's time and writing are those of the warm-up, too.
    share = result["measured"] / max(1, result["accepted"] + result["other_answers"])
    return Load(
        answers=result["measured"], seconds=result["seconds"],
        failures=result["other_answers"] + result["broken_connections"], cpu_seconds=spent * share,
        written_bytes=written * share, memory_megabytes=server.memory_megabytes(), latency_ms=result["latency_ms"],
        sent_late_ms=result["sent_late_ms"])
