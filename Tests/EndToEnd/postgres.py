"""A PostgreSQL server of the tests' own, in a folder, with a socket in it and no port."""

import os
import subprocess
import tempfile
from pathlib import Path


def binaries() -> str:
    versions = sorted(int(path.name) for path in Path("/usr/lib/postgresql").glob("[0-9]*"))
    return f"/usr/lib/postgresql/{versions[-1]}/bin" if versions else ""


class Postgres:
    def __init__(self):
        # A socket's path has a limit of about a hundred bytes.
        self.folder = tempfile.TemporaryDirectory(prefix="packit-slo-postgres-", dir="/tmp")
        os.chmod(self.folder.name, 0o755)
        self.path = f"{self.folder.name}/server"
        os.mkdir(self.path)
        if os.geteuid() == 0:
            subprocess.run(["chown", "postgres", self.path], check=True)
        self.run("initdb", f"--pgdata={self.path}/data", "--auth=trust", "--username=postgres", "--encoding=UTF8",
                 "--no-locale")
        self.start()

    def start(self):
        self.control("start", "-o", f"-k {self.path} -c listen_addresses=")

    def kill(self):
        self.control("stop", "--mode=immediate")

    def sql(self, *commands: str):
        for command in commands:
            self.run("psql", f"--host={self.path}", "--username=postgres", "--no-psqlrc", "--quiet",
                     "--set=ON_ERROR_STOP=1", f"--command={command}", "postgres")

    def set(self, name: str, value: str):
        """Changes a setting of the running server."""
        self.sql(f"ALTER SYSTEM SET {name} = '{value}'", "SELECT pg_reload_conf()")

    def require_password(self, user: str):
        hosts = Path(f"{self.path}/data/pg_hba.conf")
        hosts.write_text(f"local all {user} scram-sha-256\n" + hosts.read_text())
        self.sql("SELECT pg_reload_conf()")

    def standby(self) -> "Standby":
        return Standby(self)

    def control(self, *arguments: str):
        self.run("pg_ctl", f"--pgdata={self.path}/data", f"--log={self.path}/log", "--wait", *arguments)

    def run(self, tool: str, *arguments: str):
        # The server refuses to run as root.
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run([*user, f"{binaries()}/{tool}", *arguments], check=True, stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL, cwd="/")

    def database(self, name: str) -> str:
        """Makes a database, and returns its address."""
        self.run("createdb", f"--host={self.path}", "--username=postgres", "--template=template0", name)
        return f"host={self.path} user=postgres dbname={name}"

    def close(self):
        self.kill()
        self.folder.cleanup()


class Standby:
    """A copy of a server beside it, whose confirmation each commit waits for."""

    def __init__(self, primary: Postgres):
        self.primary = primary
        self.data = f"{primary.path}/standby"
        primary.run("pg_basebackup", f"--host={primary.path}", "--username=postgres", f"--pgdata={self.data}",
                    "--write-recovery-conf", "--checkpoint=fast")
        self.start()
        primary.set("synchronous_standby_names", "*")

    def start(self):
        # A port of its own only names its socket.
        self.primary.run(
            "pg_ctl", f"--pgdata={self.data}", f"--log={self.primary.path}/standby.log", "--wait", "start", "-o",
            f"-k {self.primary.path} -c listen_addresses= -p 5433")

    def kill(self):
        self.primary.run("pg_ctl", f"--pgdata={self.data}", "--wait", "--mode=immediate", "stop")
