"""A cluster's processes: PostgreSQL with a synchronous standby, nodes, and nginx in front of them."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from servers import ROOT, PackitSLO, Server


def postgres_binaries() -> Path:
    """The newest of Debian's versions."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: scripts/install-packages bench")
    return found[-1]


class Postgres(Server):
    """PostgreSQL as it is delivered, but for the times of commits, which say when something was decided."""

    name = "PostgreSQL"

    def __init__(self, primary: "Postgres" = None):
        super().__init__()
        self.data = self.folder / "data"
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        if primary is None:
            self.tool("initdb", "--pgdata", self.data, "--auth=trust", "--username=postgres", "--encoding=UTF8",
                      "--no-locale")
        else:
            self.tool("pg_basebackup", "--host=127.0.0.1", "--port", primary.port, "--username=postgres",
                      "--pgdata", self.data, "--write-recovery-conf", "--checkpoint=fast")

    @staticmethod
    def as_postgres() -> list:
        """The server refuses to run as root."""
        if os.geteuid() != 0:
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def tool(self, name: str, *arguments) -> str:
        command = [*self.as_postgres(), postgres_binaries() / name, *arguments]
        return subprocess.run(
            [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, cwd="/").stdout

    def command(self):
        return [*self.as_postgres(), postgres_binaries() / "postgres", "-D", self.data, "-p", self.port,
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                "-c", "track_commit_timestamp=on"]

    def stop(self):
        if self.process is not None:
            # Without waiting for clients.
            self.process.send_signal(2)
            self.process.wait(timeout=60)
            self.process = None

    def is_ready(self):
        return subprocess.run(
            [postgres_binaries() / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={self.port}"]).returncode == 0

    def is_part(self, entry: Path, fields: list) -> bool:
        """Each backend has a process group of its own."""
        return self.process.pid in (int(entry.name), int(fields[1]))

    def sql(self, text: str, database: str = "postgres") -> list:
        rows = self.tool(
            "psql", "--host=127.0.0.1", "--port", self.port, "--username=postgres", "--no-psqlrc", "-qAt",
            "-v", "ON_ERROR_STOP=1", "-c", text, database).splitlines()
        return [row.split("|") for row in rows]


class Database:
    """A primary and its synchronous standby, on the same disk."""

    def __enter__(self) -> "Database":
        self.primary = Postgres().start()
        self.standby = Postgres(self.primary).start()
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        until = time.monotonic() + 30
        while self.primary.sql("SELECT sync_state FROM pg_stat_replication") != [["sync"]]:
            if time.monotonic() > until:
                raise RuntimeError("the standby does not follow the primary")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        for server in (self.primary, self.standby):
            server.__exit__()

    def make(self, name: str) -> str:
        self.primary.sql(f"CREATE DATABASE {name} ENCODING UTF8 TEMPLATE template0")
        return f"postgres://postgres@127.0.0.1:{self.primary.port}/{name}"

    def drop(self, name: str) -> None:
        self.primary.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def cpu_seconds(self) -> float:
        return self.primary.cpu_seconds() + self.standby.cpu_seconds()

    def written_bytes(self) -> int:
        return self.primary.written_bytes() + self.standby.written_bytes()


class Front(Server):
    """nginx with the configuration in `deploy`."""

    name = "nginx"

    def __init__(self, nodes: list):
        super().__init__()
        text = (ROOT / "deploy/nginx-cluster.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        servers = [line for line in text.splitlines() if line.strip().startswith("server node")]
        for place, line in enumerate(servers, 1):
            node = nodes[place - 1] if place <= len(nodes) else None
            text = text.replace(line, line.replace(f"node{place}:8080", f"127.0.0.1:{node.port}") if node else "")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in kinds)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}worker_processes 1; pid {self.folder}/pid; daemon off; events {{ worker_connections 1024; }}\n"
            f"http {{ access_log off; {temporary}\n{text}}}\n")

    def command(self):
        return ["nginx", "-p", self.folder, "-c", "nginx.conf", "-e", "error.log"]


class Cluster:
    """What senders see as one server: nodes behind nginx. Without a database it is a single node on SQLite."""

    path = Server.path

    def __init__(self, nodes: int, database: Database = None, **settings: str):
        self.count = nodes
        self.database = database
        self.settings = settings
        self.name = f"bench_{time.monotonic_ns()}" if database else ""
        self.nodes = []

    def __enter__(self) -> "Cluster":
        address = self.database.make(self.name) if self.database else ""
        for number in range(self.count):
            own = {} if not self.database else {
                "PACKIT_SLO_CLUSTER_DATABASE": address, "PACKIT_SLO_CLUSTER_NODE": f"node{number + 1}"}
            self.nodes.append(PackitSLO(**self.settings, **own).start())
        self.front = Front(self.nodes).start()
        self.port = self.front.port
        if self.database:
            self.wait("a node decides", lambda: self.decider() is not None)
        return self

    def __exit__(self, *_):
        for server in (self.front, *self.nodes):
            server.__exit__()
        if self.database:
            self.database.drop(self.name)

    def cpu_seconds(self) -> float:
        return sum(self.cpu_seconds_by_part().values())

    def cpu_seconds_by_part(self) -> dict:
        return {
            "nodes": sum(node.cpu_seconds() for node in self.nodes if node.process),
            "database": self.database.cpu_seconds() if self.database else 0,
            "front": self.front.cpu_seconds(),
        }

    def written_bytes(self) -> int:
        return sum(node.written_bytes() for node in self.nodes if node.process) + (
            self.database.written_bytes() if self.database else 0)

    def memory_megabytes(self) -> float:
        return sum(node.memory_megabytes() for node in self.nodes if node.process)

    def sql(self, text: str) -> list:
        return self.database.primary.sql(text, self.name)

    def decider(self):
        """The node that decides, if one answers that it does."""
        for node in self.nodes:
            try:
                if node.process and node.metrics().get("packit_slo_deciding") == 1:
                    return node
            except (OSError, socket.timeout):
                continue
        return None

    def undecided(self) -> int:
        return int(self.sql(
            "SELECT coalesce(sum(r.appended - coalesce(c.pos, 0)), 0) FROM packit_slo.receiver r"
            " LEFT JOIN packit_slo.consumed c USING (stream)")[0][0])

    @staticmethod
    def wait(what: str, condition, patience: float = 120) -> float:
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > patience:
                raise RuntimeError(f"not within {patience} s: {what}")
            time.sleep(0.05)
        return time.monotonic() - began
