"""The servers that are measured, each started on a port and in a folder of its own."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import bodies

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "Benchmarks" / ".build" / "release"
PEERS = ROOT / "Benchmarks" / "peers"
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE = re.compile(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


class Server:
    """A server under load: its process, or all the processes it consists of."""

    name = ""
    does = ""
    path = "/webhooks/github"

    def __init__(self):
        # Beside the builds rather than in /tmp, which may be memory: what is measured includes the disk.
        scratch = ROOT / "Benchmarks" / ".build" / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        self.temporary = tempfile.TemporaryDirectory(prefix="bench-", dir=scratch)
        self.folder = Path(self.temporary.name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def command(self) -> list:
        raise NotImplementedError

    def environment(self) -> dict:
        return {}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.temporary.cleanup()

    def start(self, patience: float = 60):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command()], cwd=self.folder, env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + patience
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"{self.name} does not start: " + (self.folder / "log").read_text()[-2000:])
            time.sleep(0.002)
        return self

    def is_ready(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        except ProcessLookupError:
            pass
        self.process = None

    def processes(self) -> list:
        """The server's processes, by default those of its process group, with what /proc says of each."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if self.is_part(entry, fields):
                found.append((entry, fields))
        return found

    def is_part(self, entry: Path, fields: list) -> bool:
        return int(fields[2]) == self.process.pid

    def cpu_seconds(self) -> float:
        """User and system time, that of ended children included."""
        return sum(sum(map(int, fields[11:15])) for _, fields in self.processes()) / TICKS

    def written_bytes(self) -> int:
        """What was sent to the disk, by processes that still run."""
        total = 0
        for entry, _ in self.processes():
            try:
                found = re.search(r"^write_bytes: (\d+)", (entry / "io").read_text(), re.MULTILINE)
            except OSError:
                continue
            total += int(found.group(1)) if found else 0
        return total

    def memory_megabytes(self, field: str = "VmRSS") -> float:
        """What is resident, now (`VmRSS`) or at most so far (`VmHWM`)."""
        total = 0
        for entry, _ in self.processes():
            try:
                found = re.search(rf"{field}:\s*(\d+)", (entry / "status").read_text())
            except OSError:
                continue
            total += int(found.group(1)) if found else 0
        return total * 1024 / 1e6


class PackitSLO(Server):
    name = "packit-slo"
    does = "HMAC, decode, decide, synced commit"

    def __init__(self, **settings: str):
        super().__init__()
        self.settings = settings
        self.database = self.folder / "observer.sqlite"

    def command(self):
        return [ROOT / ".build" / "release" / "packit-slo", "serve"]

    def environment(self):
        return {
            "PACKIT_SLO_HTTP_LISTEN": f"127.0.0.1:{self.port}",
            "PACKIT_SLO_DATABASE": str(self.database),
            "PACKIT_SLO_GITHUB_WEBHOOK_SECRETS": bodies.SECRET,
            "PACKIT_SLO_COPR_WEBHOOK_SECRETS": bodies.SECRET,
            "PACKIT_SLO_LIMITS_OPEN_CHANGES": "10000000",
            "PACKIT_SLO_LIMITS_OPEN_RUNS": "10000000",
            "PACKIT_SLO_LIMITS_TRACKED": "100000000",
            **self.settings,
        }

    def is_ready(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def get(self, path: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metrics(self) -> dict:
        return {series: float(value) for series, value in SAMPLE.findall(self.get("/metrics")[1])}

    def journalled(self) -> int:
        """How many deliveries the database holds. To be asked of a stopped server."""
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return database.execute("SELECT count(*) FROM journal WHERE kind = 'delivery'").fetchone()[0]
        finally:
            database.close()

    def database_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.folder.glob("observer.sqlite*"))


class Nginx(Server):
    name = "nginx, 1 worker"
    does = "reads the body, answers"

    def command(self):
        (self.folder / "nginx.conf").write_text(
            (PEERS / "nginx.conf").read_text().replace("PORT", str(self.port)))
        return ["nginx", "-p", self.folder, "-c", "nginx.conf", "-e", "error.log"]


class BareNIO(Server):
    name = "bare NIO handler"
    does = "HMAC"

    def command(self):
        return [BUILT / "bare-nio", self.port, bodies.SECRET]


class BareHummingbird(Server):
    name = "bare Hummingbird route"
    does = "HMAC"

    def command(self):
        return [BUILT / "bare-hummingbird", self.port, bodies.SECRET]


class Webhook(Server):
    name = "adnanh/webhook"
    does = "HMAC, starts /bin/true"
    path = "/hooks/github"

    def command(self):
        (self.folder / "hooks.json").write_text(
            (PEERS / "hooks.json").read_text().replace("SECRET", bodies.SECRET))
        return ["webhook", "-hooks", "hooks.json", "-ip", "127.0.0.1", "-port", self.port]


class Flask(Server):
    name = "Flask, gunicorn, 2 workers"
    does = "HMAC, JSON"

    def command(self):
        return ["gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning",
                "--chdir", PEERS, "receiver:app"]

    def environment(self):
        return {"RECEIVER_SECRET": bodies.SECRET, "PYTHONDONTWRITEBYTECODE": "1"}


PEER_SERVERS = [Nginx, BareNIO, BareHummingbird, Webhook, Flask]
